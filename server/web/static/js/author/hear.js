/** Lets a line or a stage be heard: ordered from the workshop, and played as it is made. */

import { post } from "../api.js";
import { watchRender } from "../order.js";
import { canStream, openStream, prepareStreams } from "../stream.js";
import { _ } from "../words.js";

const BROKEN = _("The sound stopped coming. Please try once more.");
const WAITING = _("One moment");
const SILENT = _("No answer from the server just now. It goes on by itself.");

export class Hearing {
  /**
   * @param {{audio: HTMLAudioElement, row: HTMLElement, text: HTMLElement, stop: HTMLButtonElement}} parts
   */
  constructor({ audio, row, text, stop }) {
    Object.assign(this, { audio, row, text });
    this.leaving = new AbortController();
    this.stream = null;
    stop.addEventListener("click", () => this.stop());
    audio.addEventListener("playing", () => this.wanted && this.tell(this.wanted));
    audio.addEventListener("ended", () => this.stop());
    audio.addEventListener("error", () => this.wanted && this.stop(BROKEN));
    prepareStreams();
  }

  /** @param {object} order what the server is asked for @param {string} name what is heard, as a sentence */
  async hear(order, name) {
    this.stop();
    this.audio.load(); // inside the press: the sound may then start later, on phones too
    prepareStreams();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    // How many seconds are spoken by now is not told: a screen reader would read out each of them.
    const tellWait = () => this.tell(`${name} ${WAITING}`);
    tellWait();
    try {
      const first = await post("/api/author/hear", order, { signal });
      const isEnough = ({ state, streamed_seconds }) => canStream() && state === "running" && streamed_seconds > 0;
      const render = await watchRender(first, { signal, isEnough, onProgress: tellWait, onSilence: () => this.tell(SILENT) });
      if (signal.aborted) return;
      if (render.state !== "done" && !isEnough(render)) throw new Error(render.reason || _("It could not be spoken. Please try once more."));
      this.wanted = name;
      await this.play(render);
    } catch (error) {
      if (error.name !== "AbortError") this.stop(error.message);
    }
  }

  async play({ state, stream, audio }) {
    if (canStream() && stream) {
      const onBroken = () => this.stop(BROKEN);
      this.stream = openStream(this.audio, stream.playlist, 0, { onGrowth: () => {}, onBroken });
    } else if (state === "done") {
      this.audio.src = audio.mp3;
    }
    await this.audio.play();
  }

  /** @param {string} [sentence] what there is to be said of it; mostly nothing */
  stop(sentence = "") {
    this.leaving.abort();
    this.wanted = "";
    this.audio.pause();
    this.stream?.close();
    this.stream = null;
    if (this.audio.hasAttribute("src")) {
      this.audio.removeAttribute("src");
      this.audio.load();
    }
    this.tell(sentence);
  }

  tell(sentence) {
    this.row.hidden = !sentence;
    if (this.text.textContent !== sentence) this.text.textContent = sentence;
  }
}
