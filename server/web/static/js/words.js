/** What the pages' scripts say, in the language of the page. The strings in the code are English, and what is missing stays so. */

/** @type {{texts: Record<string, string | string[]>, plural: string}} */
const phrasebook = JSON.parse(document.getElementById("page-words")?.textContent ?? '{"texts": {}, "plural": ""}');

/** The page's language, by which moments and numbers are written. */
export const language = document.documentElement.lang;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/**
 * @param {string} text in English, as `make words` finds it; values stand in it as {name}
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function _(text, values = {}) {
  return fill(phrasebook.texts[text] ?? text, values);
}

/**
 * @param {string} one in English, for a single thing
 * @param {string} many
 * @param {number} n how many there are; it is also a value, {n}
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function ngettext(one, many, n, values = {}) {
  const forms = phrasebook.texts[one];
  const english = n === 1 ? one : many;
  // Each number's form below 200 is noted; from 100 on the second hundred comes again and again.
  const text = forms ? forms[phrasebook.plural[n < 100 ? n : 100 + (n % 100)]] : english;
  return fill(text, { n, ...values });
}
