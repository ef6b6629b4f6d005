/** A sitting as it is seen and pressed: one shape, one line, two large areas, and three small ways. */

import { Unreachable, Refused } from "../api.js";
import { _ } from "../words.js";
import { Here } from "./here.js";
import { Moves } from "./moves.js";
import { Said } from "./said.js";
import { BROKEN, DONE, GONE, GROUND, NO_ANSWER, READY, STARVED } from "./sentences.js";
import { Shape } from "./shape.js";
import { look } from "./sitting-api.js";
import { LiveSound, isWithin } from "./sound.js";

const TICK_MS = 100;
const LOOK_EVERY_MS = 1500;
const LOOK_HIDDEN_MS = 8000;
const ONE_PRESS_MS = 700; // a finger that trembles takes one step
const BEHIND_S = 10; // somebody who heard nothing for so long goes on where the sitting is; less is no reason to cut a quiet short
const TAKEN_MS = 2500;

/** One sitting, from its first sound to its last. */
export class SittingView {
  /**
   * @param {HTMLElement} root
   * @param {{words: {name: string}[]}} practice
   * @param {{audio: HTMLAudioElement, ground: import("./ground.js").Ground, ack: import("./ack.js").Acknowledgement}} sounds
   * @param {{onOver: (sitting: import("./sitting-api.js").Sitting, outcome: "completed" | "stopped") => void, onDanger: (card: import("./crisis.js").Card) => void, onState: (isPlaying: boolean) => void}} watcher
   */
  constructor(root, practice, { audio, ground, ack }, watcher) {
    this.root = root;
    this.part = (id) => root.querySelector(`#${id}`);
    this.ground = ground;
    this.ack = ack;
    this.watcher = watcher;
    /** @type {import("./sitting-api.js").Sitting | null} */
    this.sitting = null;
    this.sound = new LiveSound(audio, { onBroken: () => this.breakOff(), onJump: () => this.unmute(), lines: () => this.sitting?.lines ?? [] });
    this.shape = new Shape(this.part("shape"));
    this.said = new Said(this.part("live-line"), this.part("live-aloud"));
    const onBack = (words) => this.move("step-back", words);
    this.here = new Here(root, practice.words[0]?.name ?? null, { onBack, onTyping: () => this.moves.make("stay") });
    for (const button of root.querySelectorAll("[data-move]")) button.addEventListener("click", () => this.move(button.dataset.move));
    this.part("hold-sound").addEventListener("click", () => this.toggle());
    this.part("stop-here").addEventListener("click", () => this.stop());
    audio.addEventListener("ended", () => this.sitting && this.end("completed"));
    for (const name of ["play", "playing", "pause", "waiting"]) audio.addEventListener(name, () => this.showState());
    document.addEventListener("visibilitychange", () => !document.hidden && this.lookSoon());
  }

  /** @param {import("./sitting-api.js").Sitting} sitting @param {{isFirst: boolean, mayStart: boolean}} how */
  async open(sitting, { isFirst, mayStart }) {
    this.take(sitting);
    this.isHeld = this.isSilent = false;
    this.missed = 0;
    this.pressedAt = {};
    this.moves = new Moves(sitting.id, {
      onMoved: (move, answer) => this.noteMoved(move, answer),
      onRefused: (move, problem) => this.noteRefused(move, problem),
      onSilence: (isSilent) => this.noteSilence(isSilent),
    });
    this.tellStatus("");
    this.leaveGround();
    this.ground.fetch(sitting.ground);
    this.sound.open(sitting.playlist, isFirst);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.lookLater();
    const plays = mayStart && (await this.sound.play());
    if (!plays) {
      this.hold();
      this.tellStatus(READY);
    } else if (sitting.is_paused) this.moves.make("resume");
  }

  /** @returns {import("./sitting-api.js").Station} where the listener is */
  get station() {
    const { stations } = this.sitting;
    return stations.filter(({ start_seconds }) => start_seconds <= this.sound.at + 0.05).at(-1) ?? stations[0] ?? { start_seconds: 0, station: "guided", question: null };
  }

