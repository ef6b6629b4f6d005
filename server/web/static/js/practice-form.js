/** The form with which a practice is begun: its length, and words of the listener's own. */

import { FormProblems } from "./form-problems.js";
import { _ } from "./words.js";

export class PracticeForm extends FormProblems {
  /**
   * @param {HTMLFormElement} form
   * @param {{slug: string, words: {name: string, default: string}[]}} practice
   * @param {() => void} onBegin
   * @param {string} [begin] what the button says
   */
  constructor(form, practice, onBegin, begin = _("Begin")) {
    super(form, form.querySelector("#begin"));
    this.practice = practice;
    this.begin = begin;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.button.disabled) onBegin();
    });
    this.setBusy(false);
  }

  get minutes() {
    return Number(new FormData(this.form).get("minutes"));
  }

  word(name) {
    return this.form.querySelector(`#word-${CSS.escape(name)}`);
  }

  /** The listener's own words. One that was left as it is, or emptied, is not sent. */
  words() {
    const words = {};
    for (const { name, default: usual } of this.practice.words) {
      const given = this.word(name).value.trim();
      if (given && given !== usual) words[name] = given;
    }
    return words;
  }

  /** @param {boolean} isBusy while the wish is on its way */
  setBusy(isBusy) {
    this.button.disabled = isBusy;
    this.button.textContent = isBusy ? _("One moment") : this.begin;
  }
}
