/** The answer to a press that needs no network: a soft tone, a vibration, or nothing, as chosen. */

const HZ = { met: 523, "step-back": 392, stay: 440, "too-much": 330, "go-back": 440, end: 294 };
const LOUDNESS = 0.11;
const RISE_S = 0.015;
const FALL_S = 0.55;
const VIBRATION_MS = { met: [40], "step-back": [25, 90, 25] };
const USUAL_VIBRATION_MS = [25];

/** One for the page. */
export class Acknowledgement {
  constructor() {
    this.kind = "tone";
    this.context = null;
  }

  /** Inside a press: browsers let a page make sound only from then on. @param {"tone" | "vibration" | "none"} kind */
  prepare(kind) {
    this.kind = kind;
    if (kind !== "tone") return;
    this.context ??= window.AudioContext ? new AudioContext() : null;
    this.context?.resume();
  }

  /** @param {string} move which one was taken */
  answer(move) {
    if (this.kind === "vibration") navigator.vibrate?.(VIBRATION_MS[move] ?? USUAL_VIBRATION_MS);
    if (this.kind === "tone" && this.context) this.sound(HZ[move] ?? HZ.stay);
  }

  /** A small bowl, touched: one tone and a little of its octave. */
  sound(hz) {
    this.context.resume(); // a phone call may have stopped it
    const now = this.context.currentTime;
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(LOUDNESS, now + RISE_S);
    gain.gain.setTargetAtTime(0, now + RISE_S, FALL_S / 4);
    gain.connect(this.context.destination);
    for (const [times, share] of [[1, 1], [2.01, 0.18]]) {
      const part = new GainNode(this.context, { gain: share });
      const tone = new OscillatorNode(this.context, { frequency: hz * times });
      tone.connect(part).connect(gain);
      tone.start(now);
      tone.stop(now + RISE_S + FALL_S * 2);
    }
  }
}
