/** How this listener likes practices: how they sit, the voice, the background. Kept on the device. */

import { readJson, removeKey, writeJson } from "./storage.js";

const KEY = "stepback.choices";

/** The folded parts of the form. Whatever is as usual is neither kept nor sent. */
export class Choices {
  /**
   * @param {HTMLFormElement} form
   * @param {{given?: Record<string, string | number> | null, isKept?: boolean}} [how] given: as a therapist chose it for
   * this practice: it comes before what is remembered, and is not remembered itself; isKept: whether anything is remembered
   */
  constructor(form, { given = null, isKept = true } = {}) {
    this.form = form;
    this.given = given;
    this.isKept = isKept;
    this.folds = [...form.querySelectorAll(".choices")].map((fold) => {
      const names = new Set([...fold.querySelectorAll("[type=radio]")].map(({ name }) => name));
      const line = fold.querySelector(".choices-said");
      return { names: [...names], line, usual: line.textContent };
    });
    this.names = this.folds.flatMap(({ names }) => names);
    this.recall();
    form.addEventListener("change", ({ target }) => {
      if (!this.names.includes(target.name)) return;
      this.keep();
      this.tell();
    });
    form.addEventListener("reset", () => setTimeout(() => this.recall()));
  }

  options(name) {
    return [...this.form.querySelectorAll(`[name=${name}]`)];
  }

  chosen(name) {
    return this.options(name).find(({ checked }) => checked);
  }

  /** @returns {{pace?: string, bed?: string, bed_level?: string, anchor?: string, eyes?: string, ack?: string}} what is not as usual */
  read() {
    const differing = this.names.map((name) => this.chosen(name)).filter(({ dataset }) => dataset.said);
    const read = Object.fromEntries(differing.map(({ name, value }) => [name, value]));
    if (read.bed === "none") delete read.bed_level;
    if (read.anchor === "sight") delete read.eyes; // they are open then
    return read;
  }

  keep() {
    if (this.given || !this.isKept) return;
    const others = Object.entries(readJson(KEY) ?? {}).filter(([name]) => !this.names.includes(name));
    const kept = { ...Object.fromEntries(others), ...this.read() }; // another page asks for other things
    if (Object.keys(kept).length) writeJson(KEY, kept);
    else removeKey(KEY);
  }

  /** What was chosen the last time; what is no longer offered counts as not chosen. */
  recall() {
    const kept = { ...(this.isKept && readJson(KEY)), ...this.given };
    for (const name of this.names) {
      const options = this.options(name);
      const wanted = options.find(({ value }) => value === kept[name]) ?? options.find(({ dataset }) => !dataset.said);
      wanted.checked = true;
    }
    this.tell();
  }

  /** One line says it for each fold, also while it is closed. */
  tell() {
    const read = this.read();
    const isLooking = read.anchor === "sight";
    this.form.querySelector("#bed_level-pills")?.toggleAttribute("hidden", read.bed === "none");
    this.form.querySelector("#eyes-pills").hidden = isLooking;
    this.form.querySelector("#eyes-open").hidden = !isLooking;
    for (const { names, line, usual } of this.folds) {
      const words = names.filter((name) => name in read).map((name) => this.chosen(name).dataset.said);
      line.textContent = words.join(", ") || usual;
    }
  }
}
