/** The list of scripts: begins a new one, and leads to it. */

import { post } from "../api.js";
import { _ } from "../words.js";
import { forgetKept, readKept } from "./file.js";

const form = document.getElementById("begin");
const button = document.getElementById("begin-go");
const problem = document.getElementById("begin-problem");

/** What was changed in the practice that is chosen, and saved nowhere, comes along. */
function tellChanged() {
  const kept = readKept(form.elements.like.value);
  document.getElementById("begin-changed").textContent = kept ? _("It comes with what you changed there and have not saved.") : "";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { title, folder, like } = Object.fromEntries(new FormData(form));
  problem.textContent = "";
  if (!title.trim()) {
    problem.textContent = _("Please give it a title. It can be changed afterwards.");
    form.elements.title.focus();
    return;
  }
  button.disabled = true;
  try {
    const { path } = await post("/api/author/scripts", { title: title.trim(), folder, like, text: readKept(like)?.text ?? "" });
    if (!path.startsWith("passages/")) forgetKept(like); // a passage takes no words of a practice
    location.assign(`/author/${path}`);
  } catch (error) {
    problem.textContent = error.message;
    button.disabled = false;
    form.elements.title.focus();
  }
});
form.elements.like.addEventListener("change", tellChanged);
tellChanged();
button.disabled = false;
