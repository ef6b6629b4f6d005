/** The first step of a practice's page: its length, the listener's words and choices, its picture. */

import { Choices } from "./choices.js";
import { PracticeForm } from "./practice-form.js";
import { fetchTelling, tellingQuery, timesTold } from "./telling.js";
import { _ } from "./words.js";

/**
 * @typedef {object} Wish
 * @property {string} practice its slug
 * @property {number} minutes
 * @property {Record<string, string>} words of the listener's own
 * @property {string} [pace]
 * @property {string} [bed]
 * @property {string} [bed_level]
 * @property {string} [anchor]
 * @property {string} [eyes]
 * @property {number} [seed]
 * @property {string} [given] the id of what a therapist gave
 */

/** The form in which a practice is chosen. */
export class ChooseForm extends PracticeForm {
  /**
   * @param {HTMLFormElement} form
   * @param {{slug: string, words: {name: string, default: string}[], tellings: number, given: {id: string, choices: object} | null}} practice
   * @param {(wish: Wish) => void} onBegin
   */
  constructor(form, practice, onBegin) {
    super(form, practice, () => onBegin(this.wish()));
    this.choices = new Choices(form, { given: practice.given?.choices });
    this.drawn = tellingQuery({ minutes: form.querySelector("[name=minutes][checked]")?.value });
    form.addEventListener("change", () => this.draw());
    form.addEventListener("reset", () => setTimeout(() => this.draw()));
    this.draw(); // a browser that comes back to the page may have restored other choices
  }

  /**
   * What is asked of the server.
   * @returns {Wish}
   */
  wish() {
    const { slug, tellings, given } = this.practice;
    const seed = timesTold(slug) % tellings;
    return { practice: slug, minutes: this.minutes, words: this.words(), ...this.choices.read(), ...(seed && { seed }), ...(given && { given: given.id }) };
  }

  /** Shows the picture and the words of what would be heard now. */
  async draw() {
    this.say("minutes-problem", "");
    const query = tellingQuery(this.wish());
    if (query === this.drawn) return;
    this.drawing?.abort();
    this.drawing = new AbortController();
    const { signal } = this.drawing;
    const told = await fetchTelling(this.practice.slug, query, signal);
    if (signal.aborted) return;
    const words = document.getElementById("said-text");
    if (told) {
      this.form.querySelector("#picture").replaceWith(told.picture);
      words.replaceWith(told.words);
    } else {
      this.form.querySelector("#score").replaceChildren(); // none is better than a wrong one
      words.textContent = _("The words could not be fetched just now. Please open the page again in a moment.");
    }
    this.drawn = told ? query : "";
  }
}
