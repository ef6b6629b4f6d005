/** The questions of a worksheet, as the page holds them: what is in their fields, and what is missing. */

import { _ } from "../words.js";

/**
 * @typedef {object} Question
 * @property {string} id
 * @property {"text" | "choice" | "scale"} kind
 * @property {string} field
 * @property {string} part first, second, first_rating or second_rating of a pair; empty for all else
 * @property {boolean} is_optional
 * @property {boolean} is_many
 */

/** One question, alone on the page. */
export class QuestionView {
  /**
   * @param {Question} question
   * @param {import("./draft.js").Draft} draft
   */
  constructor(question, draft) {
    this.question = question;
    this.draft = draft;
    this.root = document.getElementById(question.id);
    this.controls = [...this.root.querySelectorAll("textarea, input")];
    this.problem = this.root.querySelector(".problem");
    this.root.addEventListener("input", () => {
      this.say("");
      draft.note(question, this.read());
    });
  }

  /** Puts what the draft holds into the field. */
  fill() {
    const answer = this.draft.answerOf(this.question);
    for (const control of this.controls) {
      if (control.type === "radio") control.checked = answer !== undefined && control.value === String(answer);
      else if (control.type === "checkbox") control.checked = Boolean(answer?.includes?.(control.value));
      else control.value = answer ?? "";
    }
    const about = this.root.querySelector("[data-about]");
    if (about) about.textContent = this.draft.answerOf({ field: this.question.field, part: about.dataset.about }) ?? "";
    this.say("");
  }

  /** @returns {any} undefined where nothing was answered */
  read() {
    const { kind, is_many } = this.question;
    const [first] = this.controls;
    if (kind === "text") return first.value.trim() ? first.value : undefined;
    const chosen = this.controls.filter(({ checked }) => checked).map(({ value }) => value);
    if (kind === "choice" && is_many) return chosen.length ? chosen : undefined;
    if (kind === "choice") return chosen[0];
    const number = first.type === "radio" ? chosen[0] : first.value;
    return number === undefined || number === "" ? undefined : Number(number);
  }

  /** @returns {boolean} true when one may go on; else it says what is missing */
  check() {
    const answer = this.read();
    const [first] = this.controls;
    const isWrong = first.type === "number" && !first.validity.valid;
    if (!isWrong && (answer !== undefined || this.question.is_optional)) return true;
    if (isWrong) this.say(_("A whole number from {least} to {most}.", { least: first.min, most: first.max }));
    else if (this.question.kind === "text") this.say(_("A word or two is enough. Then it can go on."));
    else this.say(_("Choose what fits best for now. It can be changed later."));
    first.focus();
    return false;
  }

  say(text) {
    this.problem.textContent = text;
    for (const control of this.controls) {
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}
