/** What the server has still to delete: told at once, and again later where no answer comes, once. Holds ids only. */

import { Refused, Unreachable, request } from "./api.js";
import { isId } from "./make-id.js";
import { listKeys, readJson, removeKey, writeJson } from "./storage.js";

const ANSWER_WITHIN_MS = 20_000;
const LATE_MS = 60_000; // by then whatever another page had just sent has come, or never will

/** Deletions of one kind. */
export class Deletions {
  /**
   * @param {string} prefix of their keys on this device
   * @param {string} address of what is deleted, without its id
   * @param {(id: string) => Promise<void>} [before] what is to be over before the server is told
   */
  constructor(prefix, address, before) {
    Object.assign(this, { prefix, address, before });
    this.told = new Set(); // what this page shows may have been made before the server was told
  }

  /** @param {string} id @returns {boolean} true where it was deleted by this page, or the server may have it still */
  has(id) {
    return this.told.has(id) || readJson(this.prefix + id) !== null;
  }

  /** @param {string} id @returns {Promise<"gone" | "waiting">} waiting: the server did not answer and will be told */
  async tell(id) {
    const { at = Date.now() } = readJson(this.prefix + id) ?? {};
    writeJson(this.prefix + id, { at }); // first, so that it is told even if this page ends now
    this.told.add(id);
    await this.before?.(id);
    try {
      await request(`${this.address}/${id}`, { method: "DELETE", keepalive: true, signal: AbortSignal.timeout?.(ANSWER_WITHIN_MS) });
    } catch (error) {
      // Whatever goes wrong on the way, the next visit tells it again; what the server does not know is already gone.
      if (!(error instanceof Refused || error instanceof Unreachable || error.name === "AbortError" || error.name === "TimeoutError")) throw error;
      if (error.status !== 404) return "waiting";
      if (Date.now() - at < LATE_MS) return "gone"; // and told by a later visit once more
    }
    removeKey(this.prefix + id);
    return "gone";
  }

  /** Tells all that wait, up to the first that gets no answer. @returns {Promise<"gone" | "waiting">} */
  async tellAll() {
    for (const id of listKeys(this.prefix).map((key) => key.slice(this.prefix.length)).filter(isId)) {
      if ((await this.tell(id)) === "waiting") return "waiting";
    }
    return "gone";
  }
}
