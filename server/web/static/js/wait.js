/** The second step: how far the render has come, in figures that are true. */

import { shortLength } from "./time-text.js";
import { _ } from "./words.js";

const SAY_EVERY_MS = 15_000;
// Speaking, placing and encoding go on side by side; the last check follows.
const SHARES = { speaking: [0, 0.9], checking: [0.9, 0.1] };

/**
 * @param {import("./order.js").Render} render
 * @returns {string} one plain line
 */
export function progressText({ state, phase, stage, done_seconds, total_seconds }) {
  if (state === "queued" || !phase) return _("Waiting for its turn.");
  if (phase !== "speaking") return _("Listening through it once.");
  const told = { stage, done: shortLength(done_seconds), whole: shortLength(total_seconds) };
  return stage ? _("Preparing: {stage}, {done} of {whole} spoken.", told) : _("Preparing: {done} of {whole} spoken.", told);
}

/**
 * @param {import("./order.js").Render} render
 * @returns {number | null} 0 to 1, or null when nobody can say
 */
export function progressShare({ state, phase, done_seconds, total_seconds }) {
  const [base, width] = SHARES[phase] ?? [];
  if (state !== "running" || base === undefined) return null;
  return base + width * (total_seconds ? Math.min(1, done_seconds / total_seconds) : 0);
}

/**
 * What to do where nothing came of it.
 * @param {string} button what is pressed for it
 */
export const howToGoOn = (button) => _("Press {button} to try again. If that does not help, tell whoever runs this house.", { button });

/** What is shown while a render is made. */
export class WaitView {
  /** @param {HTMLElement} root @param {() => void} onStop */
  constructor(root, onStop) {
    this.bar = root.querySelector("#wait-bar");
    this.text = root.querySelector("#wait-text");
    this.trouble = root.querySelector("#wait-trouble");
    this.said = root.querySelector("#wait-said");
    root.querySelector("#wait-stop").addEventListener("click", onStop);
  }

  open() {
    this.saidAt = -Infinity;
    this.saidPhase = "";
    this.said.textContent = "";
  }

  /** @param {import("./order.js").Render} render */
  show(render) {
    const share = progressShare(render);
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
    this.text.textContent = progressText(render);
    this.trouble.textContent = "";
    this.sayNowAndThen(`${render.state} ${render.phase}`);
  }

  showSilence() {
    this.trouble.textContent = _("No answer from the server just now. It is asked again by itself; nothing is lost.");
  }

  /** A screen reader hears each change of phase, and otherwise four times a minute at most. */
  sayNowAndThen(phase) {
    const now = performance.now();
    if (phase === this.saidPhase && now - this.saidAt < SAY_EVERY_MS) return;
    this.saidPhase = phase;
    this.saidAt = now;
    this.said.textContent = this.text.textContent;
  }
}
