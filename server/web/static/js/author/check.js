/** Has the text checked a moment after each change, and keeps the list of what was found. */

import { post } from "../api.js";
import { element } from "../element.js";
import { _, ngettext } from "../words.js";

const AFTER_MS = 800; // a check takes the server up to a second
const AGAIN_MS = 4000;
const NAMES = { error: _("Mistake"), warning: _("Warning"), hint: _("Hint") };
const COUNTED = {
  error: (n) => ngettext("{n} mistake", "{n} mistakes", n),
  warning: (n) => ngettext("{n} warning", "{n} warnings", n),
  hint: (n) => ngettext("{n} hint", "{n} hints", n),
};
const BETTER = _("Better:");

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
  return [message, better && `${BETTER} ${better}`, rule && `(${rule})`].filter(Boolean).join("\n");
}

/** What the rules say is English on every page, and a screen reader is told so. */
function inEnglish(text) {
  const said = element("span", "", text);
  said.lang = "en";
  said.dir = "ltr";
  return said;
}

/** The remarks as a list of buttons, so that a keyboard reaches each and its line. */
export class RemarkList {
  /** @param {HTMLElement} list @param {HTMLElement} said @param {(mark: any) => void} onChosen */
  constructor(list, said, onChosen) {
    Object.assign(this, { list, said, onChosen });
  }

  show(marks) {
    const counted = Object.entries(COUNTED).map(([kind, say]) => [marks.filter((mark) => mark.severity === kind).length, say]);
    const parts = counted.filter(([n]) => n).map(([n, say]) => say(n));
    this.tell(parts.length ? `${parts.join(", ")}.` : _("Nothing to remark."));
    this.list.replaceChildren(...marks.map((mark) => this.row(mark)));
  }

  /** Only what is new is said: a status that is the same again is not read out again. */
  tell(sentence) {
    if (this.said.textContent !== sentence) this.said.textContent = sentence;
  }

  row(mark) {
    const told = [
      ["remark-place", _("Line {line} · {kind}", { line: mark.line, kind: NAMES[mark.severity] })],
      ["remark-text", inEnglish(mark.message)],
      ["remark-better", mark.better && BETTER, " ", inEnglish(mark.better)],
      ["remark-rule", mark.rule],
    ].filter(([, text]) => text);
    const button = element("button", `remark remark-${mark.severity}`, ...told.map(([name, ...parts]) => element("span", name, ...parts)));
    button.type = "button";
    button.addEventListener("click", () => this.onChosen(mark));
    return element("li", "", button);
  }
}
