/** The one sound of a sitting: a playlist that moves on with it, and where in the sitting the listener is. */

import { openStream } from "../stream.js";

const MIDNIGHT_MS = Date.UTC(2000, 0, 1); // a sitting's playlist says where it is by the time of this day
const AHEAD_S = 0.4; // so much must be there where one jumps to
const LOOK_MS = 50;
const DRY_MS = 1000; // less is heard, but nobody has to read of it

/** @param {import("./sitting-api.js").Line[]} lines @param {number} at @returns {boolean} true in the middle of a sentence, a bell or a breath */
export const isWithin = (lines, at) => lines.some(({ start_seconds, end_seconds }) => start_seconds <= at && at < end_seconds);

/** A player that can jump to what a move decided, and never in mid-word. */
export class LiveSound {
  /**
   * @param {HTMLAudioElement} audio
   * @param {{onBroken: () => void, onJump: () => void, lines: () => import("./sitting-api.js").Line[]}} watcher
   */
  constructor(audio, watcher) {
    this.audio = audio;
    this.watcher = watcher;
    this.stream = null;
    this.offset = 0;
    this.goal = null;
    this.dryAt = null;
  }

  /** Inside a press: lets the sound start later, on phones that want a press for each element. */
  prepare() {
    this.audio.load();
  }

  /** @param {string} playlist @param {boolean} isFirst from the beginning; else from where the sitting is */
  open(playlist, isFirst) {
    this.shut();
    this.stream = openStream(this.audio, playlist, isFirst ? 0 : -1, { onGrowth: () => {}, onBroken: () => this.watcher.onBroken() });
    this.stream.hls?.on("hlsLevelUpdated", (_, { details }) => this.noteDate(details.fragments[0]));
    this.looking = setInterval(() => {
      this.noteDry();
      this.look();
    }, LOOK_MS);
  }

  /** A page that comes later counts from another moment than the sitting does. */
  noteDate(fragment) {
    if (fragment?.programDateTime) this.offset = (fragment.programDateTime - MIDNIGHT_MS) / 1000 - fragment.start;
  }

  /** Where in the sitting the listener is, in seconds. */
  get at() {
    const began = this.stream?.hls ? NaN : this.audio.getStartDate?.().getTime();
    if (Number.isFinite(began)) this.offset = (began - MIDNIGHT_MS) / 1000;
    return this.audio.currentTime + this.offset;
  }

  get isPlaying() {
    return !this.audio.paused && !this.audio.ended && !this.audio.error;
  }

  noteDry() {
    const { paused, seeking, ended, readyState } = this.audio;
    const isDry = !paused && !seeking && !ended && readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    this.dryAt = isDry ? (this.dryAt ?? performance.now()) : null;
  }

  /** True when it plays and nothing more has been there to play for a while. */
  get isStarved() {
    return this.dryAt !== null && performance.now() - this.dryAt > DRY_MS;
  }

  /** @returns {Promise<boolean>} false when the browser wants a press of its own first */
  async play() {
    if (this.audio.error) this.stream?.revive();
    try {
      await this.audio.play();
      return true;
    } catch (error) {
      if (error.name === "AbortError") return true; // somebody paused it meanwhile
      return false;
    }
  }

  pause() {
    this.audio.pause();
  }

  /** Goes there as soon as it is there and no sentence is cut. @param {number} seconds in the sitting */
  jump(seconds) {
    if (seconds > this.at) this.goal = seconds;
    this.look();
  }

  look() {
    if (this.goal === null || !this.stream) return;
    const { at } = this;
    if (at >= this.goal) {
      this.goal = null; // it came by itself
      return;
    }
    if (isWithin(this.watcher.lines(), at) || !this.isThere(this.goal)) return;
    this.audio.currentTime = this.goal - this.offset;
    this.goal = null;
    this.watcher.onJump();
  }

  isThere(seconds) {
    const at = seconds - this.offset;
    const { buffered, seekable } = this.audio;
    const parts = this.stream.hls ? buffered : seekable;
    return Array.from({ length: parts.length }, (_, index) => index).some((index) => parts.start(index) <= at && at + AHEAD_S <= parts.end(index));
  }

  shut() {
    clearInterval(this.looking);
    this.goal = this.dryAt = null;
    this.offset = 0;
    this.stream?.close();
    this.stream = null;
  }

  /** Lets go of the sound altogether: a sitting ends in silence. */
  leave() {
    this.audio.pause();
    this.shut();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}
