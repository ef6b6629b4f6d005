/** The friendly page for two answers that are nearly the same: it blames nobody, and asks for one friend by name. */

import { _ } from "../words.js";

/** What is shown in between the second answer and what follows it. */
export class AlikeView {
  /**
   * @param {HTMLElement} root
   * @param {import("./draft.js").Draft} draft
   * @param {{onAgain: (field: string) => void, onAsItIs: () => void}} watcher
   */
  constructor(root, draft, { onAgain, onAsItIs }) {
    this.draft = draft;
    this.field = "";
    this.name = root.querySelector("#friend-name");
    this.name.addEventListener("input", () => {
      this.draft.written.friends[this.field] = this.name.value;
      this.draft.save();
    });
    root.querySelector("#write-again").addEventListener("click", () => onAgain(this.field));
    root.querySelector("#as-it-is").addEventListener("click", () => {
      this.draft.noteHeld(this.field, true);
      onAsItIs();
    });
  }

  /** @param {string} field the pair */
  open(field) {
    this.field = field;
    this.name.value = this.draft.written.friends[field] ?? "";
  }

  /** Says above a question of whom somebody thinks while they write to a friend. @param {import("./questions.js").Question} question */
  tellFriend({ id, field, part }) {
    const line = document.getElementById(id).querySelector("[data-friend]");
    if (!line || part !== "first") return;
    const name = this.draft.written.friends[field]?.trim();
    line.hidden = !name;
    line.textContent = name ? _("You are thinking of {name}.", { name }) : "";
  }
}
