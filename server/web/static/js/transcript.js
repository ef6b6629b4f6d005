/** The words of a practice as they are said: reads WebVTT, marks the line of the moment, goes to a line that is tapped. */

import { clock } from "./time-text.js";

const HANDS_OFF_MS = 8000;

/**
 * @typedef {object} Line
 * @property {number} start in seconds
 * @property {number} end in seconds
 * @property {string} text
 * @property {{start: number, text: string}[]} words empty where their times are not told
 */

const seconds = (stamp) => stamp.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

/**
 * @param {string} vtt
 * @returns {Line[]} in order of time, without markup
 */
export function parseVtt(vtt) {
  const lines = [];
  for (const block of vtt.replace(/\r\n?/g, "\n").split(/\n{2,}/)) {
    const rows = block.split("\n");
    const at = rows.findIndex((row) => row.includes("-->"));
    if (at < 0) continue;
    const [start, end] = rows[at].split("-->").map((side) => seconds(side.trim().split(/\s/)[0]));
    const said = rows.slice(at + 1).join(" ");
    const text = plain(said).trim();
    if (Number.isFinite(start) && Number.isFinite(end) && text) lines.push({ start, end, text, words: timedWords(said, start) });
  }
  return lines.sort((a, b) => a.start - b.start);
}

/** Words stand between the times at which they begin; the first begins with its line. */
function timedWords(said, start) {
  const [first, ...rest] = said.split(/<([\d:.]+)>/);
  if (!rest.length) return [];
  const words = [{ start, text: plain(first) }];
  for (let i = 0; i < rest.length; i += 2) words.push({ start: seconds(rest[i]), text: plain(rest[i + 1]) });
  return words.filter(({ text }) => text.trim());
}

function plain(text) {
  const named = { lt: "<", gt: ">", nbsp: " ", lrm: "", rlm: "", amp: "&" };
  return text
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|nbsp|lrm|rlm|amp);/g, (_, name) => named[name])
    .replace(/\s+/g, " ");
}

/**
 * @template {{start: number}} T
 * @param {T[]} items in order of time
 * @param {number} at seconds
 * @returns {number} the last one that has begun, or -1
 */
export function indexAt(items, at) {
  let found = -1;
  while (found + 1 < items.length && items[found + 1].start <= at + 0.05) found += 1;
  return found;
}

const isSame = (one, other) => one.start === other?.start && one.text === other.text;

/** A list of moments, one of which is marked as the present one; a tap goes to a moment. */
export class MomentList {
  /**
   * @param {HTMLOListElement} list
   * @param {(seconds: number) => void} onChoose
   */
  constructor(list, onChoose) {
    this.list = list;
    this.onChoose = onChoose;
    this.items = [];
    this.current = -1;
    this.touchedAt = -Infinity;
    for (const name of ["wheel", "touchmove", "keydown"]) {
      list.addEventListener(name, () => (this.touchedAt = performance.now()), { passive: true });
    }
  }

  /**
   * Rows that stay the same stay where they are, with the focus that may be on them: a list grows at its end.
   * @param {{start: number, text: string}[]} items
   * @param {{withTime?: boolean}} [options]
   */
  fill(items, { withTime = false } = {}) {
    let same = 0;
    while (same < items.length && isSame(items[same], this.items[same])) same += 1;
    for (const row of [...this.list.children].slice(same)) row.remove();
    this.list.append(...items.slice(same).map((item) => this.row(item, withTime)));
    this.items = items;
    if (this.current >= same) this.current = -1;
  }

  row({ start, text }, withTime) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "moment";
    const words = document.createElement("span");
    words.textContent = text;
    button.append(words);
    if (withTime) {
      const time = document.createElement("span");
      time.className = "moment-time";
      time.textContent = clock(start);
      button.append(" ", time);
    }
    button.addEventListener("click", () => this.onChoose(start));
    const row = document.createElement("li");
    row.append(button);
    return row;
  }

  /** @param {number} at seconds */
  show(at) {
    const index = indexAt(this.items, at);
    if (index === this.current) return;
    this.list.children[this.current]?.firstChild.removeAttribute("aria-current");
    this.current = index;
    const row = this.list.children[index];
    row?.firstChild.setAttribute("aria-current", "true");
    if (row) this.bringIntoView(row);
  }

  /** Moves only the list itself, never the page, and not while somebody is reading elsewhere in it. */
  bringIntoView(row) {
    if (performance.now() - this.touchedAt < HANDS_OFF_MS) return;
    if (this.list.scrollHeight <= this.list.clientHeight) return;
    this.list.scrollTop = row.offsetTop - this.list.clientHeight / 3; // the list is what its rows are placed in
  }
}
