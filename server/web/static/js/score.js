/** The picture of a practice serves as the seek bar. */

import { clock, spokenTime } from "./time-text.js";
import { _ } from "./words.js";

const KEY_STEPS_S = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };

/** The score as a seek bar: a native range, so that every kind of hand and screen reader can move it. */
export class SeekBar {
  /**
   * @param {{range: HTMLInputElement, picture: HTMLElement, ready: HTMLElement, done: HTMLElement, now: HTMLElement, all: HTMLElement}} parts
   * @param {(seconds: number) => void} onSeek
   */
  constructor(parts, onSeek) {
    Object.assign(this, parts);
    this.onSeek = onSeek;
    this.duration = 0;
    this.made = 0;
    this.isHeld = false;
    this.range.addEventListener("input", () => this.isHeld || this.onSeek(Number(this.range.value)));
    this.range.addEventListener("keydown", (event) => this.step(event));
    this.range.addEventListener("pointerdown", (event) => this.hold(event));
    this.range.addEventListener("pointermove", (event) => this.isHeld && this.paint(this.placeOf(event)));
    this.range.addEventListener("pointerup", (event) => this.release(event));
    this.range.addEventListener("pointercancel", () => (this.isHeld = false));
  }

  /** @param {Element | null} picture @param {number} duration in seconds */
  open(picture, duration) {
    for (const layer of [this.picture, this.ready, this.done]) {
      layer.replaceChildren(...(picture ? [picture.cloneNode(true)] : []));
    }
    this.duration = duration;
    this.range.max = String(Math.max(1, Math.floor(duration)));
    this.all.textContent = clock(duration);
    this.show(0, "");
  }

  /** @param {number} made seconds that can be heard so far: what is still being made is drawn fainter */
  grow(made) {
    this.made = made;
    const share = this.duration ? Math.min(1, made / this.duration) : 1;
    this.range.parentElement.style.setProperty("--made", `${(share * 100).toFixed(2)}%`);
    this.range.parentElement.classList.toggle("growing", share < 1);
  }

  /** @param {number} at seconds @param {string} stage its name */
  show(at, stage) {
    if (this.isHeld) return;
    const parts = [_("{time} of {whole}", { time: spokenTime(at), whole: spokenTime(this.duration) }), stage];
    if (this.made < this.duration - 1) parts.push(_("prepared up to {time}", { time: spokenTime(this.made) }));
    this.range.setAttribute("aria-valuetext", parts.filter(Boolean).join(", "));
    this.paint(at);
  }

  paint(at) {
    const share = this.duration ? Math.min(1, at / this.duration) : 0;
    this.range.value = String(Math.round(at));
    this.now.textContent = clock(at);
    this.range.parentElement.style.setProperty("--played", `${(share * 100).toFixed(2)}%`);
  }

  step(event) {
    const step = KEY_STEPS_S[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.onSeek(Number(this.range.value) + step);
  }

  hold(event) {
    if (event.button !== 0) return;
    event.preventDefault(); // the browser's own thumb is a hair's breadth, and hard to catch
    this.range.focus({ focusVisible: false });
    this.range.setPointerCapture(event.pointerId);
    this.isHeld = true;
    this.paint(this.placeOf(event));
  }

  release(event) {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.onSeek(this.placeOf(event));
  }

  placeOf(event) {
    const box = this.range.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.duration;
  }
}
