/** What is to be played: its length, the client's words and how they sit. Nothing of it is kept on this device. */

import { FormProblems } from "../form-problems.js";
import { _ } from "../words.js";

/** The first step of the player, and of a sitting in the room. */
export class RoomForm extends FormProblems {
  /**
   * @param {HTMLFormElement} form
   * @param {{slug: string, words: {name: string, default: string}[]}} practice
   * @param {{begin: string, onBegin: () => void}} how begin: what the button says
   */
  constructor(form, practice, { begin, onBegin }) {
    super(form, form.querySelector("#begin"));
    this.practice = practice;
    this.begin = begin;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.button.disabled) onBegin();
    });
    form.addEventListener("change", () => this.tell());
    this.setBusy(false);
    this.tell();
  }

  /** What differs from the usual. */
  chosen(fold = this.form) {
    return [...fold.querySelectorAll(".choices :checked")].filter(({ dataset }) => dataset.said);
  }

  /** One line says it for each fold, also while it is closed. */
  tell() {
    const isLooking = this.form.querySelector("[name=anchor][value=sight]").checked;
    this.form.querySelector("#eyes-pills").hidden = isLooking;
    this.form.querySelector("#eyes-open").hidden = !isLooking;
    for (const fold of this.form.querySelectorAll(".choices")) {
      const line = fold.querySelector(".choices-said");
      line.dataset.usual ??= line.textContent;
      const said = [...fold.querySelectorAll(":checked")].map(({ dataset }) => dataset.said).filter(Boolean);
      line.textContent = said.join(", ") || line.dataset.usual;
    }
  }

  /** What is asked of the server. A word that was left as it is, or emptied, is not sent. */
  wish() {
    const words = {};
    for (const { name, default: usual } of this.practice.words) {
      const given = this.form.querySelector(`#word-${CSS.escape(name)}`).value.trim();
      if (given && given !== usual) words[name] = given;
    }
    const choices = Object.fromEntries(this.chosen().map(({ name, value }) => [name, value]));
    if (choices.anchor === "sight") delete choices.eyes; // they are open then
    return { practice: this.practice.slug, minutes: Number(new FormData(this.form).get("minutes")), words, ...choices };
  }

  /** @param {boolean} isBusy while it is on its way */
  setBusy(isBusy) {
    this.button.disabled = isBusy;
    this.button.textContent = isBusy ? _("One moment") : this.begin;
  }

  /** Nothing of what was written stays on the page. */
  clear() {
    this.form.reset();
    this.tell();
  }
}
