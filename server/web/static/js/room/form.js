/** What is to be played: its length, the client's words and how they sit. Nothing of it is kept on this device. */

import { PracticeForm } from "../practice-form.js";

/** The first step of the player, and of a sitting in the room. */
export class RoomForm extends PracticeForm {
  /**
   * @param {HTMLFormElement} form
   * @param {{slug: string, words: {name: string, default: string}[]}} practice
   * @param {{begin: string, onBegin: () => void}} how begin: what the button says
   */
  constructor(form, practice, { begin, onBegin }) {
    super(form, practice, onBegin, begin);
    form.addEventListener("change", () => this.tell());
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

  /** What is asked of the server. */
  wish() {
    const choices = Object.fromEntries(this.chosen().map(({ name, value }) => [name, value]));
    if (choices.anchor === "sight") delete choices.eyes; // they are open then
    return { practice: this.practice.slug, minutes: this.minutes, words: this.words(), ...choices };
  }

  /** Nothing of what was written stays on the page. */
  clear() {
    this.form.reset();
    this.tell();
  }
}
