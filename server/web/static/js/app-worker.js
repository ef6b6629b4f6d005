/** The service worker: begun for those who want an app, and renewed only while nobody practises. */

const ADDRESS = "/sw.js";
const PRACTISING = "stepback.practising"; // a lock that every page holds while something is heard on it
const LET_IN = "let-in"; // the worker listens for this
const AT_REST = [undefined, "choose", "closing"]; // steps of a page on which nobody sits

/** True where a browser can keep practices: it wants https, or this very machine. */
export const canKeep = "serviceWorker" in navigator && "caches" in window;

/** True when the pages were opened from a home screen. */
export const isApp = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** Begins it, unless it has begun; waits until it can do its part. */
export async function startWorker() {
  const registration = await navigator.serviceWorker.register(ADDRESS, { updateViaCache: "none" });
  watch(registration);
  await navigator.serviceWorker.ready;
}

/** @returns {Promise<boolean>} true when it was begun before on this device */
export async function hasWorker() {
  if (!canKeep) return false;
  const registration = await navigator.serviceWorker.getRegistration("/");
  if (registration) watch(registration);
  return Boolean(registration);
}

/** Ends it, with all that it fetched. */
export async function endWorker() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  await registration?.unregister();
  watched = null;
  for (const name of await caches.keys()) await caches.delete(name);
}

/** @type {ServiceWorkerRegistration | null} */
let watched = null;

function watch(registration) {
  if (watched) return;
  watched = registration;
  letIn();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", letIn);
  });
}

/** Lets a new worker take over, if one waits and nobody practises on any page. No page is ever loaded again for it. */
function letIn() {
  if (!watched?.waiting || !navigator.locks) return;
  navigator.locks.request(PRACTISING, { ifAvailable: true }, (lock) => {
    if (lock) watched.waiting?.postMessage(LET_IN);
  });
}

/** @type {(() => void) | null} ends the lock that this page holds */
let release = null;

const isPlaying = () => [...document.querySelectorAll("audio")].some(({ paused, ended }) => !paused && !ended);

function noteBegin() {
  if (release || !navigator.locks) return;
  const over = new Promise((resolve) => (release = resolve));
  navigator.locks.request(PRACTISING, { mode: "shared" }, () => over).then(letIn);
}

/** What an event leads to on the page has to have happened first: a practice that ends is followed by its closing. */
const noteRest = () =>
  setTimeout(() => {
    if (!release || isPlaying() || !AT_REST.includes(document.body.dataset.step)) return;
    release();
    release = null;
  });

/** Watches whether somebody practises on this page; a sitting that is paused is one. */
export function watchPractising() {
  document.addEventListener("play", noteBegin, true); // sound's events do not rise, but are seen on their way down
  for (const name of ["pause", "ended", "emptied"]) document.addEventListener(name, noteRest, true);
  const noteStep = () => (AT_REST.includes(document.body.dataset.step) ? noteRest() : noteBegin());
  new MutationObserver(noteStep).observe(document.body, { attributeFilter: ["data-step"] });
}
