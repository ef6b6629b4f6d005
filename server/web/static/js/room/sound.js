/** Plays one practice by a plan: each few seconds of it are put on the sound's own clock, to the millisecond. */

import { Piece } from "./piece.js";
import { placeAt } from "./plan.js";
import { Quiet } from "./quiet.js";

const TICK_MS = 25;
const SOON_S = 0.06; // the nearest moment for which something can be put on the clock
const FADE_S = 0.08;
const QUIET_FADE_S = 0.12;
const REST_FADE_S = 0.4;
const LOWER_FADE_S = 0.8;
const JUMP_BEYOND_S = 0.3;
const STEER_WITHIN_S = 0.012;
const MOST_STEERING = 0.015;
const JOIN_AHEAD_S = 0.5;
const NEARLY_HELD_S = 0.15; // it is ending already: nothing new begins
const PART_S = 20;
const SMOOTH = 0.05;
const CLOCK_LEAPT_S = 0.15;

const fade = (param, context, to, seconds) => {
  param.cancelScheduledValues(context.currentTime);
  param.setValueAtTime(param.value, context.currentTime);
  param.linearRampToValueAtTime(to, context.currentTime + seconds);
};

/** The sound of a page that follows a plan. */
export class RoomSound {
  /** @param {import("./clock.js").Clock} clock @param {import("./plan.js").Course} course */
  constructor(clock, course) {
    this.clock = clock;
    this.course = course;
    this.context = null;
    this.mp3 = null;
    /** @type {Piece | null} */
    this.piece = null;
    /** @type {Piece | null} */
    this.following = null;
    this.parts = new Map();
    this.lag = null;
    this.loudness = 1;
    this.isMuted = false;
    this.hush = null;
  }

  /** Inside a press, as browsers want it. */
  prepare() {
    if (navigator.audioSession) navigator.audioSession.type = "playback"; // a phone's switch for ringing is not meant
    if (!this.context) this.build();
    return this.context.resume();
  }

  build() {
    this.context = new AudioContext({ latencyHint: "balanced" });
    this.master = this.context.createGain();
    this.door = this.context.createGain();
    this.master.connect(this.door).connect(this.context.destination);
    this.door.gain.value = this.isMuted ? 0 : 1;
    this.master.gain.value = this.loudness;
    this.quiet = new Quiet(this.context);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
  }

  /** @param {import("./mp3.js").Mp3 | null} mp3 */
  open(mp3) {
    this.mp3 = mp3;
    this.parts.clear();
    this.end(FADE_S);
  }

  /** This page's own sound goes, or comes back; everything goes on meanwhile. */
  mute(isMuted) {
    if (this.isMuted === isMuted) return;
    this.isMuted = isMuted;
    if (this.context) fade(this.door.gain, this.context, isMuted ? 0 : 1, REST_FADE_S);
  }

  get isRunning() {
    return this.context?.state === "running";
  }

  /** When, by the sound's clock, something has to be played that is to be heard at this moment. @param {number} moment by performance.now() */
  contextTimeAt(moment) {
    const { contextTime, performanceTime } = this.context.getOutputTimestamp?.() ?? {};
    const { outputLatency, baseLatency, currentTime } = this.context;
    const told = performanceTime > 0 ? contextTime - performanceTime / 1000 : currentTime - performance.now() / 1000 - (outputLatency || baseLatency || 0);
    const isLeap = this.lag === null || Math.abs(told - this.lag) > CLOCK_LEAPT_S;
    this.lag = isLeap ? told : this.lag + (told - this.lag) * SMOOTH;
    return moment / 1000 + this.lag;
  }

  tick() {
    if (!this.mp3 || !this.isRunning) return;
    const now = this.clock.now();
    const plan = this.course.look(now);
    const place = placeAt(plan, now);
    const at = this.contextTimeAt(now - this.clock.offset);
    this.makeReady(plan, place);
    if (place.isMoving && place.ms / 1000 < this.duration) this.move(plan, place, at);
    else this.end(FADE_S);
    this.setQuiet(plan.is_playing && !this.isSounding && place.ms / 1000 < this.duration, plan);
    this.setLoudness(10 ** (plan.gain_db / 20));
  }

  get duration() {
    return this.mp3.count * this.mp3.frameSeconds - 2 * this.mp3.delay;
  }

  get isSounding() {
    return Boolean(this.piece && !this.piece.isEnding);
  }

