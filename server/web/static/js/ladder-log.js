/**
 * Ladders that a client keeps in their log, on the server: kept on the device until the server has them.
 * Deleting one is told as soon as the server answers.
 */

import { isId } from "./make-id.js";
import { Refused, Unreachable, request } from "./api.js";
import { Letterbox } from "./letterbox.js";
import { listKeys, removeKey, writeJson } from "./storage.js";

const box = new Letterbox("stepback.ladder-letter.", "/api/ladders");
const DELETE = "stepback.ladder-delete."; // holds ids only
const ANSWER_WITHIN_MS = 20_000;

/**
 * Keeps a ladder for the log, and sends it.
 * @param {import("./ladder-book.js").Ladder} ladder
 * @returns {boolean} false where it will be gone with this page, should the server not answer
 */
export function keepInLog({ id, practice, title, language, began_at, rungs }) {
  const told = rungs.map(({ words, outcome }) => ({ words: words || null, outcome: outcome || "" }));
  const isSafe = box.keep({ id, practice, title, language, began_at, rungs: told });
  box.send(id);
  return isSafe;
}

/** @returns {(import("./ladder-book.js").Ladder & {state: string})[]} what the server has not acknowledged */
export const listWaiting = () => box.list();

/** @param {(news: {id: string, state: string}) => void} callback whenever one was kept, refused, or could not be sent */
export const onLadderNews = (callback) => box.onNews(callback);

/** @returns {Promise<import("./ladder-book.js").Ladder[]>} what is in the log, the latest first */
export const fetchLadders = async () => (await request("/api/ladders")).ladders;

/** Sends whatever waits, and tells what is to be deleted. @param {{again?: boolean}} [options] again: also what was refused before */
export async function deliverLadders(options = {}) {
  for (const id of listKeys(DELETE).map((key) => key.slice(DELETE.length)).filter(isId)) {
    if ((await deleteFromLog(id)) === "waiting") break;
  }
  await box.sendAll(options);
}

/**
 * Deletes a ladder from the log.
 * @param {string} id of the sitting
 * @returns {Promise<"gone" | "waiting">} waiting: the server did not answer and will be told
 */
export async function deleteFromLog(id) {
  writeJson(DELETE + id, {}); // first, so that it is told even if this page ends now
  await box.drop(id);
  try {
    await request(`/api/ladders/${id}`, { method: "DELETE", keepalive: true, signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS) });
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable || error.name === "AbortError" || error.name === "TimeoutError")) throw error;
    if (error.status !== 404) return "waiting";
  }
  removeKey(DELETE + id);
  return "gone";
}
