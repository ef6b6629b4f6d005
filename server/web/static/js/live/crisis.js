/** The crisis card: somebody to ring, with the numbers that this house has set. */

import { element, inItsWay } from "../element.js";

/**
 * @typedef {object} Card
 * @property {string} language
 * @property {string} title
 * @property {string} text
 * @property {{who: string, call: string, dial: string, when: string}[]} numbers
 */

/** @param {HTMLElement} root the step of the page @param {Card} card */
export function fillCard(root, card) {
  root.lang = card.language;
  root.querySelector("#crisis-title").textContent = card.title;
  root.querySelector("#crisis-text").textContent = card.text;
  const rows = card.numbers.map(({ who, call, dial, when }) => {
    const number = element("strong", "", call);
    number.dir = "ltr"; // or its groups would stand in another order on a page from right to left
    const link = element("a", "live-ring", number, inItsWay(element("span", "", who)));
    link.href = `tel:${dial}`;
    return element("li", "", link, inItsWay(element("p", "soft small", when)));
  });
  root.querySelector("#crisis-numbers").replaceChildren(...rows);
}
