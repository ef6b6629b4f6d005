/** A practice with alternatives is told a little differently each time: which telling comes next, and what it holds. */

import { readJson, writeJson } from "./storage.js";

const KEY = "stepback.told";
const HEARD = ["minutes", "pace", "anchor", "eyes", "seed", "given"]; // what changes the words and their time

const readAll = () => {
  const all = readJson(KEY);
  return all && typeof all === "object" ? all : {};
};

/**
 * Only what was heard to its end is told differently the next time: what was left in the middle can be gone on with.
 * @param {string} slug
 */
export function noteTold(slug) {
  writeJson(KEY, { ...readAll(), [slug]: timesTold(slug) + 1 });
}

/** @param {string} slug @returns {number} how often it was heard to its end on this device */
export function timesTold(slug) {
  const times = readAll()[slug];
  return Number.isSafeInteger(times) && times > 0 ? times : 0;
}

/**
 * @param {import("./choose.js").Wish} wish
 * @returns {string} what of it a telling depends on, as an address says it
 */
export function tellingQuery(wish) {
  return new URLSearchParams(HEARD.filter((name) => name in wish).map((name) => [name, wish[name]])).toString();
}

/**
 * Fetches the picture and the words of a telling.
 * @param {string} slug
 * @param {string} query
 * @param {AbortSignal} signal
 * @returns {Promise<{picture: Element, words: Element} | null>} null when they are not to be had
 */
export async function fetchTelling(slug, query, signal) {
  try {
    const answer = await fetch(`/practices/${slug}/telling?${query}`, { signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [picture, words] = ["picture", "said-text"].map((id) => page.getElementById(id));
    return picture && words ? { picture, words } : null;
  } catch {
    return null; // both are a help, and the practice goes on without them
  }
}

/**
 * @param {import("./choose.js").Wish} wish
 * @returns {Promise<string>} the picture of its telling, as markup; empty when it is not to be had
 */
export async function fetchPicture(wish) {
  const told = await fetchTelling(wish.practice, tellingQuery(wish), new AbortController().signal);
  return told?.picture.querySelector("svg")?.outerHTML ?? "";
}
