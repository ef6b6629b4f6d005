/** Plays one render through the page's audio element: its place, its chapters, its minutes. */

import { EntryDraft } from "./entry-draft.js";
import { measurePlayed } from "./played-time.js";
import { clearPosition, keepPosition } from "./position.js";
import { indexAt } from "./transcript.js";

const KEEP_EVERY_S = 5;
const CHAPTER_AGAIN_S = 3; // chapter back, further in than this, goes to the chapter's own beginning

/**
 * @typedef {object} Watcher
 * @property {(at: number) => void} onTime the place, in seconds, whenever it changes
 * @property {() => void} onState it plays now, or does not
 * @property {() => void} onTrouble the sound stopped coming
 * @property {(entry: import("./outbox.js").Entry | null) => void} onEnded the practice came to its end
 */

/** The sound of one render at a time. */
export class Player {
  /** @param {HTMLAudioElement} audio @param {Watcher} watcher */
  constructor(audio, watcher) {
    this.audio = audio;
    this.watcher = watcher;
    this.chapters = [];
    this.render = null;
    this.draft = null;
    this.keptAt = 0;
    this.takePlayed = measurePlayed(audio, (ms) => this.draft?.add(ms));
    audio.addEventListener("play", () => this.draft?.begin());
    audio.addEventListener("timeupdate", () => this.noteTime());
    audio.addEventListener("seeked", () => this.noteTime());
    audio.addEventListener("ended", () => this.end());
    audio.addEventListener("error", () => this.render && watcher.onTrouble());
    audio.addEventListener("pause", () => this.keep());
    for (const name of ["play", "playing", "pause", "ended", "durationchange", "ratechange"]) {
      audio.addEventListener(name, () => watcher.onState());
    }
  }

  /**
   * @param {import("./order.js").Render} render that is done
   * @param {string} practice its slug
   */
  open(render, practice) {
    this.render = render;
    this.chapters = [];
    const { key, minutes, title } = render;
    this.draft = new EntryDraft({ practice, render: key, minutes, title });
    this.audio.src = render.audio.mp3;
  }

  /** In seconds: what the server measured, until the browser knows it too. */
  get duration() {
    const measured = this.audio.duration;
    return Number.isFinite(measured) && measured > 0 ? measured : (this.render?.duration_seconds ?? 0);
  }

  /** A sound that broke off counts as still playing for the browser, and not for people. */
  get isPlaying() {
    return !this.audio.paused && !this.audio.error;
  }

  /** @returns {Promise<boolean>} false when the browser wants a press of its own first */
  async play() {
    if (this.audio.error) this.reload();
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

  /** @param {number} seconds */
  seek(seconds) {
    this.takePlayed();
    this.audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.2));
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
    if (!this.audio.ended && this.draft.id) keepPosition(this.render.key, this.keptAt);
    this.takePlayed();
    this.draft.save();
  }

  end() {
    this.takePlayed();
    clearPosition(this.render.key);
    this.watcher.onEnded(this.draft.close("completed"));
  }

  /** Ends the playing early. @returns {import("./outbox.js").Entry | null} its entry */
  stop() {
    this.takePlayed();
    this.audio.pause();
    this.keep();
    return this.draft.close("stopped");
  }

  /** The page goes away, perhaps to come back: what was played is an entry; what follows is another. */
  leave() {
    if (!this.render) return null;
    this.keep();
    return this.draft.close("stopped");
  }

  /** Lets go of the sound altogether. */
  shut() {
    this.render = null;
    this.draft = null;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}
