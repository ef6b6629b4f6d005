/** Buttons that copy what stands in a field, and say so. */

import { _ } from "./words.js";

async function copy(button) {
  const field = document.getElementById(button.dataset.copies);
  const said = button.parentElement.querySelector(".copied");
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = _("Copied.");
  } catch {
    // Without https a browser lets no page write there: what is selected can be copied by hand.
    field.focus();
    field.select();
    said.textContent = document.execCommand("copy") ? _("Copied.") : _("It is selected: copy it from here.");
  }
}

for (const button of document.querySelectorAll("[data-copies]")) button.addEventListener("click", () => copy(button));
