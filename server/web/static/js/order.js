/** Orders a render, and watches it until it is done. */

import { Refused, post, request } from "./api.js";

/**
 * @typedef {object} Render
 * @property {string} key
 * @property {string} title
 * @property {number} minutes
 * @property {"queued" | "running" | "done" | "failed" | "cancelled"} state
 * @property {"speaking" | "mixing" | "checking" | null} phase
 * @property {string | null} stage
 * @property {number} done_seconds
 * @property {number} total_seconds
 * @property {string | null} reason
 * @property {number | null} duration_seconds
 * @property {{mp3: string, vtt: string, srt: string, chapters: string} | null} audio
 * @property {boolean} is_private
 */

const POLL_MS = 700;
const SLOW_POLL_MS = 2000;
const SLOWEST_POLL_MS = 10_000;

/**
 * @param {{practice: string, minutes: number, words: Record<string, string>}} wish
 * @param {AbortSignal} signal
 * @returns {Promise<Render>}
 */
export const placeOrder = (wish, signal) => post("/api/renders", wish, { signal });

/** @param {string} key */
export const forgetRender = (key) => request(`/api/renders/${key}`, { method: "DELETE" });

/**
 * Asks again and again until the render is done, failed or cancelled. A network that drops is waited for.
 * @param {Render} first
 * @param {{signal: AbortSignal, onProgress: (render: Render) => void, onSilence: () => void}} watcher
 * @returns {Promise<Render>}
 * @throws {Refused | DOMException} Refused when the server no longer knows the render
 */
export async function watchRender(first, { signal, onProgress, onSilence }) {
  let render = first;
  let failures = 0;
  for (;;) {
    if (failures === 0) onProgress(render);
    if (["done", "failed", "cancelled"].includes(render.state)) return render;
    await pause(pollDelay(failures), signal);
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
function pollDelay(failures) {
  if (failures > 0) return Math.min(SLOW_POLL_MS * 2 ** (failures - 1), SLOWEST_POLL_MS);
  return document.hidden ? SLOW_POLL_MS : POLL_MS;
}

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
