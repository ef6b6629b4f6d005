/** The ground: what is said when it is too much. It lies on the phone before it is needed, so no network can keep it away. */

const AGAIN_MS = 3000;
const FADE_MS = 250;
const STEP_MS = 25;
const MOST_TRIES = 20; // it may still be being made

/** A sound of its own, beside the sitting's. */
export class Ground {
  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    this.audio = audio;
    this.url = null;
    this.fading = null;
    this.steps = 0;
  }

  /** Inside a press: lets it start later without one, from a headset's button. */
  prepare() {
    this.audio.load();
  }

  /** Fetches it, until it is there. @param {string | null} path */
  async fetch(path) {
    this.fetching?.abort();
    this.fetching = new AbortController();
    const { signal } = this.fetching;
    for (let tries = 0; path && tries < MOST_TRIES && !signal.aborted; tries += 1) {
      const blob = await fetchSound(path, signal);
      if (signal.aborted) return;
      if (blob) {
        this.keep(blob);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  keep(blob) {
    const last = this.url;
    this.url = URL.createObjectURL(blob);
    this.audio.src = this.url;
    this.audio.load();
    if (last) URL.revokeObjectURL(last);
  }

  get isPlaying() {
    return this.fading === null && !this.audio.paused && !this.audio.ended;
  }

  /** From its beginning, at once. @returns {Promise<boolean>} false where there is none, or it may not be played */
  async play() {
    if (!this.url) return false;
    this.endFade();
    this.audio.currentTime = 0;
    this.audio.volume = 1;
    try {
      await this.audio.play();
      return true;
    } catch {
      return false; // the sitting's own ground is heard then, as soon as it comes
    }
  }

  endFade() {
    clearInterval(this.fading);
    this.fading = null;
  }

  /** Softly, but soon: something else is wanted. */
  stop() {
    if (!this.isPlaying) return;
    this.fading = setInterval(() => {
      this.audio.volume = Math.max(0, this.audio.volume - STEP_MS / FADE_MS);
      this.steps += 1;
      if (this.steps * STEP_MS < FADE_MS) return;
      this.endFade();
      this.audio.pause();
    }, STEP_MS);
    this.steps = 0; // some phones leave the volume to their buttons
  }
}

/** @returns {Promise<Blob | null>} null while there is no answer, or none yet */
async function fetchSound(path, signal) {
  try {
    const answer = await fetch(path, { credentials: "same-origin", signal });
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}
