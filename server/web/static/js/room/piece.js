/** Some seconds of a practice on the sound's clock: when each moment of them is heard is known. */

/**
 * @typedef {object} Part decoded seconds of a practice
 * @property {number} from which second it stands for
 * @property {number} to
 * @property {AudioBuffer} buffer
 * @property {number} start which second the buffer begins with: a little earlier
 */

/** One source that plays a part. */
export class Piece {
  /**
   * @param {AudioContext} context
   * @param {AudioNode} out
   * @param {Part} part
   * @param {{start: number, from: number, fade: number, rate?: number}} how start: by the sound's clock; from: which second is heard then
   */
  constructor(context, out, part, { start, from, fade, rate = 1 }) {
    this.context = context;
    this.part = part;
    this.began = this.since = start;
    this.place = from;
    this.rate = rate;
    this.isEnding = false;
    this.source = context.createBufferSource();
    this.gain = context.createGain();
    this.source.buffer = part.buffer;
    this.source.playbackRate.value = rate;
    this.gain.gain.value = 0;
    this.gain.gain.setValueAtTime(0, start);
    this.gain.gain.linearRampToValueAtTime(1, start + fade);
    this.source.connect(this.gain).connect(out);
    this.source.start(start, Math.max(0, from - part.start));
  }

  /** @param {number} at by the sound's clock @returns {number} which second is heard then */
  placeAt(at) {
    return this.place + (at - this.since) * this.rate;
  }

  /** @param {number} place a second of the practice @returns {number} when it is heard */
  timeOf(place) {
    return this.since + (place - this.place) / this.rate;
  }

  /** @param {number} rate */
  setRate(rate) {
    const now = this.context.currentTime;
    if (Math.abs(rate - this.rate) < 0.0005 || now < this.began) return;
    this.place = this.placeAt(now);
    this.since = now;
    this.rate = rate;
    this.source.playbackRate.setValueAtTime(rate, now);
  }

  /** @param {number} when by the sound's clock @param {number} fade seconds */
  endAt(when, fade) {
    const { gain } = this.gain;
    this.isEnding = true;
    gain.cancelScheduledValues(when);
    gain.setValueAtTime(when <= this.context.currentTime ? gain.value : 1, when);
    gain.linearRampToValueAtTime(0, when + fade);
    this.source.stop(when + fade + 0.02);
  }
}
