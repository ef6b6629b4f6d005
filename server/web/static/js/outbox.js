/** Session entries on their way to the server, and those of them that are to be deleted. */

import { Deletions } from "./deletions.js";
import { Letterbox } from "./letterbox.js";

const box = new Letterbox("stepback.outbox.", "/api/session-entries");
const deleted = new Deletions("stepback.entry-delete.", "/api/session-entries", (id) => box.drop(id));

/**
 * @typedef {object} Entry
 * @property {string} id 32 hex digits, made when playing began
 * @property {string} practice
 * @property {string | null} render
 * @property {number} minutes
 * @property {string} started_at
 * @property {number} practised_ms
 * @property {"completed" | "stopped"} outcome
 * @property {true} [is_live] it was a live sitting
 * @property {import("./sliders.js").Felt} [before] only where something was set
 * @property {import("./sliders.js").Felt} [after]
 */

/**
 * Keeps an entry on the device. From here on it does not change.
 * @param {Entry} entry
 * @param {string} title of the practice, for the page of the log
 */
export const keepEntry = (entry, title) => box.keep(entry, { title });

/** @returns {(Entry & {title: string, state: import("./letterbox.js").State})[]} what the server has not acknowledged */
export const listKept = () => box.list();

/**
 * Calls back whenever an entry was saved, refused, or could not be sent.
 * @param {(news: {id: string, state: "saved" | "gone" | import("./letterbox.js").State}) => void} callback
 */
export const onNews = (callback) => box.onNews(callback);

/** @param {string} id @param {{keepalive?: boolean}} [options] @returns {Promise<boolean>} true when the server has it */
export const sendEntry = (id, options) => box.send(id, options);

/** Takes an entry off this device, which must not send it any more. @param {string} id */
export const dropEntry = (id) => box.drop(id);

/**
 * Deletes an entry that waits here. The server is told: it may have it, and only the answer was lost.
 * @param {string} id
 * @returns {Promise<"gone" | "waiting">} waiting: the server did not answer and will be told
 */
export const deleteEntry = (id) => deleted.tell(id);

/** @param {string} id @returns {boolean} true where it was deleted, whatever a page or an answer that is older says of it */
export const isDeleted = (id) => deleted.has(id);

/** Tells the server what it has still to delete. */
export const tellDeleted = () => deleted.tellAll();

/** Sends whatever waits. @param {{again?: boolean}} [options] again: also what the server refused before */
export const sendAll = (options) => box.sendAll(options);

/** The network is back, or somebody looks again: do not wait for the timer. */
export const sendSoon = () => box.sendSoon();
