/** What a live sitting asks of the server. Ids are made here, so that asking twice is asking once. */

import { Unreachable, post, request } from "../api.js";

/**
 * @typedef {object} Line
 * @property {number} start_seconds
 * @property {number} end_seconds
 * @property {string} text empty for what is no speech
 * @property {"speech" | "bell" | "breath-in" | "breath-out"} kind
 *
 * @typedef {object} Question
 * @property {string} text
 * @property {string[]} answers met, not yet, and too much where the practice has it
 *
 * @typedef {object} Station
 * @property {number} start_seconds
 * @property {"guided" | "asking" | "ground" | "returning" | "over"} station
 * @property {Question | null} question
 *
 * @typedef {object} Sitting as it was at the moment of the answer
 * @property {string} id
 * @property {string} practice
 * @property {string} title
 * @property {string} language
 * @property {number} heard_seconds
 * @property {number} certain_seconds
 * @property {number | null} total_seconds
 * @property {boolean} is_paused
 * @property {Line[]} lines
 * @property {Station[]} stations
 * @property {import("../ladder.js").Rung[]} ladder
 * @property {string} playlist
 * @property {string | null} ground
 *
 * @typedef {"met" | "step-back" | "stay" | "too-much" | "go-back" | "end" | "pause" | "resume"} Kind
 */

const AGAIN_MS = 1000;
const MOST_FAILURES = 2; // in a row
const ANSWER_WITHIN_MS = 10_000;

/** @param {AbortSignal} [signal] what ends the wait before its time */
const within = (signal) => {
  const late = AbortSignal.timeout?.(ANSWER_WITHIN_MS);
  return signal && late && AbortSignal.any ? AbortSignal.any([signal, late]) : (signal ?? late);
};

const wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(new DOMException("Left the wait", "AbortError"))), { once: true });
  });

/**
 * Asks until the sitting begins.
 * @param {object} wish
 * @param {{signal: AbortSignal, onPreparing: (progress: {done: number, total: number}) => void}} watcher
 * @returns {Promise<{sitting?: Sitting, danger?: import("./crisis.js").Card}>}
 */
export async function beginSitting(wish, { signal, onPreparing }) {
  for (let failures = 0; ; ) {
    let answer;
    try {
      answer = await post("/api/sittings", wish, { signal });
    } catch (error) {
      failures += 1;
      if (!(error instanceof Unreachable) || failures > MOST_FAILURES) throw error;
      await wait(AGAIN_MS, signal); // the same id again: if only the answer was lost, it has begun
      continue;
    }
    failures = 0;
    if (answer.danger) return { danger: answer.danger };
    if (!answer.preparing) return { sitting: answer };
    onPreparing(answer.preparing);
    await wait(AGAIN_MS, signal);
  }
}

/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Sitting>} */
export const look = (id, signal) => request(`/api/sittings/${id}`, { signal: within(signal) });

/**
 * @param {string} id of the sitting
 * @param {{id: string, move: Kind, words?: Record<string, string>}} move
 * @param {RequestInit} [options]
 * @returns {Promise<{starts_seconds: number | null, danger: import("./crisis.js").Card | null, sitting: Sitting}>}
 */
export const makeMove = (id, move, options = {}) => post(`/api/sittings/${id}/moves`, move, { signal: within(), ...options });
