/** A step back in one's own words: a small field that opens when somebody asks for it. */

import { offerReadyWords } from "./ready-words.js";

/** Closed, it is one quiet button. */
export class Here {
  /**
   * @param {HTMLElement} root the sitting
   * @param {string | null} name of the word; null where the practice takes none
   * @param {{onBack: (words: Record<string, string>) => void, onTyping: () => void}} watcher
   */
  constructor(root, name, { onBack, onTyping }) {
    this.root = root;
    this.name = name;
    this.onTyping = onTyping;
    this.opener = root.querySelector("#say-here");
    this.form = root.querySelector("#here");
    if (!name) return;
    this.field = this.form.querySelector("input");
    this.problem = this.form.querySelector(".problem");
    this.opener.addEventListener("click", () => this.open());
    this.form.querySelector("#here-close").addEventListener("click", () => this.close());
    this.field.addEventListener("input", () => this.noteTyping());
    this.form.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    offerReadyWords(this.form, this.field, () => this.noteTyping());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.field.value.trim();
      onBack(text ? { [name]: text } : undefined);
      this.close();
    });
  }

  get isOpen() {
    return !this.form.hidden;
  }

  open() {
    this.hasTold = false;
    this.show(true);
    this.field.focus();
  }

  /** The guide waits for whoever is still finding words: it is told once. */
  noteTyping() {
    this.problem.textContent = "";
    this.field.removeAttribute("aria-invalid");
    if (this.hasTold) return;
    this.hasTold = true;
    this.onTyping();
  }

  close() {
    if (!this.name || !this.isOpen) return;
    const hadFocus = this.form.contains(document.activeElement);
    this.form.reset();
    this.problem.textContent = "";
    this.field.removeAttribute("aria-invalid");
    this.show(false);
    if (hadFocus) this.opener.focus();
  }

  /** The words could not be taken: they are there again, with what is the matter. */
  giveBack(text, sentence) {
    this.show(true);
    this.hasTold = true;
    this.field.value = text;
    this.field.setAttribute("aria-invalid", "true");
    this.problem.textContent = sentence;
    this.field.focus();
  }

  show(isOpen) {
    this.form.hidden = !isOpen;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    this.root.toggleAttribute("data-saying", isOpen);
  }
}
