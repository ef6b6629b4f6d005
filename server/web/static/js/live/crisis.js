/** The crisis card: somebody to ring, with the numbers that this house has set. */

/**
 * @typedef {object} Card
 * @property {string} language
 * @property {string} title
 * @property {string} text
 * @property {{who: string, call: string, dial: string, when: string}[]} numbers
 */

function make(name, text, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  Object.assign(element, attributes);
  return element;
}

/** @param {HTMLElement} root the step of the page @param {Card} card */
export function fillCard(root, card) {
  root.lang = card.language;
  root.querySelector("#crisis-title").textContent = card.title;
  root.querySelector("#crisis-text").textContent = card.text;
  const rows = card.numbers.map(({ who, call, dial, when }) => {
    const row = make("li", "");
    const link = make("a", "", { className: "live-ring", href: `tel:${dial}` });
    link.append(make("strong", call), make("span", who));
    row.append(link, make("p", when, { className: "soft small" }));
    return row;
  });
  root.querySelector("#crisis-numbers").replaceChildren(...rows);
}
