/** The ladder of a live sitting: what arose, step by step, drawn as steps seen from the side. */

import { element } from "./element.js";
import { _ } from "./words.js";

/**
 * @typedef {object} Rung
 * @property {string | null} words what it was, in the listener's own words; null where they gave none
 * @property {"stepped-back" | "met" | "grounded" | "rested" | "" | null} outcome what became of it; nothing while it is still here
 */

const SVG = "http://www.w3.org/2000/svg";
const OUTCOMES = {
  "stepped-back": _("one step back"),
  met: _("met with some kindness"),
  grounded: _("back to the ground"),
  rested: _("left to rest as it was"),
};
const GROUND = 0.9; // of a line of text: how deep the last step's ground is
const WIDEST_STEP = 2; // of a line of text
const STAIRS_SHARE = 0.3; // of the width, at most: words need the rest

const wordsOf = (rung, index) => rung.words || (index ? _("what was here then") : _("what was here"));
const outcomeOf = (rung) => OUTCOMES[rung.outcome] ?? "";

function draw(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** @returns {(text: string, font: string) => number} how wide a text is */
function makeRuler() {
  const pen = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    pen.font = font;
    return pen.measureText(text).width;
  };
}

/** @returns {string[]} the lines of a text; a word that is longer than a line is cut */
function wrap(text, width, widthOf) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    const longer = last ? `${last} ${word}` : word;
    if (widthOf(longer) <= width) {
      lines[lines.length - 1] = longer;
      continue;
    }
    if (last) lines.push("");
    for (const letter of word) {
      if (lines.at(-1) && widthOf(lines.at(-1) + letter) > width) lines.push("");
      lines[lines.length - 1] += letter;
    }
  }
  return lines;
}

/** Where each step begins, how its text is broken, and how deep its tread lies. */
function measure(rungs, width, textPx) {
  const widthOf = makeRuler();
  const serif = getComputedStyle(document.documentElement).getPropertyValue("--serif") || "serif";
  const tread = rungs.length > 1 ? Math.min(WIDEST_STEP * textPx, (STAIRS_SHARE * width) / (rungs.length - 1)) : 0;
  const line = 1.4 * textPx;
  let depth = 0.3 * line;
  return rungs.map((rung, index) => {
    const start = index * tread + 0.5 * textPx;
    const room = width - start;
    const words = wrap(wordsOf(rung, index), room, (text) => widthOf(text, `${1.15 * textPx}px ${serif}`));
    const outcome = outcomeOf(rung);
    const notes = outcome ? wrap(outcome, room, (text) => widthOf(text, `${textPx}px system-ui, sans-serif`)) : [];
    const top = depth;
    depth += (words.length + notes.length) * line + 0.8 * line;
    return { left: index * tread, start, words, notes, top, line, depth };
  });
}

/** The stairs as one line: along a tread, down to the next; the last one is the ground, and wide. */
function outline(steps, width) {
  const points = [];
  steps.forEach(({ left, depth }, index) => {
    points.push([left, depth], [steps[index + 1]?.left ?? width, depth]);
  });
  return points;
}

/**
 * Draws a ladder, for the eyes alone.
 * @param {Rung[]} rungs
 * @param {{width: number, textPx: number, language?: string}} paper in CSS pixels; the language of the listener's words
 * @returns {SVGSVGElement}
 */
function drawLadder(rungs, { width, textPx, language }) {
  const isMirrored = document.documentElement.dir === "rtl";
  const across = (x) => (isMirrored ? width - x : x);
  const steps = measure(rungs, width, textPx);
  const height = (steps.at(-1)?.depth ?? 0) + GROUND * textPx;
  const picture = draw("svg", { class: "ladder-picture", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": true });
  const edge = outline(steps, width).map(([x, y]) => `${across(x)} ${y}`);
  if (edge.length) {
    picture.append(draw("path", { class: "ladder-body", d: `M${edge.join("L")}V${height}H${across(0)}Z` }), draw("path", { class: "ladder-edge", d: `M${edge.join("L")}` }));
  }
  steps.forEach((step, index) => {
    const row = (text, number, attributes) => draw("text", { x: across(step.start), y: step.top + (number + 1) * step.line, ...attributes }, text);
    const spoken = rungs[index].words && language ? { lang: language } : {};
    picture.append(
      ...step.words.map((text, number) => row(text, number, { class: "ladder-words", "font-size": 1.15 * textPx, ...spoken })),
      ...step.notes.map((text, number) => row(text, step.words.length + number, { class: "ladder-note", "font-size": textPx })),
    );
  });
  return picture;
}

/** For ears and for reading on: the same ladder as a list. */
function tellLadder(rungs, language) {
  const rows = rungs.map((rung, index) => {
    const words = element("span", "", wordsOf(rung, index));
    if (rung.words && language) words.lang = language;
    return element("li", "", words, outcomeOf(rung) ? `, ${outcomeOf(rung)}` : "");
  });
  return element("ol", "hidden-text", ...rows);
}

/** @type {WeakMap<HTMLElement, ResizeObserver>} */
const observers = new WeakMap();

/**
 * Puts a ladder into a place: the picture, as wide as the place and in the reader's size of text, and a list for screen readers.
 * It is drawn anew when the place changes its width.
 * @param {HTMLElement} place
 * @param {Rung[]} rungs
 * @param {{language?: string}} [options] of the listener's words
 */
export function showLadder(place, rungs, { language } = {}) {
  const told = tellLadder(rungs, language);
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(place.clientWidth);
    if (!width || width === drawn) return;
    drawn = width;
    const textPx = parseFloat(getComputedStyle(place).fontSize);
    place.replaceChildren(drawLadder(rungs, { width, textPx, language }), told);
  };
  place.classList.add("ladder");
  place.replaceChildren(told);
  redraw();
  observers.get(place)?.disconnect();
  const observer = new ResizeObserver(redraw);
  observer.observe(place);
  observers.set(place, observer);
}
