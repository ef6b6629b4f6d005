/** How a sitting is begun: how long at most, and what is here, in words of one's own or none. */

import { Choices } from "../choices.js";
import { FormProblems } from "../form-problems.js";
import { Sliders } from "../sliders.js";
import { _ } from "../words.js";
import { hasButtons } from "./buttons.js";
import { offerReadyWords } from "./ready-words.js";

/** The form of the live page. */
export class LiveForm extends FormProblems {
  /**
   * @param {HTMLFormElement} form
   * @param {{slug: string, words: {name: string}[]}} practice
   * @param {() => void} onBegin
   */
  constructor(form, practice, onBegin) {
    super(form, form.querySelector("#begin"));
    this.practice = practice;
    this.choices = new Choices(form);
    this.before = new Sliders(form.querySelector("#before-sliders"));
    form.querySelector("[name=ack][value=vibration]").closest(".pill").hidden = !navigator.vibrate;
    for (const { name } of practice.words) {
      const pills = form.querySelector(`#ready-${CSS.escape(name)}`);
      if (pills) offerReadyWords(pills, this.word(name));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.button.disabled) onBegin();
    });
    this.setBusy(false);
  }

  word(name) {
    return this.form.querySelector(`#word-${CSS.escape(name)}`);
  }

  get minutes() {
    return Number(new FormData(this.form).get("minutes"));
  }

  /** How a press is answered. @returns {"tone" | "vibration" | "none"} */
  get ack() {
    const chosen = this.choices.read().ack ?? "tone";
    return chosen === "vibration" && !navigator.vibrate ? "tone" : chosen;
  }

  /** What is asked of the server, without an id. */
  wish() {
    const given = this.practice.words.map(({ name }) => [name, this.word(name).value.trim()]).filter(([, text]) => text);
    const { ack, ...choices } = this.choices.read();
    return { practice: this.practice.slug, minutes: this.minutes, ...choices, has_buttons: hasButtons(), words: Object.fromEntries(given) };
  }

  /** @param {boolean} isBusy while it is on its way */
  setBusy(isBusy) {
    this.button.disabled = isBusy;
    this.button.textContent = isBusy ? _("One moment") : _("Begin");
  }

  /** Nothing of what was written stays on the page. */
  clear() {
    this.form.reset();
    this.before.show(null);
  }
}
