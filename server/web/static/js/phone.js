/** Runs on every page: what makes an app of the pages, once somebody has put them on a home screen or kept a practice. */

import { Refused, Unreachable, request } from "./api.js";
import { canKeep, hasWorker, isApp, startWorker, watchPractising } from "./app-worker.js";
import { NoRoom, dropPractice, isUnwanted, keepPractice, listPractices } from "./kept.js";
import { readJson, writeJson } from "./storage.js";
import { fetchPicture } from "./telling.js";

const LOOKED = "stepback.kept-looked";
const LOOK_AGAIN_MS = 12 * 60 * 60_000;

/** *Stepping back*, as it is published, is there without a network. A newer recording takes the older one's place. */
async function keepByItself() {
  const lookedAt = readJson(LOOKED);
  const isFresh = typeof lookedAt === "number" && Math.abs(Date.now() - lookedAt) < LOOK_AGAIN_MS;
  if (isFresh || isUnwanted()) return;
  try {
    const { practice, render } = await request("/api/offline-practice");
    if (!render) return;
    const wish = { practice: practice.slug, minutes: render.minutes };
    await keepPractice({ practice, render, wish, picture: await fetchPicture(wish), isByItself: true });
    for (const kept of await listPractices()) {
      if (kept.isByItself && kept.render.key !== render.key) await dropPractice(kept.render.key);
    }
    writeJson(LOOKED, Date.now());
    document.dispatchEvent(new Event("kept"));
  } catch (error) {
    const isForLater = [NoRoom, Refused, Unreachable].some((kind) => error instanceof kind);
    if (!isForLater) throw error; // else the next page tries again
  }
}

/** For those who use the pages as an app, and for nobody else: a visitor's browser fetches and keeps nothing. */
async function begin() {
  watchPractising();
  if (isApp) await startWorker();
  if (await hasWorker()) await keepByItself();
}

if (canKeep) {
  window.addEventListener("load", begin);
  window.addEventListener("appinstalled", () => startWorker().then(keepByItself));
  document.addEventListener("kept", keepByItself); // the first practice that a listener keeps brings the other with it
}
