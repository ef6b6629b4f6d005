/** The one slow shape. It breathes where the practice breathes, and is still otherwise; where reduced motion is asked for it is always still. */

const STILL = 0.84;
const WIDE = 1;
const SIZES = { "breath-in": [STILL, WIDE], "breath-out": [WIDE, STILL] };

/** A round thing for the eyes alone. */
export class Shape {
  /** @param {HTMLElement} shape */
  constructor(shape) {
    this.shape = shape;
    this.line = null;
    this.motion = null;
  }

  /** @param {import("./sitting-api.js").Line | null} line that is heard @param {number} at where in the sitting */
  show(line, at) {
    const breath = line && SIZES[line.kind] ? line : null;
    if (breath?.start_seconds === this.line?.start_seconds) return;
    this.line = breath;
    if (!breath || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const [from, to] = SIZES[breath.kind];
    const timing = { duration: (breath.end_seconds - breath.start_seconds) * 1000, easing: "ease-in-out", fill: "forwards" };
    const last = this.motion;
    this.motion = this.shape.animate([{ transform: `scale(${from})` }, { transform: `scale(${to})` }], timing);
    this.motion.currentTime = Math.max(0, at - breath.start_seconds) * 1000;
    last?.cancel();
  }

  /** @param {boolean} isHeld while the sound is held */
  hold(isHeld) {
    if (!this.motion || this.motion.playState === "finished") return;
    if (isHeld) this.motion.pause();
    else this.motion.play();
  }
}
