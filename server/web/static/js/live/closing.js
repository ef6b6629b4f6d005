/** After a sitting: what arose as a ladder, to keep or to let go, and how it is now. */

import { keepLadder, removeLadder } from "../ladder-book.js";
import { deleteFromLog, keepInLog, onLadderNews } from "../ladder-log.js";
import { showLadder } from "../ladder.js";
import { Sliders } from "../sliders.js";
import { minutesText } from "../time-text.js";
import { _ } from "../words.js";

const KEPT = _("It is kept on this device. You can read it again, and remove it, in My practice.");
const NOT_KEPT = _("This browser keeps nothing, so the ladder is gone when you leave this page.");
const TO_LOG = _("It is on its way to your log. You can read it again, and delete it, in My practice.");
const IN_LOG = _("It is kept in your log, encrypted. You can read it again, and delete it, in My practice.");
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
    // Only who has joined has a log on the server.
    this.part("ladder-log")?.addEventListener("click", () => this.keepInLog());
    onLadderNews(({ id, state }) => {
      if (id === this.sitting?.id && state === "saved" && this.isInLog) this.tell(IN_LOG);
    });
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
    this.isInLog = false;
    this.showParts(true);
    if (says) showLadder(this.part("ladder"), rungs, { language: sitting.language });
  }

  showParts(isShown) {
    for (const id of ["ladder", "ladder-keep", "ladder-log", "ladder-forget", "ladder-lead"]) {
      const part = this.part(id);
      if (part) part.hidden = !isShown;
    }
  }

  /** @returns {import("../ladder-book.js").Ladder} */
  ladder() {
    const { id, practice, title, language, ladder } = this.sitting;
    return { id, practice, title, language, began_at: this.draft.startedAt ?? new Date().toISOString(), rungs: ladder };
  }

  keep() {
    const isKept = keepLadder(this.ladder());
    this.part("ladder-keep").hidden = true;
    this.tell(isKept ? KEPT : NOT_KEPT);
  }

  keepInLog() {
    this.isInLog = true;
    this.part("ladder-log").hidden = true;
    this.tell(keepInLog(this.ladder()) ? TO_LOG : NOT_KEPT);
  }

  /** The words, their sound and any copy are removed: here at once, there as soon as there is an answer. */
  async forget() {
    this.showParts(false);
    this.part("ladder").replaceChildren();
    this.tell(_("One moment"));
    const isToldOfLog = this.isInLog ? deleteFromLog(this.sitting.id) : "gone";
    this.isInLog = false;
    const answers = [await removeLadder(this.sitting.id), await isToldOfLog];
    this.tell(answers.every((answer) => answer === "gone") ? GONE : GOING);
  }

  tell(sentence) {
    this.part("ladder-said").textContent = sentence;
  }
}
