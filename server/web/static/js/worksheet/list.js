/** The list of worksheets: which were begun here; and a client has all of them with them, also without a network. */

import { listBegun } from "./draft.js";
import { keepVisited } from "./keep-page.js";

const { has_joined: hasJoined } = JSON.parse(document.getElementById("worksheet-data").textContent);
const rows = [...document.querySelectorAll("[data-name]")];
const begun = listBegun();

for (const row of rows) row.querySelector("[data-begun]").hidden = !begun.has(row.dataset.name);
keepVisited(rows.map((row) => new URL(row.href).pathname), hasJoined);
