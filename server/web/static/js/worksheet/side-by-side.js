/** A worksheet that was answered, to be read: both sides of a pair beside one another, and all else above them. */

import { _ } from "../words.js";

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function side(title, text, rating) {
  const parts = [element("h3", "ws-side-title", title), element("p", "ws-words", text)];
  if (typeof rating === "number") parts.push(element("p", "ws-rating soft", _("Kindness, by your own measure: {value} of 10", { value: rating })));
  for (const words of parts.slice(0, 2)) words.dir = "auto";
  return element("section", "ws-side", ...parts);
}

const textOf = (answer) => (Array.isArray(answer) ? answer.join(", ") : String(answer));

/**
 * @param {{worksheet: any, answers: Record<string, any>}} answered
 * @param {{withAll?: boolean, withRatings?: boolean}} [options] withAll: also what is no pair, and it alone where there is none
 * @returns {DocumentFragment}
 */
export function readable({ worksheet, answers }, { withAll = true, withRatings = true } = {}) {
  const page = document.createDocumentFragment();
  const pairs = worksheet.fields.filter(({ kind, name }) => kind === "pair" && answers[name]);
  const others = worksheet.fields.filter(({ kind, name }) => kind !== "pair" && answers[name] !== undefined);
  if (withAll || !pairs.length) {
    for (const { name, ask } of others) {
      page.append(element("h3", "ws-asked soft", ask), Object.assign(element("p", "ws-words", textOf(answers[name])), { dir: "auto" }));
    }
  }
  for (const { name, first, second } of pairs) {
    const given = answers[name];
    const ratings = withRatings ? [given.first_rating, given.second_rating] : [];
    page.append(element("div", "ws-pair", side(first.title, given.first, ratings[0]), side(second.title, given.second, ratings[1])));
  }
  return page;
}
