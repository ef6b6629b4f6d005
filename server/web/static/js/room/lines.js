/** A practice in time: its lines and sounds, and the silences between them. */

const ROUND_A_LINE_MS = 150; // so much quiet is heard before a line that one goes to
const JUST_BEGUN_MS = 900; // again, so soon after a line's beginning, means the line before
const AIR_MS = 120; // a hold begins so long after a sentence, and so long before the next one

/**
 * @typedef {object} Stretch
 * @property {number} start_ms
 * @property {number} end_ms
 * @property {string} [text]
 *
 * @typedef {{hold_ms: number, quiet_start_ms: number, quiet_end_ms: number}} Hold
 */

/** What a player has to know to steer by lines. */
export class Lines {
  /**
   * @param {{total_ms: number, segments: {kind: string, start_ms: number, end_ms: number}[], stages: {title: string, start_ms: number}[]}} timeline
   * @param {import("../transcript.js").Line[]} captions
   */
  constructor({ total_ms, segments, stages }, captions) {
    this.total = total_ms;
    this.stages = stages;
    /** @type {Stretch[]} */
    this.lines = captions.map(({ start, end, text }) => ({ start_ms: Math.round(start * 1000), end_ms: Math.round(end * 1000), text }));
    const sounds = segments.filter(({ kind }) => kind === "sound");
    /** @type {Stretch[]} */
    this.busy = [...this.lines, ...sounds].sort((a, b) => a.start_ms - b.start_ms);
    this.quiets = this.findQuiets();
  }

  /** What is left between them, the beginning and the end too. */
  findQuiets() {
    const edges = [{ start_ms: 0, end_ms: 0 }, ...this.busy, { start_ms: this.total, end_ms: this.total }];
    const quiets = edges.slice(1).map((after, index) => ({ start_ms: edges[index].end_ms, end_ms: after.start_ms }));
    return quiets.filter(({ start_ms, end_ms }) => end_ms > start_ms);
  }

  /** @param {number} ms @returns {Stretch | undefined} the line that is said, or was said last */
  lineAt(ms) {
    return this.lines.findLast(({ start_ms }) => start_ms <= ms + ROUND_A_LINE_MS);
  }

  /** @param {number} ms @returns {string} */
  stageAt(ms) {
    return this.stages.findLast(({ start_ms }) => start_ms <= ms + ROUND_A_LINE_MS)?.title ?? "";
  }

  /** @param {Stretch} line @returns {number} where to begin so that this line is heard from its beginning */
  before(line) {
    const last = this.busy.findLast(({ end_ms, start_ms }) => start_ms < line.start_ms && end_ms <= line.start_ms);
    return Math.max(0, line.start_ms - ROUND_A_LINE_MS, last?.end_ms ?? 0);
  }

  /** @param {number} ms @returns {number | null} where the last line begins */
  again(ms) {
    const line = this.lineAt(ms);
    if (!line) return null;
    const previous = this.lines[this.lines.indexOf(line) - 1];
    return this.before(ms - line.start_ms < JUST_BEGUN_MS && previous ? previous : line);
  }

  /** @param {number} ms @returns {number | null} where the next line begins */
  next(ms) {
    const line = this.lines.find(({ start_ms }) => start_ms > ms + ROUND_A_LINE_MS);
    return line ? this.before(line) : null;
  }

  /** @param {number} ms @returns {number | null} */
  nextStage(ms) {
    return this.stages.find(({ start_ms }) => start_ms > ms + ROUND_A_LINE_MS)?.start_ms ?? null;
  }

  /**
   * Where it is held when somebody wants that: in this silence, or at the end of what is being said.
   * A silence that is over before everybody can know of it does not count.
   * @param {number} ms
   * @param {number} lead how long it takes until everybody knows
   * @returns {Hold | null} null where it is never quiet again
   */
  hold(ms, lead) {
    const known = ms + lead;
    const quiet = this.quiets.find((each) => each.end_ms >= known + Math.min(AIR_MS, (each.end_ms - each.start_ms) / 2));
    if (!quiet) return null;
    const air = Math.min(AIR_MS, (quiet.end_ms - quiet.start_ms) / 2);
    return { hold_ms: Math.round(Math.max(quiet.start_ms + air, known)), quiet_start_ms: quiet.start_ms, quiet_end_ms: quiet.end_ms };
  }
}
