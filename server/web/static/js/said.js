/** The sentence of the moment, large. Where the times of its words are known, the word that is being said is marked: for eyes alone. */

import { indexAt } from "./transcript.js";

const LEAST_WAIT_MS = 20;

/** One place in which one sentence at a time is shown. */
export class SaidLine {
  /** @param {HTMLElement} place @param {HTMLAudioElement} audio whose place decides the word @param {string} language of the practice */
  constructor(place, audio, language) {
    this.place = place;
    this.audio = audio;
    this.language = language;
    this.line = null;
    this.words = [];
    this.present = -1;
  }

  /** @param {string} text that nobody says: a word of the software's */
  tell(text) {
    if (this.line === null && this.place.textContent === text) return;
    this.clear(null);
    this.place.textContent = text;
  }

  /**
   * @param {import("./transcript.js").Line} line
   * @param {boolean} isOver it was said, and silence follows
   */
  show(line, isOver) {
    const isOther = line.start !== this.line?.start || line.text !== this.line.text;
    if (isOther || line.words.length !== this.words.length) this.fill(line);
    this.line = line;
    this.place.classList.toggle("over", isOver);
    this.mark();
  }

  fill(line) {
    this.clear(line);
    this.words = line.words.map(({ text }) => {
      const word = document.createElement("span");
      word.className = "word";
      word.textContent = text.trim();
      return word;
    });
    const sentence = document.createElement("span"); // its words flow in one box
    sentence.lang = this.language;
    sentence.dir = "auto";
    const gap = (index) => (line.words[index].text.endsWith(" ") ? " " : "");
    sentence.append(...(this.words.length ? this.words.flatMap((word, index) => [word, gap(index)]) : [line.text]));
    this.place.replaceChildren(sentence);
  }

  clear(line) {
    clearTimeout(this.timer);
    this.line = line;
    this.words = [];
    this.present = -1;
    this.place.classList.remove("over");
  }

  /** Marks the word of this moment, and comes back for the next one. */
  mark() {
    clearTimeout(this.timer);
    if (!this.words.length) return;
    const at = this.audio.currentTime;
    const begun = indexAt(this.line.words, at);
    const isSaid = at > this.line.end;
    if (begun !== this.present || isSaid) {
      this.words.forEach((word, index) => {
        word.classList.toggle("begun", index <= begun);
        word.classList.toggle("present", index === begun && !isSaid);
      });
      this.present = begun;
    }
    const next = this.line.words[begun + 1]?.start ?? this.line.end;
    if (isSaid || this.audio.paused) return;
    const wait = ((next - at) * 1000) / (this.audio.playbackRate || 1);
    this.timer = setTimeout(() => this.mark(), Math.max(LEAST_WAIT_MS, wait));
  }
}
