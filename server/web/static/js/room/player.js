/** What can be done with a practice in the room: each wish becomes a plan, which every loudspeaker follows. */

import { parseVtt } from "../transcript.js";
import { request } from "../api.js";
import { Clock } from "./clock.js";
import { fetchWhole } from "./fetch-whole.js";
import { Lines } from "./lines.js";
import { Mp3 } from "./mp3.js";
import { AT_REST, Course, placeAt } from "./plan.js";
import { RoomSound } from "./sound.js";

const LEAD_MS = 60; // so soon something can be put on the clock of this page's own sound
const LEAD_TOGETHER_MS = 1000; // so soon the other page knows, which asks twice in a second
const STEP_DB = -6;
const LOWEST_DB = -18;

/** The practice, its lines, and where it is. */
export class RoomPlayer {
  /** @param {{onChange: () => void, onPlan: (render: string | null, plan: import("./plan.js").Plan) => void}} watcher */
  constructor(watcher) {
    this.watcher = watcher;
    this.clock = new Clock();
    this.course = new Course();
    this.sound = new RoomSound(this.clock, this.course);
    this.isTogether = false;
    this.render = null;
    this.lines = null;
  }

  /**
   * @param {import("../order.js").Render} render that is done
   * @param {{signal: AbortSignal, onProgress?: (share: number) => void}} how
   */
  async open(render, how) {
    const [timeline, vtt, content] = await Promise.all([
      request(`/api/renders/${render.key}/timeline`, { signal: how.signal }),
      fetch(render.audio.vtt, { signal: how.signal }).then((answer) => answer.text()),
      fetchWhole(render.audio.mp3, how),
    ]);
    this.lines = new Lines(timeline, parseVtt(vtt));
    this.render = render.key;
    this.sound.open(new Mp3(content));
    this.plan({ ...AT_REST, at_ms: Math.round(this.clock.now()) });
  }

  get lead() {
    return this.isTogether ? LEAD_TOGETHER_MS : LEAD_MS;
  }

  /** Where it is now. */
  get place() {
    const now = this.clock.now();
    return placeAt(this.course.look(now), now);
  }

  get isPlaying() {
    return this.course.latest.is_playing;
  }

  /** True from the press on, also while a sentence is still being said. */
  get isHolding() {
    return this.course.latest.hold_ms !== null;
  }

  get gain() {
    return this.course.latest.gain_db;
  }

  get isOver() {
    return this.lines !== null && this.place.ms >= this.lines.total;
  }

  plan(plan) {
    this.course.take(plan, this.clock.now());
    this.watcher.onPlan(this.render, plan);
    this.watcher.onChange();
  }

  /** From a moment on that everybody can know of by then. @param {Partial<import("./plan.js").Plan>} wish */
  soon(wish) {
    const at = this.clock.now() + this.lead;
    const present = placeAt(this.course.latest, at);
    this.plan({ ...this.course.latest, at_ms: Math.round(at), position_ms: Math.round(present.ms), hold_ms: null, ...wish });
  }

  async play() {
    await this.sound.prepare();
    this.soon({ is_playing: true, ...(this.isOver && { position_ms: 0 }) });
  }

  pause() {
    this.soon({ is_playing: false });
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  /** In this silence, or at the end of the sentence. */
  hold() {
    if (!this.isPlaying || this.isHolding || this.isOver) return;
    const { latest } = this.course;
    const now = Math.max(this.clock.now(), latest.at_ms);
    const hold = this.lines.hold(placeAt(latest, now).ms, this.lead);
    if (hold) this.plan({ ...latest, ...hold });
  }

  release() {
    if (!this.isHolding) return;
    if (this.place.isHeld) this.soon({});
    else this.plan({ ...this.course.latest, hold_ms: null }); // it was never held
  }

  /** @param {(ms: number) => number | null} find where to @returns {boolean} false when there is no such place */
  go(find) {
    const now = Math.max(this.clock.now(), this.course.latest.at_ms);
    const position = this.lines && find(placeAt(this.course.latest, now).ms);
    if (position === null) return false;
    this.soon({ position_ms: position });
    return true;
  }

  again() {
    return this.go((ms) => this.lines.again(ms));
  }

  skip() {
    return this.go((ms) => this.lines.next(ms));
  }

  skipStage() {
    return this.go((ms) => this.lines.nextStage(ms));
  }

  /** @param {1 | -1} steps */
  lower(steps) {
    const gain = Math.max(LOWEST_DB, Math.min(0, this.gain + steps * STEP_DB));
    this.plan({ ...this.course.latest, gain_db: gain });
  }

  get isLowest() {
    return this.gain <= LOWEST_DB;
  }

  /** A phone call takes the sound away: nothing of the practice passes meanwhile. */
  noteInterruption() {
    const isSettled = this.course.look(this.clock.now()) === this.course.latest;
    if (this.isPlaying && isSettled && !this.isTogether && !this.sound.isRunning) this.pause();
  }

  /** Back to the beginning, and quiet. */
  stop() {
    this.soon({ is_playing: false, position_ms: 0 });
  }

  /** The time is the server's from now on: what was planned by this page's own is planned anew. */
  noteClock() {
    const { latest } = this.course;
    const now = performance.now() + (this.ownOffset ?? this.clock.offset);
    const { ms } = placeAt(latest, now);
    this.ownOffset = null;
    this.plan({ ...latest, at_ms: Math.round(this.clock.now()), position_ms: Math.round(ms) });
  }

  /** Before the server is asked for its time. */
  keepClock() {
    this.ownOffset = this.clock.offset;
  }
}
