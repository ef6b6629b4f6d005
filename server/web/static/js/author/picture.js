/** The practice in time: each part says what it is under the pointer or the arrow keys, and leads to its line. */

import { element } from "../element.js";
import { _ } from "../words.js";

const ALSO_UNASKED = _("(also when nothing is asked)");
const MOVES = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };

export class TimePicture {
  /** @param {HTMLElement} host @param {HTMLElement} said @param {(line: number) => void} onChosen */
  constructor(host, said, onChosen) {
    Object.assign(this, { host, said, onChosen });
    this.usual = said.textContent;
    this.parts = [];
    for (const name of ["pointerover", "focusin"]) host.addEventListener(name, (event) => this.tell(partOf(event)));
    for (const name of ["pointerleave", "focusout"]) host.addEventListener(name, () => (said.textContent = this.note || this.usual));
    host.addEventListener("click", (event) => this.choose(partOf(event)));
    host.addEventListener("keydown", (event) => this.move(event));
  }

  /** @param {string} picture an SVG of the server's @param {string} note why there is none */
  show(picture, note) {
    const held = this.parts.indexOf(document.activeElement);
    this.note = note;
    this.said.textContent = note || this.usual;
    const svg = picture && document.importNode(new DOMParser().parseFromString(picture, "image/svg+xml").documentElement, true);
    this.host.replaceChildren(...(svg ? [svg] : []));
    this.parts = [...this.host.querySelectorAll(".time-part")];
    for (const part of this.parts) {
      part.setAttribute("role", "button");
      part.setAttribute("aria-label", part.querySelector("title").textContent);
      part.setAttribute("tabindex", "-1"); // one stop for the keyboard; the arrows go on from there
    }
    const first = this.parts[Math.max(0, Math.min(held, this.parts.length - 1))];
    first?.setAttribute("tabindex", "0");
    if (held >= 0) first?.focus();
  }

  tell(part) {
    if (part) this.said.textContent = part.getAttribute("aria-label");
  }

  choose(part) {
    if (part) this.onChosen(Number(part.dataset.line));
  }

  move(event) {
    const at = this.parts.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(event.target);
    }
    const next = this.parts[at + (MOVES[event.key] ?? 0)];
    if (!MOVES[event.key] || !next) return;
    event.preventDefault();
    event.target.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }
}

const partOf = (event) => event.target.closest?.(".time-part") ?? null;

const LEADS_TO = document.documentElement.dir === "rtl" ? "←" : "→";

/** Where each stage leads, as a list. @param {HTMLElement} host @param {{start: string, label: string, goes: string, is_default: boolean}[]} ways */
export function showWays(host, ways) {
  const stages = [...new Set(ways.map(({ start }) => start))];
  host.replaceChildren(
    ...stages.flatMap((stage) => {
      const rows = ways.filter(({ start }) => start === stage).map((way) => {
        const also = way.label && way.is_default ? [element("span", "soft", ` ${ALSO_UNASKED}`)] : [];
        return element("li", "", `${way.label ? `${way.label} ` : ""}${LEADS_TO} ${way.goes}`, ...also);
      });
      return [element("p", "ways-from", _("From “{stage}”", { stage })), element("ul", "", ...rows)];
    }),
  );
}