  /** What will be heard soon is decoded now. */
  makeReady(plan, place) {
    const { coming } = this.course;
    this.part(place.ms / 1000);
    this.part(place.ms / 1000 + PART_S / 2);
    if (coming) this.part(coming.position_ms / 1000);
    if (plan.hold_ms !== null) this.prepareQuiet(plan);
    for (const number of this.parts.keys()) {
      const isFar = (ms) => Math.abs(number - ms / 1000 / PART_S) > 2;
      if (isFar(place.ms) && isFar((coming ?? plan).position_ms)) this.parts.delete(number);
    }
  }

  prepareQuiet(plan) {
    this.quiet.prepare(this.mp3, plan).catch(() => {}); // the room does as well
  }

  /** @param {number} seconds @returns {import("./piece.js").Part | null} null while it is being decoded */
  part(seconds) {
    const number = Math.floor(Math.max(0, seconds) / PART_S);
    const from = number * PART_S;
    if (from >= this.duration) return null;
    if (!this.parts.has(number)) {
      const part = { from, to: Math.min(from + PART_S, this.duration), buffer: null, start: 0 };
      this.parts.set(number, part);
      this.mp3.decode(this.context, part.from, part.to).then(
        (decoded) => Object.assign(part, decoded),
        () => this.parts.delete(number),
      );
    }
    const part = this.parts.get(number);
    return part.buffer ? part : null;
  }

  /** It plays, and where it should. @param {number} at the moment that is heard now, by the sound's clock */
  move(plan, place, at) {
    const wanted = place.ms / 1000;
    if (this.following && at >= this.following.began) {
      this.piece = this.following;
      this.following = null;
    }
    const isNearlyHeld = plan.hold_ms !== null && plan.hold_ms / 1000 - wanted < NEARLY_HELD_S;
    if (!this.isSounding && isNearlyHeld) return;
    const drift = this.isSounding ? this.piece.placeAt(at) - wanted : Infinity;
    if (Math.abs(drift) > JUMP_BEYOND_S) this.begin(wanted, at);
    else if (!this.following) this.piece.setRate(Math.abs(drift) < STEER_WITHIN_S ? 1 : 1 - Math.max(-MOST_STEERING, Math.min(MOST_STEERING, drift / 2)));
    if (!this.isSounding) return;
    this.join();
    this.endAtHold(plan);
  }

  begin(wanted, at) {
    this.end(FADE_S);
    const start = this.context.currentTime + SOON_S;
    const from = wanted + (start - at);
    const part = this.part(from);
    if (part) this.piece = new Piece(this.context, this.master, part, { start, from, fade: FADE_S });
  }

  /** The next part is put on the clock just before this one is over. */
  join() {
    const { piece } = this;
    const joint = piece.part.to;
    const over = piece.timeOf(joint);
    if (this.following || joint >= this.duration || over - this.context.currentTime > JOIN_AHEAD_S) return;
    const part = this.part(joint);
    if (!part) return;
    this.following = new Piece(this.context, this.master, part, { start: over, from: joint, fade: 0.01, rate: piece.rate });
    piece.endAt(over, 0.01);
    piece.isEnding = false; // one sound goes on
  }

  /** Held to the millisecond, whenever this page looks. */
  endAtHold({ hold_ms }) {
    if (hold_ms === null) return;
    const over = this.piece.timeOf(hold_ms / 1000);
    if (over - this.context.currentTime < (2 * TICK_MS) / 1000) this.end(FADE_S, over);
  }

  end(seconds, when = 0) {
    for (const each of [this.piece, this.following]) if (each && !each.isEnding) each.endAt(Math.max(when, this.context.currentTime), seconds);
    this.following = null;
  }

  /** The quiet goes on wherever the practice is not heard. */
  setQuiet(isWanted, plan) {
    const loop = this.quiet.loop;
    if (isWanted && !this.hush && loop) {
      const source = this.context.createBufferSource();
      const gain = this.context.createGain();
      Object.assign(source, { buffer: loop, loop: true });
      gain.gain.value = 0;
      source.connect(gain).connect(this.master);
      source.start(0, Math.random() * loop.duration);
      fade(gain.gain, this.context, 1, FADE_S);
      this.hush = { source, gain };
    } else if (!isWanted && this.hush) {
      const seconds = plan.is_playing ? QUIET_FADE_S + SOON_S : REST_FADE_S;
      fade(this.hush.gain.gain, this.context, 0, seconds);
      this.hush.source.stop(this.context.currentTime + seconds + 0.05);
      this.hush = null;
    }
  }

  setLoudness(loudness) {
    if (loudness === this.loudness) return;
    this.loudness = loudness;
    fade(this.master.gain, this.context, loudness, LOWER_FADE_S);
  }

  /** Nothing is left of it. */
  shut() {
    clearInterval(this.ticking);
    this.context?.close();
    this.context = null;
    this.piece = this.following = this.hush = this.mp3 = this.lag = null;
    this.parts.clear();
  }
}