  tick() {
    if (!this.sitting) return;
    const { at } = this.sound;
    const { station } = this;
    const line = this.sitting.lines.find(({ start_seconds, end_seconds }) => start_seconds <= at && at < end_seconds);
    this.shape.show(line ?? null, at);
    if (!this.isGrounding) this.said.show(this.sitting, station, at);
    this.root.dataset.station = this.isGrounding ? "ground" : station.station;
    this.joinAgain(at);
    this.catchUp(at);
    this.showState();
  }

  /** Every press of a move: it is answered at once, and sent. */
  move(kind, words) {
    const now = performance.now();
    if (!this.sitting || (!words && now - (this.pressedAt[kind] ?? -Infinity) < ONE_PRESS_MS)) return; // words are never lost
    this.pressedAt[kind] = now;
    if (kind === "too-much") this.startGround(); // before everything else
    this.ack.answer(kind);
    if (kind !== "too-much" && kind !== "stay") this.leaveGround();
    if (this.isHeld) this.goOn();
    if (kind === "stay" && this.isGrounding && this.isSilent && !this.ground.isPlaying) this.startGround(); // no network: the ground is here
    this.moves.make(kind, words);
    this.showTaken(kind);
  }

  /** Something is seen of it too, and said to a screen reader. */
  showTaken(kind) {
    clearTimeout(this.taken);
    this.root.dataset.taken = kind;
    this.tellStatus(DONE[kind]);
    this.taken = setTimeout(() => {
      delete this.root.dataset.taken;
      this.tellStatus(this.isSilent ? NO_ANSWER : "");
    }, TAKEN_MS);
  }

  noteMoved({ move }, { starts_seconds, danger, sitting }) {
    if (!this.sitting) return;
    this.take(sitting);
    if (move === "too-much") this.groundAt = starts_seconds ?? 0;
    if (starts_seconds !== null) this.sound.jump(starts_seconds);
    if (danger) this.watcher.onDanger(danger);
    if (move === "end" && starts_seconds === null && this.sound.audio.ended) this.end("completed");
  }

  noteRefused({ words }, problem) {
    if (!this.sitting) return;
    if (problem.status === 404) this.lose();
    else if (words) this.here.giveBack(Object.values(words)[0], problem.errors[0]?.message ?? problem.message);
    else this.tellStatus(problem.message);
  }

  noteSilence(isSilent) {
    if (isSilent === this.isSilent) return;
    this.isSilent = isSilent;
    this.tellStatus(isSilent ? NO_ANSWER : "");
  }

  /** The ground of this phone, at once; the sitting's own sound is mute meanwhile and follows. */
  startGround() {
    const { audio } = this.sound;
    this.here.close();
    this.isGrounding = true;
    this.groundAt = Infinity;
    this.said.ground(GROUND);
    this.root.dataset.station = "ground";
    audio.muted = true;
    this.ground.play().then((plays) => {
      if (!plays && this.isGrounding) audio.muted = false;
    });
  }

  /** What the phone says has been said: the sitting is heard again from the next quiet on. */
  joinAgain(at) {
    if (!isWithin(this.sitting.lines, at)) this.unmute();
    if (at >= this.groundAt && !this.sound.audio.muted) this.isGrounding = false;
  }

  unmute() {
    if (!this.ground.isPlaying) this.sound.audio.muted = false;
  }

  leaveGround() {
    this.isGrounding = false;
    this.ground.stop();
  }

  /** After a gap in the network the sitting is further on than its listener: they meet again in a quiet place. */
  catchUp(at) {
    const { heard_seconds: heard, lines } = this.sitting;
    if (!this.sound.isPlaying || this.isHeld) return;
    const now = heard + (performance.now() - this.lookedAt) / 1000;
    if (this.sound.goal !== null || now - at < BEHIND_S || isWithin(lines, at)) return;
    const present = lines.find(({ start_seconds, end_seconds }) => start_seconds <= now && now < end_seconds);
    const goal = present?.start_seconds ?? now;
    if (goal - at > 1) this.sound.jump(goal);
  }

