/**
 * Practices that are kept on this device, to be heard without a network.
 * Each recording has a cache of its own, with everything that belongs to it, so that removing one leaves nothing of it.
 */

import { Refused, Unreachable } from "./api.js";
import { canKeep, endWorker, isApp, startWorker } from "./app-worker.js";
import { clearPosition } from "./position.js";
import { readJson, writeJson } from "./storage.js";
import { _ } from "./words.js";
import { hasPages } from "./worksheet/keep-page.js";

const KEPT = "stepback.kept."; // the service worker looks for the same
const RECORD = "/offline/record";
const KEEPING = "stepback.keeping";
const UNWANTED = "stepback.kept-unwanted";

/**
 * @typedef {object} Kept
 * @property {import("./order.js").Render} render
 * @property {{slug: string, title: string, language: string, cover: string}} practice
 * @property {Partial<import("./choose.js").Wish>} wish how it was wished for, without the listener's words
 * @property {string} picture the picture of it, as markup; empty where there is none
 * @property {number} bytes
 * @property {string} at when it was kept
 * @property {boolean} isByItself true for the one that an installed app keeps unasked
 */

/** It did not fit on the device. */
export class NoRoom extends Error {
  constructor() {
    super(_("There is not enough room for it on this device. Nothing was kept; what was kept before is still there. Remove something from this device, and try again."));
  }
}

/** @returns {Promise<Kept[]>} the newest first */
export async function listPractices() {
  if (!canKeep) return [];
  const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
  const records = await Promise.all(names.map(readRecord));
  return records.filter(Boolean).sort((one, other) => other.at.localeCompare(one.at));
}

/** @param {string} key of a recording @returns {Promise<Kept | null>} */
export const findPractice = (key) => (canKeep ? readRecord(KEPT + key) : Promise.resolve(null));

/** The record is written last: where it is missing, something was broken off. */
async function readRecord(name) {
  const found = await caches.match(RECORD, { cacheName: name });
  return found ? found.json() : null;
}

/**
 * Keeps a finished recording with its words, its cover and its page. What is kept already stays as it is.
 * @param {Omit<Kept, "bytes" | "at">} what
 * @param {AbortSignal} [signal] what ends it before its time: then nothing is kept
 * @returns {Promise<Kept>}
 * @throws {NoRoom | Refused | Unreachable | DOMException}
 */
export async function keepPractice(what, signal) {
  await startWorker();
  return oneAtATime(async () => {
    const { key, audio } = what.render;
    const found = await readRecord(KEPT + key);
    if (found && found.isByItself <= what.isByItself) return found;
    const { slug, cover } = what.practice;
    const addresses = [`/practices/${slug}`, cover, audio.vtt, audio.chapters, audio.mp3];
    return fill(KEPT + key, addresses, what, signal);
  });
}

async function fill(name, addresses, what, signal) {
  try {
    const cache = await caches.open(name);
    let bytes = 0;
    for (const address of addresses) bytes += await putWhole(cache, address, signal);
    const record = { ...what, bytes, at: new Date().toISOString() };
    await cache.put(RECORD, new Response(JSON.stringify(record), { headers: { "Content-Type": "application/json" } }));
    return record;
  } catch (error) {
    await caches.delete(name);
    throw error.name === "QuotaExceededError" ? new NoRoom() : error;
  }
}

/** What comes is read to its end before it is kept, so that nothing is kept in part. */
async function putWhole(cache, address, signal) {
  let answer;
  let body;
  try {
    answer = await fetch(address, { cache: "no-store", signal }); // no second copy in the browser's own cache
    body = await answer.blob();
  } catch (error) {
    throw error.name === "AbortError" ? error : new Unreachable();
  }
  if (!answer.ok) throw new Refused(answer.status, null);
  await cache.put(address, new Response(body, { headers: answer.headers }));
  return body.size;
}

/** @param {string} key of a recording: it goes with its words, its page and its place */
export async function dropPractice(key) {
  if (!canKeep) return;
  await caches.delete(KEPT + key);
  clearPosition(key);
}

/**
 * The listener removes some. What the app kept by itself does not come again unasked; and with the last of them
 * everything goes that was fetched for a time without a network, except on a home screen, or where worksheets are kept too.
 * @param {Kept[]} all
 */
export async function removePractices(all) {
  for (const { render } of all) await dropPractice(render.key);
  if (all.some(({ isByItself }) => isByItself)) writeJson(UNWANTED, true);
  if (!isApp && !(await listPractices()).length && !(await hasPages())) await endWorker();
}

/** What keeping left behind when it was broken off, such as by a phone that ran out of power. */
export function tidy() {
  if (!canKeep) return Promise.resolve();
  return oneAtATime(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
    for (const name of names) if (!(await readRecord(name))) await caches.delete(name);
  });
}

/** True when somebody removed what the app would keep by itself. */
export const isUnwanted = () => readJson(UNWANTED) === true;

/** Two pages do not keep and tidy at the same time. */
const oneAtATime = (work) => (navigator.locks ? navigator.locks.request(KEEPING, work) : work());

/** @returns {Promise<{used: number, all: number} | null>} bytes of this site on this device; null where nobody says */
export async function measureStorage() {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  return typeof usage === "number" && typeof quota === "number" ? { used: usage, all: quota } : null;
}
