/** Listen and write: a voice asks the questions, and the page stays where its writer is. */

import { post } from "../api.js";
import { GrowingWords } from "../growing-words.js";
import { leaveLockScreen, showOnLockScreen } from "../media-session.js";
import { followRender, watchRender } from "../order.js";
import { Player } from "../player.js";
import { findPosition } from "../position.js";
import { canStream, prepareStreams } from "../stream.js";
import { clock } from "../time-text.js";
import { indexAt } from "../transcript.js";
import { progressShare, progressText } from "../wait.js";
import { _ } from "../words.js";

// After a longer wait the voice would begin in the middle of somebody's sentence: it waits for a press.
const FRESH_PRESS_MS = 15_000;
const ENOUGH_S = 3;

/** The bar above the questions. */
export class VoiceView {
  /**
   * @param {HTMLElement} root
   * @param {{name: string, title: string, given: string | null, site: string, cover: string}} worksheet
   * @param {{mayGo: (stage: number) => boolean, onGo: (stage: number) => void}} page a stage is 0 for the arriving, then the questions by their number, then the reading
   */
  constructor(root, worksheet, page) {
    this.root = root;
    this.part = (name) => root.querySelector(`#voice-${name}`);
    this.worksheet = worksheet;
    this.page = page;
    this.leaving = new AbortController();
    this.tellLockScreen = () => {};
    this.player = new Player(this.part("sound"), {
      onTime: () => this.show(),
      onState: () => this.show(),
      onTrouble: () => this.say(_("The sound stopped coming. Your place is kept; press Play to try again.")),
      onEnded: () => this.say(_("The voice has come to its end. You may write on as long as you like.")),
    });
    this.words = new GrowingWords({ onLines: () => {}, onChapters: (chapters) => this.noteChapters(chapters) });
    const onPress = (name, act) => this.part(name).addEventListener("click", act);
    onPress("play", () => (this.player.render ? this.player.toggle() : this.begin()));
    onPress("again", () => this.askAgain());
    onPress("there", () => this.page.onGo(this.stage));
    onPress("end", () => this.end());
  }

  /** Which chapter is heard; -1 while nobody knows. */
  get chapter() {
    return indexAt(this.player.chapters, this.player.audio.currentTime);
  }

  /** Which stage of the worksheet that is; below 0 also while a therapist's words are said before it. */
  get stage() {
    return this.chapter - (this.player.render?.is_private ? 1 : 0);
  }

  /** From the press to the sound; what was heard before goes on from its place. */
  async begin() {
    const pressedAt = performance.now();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.root.hidden = false;
    this.part("play").hidden = this.part("again").hidden = true;
    this.player.audio.load(); // inside the press: some phones let a sound start later only then
    this.say(_("One moment"));
    const { given } = this.worksheet;
    try {
      await prepareStreams();
      const ordered = await post(`/api/worksheets/${this.worksheet.name}/renders`, given ? { given } : {}, { signal });
      const render = await watchRender(ordered, {
        signal,
        isEnough: ({ state, streamed_seconds: made }) => canStream() && state === "running" && made > ENOUGH_S,
        onProgress: (progress) => this.showProgress(progress),
        onSilence: () => this.say(_("No answer from the server just now. It is asked again by itself; nothing is lost.")),
      });
      if (["failed", "cancelled"].includes(render.state)) throw new Error(render.reason ?? _("The voice could not be prepared. What you write is kept as always."));
      await this.open(render, performance.now() - pressedAt < FRESH_PRESS_MS && !document.hidden);
      await followRender(render, { signal, onProgress: (now) => this.grow(now), onSilence: () => {} });
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error.message);
    }
  }

  /** @param {import("../order.js").Render} render */
  async open(render, mayStart) {
    const at = findPosition(render.key, render.duration_seconds ?? 0) ?? 0;
    this.player.open(render, null, at);
    const { title, site, cover } = this.worksheet;
    this.tellLockScreen = showOnLockScreen(this.player, { title, artist: site, album: "", cover });
    this.words.refresh(render);
    this.part("play").hidden = this.part("again").hidden = false;
    if (mayStart) await this.player.play();
    if (!this.player.isPlaying) this.say(_("It is ready when you are."));
    this.show();
  }

  grow(render) {
    this.player.update(render);
    this.words.refresh(render);
  }

  noteChapters(chapters) {
    this.player.chapters = chapters;
    this.show();
  }

  showProgress(render) {
    const share = progressShare(render);
    if (share === null) this.part("bar").removeAttribute("value");
    else this.part("bar").value = share;
    this.part("now").textContent = progressText(render);
  }

  /** What is heard, and how far it has come. */
  show() {
    const { player, chapter, stage } = this;
    if (!player.render) return;
    this.part("play").textContent = player.isPlaying ? _("Pause") : _("Play");
    this.part("bar").value = player.duration ? player.audio.currentTime / player.duration : 0;
    this.part("there").hidden = stage < 1 || !this.page.mayGo(stage);
    this.tellLockScreen();
    if (!player.isPlaying) return;
    const told = { stage: player.chapters[chapter]?.text ?? "", at: clock(player.audio.currentTime), all: clock(player.duration) };
    this.part("now").textContent = player.isStarved ? _("The sound is on its way. It goes on by itself.") : _("{stage} · {at} of {all}", told);
  }

  askAgain() {
    this.player.seek(this.player.chapters[this.chapter]?.start ?? 0);
    this.player.play();
  }

  /** @param {string} sentence is seen, and read aloud once */
  say(sentence) {
    this.part("now").textContent = this.part("said").textContent = sentence;
  }

  /** Nothing can be heard; the same press tries again. */
  fail(sentence) {
    this.player.shut();
    this.say(sentence);
    this.part("bar").value = 0;
    this.part("play").hidden = false;
    this.part("play").textContent = _("Try again");
  }

  /** Goes on without it. */
  end() {
    this.leaving.abort();
    this.words.shut();
    if (this.player.render) this.player.stop();
    this.player.shut();
    this.root.hidden = true;
    leaveLockScreen();
  }
}
