/** The quiet that goes on while a practice waits: a loop of its own silence, or of the house's room. */

const ROOM = "../../room-tone.mp3";
const MARGIN_S = 0.25; // nothing of the words beside it
const LEAST_S = 0.8;
const MOST_S = 12;
const SEAM_S = 0.4;

/**
 * Makes a part of a sound go round without a seam: its end fades into its beginning.
 * @param {BaseAudioContext} context
 * @param {AudioBuffer} buffer
 * @param {number} from seconds in the buffer
 * @param {number} to
 * @returns {AudioBuffer}
 */
function makeLoop(context, buffer, from, to) {
  const { sampleRate, numberOfChannels } = buffer;
  const first = Math.max(0, Math.round(from * sampleRate));
  const count = Math.min(buffer.length, Math.round(to * sampleRate)) - first;
  const seam = Math.min(Math.round(SEAM_S * sampleRate), Math.floor(count / 3));
  const loop = context.createBuffer(numberOfChannels, count - seam, sampleRate);
  for (let channel = 0; channel < numberOfChannels; channel += 1) {
    const heard = buffer.getChannelData(channel).subarray(first, first + count);
    const made = loop.getChannelData(channel);
    made.set(heard.subarray(0, count - seam));
    for (let i = 0; i < seam; i += 1) {
      const share = i / seam; // noise adds by its power
      made[i] = heard[i] * Math.sqrt(share) + heard[count - seam + i] * Math.sqrt(1 - share);
    }
  }
  return loop;
}

/** The loops of one practice. */
export class Quiet {
  /** @param {BaseAudioContext} context */
  constructor(context) {
    this.context = context;
    /** @type {AudioBuffer | null} */
    this.room = null;
    this.own = null;
    this.ownAt = "";
    this.fetchRoom();
  }

  async fetchRoom() {
    try {
      const answer = await fetch(new URL(ROOM, import.meta.url));
      const buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
      this.room = makeLoop(this.context, buffer, 0, buffer.duration);
    } catch {
      this.room = null; // then the practice's own silences do
    }
  }

  /** Has the loop of this silence made, if it is long enough. @param {import("./mp3.js").Mp3} mp3 */
  async prepare(mp3, { quiet_start_ms, quiet_end_ms }) {
    const at = `${quiet_start_ms}-${quiet_end_ms}`;
    if (at === this.ownAt) return;
    this.ownAt = at;
    this.own = null;
    const from = quiet_start_ms / 1000 + MARGIN_S;
    const to = Math.min(quiet_end_ms / 1000 - MARGIN_S, from + MOST_S);
    if (to - from < LEAST_S) return;
    const { buffer, start } = await mp3.decode(this.context, from, to);
    if (this.ownAt === at) this.own = makeLoop(this.context, buffer, from - start, to - start);
  }

  /** @returns {AudioBuffer | null} what goes on now */
  get loop() {
    return this.own ?? this.room;
  }
}
