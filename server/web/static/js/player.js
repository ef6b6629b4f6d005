/** Plays one render through the page's audio element: its place, its chapters, its minutes. */

import { EntryDraft } from "./entry-draft.js";
import { measurePlayed } from "./played-time.js";
import { clearPosition, keepPosition } from "./position.js";
import { openStream } from "./stream.js";
import { indexAt } from "./transcript.js";

const KEEP_EVERY_S = 5;
const CHAPTER_AGAIN_S = 3; // chapter back, further in than this, goes to the chapter's own beginning
const EDGE_S = 1; // nearer than this to where it is being made nobody is taken
const ENOUGH_TO_PLAY = 3; // HTMLMediaElement.HAVE_FUTURE_DATA

/**
 * @typedef {object} Watcher
 * @property {(at: number) => void} onTime the place, in seconds, whenever it changes
 * @property {() => void} onState it plays now, or does not; or there is more to hear
 * @property {() => void} onTrouble the sound stopped coming
 * @property {(entry: import("./outbox.js").Entry | null) => void} onEnded the practice came to its end
 */

/** The sound of one render at a time: finished, or still growing. */
export class Player {
  /** @param {HTMLAudioElement} audio @param {Watcher} watcher */
  constructor(audio, watcher) {
    this.audio = audio;
    this.watcher = watcher;
    this.chapters = [];
    this.render = null;
    this.draft = null;
    this.stream = null;
    this.keptAt = 0;
    this.takePlayed = measurePlayed(audio, (ms) => this.draft?.add(ms));
    audio.addEventListener("play", () => this.draft?.begin());
    audio.addEventListener("timeupdate", () => this.noteTime());
    audio.addEventListener("seeked", () => this.noteTime());
    audio.addEventListener("ended", () => this.render && this.isWhole && this.end());
    audio.addEventListener("error", () => this.render && watcher.onTrouble());
    audio.addEventListener("pause", () => this.keep());
    for (const name of ["play", "playing", "waiting", "seeked", "pause", "ended", "durationchange", "ratechange"]) {
      audio.addEventListener(name, () => watcher.onState());
    }
  }

  /**
   * @param {import("./order.js").Render} render that is done, or of which a beginning can be heard
   * @param {string | null} practice its slug; null where no entry of the log is to come of it
   * @param {number} at seconds where it will be played from
   */
  open(render, practice, at) {
    this.render = render;
    this.chapters = [];
    const { key, minutes, title } = render;
    this.draft = practice && new EntryDraft({ practice, render: key, minutes, title });
    this.closeStream();
    this.isBroken = false;
    if (render.state === "done") {
      this.audio.src = render.audio.mp3;
      if (at) this.seek(at);
      return;
    }
    this.stream = openStream(this.audio, render.stream.playlist, at, {
      onGrowth: () => this.watcher.onState(),
      onBroken: () => this.breakOff(),
    });
  }

  /** The stream cannot be mended by itself: it is tried afresh when somebody presses play. */
  breakOff() {
    this.isBroken = true;
    this.audio.pause();
    this.watcher.onTrouble();
  }

  /** @param {import("./order.js").Render} render as the server tells it by now */
  update(render) {
    this.render = render;
    this.watcher.onState();
  }

  /** True when all of it can be heard: a stream's length is finite only when it is final. */
  get isWhole() {
    return !this.stream || this.measured > 0;
  }

  /** What the browser knows of the length, in seconds; 0 while it is not known or not final. */
  get measured() {
    const { duration } = this.audio;
    return Number.isFinite(duration) && duration > 0 ? duration : 0;
  }

  /** In seconds: what was planned, until it was measured on the server or in the browser. */
  get duration() {
    if (!this.render) return 0;
    return this.measured || (this.render.duration_seconds ?? Math.max(this.render.minutes * 60, this.made));
  }

  /** How far it can be heard, in seconds. */
  get made() {
    if (this.isWhole) return this.measured || (this.render?.duration_seconds ?? 0);
    return Math.max(this.stream.made, this.render.streamed_seconds);
  }

  /** A sound that broke off counts as still playing for the browser, and not for people. */
  get isPlaying() {
    return !this.audio.paused && !this.audio.error;
  }

  /** True when it plays, and there is nothing more to play for the moment. */
  get isStarved() {
    const { paused, seeking, ended, readyState } = this.audio;
    return Boolean(this.stream) && !paused && !seeking && !ended && readyState < ENOUGH_TO_PLAY;
  }

  /** True where everything that can be heard so far has been heard. */
  get isAtEdge() {
    return !this.isWhole && this.audio.currentTime > this.made - EDGE_S;
  }

  /** @returns {Promise<boolean>} false when the browser wants a press of its own first */
  async play() {
    if (this.audio.error || this.isBroken) this.reload();
    try {
      await this.audio.play();
      return true;
    } catch (error) {
      if (error.name === "NotAllowedError" || error.name === "AbortError") return false;
      if (this.render) this.watcher.onTrouble();
      return false;
    }
  }

  /** After the network failed: the same sound again, at the same place. */
  reload() {
    this.isBroken = false;
    if (this.stream) {
      this.stream.revive();
      return;
    }
    const at = this.audio.currentTime;
    this.audio.load();
    this.audio.currentTime = at;
  }

  pause() {
    this.audio.pause();
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  /** @param {number} seconds no further than it can be heard */
  seek(seconds) {
    this.takePlayed();
    const last = this.isWhole ? this.duration - 0.2 : Math.max(this.made - EDGE_S, this.audio.currentTime);
    this.audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, last));
    this.watcher.onTime(this.audio.currentTime);
  }

  /** @param {number} seconds on, or back when negative */
  move(seconds) {
    this.seek(this.audio.currentTime + seconds);
  }

  /** @param {1 | -1} direction */
  moveChapter(direction) {
    const at = this.audio.currentTime;
    const present = indexAt(this.chapters, at);
    const isFarIn = at - (this.chapters[present]?.start ?? 0) > CHAPTER_AGAIN_S;
    const wanted = direction > 0 ? present + 1 : present - (isFarIn ? 0 : 1);
    if (wanted < this.chapters.length) this.seek(this.chapters[Math.max(0, wanted)]?.start ?? 0);
  }

  noteTime() {
    if (!this.render) return;
    this.watcher.onTime(this.audio.currentTime);
    if (Math.abs(this.audio.currentTime - this.keptAt) >= KEEP_EVERY_S) this.keep();
  }

  /** Writes the place and the minutes down on the device. */
  keep() {
    if (!this.render) return;
    this.keptAt = this.audio.currentTime;
    if (!this.audio.ended && this.draft?.id) keepPosition(this.render.key, this.keptAt);
    this.takePlayed();
    this.draft?.save();
  }

  end() {
    this.takePlayed();
    clearPosition(this.render.key);
    this.watcher.onEnded(this.draft?.close("completed") ?? null);
  }

  /** Ends the playing early. @returns {import("./outbox.js").Entry | null} its entry */
  stop() {
    this.takePlayed();
    this.audio.pause();
    this.keep();
    return this.draft?.close("stopped") ?? null;
  }

  /** The page goes away, perhaps to come back: what was played is an entry; what follows is another. */
  leave() {
    if (!this.render) return null;
    this.keep();
    return this.draft?.close("stopped") ?? null;
  }

  closeStream() {
    this.stream?.close();
    this.stream = null;
  }

  /** Lets go of the sound altogether. */
  shut() {
    this.render = null;
    this.draft = null;
    this.audio.pause();
    this.closeStream();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}
