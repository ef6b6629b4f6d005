/** The two questions before a sitting and after it. Nothing is set until it is touched, and nothing is made of what is set. */

import { _ } from "./words.js";

/**
 * @typedef {object} Felt what somebody said of the moment, each from 0 to 10; null where they left it out
 * @property {number | null} kindness
 * @property {number | null} willingness
 */

const NAMES = ["kindness", "willingness"];

/** One range that can also hold nothing. */
class Slider {
  constructor(root, onChange) {
    this.range = root.querySelector("input");
    this.said = root.querySelector(".slider-value");
    this.opener = root.querySelector("button");
    this.onChange = onChange;
    this.middle = this.range.value;
    this.range.addEventListener("input", () => this.take(Number(this.range.value)));
    this.range.addEventListener("pointerup", (event) => this.touch(event));
    this.range.addEventListener("keydown", (event) => this.press(event));
    this.opener.addEventListener("click", () => this.leaveOpen());
  }

  get value() {
    return "unset" in this.range.dataset ? null : Number(this.range.value);
  }

  /** @param {number | null} value */
  show(value) {
    this.range.toggleAttribute("data-unset", value === null);
    this.range.value = value === null ? this.middle : String(value);
    this.said.textContent = value === null ? _("not set") : String(value);
    this.range.setAttribute("aria-valuetext", value === null ? _("not set") : _("{value} of 10", { value }));
    this.opener.hidden = value === null;
  }

  take(value) {
    this.show(value);
    this.onChange();
  }

  /** A finger that lands where the thumb waits changes nothing for the browser, and some browsers let no finger land elsewhere. */
  touch(event) {
    if (this.value !== null) return;
    const box = this.range.getBoundingClientRect();
    const thumb = parseFloat(getComputedStyle(this.range).getPropertyValue("--thumb")) || 0;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - thumb / 2) / (box.width - thumb)));
    const isMirrored = getComputedStyle(this.range).direction === "rtl";
    this.take(Math.round((isMirrored ? 1 - share : share) * Number(this.range.max)));
  }

  /** Space takes the middle, where the thumb waits; Delete leaves the question open. */
  press(event) {
    if (event.key === " " && this.value === null) this.take(Number(this.middle));
    else if ((event.key === "Delete" || event.key === "Backspace") && this.value !== null) this.leaveOpen();
    else return;
    event.preventDefault();
  }

  leaveOpen() {
    this.take(null);
    this.range.focus();
  }
}

/** Both questions, as the macro in templates/live/sliders.html writes them. */
export class Sliders {
  /**
   * @param {HTMLElement} root the fieldset, `#<prefix>-sliders`
   * @param {(felt: Felt | null) => void} [onChange] is called with every change, also of a single key
   */
  constructor(root, onChange = () => {}) {
    const told = () => onChange(this.felt);
    this.all = Object.fromEntries(NAMES.map((name) => [name, new Slider(root.querySelector(`[data-name="${name}"]`), told)]));
    this.show(null); // a browser that goes back to a page puts old numbers into it
  }

  /** @returns {Felt | null} null where both were left out */
  get felt() {
    const felt = Object.fromEntries(NAMES.map((name) => [name, this.all[name].value]));
    return NAMES.every((name) => felt[name] === null) ? null : felt;
  }

  /** @param {Felt | null} felt null leaves both open; onChange is not called */
  show(felt) {
    for (const name of NAMES) this.all[name].show(felt?.[name] ?? null);
  }
}

/**
 * @param {Felt} felt
 * @returns {string} "kindness 3 of 10, willingness 5 of 10", without what was left out
 */
export function feltText(felt) {
  const parts = [];
  if (felt.kindness !== null) parts.push(_("kindness {value} of 10", { value: felt.kindness }));
  if (felt.willingness !== null) parts.push(_("willingness {value} of 10", { value: felt.willingness }));
  return parts.join(", ");
}
