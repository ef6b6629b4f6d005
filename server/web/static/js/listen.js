/** The third step: the practice is heard. Ties the player to what is seen of it. */

import { GrowingWords } from "./growing-words.js";
import { Hold } from "./hold.js";
import { leaveLockScreen, showOnLockScreen } from "./media-session.js";
import { followRender } from "./order.js";
import { Player } from "./player.js";
import { clearPosition, findPosition } from "./position.js";
import { SaidLine } from "./said.js";
import { SeekBar } from "./score.js";
import { clock } from "./time-text.js";
import { MomentList, indexAt } from "./transcript.js";
import { _, ngettext } from "./words.js";

const READY = _("It is ready when you are.");
const STOPPED_COMING = _("The sound stopped coming. Your place is kept; press Play to try again.");
const NOT_FURTHER = _("The rest of it could not be prepared. What you heard counts, and your place is kept.");
const PREPARING = _("Still preparing. It goes on by itself.");
const ON_ITS_WAY = _("The sound is on its way. It goes on by itself.");
const NO_ANSWER = _("No answer from the server just now. It goes on by itself.");

/** What is seen and pressed while a practice is heard. */
export class ListenView {
  /**
   * @param {HTMLElement} root
   * @param {{slug: string, title: string, language: string, cover: string, site: string}} practice
   * @param {{onClosed: (entry: import("./outbox.js").Entry | null, outcome: string) => void, onAgain: () => void}} watcher
   */
  constructor(root, practice, watcher) {
    this.part = (id) => root.querySelector(`#${id}`);
    this.practice = practice;
    this.watcher = watcher;
    this.following = new AbortController();
    this.player = new Player(this.part("audio"), {
      onTime: (at) => this.showTime(at),
      onState: () => this.showState(),
      onTrouble: () => this.showTrouble(STOPPED_COMING),
      onEnded: (entry) => this.watcher.onClosed(entry, "completed"),
    });
    this.hold = new Hold(this.part("tone"), this.player.audio, this.part("hold"));
    this.said = new SaidLine(this.part("now"), this.player.audio, practice.language);
    const seek = (seconds) => this.player.seek(seconds);
    const [range, picture, ready, done, now, all] = ["seek", "seek-score", "seek-ready", "seek-done", "time-now", "time-all"].map(this.part);
    this.bar = new SeekBar({ range, picture, ready, done, now, all }, seek);
    this.lines = new MomentList(this.part("lines"), seek);
    this.chapters = new MomentList(this.part("chapters"), seek);
    this.words = new GrowingWords({ onLines: (lines) => this.fillLines(lines), onChapters: (chapters) => this.fillChapters(chapters) });
    this.tellLockScreen = () => {};
    this.onPress("play", () => this.player.toggle());
    this.onPress("back", () => this.player.move(-15));
    this.onPress("on", () => this.player.move(15));
    this.onPress("stop", () => this.watcher.onClosed(this.player.stop(), "stopped"));
    this.onPress("again", () => this.watcher.onAgain());
    this.onPress("resume-on", () => this.goOn(this.resumeAt));
    this.onPress("resume-anew", () => this.goOn(0));
  }

  onPress(id, action) {
    this.part(id).addEventListener("click", action);
  }

  /** Inside the press of Begin: lets the sound start later, on phones that want a press for each element. */
  prepare() {
    this.player.audio.load();
    this.hold.prepare();
  }

  /**
   * @param {import("./order.js").Render} render that is done, or of which a beginning can be heard
   * @param {{picture: Element | null, mayStart: boolean}} how mayStart: the press is fresh enough for the sound to begin by itself
   */
  async open(render, { picture, mayStart }) {
    this.shutWords();
    this.opened = render.key;
    this.resumeAt = findPosition(render.key, render.duration_seconds ?? render.minutes * 60);
    this.player.open(render, this.practice.slug, this.resumeAt ?? 0);
    this.bar.open(picture, this.player.duration);
    this.tellLockScreen = showOnLockScreen(this.player, {
      title: this.practice.title,
      artist: this.practice.site,
      album: ngettext("{n} minute", "{n} minutes", render.minutes),
      cover: this.practice.cover,
    });
    this.showTrouble("");
    this.said.tell(READY);
    this.offerToSave(render);
    this.follow(render);
    this.offerToResume(this.resumeAt !== null);
    this.showState();
    if (this.resumeAt === null && mayStart) await this.player.play();
  }

