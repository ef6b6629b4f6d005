/** What is to be played: its length, the client's words and how they sit. Nothing of it is kept on this device. */

import { Choices } from "../choices.js";
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
    this.choices = new Choices(form, { isKept: false });
  }

  /** What is asked of the server. */
  wish() {
    return { practice: this.practice.slug, minutes: this.minutes, words: this.words(), ...this.choices.read() };
  }

  /** Nothing of what was written stays on the page. */
  clear() {
    this.form.reset();
  }
}
