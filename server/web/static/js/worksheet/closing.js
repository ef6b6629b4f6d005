/** The end of a worksheet: where it is now, and nothing to be done. */

import { onNews } from "./book.js";
import { _ } from "../words.js";

const HERE = _("It is kept on this device, and nowhere else.");
const NOT_KEPT = _("This browser keeps nothing, so it is gone when you leave this page.");
const SAID = {
  waiting: _("It is kept on this device, and goes on its way as soon as the server answers."),
  saved: _("It has arrived. On this device nothing of it is left; you can read it, and take it back, under What I wrote."),
  conflict: _("The server has noted this one differently. It is kept here as well, under What I wrote."),
  refused: _("The server did not take this one. It is kept here, under What I wrote."),
  own: HERE,
};

/** What is shown when a worksheet is done. */
export class ClosingView {
  /** @param {HTMLElement} root @param {{onNext: () => void}} watcher */
  constructor(root, { onNext }) {
    this.kept = root.querySelector("#closing-kept");
    this.id = null;
    root.querySelector("#another").addEventListener("click", onNext);
    onNews(({ id, state }) => {
      if (id === this.id) this.kept.textContent = SAID[state];
    });
  }

  /** @param {string} id @param {{hasJoined: boolean, isSafe: boolean}} how */
  open(id, { hasJoined, isSafe }) {
    this.id = id;
    if (!isSafe) this.kept.textContent = NOT_KEPT;
    else this.kept.textContent = hasJoined ? SAID.waiting : HERE;
  }
}
