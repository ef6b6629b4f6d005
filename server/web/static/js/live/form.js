/** How a sitting is begun: how long at most, and what is here, in words of one's own or none. */

import { Choices } from "../choices.js";
import { PracticeForm } from "../practice-form.js";
import { Sliders } from "../sliders.js";
import { hasButtons } from "./buttons.js";
import { offerReadyWords } from "./ready-words.js";

/** The form of the live page. */
export class LiveForm extends PracticeForm {
  /**
   * @param {HTMLFormElement} form
   * @param {{slug: string, words: {name: string}[]}} practice
   * @param {() => void} onBegin
   */
  constructor(form, practice, onBegin) {
    super(form, practice, onBegin);
    this.choices = new Choices(form);
    this.before = new Sliders(form.querySelector("#before-sliders"));
    form.querySelector("[name=ack][value=vibration]").closest(".pill").hidden = !navigator.vibrate;
    for (const { name } of practice.words) {
      const pills = form.querySelector(`#ready-${CSS.escape(name)}`);
      if (pills) offerReadyWords(pills, this.word(name));
    }
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

  /** Nothing of what was written stays on the page. */
  clear() {
    this.form.reset();
    this.before.show(null);
  }
}
