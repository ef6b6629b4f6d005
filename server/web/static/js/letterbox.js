/**
 * Letters on their way to the server.
 * Written on the device first, sent as the same bytes every time, removed only when the server has them.
 */

import { Refused, Unreachable, post } from "./api.js";
import { listKeys, readJson, removeKey, writeJson } from "./storage.js";

const FIRST_RETRY_MS = 2000;
const ANSWER_WITHIN_MS = 20_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/**
 * @typedef {"waiting" | "conflict" | "refused" | "own"} State own: it stays on this device
 *
 * @typedef {object} Letter
 * @property {string} body what is sent, to the byte: JSON with an id
 * @property {State} state
 */

/** All letters of one kind. Every page has its own box; what lies in it is the device's. */
export class Letterbox {
  /**
   * @param {string} prefix of the keys on the device
   * @param {string} address where they are sent
   * @param {(error: Error) => State} [stateAfter] what becomes of a letter that was not taken
   */
  constructor(prefix, address, stateAfter = stateAfterError) {
    this.prefix = prefix;
    this.address = address;
    this.stateAfter = stateAfter;
    /** @type {Map<string, Promise<boolean>>} */
    this.underWay = new Map();
    this.watchers = new EventTarget();
    this.retryTimer = 0;
    this.retryMs = FIRST_RETRY_MS;
  }

  /**
   * Keeps a letter on the device. From here on its body does not change.
   * @param {{id: string}} content
   * @param {object} [beside] what the pages of this device need to show it, and what is not sent
   * @returns {boolean} true when it will outlive this page
   */
  keep(content, beside = {}) {
    return writeJson(this.prefix + content.id, { body: JSON.stringify(content), ...beside, state: "waiting" });
  }

  /** @returns {(Letter & {id: string})[]} what the server has not acknowledged */
  list() {
    return listKeys(this.prefix).flatMap((key) => {
      const letter = readJson(key);
      try {
        const { body, ...beside } = letter;
        return [{ ...JSON.parse(body), ...beside }];
      } catch {
        return []; // not written by us
      }
    });
  }

  /** @param {string} id @returns {State | undefined} */
  stateOf(id) {
    return readJson(this.prefix + id)?.state;
  }

  /** Takes a letter out of the box, once it is not on its way. @param {string} id */
  async drop(id) {
    await this.underWay.get(id);
    removeKey(this.prefix + id);
  }

  /**
   * Calls back whenever a letter was taken, refused, or could not be sent.
   * @param {(news: {id: string, state: "saved" | "gone" | State}) => void} callback gone: it was deleted before it came
   */
  onNews(callback) {
    this.watchers.addEventListener("news", (event) => callback(event.detail));
  }

  /**
   * @param {string} id
   * @param {{keepalive?: boolean}} [options] keepalive lets it finish after the page has gone
   * @returns {Promise<boolean>} true when nothing of it waits here any more: the server has it, or it was deleted there
   */
  send(id, { keepalive = false } = {}) {
    if (!this.underWay.has(id)) {
      const delivery = this.deliver(id, keepalive).finally(() => this.underWay.delete(id));
      this.underWay.set(id, delivery);
    }
    return this.underWay.get(id);
  }

  async deliver(id, keepalive) {
    const letter = readJson(this.prefix + id);
    if (!letter) return true;
    let state = "saved";
    try {
      const kept = await post(this.address, letter.body, { keepalive, signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS) });
      if (!kept) state = "gone";
      removeKey(this.prefix + id);
    } catch (error) {
      state = this.stateAfter(error);
      if (state !== "waiting") writeJson(this.prefix + id, { ...letter, state });
    }
    this.watchers.dispatchEvent(new CustomEvent("news", { detail: { id, state } }));
    return state === "saved" || state === "gone";
  }

  /**
   * Sends whatever waits; while something still waits, tries again later and later.
   * @param {{again?: boolean}} [options] again: also what the server refused before
   * @returns {Promise<void>}
   */
  async sendAll({ again = false } = {}) {
    clearTimeout(this.retryTimer);
    const due = this.list().filter(({ state }) => state === "waiting" || (again && state === "refused"));
    due.sort((one, other) => momentOf(one).localeCompare(momentOf(other)));
    for (const { id } of due) {
      // One after the other: the first answer brings the cookie that tells whose the others are.
      if (!(await this.send(id)) && this.stateOf(id) === "waiting") break;
    }
    if (!this.list().some(({ state }) => state === "waiting")) {
      this.retryMs = FIRST_RETRY_MS;
      return;
    }
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.sendAll(), this.retryMs * (0.75 + Math.random() / 2));
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  /** The network is back, or somebody looks again: do not wait for the timer. */
  sendSoon() {
    this.retryMs = FIRST_RETRY_MS;
    return this.sendAll();
  }
}

const momentOf = ({ started_at, answered_at }) => String(started_at ?? answered_at);

/** A silent network and a busy server are waited for; a refusal is kept here and told. */
export function stateAfterError(error) {
  if (error instanceof Unreachable || error.name === "AbortError") return "waiting";
  if (!(error instanceof Refused)) throw error;
  if (error.status === 409) return "conflict";
  return error.mayPass ? "waiting" : "refused";
}
