/**
 * The pages of worksheets for a time without a network. They hold nothing that anybody wrote.
 * Kept are those of a client, who was given them, those on which somebody has begun to write, and,
 * where this device has an app already, those that were visited.
 */

import { canKeep, hasWorker, startWorker } from "../app-worker.js";

const CACHE = "stepback.worksheets"; // the service worker looks for the same
const WITH_THEM = ["/worksheets", "/worksheets/mine"];

/** @returns {Promise<boolean>} true where pages of worksheets are kept */
export const hasPages = async () => canKeep && (await caches.has(CACHE));

/**
 * Keeps pages of worksheets, and begins the service worker where it has not begun.
 * @param {string[]} addresses such as /worksheets/some-name
 */
export async function keepPages(addresses) {
  if (!canKeep) return;
  try {
    await startWorker();
    const cache = await caches.open(CACHE);
    await Promise.all([...new Set([...addresses, ...WITH_THEM])].map((address) => putPage(cache, address)));
  } catch (error) {
    // No network or no room: the page works as long as it is open, and the next visit tries again.
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
  }
}

async function putPage(cache, address) {
  const answer = await fetch(address, { cache: "no-store" });
  const body = await answer.blob();
  if (answer.ok && !answer.redirected) await cache.put(address, new Response(body, { headers: answer.headers }));
}

/** @param {string[]} addresses are kept where this device has an app already, or belongs to a client */
export async function keepVisited(addresses, hasJoined) {
  if (hasJoined || (await hasWorker())) await keepPages(addresses);
}
