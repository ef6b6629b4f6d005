/**
 * The service worker of the pages: `make pwa` bundles it, with the parts of Workbox that it uses, into one file.
 *
 * It is there for those who installed the app or kept a practice, and does three things. A page is asked of the
 * network first, and only when no answer comes it is the kept one, or the list of what is kept. The files that pages
 * are made of are treated alike, so a page and its scripts are always of one version. The sound of a kept practice
 * comes from the device, any part of it. Nothing else goes through it, and it keeps nothing that nobody chose: what a
 * listener keeps is put by the page into a cache of its own for each recording.
 */

import { enable } from "workbox-navigation-preload";
import { getCacheKeyForURL, precache } from "workbox-precaching";
import { createPartialResponse } from "workbox-range-requests";
import { registerRoute } from "workbox-routing";
import { Strategy } from "workbox-strategies";

const KEPT = "stepback.kept."; // as in static/js/kept.js: what follows is the key of a recording
const WORKSHEETS = "stepback.worksheets"; // as in static/js/worksheet/keep-page.js
const OFFLINE_PAGE = "/offline";
const SOUND = /^\/audio\/([0-9a-f]{64})\.(?:mp3|vtt|srt|json)$/;
const KEPT_PAGE = /^\/(?:practices\/[a-z0-9-]+|worksheets(?:\/[a-z0-9-]+)?)$/;
const NO_HOUSE_BEHIND = [502, 504]; // a proxy answers so when the house itself does not

// A phone may believe that it has a network, and wait. One that was silent is not waited for again at once.
const ANSWER_WITHIN_MS = 6000;
const AFTER_SILENCE_MS = 400;
const SILENCE_LASTS_MS = 20_000;

let silentUntil = 0;

const isKept = (name) => name.startsWith(KEPT) || name === WORKSHEETS;

/** A file of the pages themselves, as it was when this worker came. */
function findShell(url) {
  const key = getCacheKeyForURL(url);
  return key ? caches.match(key, { ignoreVary: true }) : Promise.resolve(undefined);
}

/** A page or a picture that was kept with a practice, or a page of a worksheet. What stands behind the question mark changes nothing of a page. */
async function findKept(url) {
  for (const name of (await caches.keys()).filter(isKept)) {
    const found = await caches.match(url, { cacheName: name, ignoreSearch: true, ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

/**
 * The network's answer; null when there is none, or, where something can be given instead, none in time.
 * @param {Promise<Response>} asking
 * @param {boolean} mayWait nothing else can be given
 */
async function answerOf(asking, mayWait) {
  const within = Date.now() < silentUntil ? AFTER_SILENCE_MS : ANSWER_WITHIN_MS;
  let timer;
  const silence = new Promise((resolve) => {
    if (!mayWait) timer = setTimeout(() => resolve("silence"), within);
  });
  let answer;
  try {
    answer = await Promise.race([asking, silence]);
  } catch {
    return null; // no network: the kept one is given
  } finally {
    clearTimeout(timer);
  }
  silentUntil = answer === "silence" ? Date.now() + SILENCE_LASTS_MS : 0;
  return answer === "silence" || NO_HOUSE_BEHIND.includes(answer.status) ? null : answer;
}

/** Pages. Whatever the network answers is given as it is; the copy of a kept page is renewed by it. */
class PageStrategy extends Strategy {
  async _handle(request, handler) {
    const kept = await findKept(request.url);
    const asking = handler.fetch(request);
    const answer = await answerOf(asking, !kept);
    if (!answer) return kept ?? (await findShell(OFFLINE_PAGE)) ?? asking;
    if (kept) handler.waitUntil(renewKept(request.url, answer.clone()));
    return answer;
  }
}

/** What pages are made of, and covers. */
class PartStrategy extends Strategy {
  async _handle(request, handler) {
    const kept = (await findShell(request.url)) ?? (await findKept(request.url));
    const asking = handler.fetch(request);
    return (await answerOf(asking, !kept)) ?? kept ?? asking;
  }
}

/** Recordings never change, so a kept one is as good as the network's. One that is not kept is not touched. */
class SoundStrategy extends Strategy {
  async _handle(request, handler) {
    const [, key] = SOUND.exec(new URL(request.url).pathname);
    const kept = await caches.match(request.url, { cacheName: KEPT + key, ignoreVary: true });
    if (!kept) return handler.fetch(request);
    return request.headers.has("range") ? createPartialResponse(request, kept) : kept;
  }
}

/** Puts a page in the place of each copy of it. An address with a question mark is no plain page. */
async function renewKept(url, answer) {
  const { pathname, search } = new URL(url);
  if (!answer.ok || answer.redirected || search || !KEPT_PAGE.test(pathname)) return;
  for (const name of (await caches.keys()).filter(isKept)) {
    if (!(await caches.match(pathname, { cacheName: name, ignoreVary: true }))) continue;
    const cache = await caches.open(name);
    await cache.put(pathname, answer.clone());
  }
}

/** A new version brings new pages: the kept ones are fetched anew, as far as that can be done now. */
async function renewAll() {
  const pages = new Set();
  for (const name of (await caches.keys()).filter(isKept)) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) if (KEPT_PAGE.test(new URL(url).pathname)) pages.add(url);
  }
  for (const url of pages) {
    const answer = await fetch(url, { cache: "no-store" }).catch(() => null); // the next version tries again
    if (answer) await renewKept(url, answer);
  }
}

precache(self.SHELL); // the house writes it in front of this file, so a file that changes is a new worker
enable();

const isOurs = (url) => url.origin === location.origin;
registerRoute(({ request, url }) => request.mode === "navigate" && isOurs(url), new PageStrategy());
registerRoute(({ url }) => isOurs(url) && /^\/(?:static|covers)\//.test(url.pathname), new PartStrategy());
registerRoute(({ url }) => isOurs(url) && SOUND.test(url.pathname), new SoundStrategy());

self.addEventListener("install", (event) => event.waitUntil(renewAll()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", ({ data }) => {
  if (data === "let-in") self.skipWaiting(); // a page says so when nobody practises
});
