/** An MP3 in memory: cut at its frames, so that any few seconds of it can be decoded by themselves. */

const KBITS = {
  3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const HERTZ = { 3: [44100, 48000, 32000], 2: [22050, 24000, 16000] }; // MPEG 1 and MPEG 2, as their header numbers them
const ENCODER_DELAY = 1105; // samples that LAME and a decoder put before the sound
const WARM_UP = 12; // frames that a decoder needs until it gives the same as if it came from the beginning
const OVER = 3; // frames beyond the end, to fade over in

/** @returns {{length: number, samples: number, rate: number} | null} what a frame's header says */
function readHeader(bytes, at) {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1] >> 3) & 3;
  const isLayer3 = ((bytes[at + 1] >> 1) & 3) === 1;
  const kbits = KBITS[version]?.[bytes[at + 2] >> 4];
  const rate = HERTZ[version]?.[(bytes[at + 2] >> 2) & 3];
  if (!isLayer3 || !kbits || !rate) return null;
  const samples = version === 3 ? 1152 : 576;
  return { length: Math.floor((samples * kbits * 125) / rate) + ((bytes[at + 2] >> 1) & 1), samples, rate };
}

const isNamed = (bytes, at, name) => [...name].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

/** Tags stand before the sound, with a cover in them. */
function skipTags(bytes) {
  if (!isNamed(bytes, 0, "ID3")) return 0;
  const [a, b, c, d] = bytes.subarray(6, 10);
  return 10 + a * 2 ** 21 + b * 2 ** 14 + c * 2 ** 7 + d;
}

/** The frames of one file. */
export class Mp3 {
  /** @param {ArrayBuffer} content */
  constructor(content) {
    this.bytes = new Uint8Array(content);
    /** @type {number[]} */
    this.frames = [];
    let at = skipTags(this.bytes);
    for (let header = readHeader(this.bytes, at); header; header = readHeader(this.bytes, at)) {
      if (this.frames.length === 0) this.frameSeconds = header.samples / header.rate;
      if (this.frames.length === 0) this.rate = header.rate;
      this.frames.push(at);
      at += header.length;
    }
    this.frames.push(Math.min(at, this.bytes.length));
    if (this.frames.length < 2) throw new Error("This is no MP3.");
    // The first frame may hold no sound but what the encoder tells of itself.
    const [first, second] = this.frames;
    const isTold = [...Array(second - first).keys()].some((index) => isNamed(this.bytes, first + index, "Info") || isNamed(this.bytes, first + index, "Xing"));
    if (isTold) this.frames.shift();
    this.delay = ENCODER_DELAY / this.rate;
  }

  get count() {
    return this.frames.length - 1;
  }

  /**
   * Decodes what is heard between two moments, and a little more on either side.
   * @param {BaseAudioContext} context
   * @param {number} from seconds
   * @param {number} to seconds
   * @returns {Promise<{buffer: AudioBuffer, start: number}>} start: which second of the practice the buffer begins with
   */
  async decode(context, from, to) {
    const frameAt = (seconds) => Math.floor((seconds + this.delay) / this.frameSeconds);
    const first = Math.max(0, Math.min(frameAt(from) - WARM_UP, this.count - 1));
    const last = Math.min(this.count, Math.max(first + 1, frameAt(to) + 1 + OVER));
    const part = this.bytes.slice(this.frames[first], this.frames[last]);
    const buffer = await context.decodeAudioData(part.buffer);
    return { buffer, start: first * this.frameSeconds - this.delay };
  }
}
