/**
 * The ladders that somebody keeps, on this device only: their words are never sent anywhere.
 * Removing one also has the server forget its sitting; where no answer comes, it is told later, once.
 */

import { Deletions } from "./deletions.js";
import { isId } from "./make-id.js";
import { listKeys, readJson, removeKey, writeJson } from "./storage.js";

const PREFIX = "stepback.ladder.";
const forgotten = new Deletions("stepback.forget.", "/api/sittings"); // with their moves, their words and their sound
const AGAIN_AFTER_MS = 60_000;

/**
 * @typedef {object} Ladder
 * @property {string} id of the sitting, 32 hex digits
 * @property {string} practice its slug
 * @property {string} title
 * @property {string} language of the practice
 * @property {string} began_at ISO 8601
 * @property {import("./ladder.js").Rung[]} rungs
 */

/**
 * Keeps a ladder on this device; the same sitting's is written over.
 * @param {Ladder} ladder
 * @returns {boolean} false where it will be gone with this page: the device's storage is closed or full
 */
export function keepLadder({ id, practice, title, language, began_at, rungs }) {
  const kept = rungs.map(({ words, outcome }) => ({ words: words || null, outcome: outcome || "" }));
  return writeJson(PREFIX + id, { id, practice, title, language, began_at, rungs: kept });
}

/** @returns {Ladder[]} those that are kept here, the latest first */
export function listLadders() {
  const ladders = listKeys(PREFIX)
    .map(readJson)
    .filter((ladder) => isId(ladder?.id) && Array.isArray(ladder.rungs));
  return ladders.sort((one, other) => String(other.began_at).localeCompare(String(one.began_at)));
}

/**
 * Removes a ladder from this device at once, and has the server forget its sitting.
 * @param {string} id of the sitting
 * @returns {Promise<"gone" | "waiting">} gone: the server has nothing of it any more; waiting: it did not answer and will be told
 */
export function removeLadder(id) {
  removeKey(PREFIX + id);
  return forgotten.tell(id);
}

let again = 0;

/** Tells the server of the sittings that it has still to forget; where it does not answer, once more after a while. */
export async function forgetWaiting() {
  clearTimeout(again);
  if ((await forgotten.tellAll()) === "gone") return;
  clearTimeout(again);
  again = setTimeout(forgetWaiting, AGAIN_AFTER_MS);
}
