/** What a therapist gave: the pages of its worksheets are kept, so that they can be written without a network. */

import { keepPages } from "./worksheet/keep-page.js";

const worksheets = [...document.querySelectorAll("[data-worksheet]")];

if (worksheets.length) await keepPages(worksheets.map((link) => new URL(link.href).pathname));
