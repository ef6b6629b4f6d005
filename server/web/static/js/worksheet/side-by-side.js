/** A worksheet that was answered, to be read: both sides of a pair beside one another, and all else above them. */

import { element, inItsWay } from "../element.js";
import { _ } from "../words.js";

function side(heading, title, { text, rating }, withRating) {
  const parts = [inItsWay(element(heading, "ws-side-title", title)), inItsWay(element("p", "ws-words", text))];
  if (withRating) parts.push(element("p", "ws-rating soft", _("Kindness, by your own measure: {value} of 10", { value: rating })));
  return element("section", "ws-side", ...parts);
}

const textOf = (answer) => (Array.isArray(answer) ? answer.join(", ") : String(answer));

/**
 * @param {{worksheet: any, answers: Record<string, any>}} answered
 * @param {{withAll?: boolean, withRatings?: boolean, heading?: string}} [options] withAll: also what is no pair, which alone is there where there is none
 * @returns {DocumentFragment}
 */
export function readable({ worksheet, answers }, { withAll = true, withRatings = true, heading = "h3" } = {}) {
  const page = document.createDocumentFragment();
  const pairs = worksheet.fields.filter(({ kind, name }) => kind === "pair" && answers[name]);
  const others = worksheet.fields.filter(({ kind, name }) => kind !== "pair" && answers[name] !== undefined);
  if (withAll || !pairs.length) {
    for (const { name, ask } of others) {
      page.append(inItsWay(element(heading, "ws-asked soft", ask)), inItsWay(element("p", "ws-words", textOf(answers[name]))));
    }
  }
  for (const { name, first, second } of pairs) {
    const given = answers[name];
    const sides = [side(heading, first.title, given.first, withRatings), side(heading, second.title, given.second, withRatings)];
    page.append(element("div", "ws-pair", ...sides));
  }
  return page;
}