  toggle() {
    if (this.isHeld || this.sound.audio.error) this.goOn();
    else this.hold();
  }

  hold() {
    if (!this.sitting || this.isHeld) return;
    this.isHeld = true;
    this.ground.stop();
    this.sound.pause();
    this.moves.make("pause");
    this.showState();
  }

  async goOn() {
    if (!this.sitting) return;
    const wasHeld = this.isHeld;
    this.isHeld = false;
    const plays = await this.sound.play();
    if (!plays) this.isHeld = wasHeld;
    else if (wasHeld) {
      this.tellStatus("");
      this.moves.make("resume");
    }
    this.showState();
  }

  /** The listener stops, here and now: no return is owed to anybody. */
  stop() {
    this.moves.make("end");
    this.end("stopped");
  }

  breakOff() {
    this.hold();
    this.tellStatus(BROKEN);
  }

  lose() {
    this.tellStatus(GONE);
    this.end("stopped");
  }

  showState() {
    if (!this.sitting) return;
    const isOut = this.sound.audio.paused && !this.sound.audio.ended && this.sound.audio.readyState > 0;
    if (isOut && !this.isHeld && !this.sound.audio.seeking) this.noteOutsidePause();
    this.root.toggleAttribute("data-held", this.isHeld);
    this.shape.hold(this.isHeld);
    this.part("hold-sound").setAttribute("aria-label", this.isHeld ? _("Go on") : _("Pause"));
    this.tellWait(this.sound.isStarved && !this.isGrounding ? STARVED : "");
    this.watcher.onState(!this.isHeld);
  }

  /** A phone call, or the browser's own button, has paused it. */
  noteOutsidePause() {
    if (!this.sound.stream || this.sound.audio.currentTime === 0) return;
    this.isHeld = true;
    this.moves.make("pause");
  }

  tellStatus(sentence) {
    this.part("live-status").textContent = sentence;
  }

  /** Written once: a screen reader says the same again as often as it is written. */
  tellWait(sentence) {
    const part = this.part("live-wait");
    if (part.textContent !== sentence) part.textContent = sentence;
  }

  lookLater() {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.lookSoon(), document.hidden ? LOOK_HIDDEN_MS : LOOK_EVERY_MS);
  }

  /** Asks how the sitting is: what is heard next, and what is asked. */
  async lookSoon() {
    const { sitting } = this;
    if (!sitting) return;
    clearTimeout(this.looking);
    const asked = performance.now();
    try {
      const seen = await look(sitting.id);
      if (this.sitting?.id !== sitting.id) return;
      this.take(seen, (asked + performance.now()) / 2);
      this.missed = 0;
      if (!this.moves.waiting.length) this.noteSilence(false);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return this.lose();
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
      this.missed += 1;
      if (this.missed > 1) this.noteSilence(true);
    }
    this.lookLater();
  }

  /** @param {import("./sitting-api.js").Sitting} sitting @param {number} at when it was so, by this page's clock */
  take(sitting, at = performance.now()) {
    this.sitting = sitting;
    this.lookedAt = at;
  }

  /** @param {"completed" | "stopped"} outcome */
  end(outcome) {
    const { sitting } = this;
    clearInterval(this.ticking);
    clearTimeout(this.looking);
    clearTimeout(this.taken);
    this.sitting = null;
    this.here.close();
    this.leaveGround();
    this.sound.audio.muted = false;
    this.sound.leave();
    this.watcher.onOver(sitting, outcome);
  }

  /** The page goes away: the sitting waits for it. */
  leave() {
    if (!this.sitting || this.isHeld) return;
    this.moves.leave("pause");
  }
}
