/**
 * Ladders that a client keeps in their log, on the server: kept on the device until the server has them.
 * Deleting one is told as soon as the server answers.
 */

import { request } from "./api.js";
import { Deletions } from "./deletions.js";
import { Letterbox } from "./letterbox.js";

const box = new Letterbox("stepback.ladder-letter.", "/api/ladders");
const deleted = new Deletions("stepback.ladder-delete.", "/api/ladders", (id) => box.drop(id));

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
  await deleted.tellAll();
  await box.sendAll(options);
}

/**
 * Deletes a ladder from the log.
 * @param {string} id of the sitting
 * @returns {Promise<"gone" | "waiting">} waiting: the server did not answer and will be told
 */
export const deleteFromLog = (id) => deleted.tell(id);

/** @param {string} id of the sitting @returns {boolean} true where it was deleted from the log, whatever an older answer says of it */
export const isDeletedFromLog = (id) => deleted.has(id);
