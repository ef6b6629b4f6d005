/** The words and the stages of a practice: fetched once when it is finished, and again and again while it grows. */

import { parseVtt } from "./transcript.js";

/** @returns {Promise<string | null>} null when it cannot be had just now: a practice can be heard without its words */
async function fetchText(url) {
  if (!url) return null;
  try {
    const answer = await fetch(url); // with its tag: what has not changed is not sent again
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** @param {string} json @returns {{start: number, text: string}[]} */
function parseChapters(json) {
  try {
    const { chapters } = JSON.parse(json);
    return chapters.filter(({ toc }) => toc !== false).map(({ startTime, title }) => ({ start: startTime, text: title }));
  } catch {
    return [];
  }
}

/** What is said when, as far as it is known. */
export class GrowingWords {
  /** @param {{onLines: (lines: import("./transcript.js").Line[]) => void, onChapters: (chapters: {start: number, text: string}[]) => void}} watcher */
  constructor(watcher) {
    this.watcher = watcher;
    this.shut();
  }

  shut() {
    this.key = null;
    this.vtt = this.json = "";
    this.asked = this.told = 0;
  }

  /**
   * Looks again, and tells what has changed.
   * @param {import("./order.js").Render} render
   */
  async refresh({ key, audio, stream }) {
    if (key !== this.key) this.shut();
    this.key = key;
    const turn = (this.asked += 1);
    const [vtt, json] = await Promise.all([fetchText(audio?.vtt ?? stream?.captions), fetchText(audio?.chapters ?? stream?.chapters)]);
    if (this.key !== key || turn < this.told) return; // another practice is open, or a later answer was quicker
    this.told = turn;
    if (vtt !== null && vtt !== this.vtt) this.watcher.onLines(parseVtt(vtt));
    if (json !== null && json !== this.json) this.watcher.onChapters(parseChapters(json));
    this.vtt = vtt ?? this.vtt;
    this.json = json ?? this.json;
  }
}
