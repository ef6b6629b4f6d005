/** Moves on their way to the server: one after the other, in their order, until it has them. A bad line is waited for. */

import { Refused } from "../api.js";
import { makeId } from "../make-id.js";
import { makeMove } from "./sitting-api.js";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 4000;

/**
 * @typedef {object} Move
 * @property {string} id
 * @property {import("./sitting-api.js").Kind} move
 * @property {Record<string, string>} [words]
 *
 * @typedef {object} MovesWatcher
 * @property {(move: Move, answer: Awaited<ReturnType<typeof makeMove>>) => void} onMoved
 * @property {(move: Move, problem: Refused) => void} onRefused
 * @property {(isWaiting: boolean) => void} onSilence
 */

/** The moves of one sitting. */
export class Moves {
  /** @param {string} sitting its id @param {MovesWatcher} watcher */
  constructor(sitting, watcher) {
    this.sitting = sitting;
    this.watcher = watcher;
    /** @type {Move[]} */
    this.waiting = [];
    this.isBusy = false;
    this.wake = () => {};
    this.online = () => this.wake();
    window.addEventListener("online", this.online);
  }

  /** @param {import("./sitting-api.js").Kind} kind @param {Record<string, string>} [words] */
  make(kind, words) {
    this.waiting.push({ id: makeId(), move: kind, ...(words && { words }) });
    this.deliver();
  }

  async deliver() {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let failures = 0; this.waiting.length; ) {
      const [move] = this.waiting;
      try {
        const answer = await makeMove(this.sitting, move);
        this.take();
        failures = 0;
        this.watcher.onSilence(false);
        this.watcher.onMoved(move, answer);
      } catch (error) {
        if (!(error instanceof Refused) || error.mayPass) {
          failures += 1;
          if (failures > 1) this.watcher.onSilence(true); // one that is lost is nothing to read of
          await this.pause(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS));
          continue;
        }
        this.take();
        this.watcher.onRefused(move, error);
      }
    }
    this.isBusy = false;
  }

  /** The first of them has had its answer; after shut() there is none. */
  take() {
    this.waiting.shift();
  }

  /** The page goes away: the sitting waits, if the browser still takes this along. */
  leave(kind) {
    makeMove(this.sitting, { id: makeId(), move: kind }, { keepalive: true }).catch(() => {}); // it ends by itself then
  }

  pause(ms) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  /** Nothing more is sent. */
  shut() {
    this.waiting = [];
    window.removeEventListener("online", this.online);
    this.wake();
  }
}
