/** Two ratings over time, as two small lines with the distance between them; and the same as a table. */

import { element } from "../element.js";
import { _, language } from "../words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 132;
const EDGE = 14;
const MOST = 10;

/**
 * @typedef {object} Point
 * @property {string} at ISO 8601
 * @property {number} first
 * @property {number} second
 */

function draw(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Every occasion has the same room, since nothing is made of how long ago one was. */
function placesOf(points) {
  const step = points.length > 1 ? (WIDTH - 2 * EDGE) / (points.length - 1) : 0;
  const height = (value) => HEIGHT - EDGE - (value / MOST) * (HEIGHT - 2 * EDGE);
  return points.map(({ first, second }, i) => ({ x: EDGE + i * step, first: height(first), second: height(second) }));
}

function picture(points, label) {
  const places = placesOf(points);
  const line = (which) => places.map((place) => `${place.x.toFixed(1)},${place[which].toFixed(1)}`);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "ws-lines", role: "img", "aria-label": label });
  svg.append(draw("polygon", { class: "ws-between", points: [...line("first"), ...line("second").reverse()].join(" ") }));
  for (const which of ["first", "second"]) {
    svg.append(draw("polyline", { class: `ws-line ws-${which}`, points: line(which).join(" ") }));
    for (const place of places) svg.append(draw("circle", { class: `ws-dot ws-${which}`, cx: place.x, cy: place[which], r: 4 }));
  }
  return svg;
}

function table(points, titles) {
  const dayText = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const head = element("tr", "", ...[_("Day"), ...titles].map((text) => Object.assign(element("th", "", text), { scope: "col" })));
  const rows = points.map(({ at, first, second }) => {
    const day = Object.assign(element("th", "", dayText.format(new Date(at))), { scope: "row" });
    return element("tr", "", day, element("td", "", String(first)), element("td", "", String(second)));
  });
  const caption = element("caption", "", _("All numbers are of 10."));
  return element("table", "ws-table", caption, element("thead", "", head), element("tbody", "", ...rows));
}

/**
 * @param {Point[]} points from the earliest on
 * @param {[string, string]} titles of the two sides
 * @returns {HTMLElement}
 */
export function twoLines(points, titles) {
  const [first, second] = titles;
  const label = _("Two lines from 0 to 10: {first}, and {second}. The numbers are in the table below.", { first, second });
  const key = element("p", "ws-key soft", element("span", "", first), element("span", "ws-key-second", second));
  const fold = element("details", "fold", element("summary", "", element("span", "", _("As a table"))), table(points, titles));
  return element("figure", "ws-figure", picture(points, label), key, fold);
}
