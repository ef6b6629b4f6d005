/** The third step: the practice is heard. Ties the player to what is seen of it. */

import { request } from "./api.js";
import { leaveLockScreen, showOnLockScreen } from "./media-session.js";
import { Player } from "./player.js";
import { clearPosition, findPosition } from "./position.js";
import { SeekBar } from "./score.js";
import { clock } from "./time-text.js";
import { MomentList, indexAt, parseVtt } from "./transcript.js";

const READY = "It is ready when you are.";

/** Fetches the words; the practice can be heard without them. */
async function fetchLines(url) {
  try {
    const answer = await fetch(url);
    return answer.ok ? parseVtt(await answer.text()) : [];
  } catch {
    return [];
  }
}

/** Fetches the chapters; the practice can be heard without them. */
async function fetchChapters(url) {
  try {
    const { chapters } = await request(url, { cache: "default" });
    return chapters.filter(({ toc }) => toc !== false).map(({ startTime, title }) => ({ start: startTime, text: title }));
  } catch {
    return [];
  }
}

/** What is seen and pressed while a practice is heard. */
export class ListenView {
  /**
   * @param {HTMLElement} root
   * @param {{slug: string, title: string, cover: string, site: string}} practice
   * @param {{onClosed: (entry: import("./outbox.js").Entry | null, outcome: string) => void}} watcher
   */
  constructor(root, practice, watcher) {
    this.part = (id) => root.querySelector(`#${id}`);
    this.practice = practice;
    this.watcher = watcher;
    this.player = new Player(this.part("audio"), {
      onTime: (at) => this.showTime(at),
      onState: () => this.showState(),
      onTrouble: () => this.showTrouble(),
      onEnded: (entry) => this.watcher.onClosed(entry, "completed"),
    });
    const seek = (seconds) => this.player.seek(seconds);
    const [range, picture, done, now, all] = ["seek", "seek-score", "seek-done", "time-now", "time-all"].map(this.part);
    this.bar = new SeekBar({ range, picture, done, now, all }, seek);
    this.lines = new MomentList(this.part("lines"), seek);
    this.chapters = new MomentList(this.part("chapters"), seek);
    this.tellLockScreen = () => {};
    this.onPress("play", () => this.player.toggle());
    this.onPress("back", () => this.player.move(-15));
    this.onPress("on", () => this.player.move(15));
    this.onPress("stop", () => this.watcher.onClosed(this.player.stop(), "stopped"));
    this.onPress("resume-on", () => this.goOn(this.resumeAt));
    this.onPress("resume-anew", () => this.goOn(0));
  }

  onPress(id, action) {
    this.part(id).addEventListener("click", action);
  }

  /** Inside the press of Begin: lets the sound start later, on phones that want a press for each element. */
  prepare() {
    this.player.audio.load();
  }

  /**
   * @param {import("./order.js").Render} render that is done
   * @param {{picture: Element | null, mayStart: boolean}} how mayStart: the press is fresh enough for the sound to begin by itself
   */
  async open(render, { picture, mayStart }) {
    this.opened = render.key;
    this.player.open(render, this.practice.slug);
    this.bar.open(picture, this.player.duration);
    this.tellLockScreen = showOnLockScreen(this.player, {
      title: this.practice.title,
      artist: this.practice.site,
      album: `${render.minutes} minutes`,
      cover: this.practice.cover,
    });
    this.part("listen-problem").textContent = "";
    this.say(READY);
    this.fillWords(render);
    this.resumeAt = findPosition(render.key, this.player.duration);
    this.offerToResume(this.resumeAt !== null);
    if (this.resumeAt !== null) this.player.seek(this.resumeAt); // shows where it was left
    this.showState();
    if (this.resumeAt === null && mayStart) await this.player.play();
  }

  async fillWords({ key, audio }) {
    const [lines, chapters] = await Promise.all([fetchLines(audio.vtt), fetchChapters(audio.chapters)]);
    if (this.opened !== key) return;
    this.lines.fill(lines);
    this.player.chapters = chapters;
    this.chapters.fill(chapters, { withTime: true });
    this.part("lines").closest("details").hidden = lines.length === 0;
    this.part("chapters").closest("details").hidden = chapters.length === 0;
    this.showTime(this.player.audio.currentTime);
  }

  offerToResume(isOffered) {
    this.part("resume").hidden = !isOffered;
    this.part("controls").hidden = isOffered;
    if (isOffered) this.part("resume-on").textContent = `Go on from ${clock(this.resumeAt)}`;
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
    const line = this.lines.items[this.lines.current];
    const hasBegun = at > 0 || this.player.isPlaying;
    if (hasBegun) this.say(line?.text ?? "", Boolean(line) && at > line.end + 0.4);
  }

  /** @param {string} text @param {boolean} [isOver] it was said, and silence follows */
  say(text, isOver = false) {
    const place = this.part("now");
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle("over", isOver);
  }

  showState() {
    const { isPlaying } = this.player;
    this.part("play").textContent = isPlaying ? "Pause" : "Play";
    if (isPlaying) this.part("listen-problem").textContent = "";
    if (this.bar.duration !== this.player.duration && this.player.duration) {
      this.bar.open(this.part("seek-score").firstElementChild, this.player.duration);
      this.showTime(this.player.audio.currentTime);
    }
    this.tellLockScreen();
  }

  showTrouble() {
    this.part("listen-problem").textContent = "The sound stopped coming. Your place is kept; press Play to try again.";
    this.showState();
  }

  /** Lets go of the sound and of its words. */
  shut() {
    clearPosition(this.opened);
    this.opened = null;
    this.player.shut();
    this.lines.fill([]);
    this.say("");
    leaveLockScreen();
  }
}
