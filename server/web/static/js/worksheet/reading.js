/** Reading both answers, side by side: for some breaths there is nothing else on the page. */

import { readable } from "./side-by-side.js";

const BREATHS_MS = 14_000; // about three

/** The quiet moment at the end. */
export class ReadingView {
  /** @param {HTMLElement} root @param {{onDone: () => void}} watcher */
  constructor(root, { onDone }) {
    this.words = root.querySelector("#reading-words");
    this.after = root.querySelector("#reading-after");
    this.timer = 0;
    root.querySelector("#done").addEventListener("click", onDone);
  }

  /** @param {{worksheet: any, answers: Record<string, any>}} answered */
  open(answered) {
    this.words.replaceChildren(readable(answered, { withAll: false, withRatings: false, heading: "h2" }));
    this.after.hidden = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.after.hidden = false), BREATHS_MS);
  }
}
