/** After a sitting: what arose as a ladder, to keep or to let go, and how it is now. */

import { keepLadder, removeLadder, showLadder } from "../ladder.js";
import { Sliders } from "../sliders.js";
import { minutesText } from "../time-text.js";
import { _ } from "../words.js";

const KEPT = _("It is kept on this device. You can read it again, and remove it, in My practice.");
const NOT_KEPT = _("This browser keeps nothing, so the ladder is gone when you leave this page.");
const GONE = _("It is gone: the words, their sound, and every copy on the server.");
const GOING = _("It is gone from this page. The server removes its words and their sound as soon as it can be reached.");

/** What is shown when a sitting is over. */
export class LiveClosing {
  /** @param {HTMLElement} root @param {{onDone: () => void}} watcher */
  constructor(root, { onDone }) {
    this.part = (id) => root.querySelector(`#${id}`);
    this.after = new Sliders(this.part("after-sliders"), (after) => this.draft?.note({ after }));
    this.part("ladder-keep").addEventListener("click", () => this.keep());
    this.part("ladder-forget").addEventListener("click", () => this.forget());
    this.part("done").addEventListener("click", onDone);
  }

  /**
   * @param {import("./sitting-api.js").Sitting} sitting
   * @param {import("../entry-draft.js").EntryDraft} draft of its entry, which is still open
   */
  open(sitting, draft) {
    this.sitting = sitting;
    this.draft = draft;
    this.after.show(null);
    const minutes = minutesText(draft.practisedMs);
    this.part("closing-title").textContent = _("That was {title}, {minutes}.", { title: sitting.title, minutes });
    const rungs = sitting.ladder;
    const says = rungs.some(({ words }) => words) || rungs.length > 1;
    this.part("ladder-part").hidden = !says;
    this.tell("");
    for (const id of ["ladder", "ladder-keep", "ladder-forget", "ladder-lead"]) this.part(id).hidden = false;
    if (says) showLadder(this.part("ladder"), rungs, { language: sitting.language });
  }

  keep() {
    const { id, practice, title, language, ladder } = this.sitting;
    const isKept = keepLadder({ id, practice, title, language, began_at: this.draft.startedAt ?? new Date().toISOString(), rungs: ladder });
    this.part("ladder-keep").hidden = true;
    this.tell(isKept ? KEPT : NOT_KEPT);
  }

  /** The words, their sound and any copy are removed: here at once, there as soon as there is an answer. */
  async forget() {
    for (const id of ["ladder", "ladder-keep", "ladder-forget", "ladder-lead"]) this.part(id).hidden = true;
    this.part("ladder").replaceChildren();
    this.tell(_("One moment"));
    this.tell((await removeLadder(this.sitting.id)) === "gone" ? GONE : GOING);
  }

  tell(sentence) {
    this.part("ladder-said").textContent = sentence;
  }
}