  /** Watches it grow, until it is done or comes to nothing. @param {import("./order.js").Render} first */
  async follow(first) {
    this.following = new AbortController();
    const { signal } = this.following;
    this.isSilent = this.hasFailed = false;
    const onProgress = (render) => this.noteGrowth(render);
    const onSilence = () => this.noteSilence();
    try {
      const { state } = await followRender(first, { signal, onProgress, onSilence });
      this.hasFailed = state !== "done";
    } catch (error) {
      if (error.name === "AbortError") return;
      this.hasFailed = true; // the server no longer knows it
    }
    this.showState();
  }

  noteGrowth(render) {
    this.isSilent = false;
    this.player.update(render);
    this.offerToSave(render);
    this.words.refresh(render);
  }

  noteSilence() {
    this.isSilent = true;
    this.showState();
  }

  fillLines(lines) {
    this.lines.fill(lines);
    this.part("lines").closest("details").hidden = lines.length === 0;
    this.showTime(this.player.audio.currentTime);
  }

  fillChapters(chapters) {
    this.player.chapters = chapters;
    this.chapters.fill(chapters, { withTime: true });
    this.part("chapters").closest("details").hidden = chapters.length === 0;
    this.showTime(this.player.audio.currentTime);
  }

  offerToSave({ audio }) {
    this.part("save").hidden = !audio;
    if (audio) this.part("save").href = audio.mp3;
  }

  offerToResume(isOffered) {
    this.part("resume").hidden = !isOffered;
    this.part("controls").hidden = isOffered;
    if (isOffered) this.part("resume-on").textContent = _("Go on from {time}", { time: clock(this.resumeAt) });
  }

  /** @param {number} seconds where to play from */
  goOn(seconds) {
    this.offerToResume(false);
    if (seconds === 0) clearPosition(this.opened);
    this.player.seek(seconds);
    this.player.play();
    this.part("play").focus();
  }

  showTime(at) {
    const stage = this.player.chapters[indexAt(this.player.chapters, at)]?.text ?? "";
    this.bar.show(at, stage);
    this.part("stage-now").textContent = stage;
    this.lines.show(at);
    this.chapters.show(at);
    if (at === 0 && !this.player.isPlaying) return;
    const line = this.lines.items[this.lines.current];
    if (line) this.said.show(line, at > line.end + 0.4);
    else this.said.tell("");
  }

  showState() {
    const { isPlaying, duration, made } = this.player;
    this.part("play").textContent = isPlaying ? _("Pause") : _("Play");
    if (isPlaying) this.showTrouble("");
    if (duration && this.bar.duration !== duration) {
      this.bar.open(this.part("seek-score").firstElementChild, duration);
      this.showTime(this.player.audio.currentTime);
    }
    this.bar.grow(made);
    this.showHold();
    this.tellLockScreen();
  }

  showHold() {
    const { isStarved, isAtEdge } = this.player;
    if (isStarved && isAtEdge && this.hasFailed) {
      this.player.pause();
      this.showTrouble(NOT_FURTHER);
      this.part("again").hidden = false;
      return;
    }
    const why = isAtEdge ? PREPARING : ON_ITS_WAY;
    this.hold.show(isStarved ? (this.isSilent ? NO_ANSWER : why) : "");
  }

  /** @param {string} sentence empty when all is well */
  showTrouble(sentence) {
    this.part("listen-problem").textContent = sentence;
    this.part("play").textContent = this.player.isPlaying ? _("Pause") : _("Play");
    this.part("again").hidden = true;
  }

  /** Stops watching, and forgets what was said. */
  shutWords() {
    this.following.abort();
    this.words.shut();
    this.fillLines([]);
    this.fillChapters([]);
    this.hold.show("");
  }

  /** Lets go of the sound and of its words. */
  shut() {
    clearPosition(this.opened);
    this.opened = null;
    this.player.shut();
    this.shutWords();
    this.said.tell("");
    this.part("save").removeAttribute("href");
    this.part("save").hidden = true;
    leaveLockScreen();
  }
}
