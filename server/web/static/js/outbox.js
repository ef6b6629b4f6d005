/**
 * Session entries on their way to the server.
 * Written on the device first, sent as the same bytes every time, removed only when the server has them.
 */

import { Refused, Unreachable, post } from "./api.js";
import { listKeys, readJson, removeKey, writeJson } from "./storage.js";

const PREFIX = "stepback.outbox.";
const FIRST_RETRY_MS = 2000;
const ANSWER_WITHIN_MS = 20_000;
const LONGEST_RETRY_MS = 5 * 60_000;

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
 *
 * @typedef {object} Letter
 * @property {string} body the entry as JSON: what is sent, to the byte
 * @property {string} title of the practice, for the page of the log
 * @property {"waiting" | "conflict" | "refused"} state
 */

/** @type {Map<string, Promise<boolean>>} */
const underWay = new Map();
const watchers = new EventTarget();
let retryTimer = 0;
let retryMs = FIRST_RETRY_MS;

/**
 * Keeps an entry on the device. From here on it does not change.
 * @param {Entry} entry
 * @param {string} title
 */
export function keepEntry(entry, title) {
  writeJson(PREFIX + entry.id, { body: JSON.stringify(entry), title, state: "waiting" });
}

/** @returns {(Entry & {title: string, state: Letter["state"]})[]} what the server has not acknowledged */
export function listKept() {
  return listKeys(PREFIX).flatMap((key) => {
    const letter = readJson(key);
    try {
      return [{ ...JSON.parse(letter.body), title: letter.title, state: letter.state }];
    } catch {
      return []; // not written by us
    }
  });
}

const stateOf = (id) => readJson(PREFIX + id)?.state;

/**
 * Calls back whenever an entry was saved, refused, or could not be sent.
 * @param {(news: {id: string, state: "saved" | Letter["state"]}) => void} callback
 */
export function onNews(callback) {
  watchers.addEventListener("news", (event) => callback(event.detail));
}

/**
 * @param {string} id
 * @param {{keepalive?: boolean}} [options] keepalive lets it finish after the page has gone
 * @returns {Promise<boolean>} true when the server has it
 */
export function sendEntry(id, { keepalive = false } = {}) {
  if (!underWay.has(id)) {
    underWay.set(
      id,
      deliver(id, keepalive).finally(() => underWay.delete(id)),
    );
  }
  return underWay.get(id);
}

async function deliver(id, keepalive) {
  const letter = readJson(PREFIX + id);
  if (!letter) return true;
  let state = "saved";
  try {
    await post("/api/session-entries", letter.body, { keepalive, signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS) });
    removeKey(PREFIX + id);
  } catch (error) {
    state = stateAfter(error);
    if (state !== "waiting") writeJson(PREFIX + id, { ...letter, state });
  }
  watchers.dispatchEvent(new CustomEvent("news", { detail: { id, state } }));
  return state === "saved";
}

/** A silent network and a busy server are waited for; a refusal is kept here and told. */
function stateAfter(error) {
  if (error instanceof Unreachable || error.name === "AbortError") return "waiting";
  if (!(error instanceof Refused)) throw error;
  if (error.status === 409) return "conflict";
  return error.status >= 500 || [408, 425, 429].includes(error.status) ? "waiting" : "refused";
}

/**
 * Sends whatever waits; while something still waits, tries again later and later.
 * @param {{again?: boolean}} [options] again: also what the server refused before
 * @returns {Promise<void>}
 */
export async function sendAll({ again = false } = {}) {
  clearTimeout(retryTimer);
  const due = listKept().filter(({ state }) => state === "waiting" || (again && state === "refused"));
  due.sort((one, other) => one.started_at.localeCompare(other.started_at));
  for (const { id } of due) {
    // One after the other: the first answer brings the cookie that tells whose the others are.
    if (!(await sendEntry(id)) && stateOf(id) === "waiting") break;
  }
  if (!listKept().some(({ state }) => state === "waiting")) {
    retryMs = FIRST_RETRY_MS;
    return;
  }
  clearTimeout(retryTimer);
  retryTimer = setTimeout(sendAll, retryMs * (0.75 + Math.random() / 2));
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
}

/** The network is back, or somebody looks again: do not wait for the timer. */
export function sendSoon() {
  retryMs = FIRST_RETRY_MS;
  return sendAll();
}
