/** The hold: while more of a practice is on its way, the quiet of its room goes on and one line says so. */

const SHOW_AFTER_MS = 400; // a shorter one would only make people look up
const FADE_MS = 600;
const STEP_MS = 50;

/** A second, hidden sound, and the line. */
export class Hold {
  /**
   * @param {HTMLAudioElement} tone the room, as a loop
   * @param {HTMLAudioElement} audio the practice: the room is as loud as it is set
   * @param {HTMLElement} place of the line
   */
  constructor(tone, audio, place) {
    this.tone = tone;
    this.audio = audio;
    this.place = place;
    this.sentence = "";
    this.loudness = 0;
  }

  /** Inside a press: some phones let a sound start later only if it was touched then. */
  prepare() {
    this.tone.load();
  }

  /** @param {string} sentence why it holds; empty when it goes on */
  show(sentence) {
    if (sentence === this.sentence) return;
    const wasHolding = this.sentence !== "";
    this.sentence = sentence;
    if (!sentence) this.end();
    else if (!wasHolding) this.timer = setTimeout(() => this.begin(), SHOW_AFTER_MS);
    else if (this.place.textContent) this.place.textContent = sentence;
  }

  begin() {
    this.place.textContent = this.sentence;
    this.tone.muted = this.audio.muted;
    this.tone.play().catch(() => {}); // then it is quiet, and the line says why
    this.fadeTo(1);
  }

  end() {
    clearTimeout(this.timer);
    this.place.textContent = "";
    this.fadeTo(0);
  }

  fadeTo(wanted) {
    clearInterval(this.fading);
    this.fading = setInterval(() => {
      const step = Math.sign(wanted - this.loudness) * (STEP_MS / FADE_MS);
      this.loudness = Math.min(1, Math.max(0, this.loudness + step));
      this.tone.volume = this.loudness * this.audio.volume;
      if (this.loudness !== wanted) return;
      clearInterval(this.fading);
      if (wanted === 0) this.tone.pause();
    }, STEP_MS);
  }
}
