/** Voice and background: how this listener likes practices to sound, kept on the device. */

import { readJson, removeKey, writeJson } from "./storage.js";
import { _ } from "./words.js";

const KEY = "stepback.choices";
const NAMES = ["pace", "bed", "bed_level"];
const AS_WRITTEN = "as-written";

/** The folded part of the form. Whatever is as the script has it is neither kept nor sent. */
export class Choices {
  /** @param {HTMLElement} fold */
  constructor(fold) {
    this.fold = fold;
    this.said = fold.querySelector("#choices-said");
    this.levels = fold.querySelector("#bed-levels");
    this.recall();
    fold.addEventListener("change", () => {
      this.keep();
      this.tell();
    });
    fold.closest("form").addEventListener("reset", () => setTimeout(() => this.recall()));
  }

  chosen(name) {
    return this.fold.querySelector(`[name=${name}]:checked`);
  }

  /** @returns {{pace?: string, bed?: string, bed_level?: string}} what differs from the script */
  read() {
    const differing = NAMES.map((name) => [name, this.chosen(name).value]).filter(([, value]) => value !== AS_WRITTEN);
    const read = Object.fromEntries(differing);
    if (read.bed === "none") delete read.bed_level;
    return read;
  }

  keep() {
    const read = this.read();
    if (Object.keys(read).length) writeJson(KEY, read);
    else removeKey(KEY);
  }

  /** What was chosen the last time; a sound that is no longer in the house counts as not chosen. */
  recall() {
    const kept = readJson(KEY) ?? {};
    for (const name of NAMES) {
      const options = [...this.fold.querySelectorAll(`[name=${name}]`)];
      const wanted = options.find(({ value }) => value === kept[name]) ?? options.find(({ value }) => value === AS_WRITTEN);
      wanted.checked = true;
    }
    this.tell();
  }

  /** One line says it, also while the fold is closed. */
  tell() {
    const read = this.read();
    this.levels.hidden = read.bed === "none";
    const words = Object.keys(read).map((name) => this.chosen(name).dataset.said);
    this.said.textContent = words.join(", ") || _("as written");
  }
}
