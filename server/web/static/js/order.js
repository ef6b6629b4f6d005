/** Orders a render, and watches it until it is done. */

import { Refused, post, request } from "./api.js";

/**
 * @typedef {object} Render
 * @property {string} key
 * @property {string} title
 * @property {number} minutes
 * @property {"queued" | "running" | "done" | "failed" | "cancelled"} state
 * @property {"speaking" | "checking" | null} phase
 * @property {string | null} stage
 * @property {number} done_seconds
 * @property {number} total_seconds
 * @property {string | null} reason
 * @property {number | null} duration_seconds
 * @property {{mp3: string, vtt: string, srt: string, chapters: string} | null} audio
 * @property {{playlist: string, captions: string | null, chapters: string | null} | null} stream there as soon as a beginning can be heard
 * @property {number} streamed_seconds how much can be heard so far
 * @property {boolean} is_private
 */

const QUICK_POLL_MS = 120;
const QUICK_FOR_MS = 3000; // the first sound is often there within a second
const POLL_MS = 700;
const FOLLOW_POLL_MS = 2500; // it is being heard already: only its growth is watched
const SLOW_POLL_MS = 2000;
const SLOWEST_POLL_MS = 10_000;

/**
 * @param {import("./choose.js").Wish} wish
 * @param {AbortSignal} signal
 * @returns {Promise<Render>}
 */
export const placeOrder = (wish, signal) => post("/api/renders", wish, { signal });

/** @param {string} key */
export const forgetRender = (key) => request(`/api/renders/${key}`, { method: "DELETE" });

/** @param {Render} render */
const isOver = ({ state }) => ["done", "failed", "cancelled"].includes(state);

/**
 * Asks again and again until enough of the render is there, or until it is done, failed or cancelled.
 * @param {Render} first
 * @param {Watcher & {isEnough: (render: Render) => boolean}} watcher
 * @returns {Promise<Render>}
 * @throws {Refused | DOMException} Refused when the server no longer knows the render
 *
 * @typedef {object} Watcher
 * @property {AbortSignal} signal
 * @property {(render: Render) => void} onProgress
 * @property {() => void} onSilence no answer came; it is asked again
 */
export function watchRender(first, { isEnough, ...watcher }) {
  const begunAt = performance.now();
  const pace = () => (performance.now() - begunAt < QUICK_FOR_MS ? QUICK_POLL_MS : POLL_MS);
  return ask(first, watcher, (render) => isEnough(render) || isOver(render), pace);
}

/**
 * Asks now and then while a render is being heard, until it is done, failed or cancelled.
 * @param {Render} first
 * @param {Watcher} watcher
 * @returns {Promise<Render>}
 * @throws {Refused | DOMException}
 */
export const followRender = (first, watcher) => ask(first, watcher, isOver, () => FOLLOW_POLL_MS);

/** A network that drops is waited for. */
async function ask(first, { signal, onProgress, onSilence }, isLast, pace) {
  let render = first;
  let failures = 0;
  for (;;) {
    if (failures === 0) {
      onProgress(render);
      if (isLast(render)) return render;
    }
    await pause(failures ? retryDelay(failures) : Math.max(pace(), document.hidden ? SLOW_POLL_MS : 0), signal);
    try {
      render = await request(`/api/renders/${first.key}`, { signal });
      failures = 0;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      if (error instanceof Refused && [403, 404, 410].includes(error.status)) throw error;
      failures += 1;
      onSilence();
    }
  }
}

/** @param {number} failures in a row */
const retryDelay = (failures) => Math.min(SLOW_POLL_MS * 2 ** (failures - 1), SLOWEST_POLL_MS);

/** Waits, but not a moment longer once the page is looked at again or the network is back. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("online", finish);
      signal.removeEventListener("abort", finish);
      if (signal.aborted) reject(new DOMException("Left the wait", "AbortError"));
      else resolve();
    };
    const seen = () => {
      if (!document.hidden) finish();
    };
    const timer = setTimeout(finish, ms);
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("online", finish);
    signal.addEventListener("abort", finish);
    if (signal.aborted) finish();
  });
}
