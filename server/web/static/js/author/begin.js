/** The list of scripts: begins a new one, and leads to it. */

import { post } from "../api.js";
import { _ } from "../words.js";

const form = document.getElementById("begin");
const button = document.getElementById("begin-go");
const problem = document.getElementById("begin-problem");

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
    const { path } = await post("/api/author/scripts", { title: title.trim(), folder, like });
    location.assign(`/author/${path}`);
  } catch (error) {
    problem.textContent = error.message;
    button.disabled = false;
    form.elements.title.focus();
  }
});
button.disabled = false;
