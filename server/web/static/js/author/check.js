/** Has the text checked a moment after each change, and keeps the list of what was found. */

import { post } from "../api.js";
import { element } from "../element.js";

const AFTER_MS = 800; // a check takes the server up to a second
const AGAIN_MS = 4000;
const NAMES = { error: "Mistake", warning: "Warning", hint: "Hint" };

/** Asks for the newest text alone: an answer that comes late, for an older text, is let go. */
export class Checker {
  /** @param {() => object} ask what is sent @param {(found: any) => void} onFound @param {(error: Error) => void} onTrouble */
  constructor(ask, onFound, onTrouble) {
    Object.assign(this, { ask, onFound, onTrouble });
    this.asking = new AbortController();
  }

  schedule(afterMs = AFTER_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), afterMs);
  }

  async run() {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      this.onFound(await post("/api/author/check", this.ask(), { signal }));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.onTrouble(error);
      if (!error.status) this.schedule(AGAIN_MS); // the server was not there
    }
  }
}

/** @param {{severity: string, rule: string, message: string, better: string}} mark */
export function describe({ rule, message, better }) {
  return [message, better && `Better: ${better}`, rule && `(${rule})`].filter(Boolean).join("\n");
}

/** The remarks as a list of buttons, so that a keyboard reaches each and its line. */
export class RemarkList {
  /** @param {HTMLElement} list @param {HTMLElement} said @param {(mark: any) => void} onChosen */
  constructor(list, said, onChosen) {
    Object.assign(this, { list, said, onChosen });
  }

  show(marks) {
    const counted = ["error", "warning", "hint"].map((kind) => [NAMES[kind], marks.filter((mark) => mark.severity === kind).length]);
    const parts = counted.filter(([, count]) => count).map(([name, count]) => `${count} ${name.toLowerCase()}${count > 1 ? "s" : ""}`);
    this.tell(parts.length ? `${parts.join(", ")}.` : "Nothing to remark.");
    this.list.replaceChildren(...marks.map((mark) => this.row(mark)));
  }

  /** Only what is new is said: a status that is the same again is not read out again. */
  tell(sentence) {
    if (this.said.textContent !== sentence) this.said.textContent = sentence;
  }

  row(mark) {
    const told = [
      ["remark-place", `Line ${mark.line} · ${NAMES[mark.severity]}`],
      ["remark-text", mark.message],
      ["remark-better", mark.better && `Better: ${mark.better}`],
      ["remark-rule", mark.rule],
    ].filter(([, text]) => text);
    const button = element("button", `remark remark-${mark.severity}`, ...told.map(([name, text]) => element("span", name, text)));
    button.type = "button";
    button.addEventListener("click", () => this.onChosen(mark));
    return element("li", "", button);
  }
}
