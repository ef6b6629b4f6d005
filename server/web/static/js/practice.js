/** The page of one practice: choose, wait, listen, close, without ever loading another page. */

import { Unreachable } from "./api.js";
import { ChooseForm } from "./choose.js";
import { ClosingView } from "./closing.js";
import { watchForEnough } from "./enough.js";
import { KeepView, findAsked, findWished, pictureOf } from "./keep.js";
import { dropPractice } from "./kept.js";
import { ListenView } from "./listen.js";
import { placeOrder, watchRender } from "./order.js";
import { sendEntry, sendSoon } from "./outbox.js";
import { findPosition } from "./position.js";
import { part, showStep } from "./step.js";
import { canStream, prepareStreams } from "./stream.js";
import { noteTold } from "./telling.js";
import { WaitView, howToGoOn } from "./wait.js";
import { _ } from "./words.js";

// After a longer wait nobody may be sitting there any more: then the sound waits for a press.
const FRESH_PRESS_MS = 15_000;
const SHOW_WAIT_AFTER_MS = 600; // an answer that is there at once is not announced

const practice = JSON.parse(part("practice-data").textContent);
practice.site = document.querySelector(".brand").textContent;

let leaving = new AbortController();
let outcome = "stopped";
/** @type {import("./choose.js").Wish | null} */
let lastWish = null;

const form = new ChooseForm(part("order"), practice, begin);
const wait = new WaitView(part("wait"), () => leaving.abort());
const listen = new ListenView(part("listen"), practice, { onClosed: close, onAgain: beginAgain });
const closing = new ClosingView(part("closing"), { onGoOn: goOn, onForgotten: forgetWords });
new KeepView(part("keep"), practice, { onWish: () => form.wish(), onPlay: (kept) => openKept(kept, { mayStart: true }) });

/** Makes what tells of a render that it can be heard from where the listener is, and will not break off soon. */
function watchUntilHeard() {
  const isEnough = watchForEnough();
  return ({ key, state, streamed_seconds, minutes }) =>
    canStream() && state !== "done" && isEnough(streamed_seconds, findPosition(key, minutes * 60) ?? 0) && state === "running";
}

/** From the press of Begin to the sound. */
async function begin(wish) {
  const pressedAt = performance.now();
  lastWish = wish;
  prepareStreams();
  listen.prepare();
  leaving = new AbortController();
  form.clearProblems();
  form.setBusy(true);
  wait.open();
  const showing = setTimeout(() => showStep("wait"), SHOW_WAIT_AFTER_MS);
  try {
    const ordered = await placeOrder(wish, leaving.signal);
    const render = await watchRender(ordered, {
      signal: leaving.signal,
      isEnough: watchUntilHeard(),
      onProgress: (progress) => wait.show(progress),
      onSilence: () => wait.showSilence(),
    });
    clearTimeout(showing);
    if (!["done", "running"].includes(render.state)) throw new Error(whyNot(render));
    const mayStart = performance.now() - pressedAt < FRESH_PRESS_MS && !document.hidden;
    showStep("listen");
    part("play").focus({ preventScroll: true });
    await listen.open(render, { picture: part("score").querySelector("svg"), mayStart });
  } catch (error) {
    clearTimeout(showing);
    const kept = error instanceof Unreachable ? await findWished(wish) : null;
    if (kept) {
      form.setBusy(false);
      await openKept(kept, { mayStart: performance.now() - pressedAt < FRESH_PRESS_MS });
      return;
    }
    if (document.body.dataset.step !== "choose") showStep("choose");
    form.setBusy(false);
    if (error.name === "AbortError") part("begin").focus();
    else form.showProblem(error);
  }
  form.setBusy(false);
}

/** What is kept on the device is heard without asking anybody. @param {import("./kept.js").Kept} kept */
async function openKept(kept, { mayStart }) {
  lastWish = { ...kept.wish, words: {} };
  listen.prepare();
  showStep("listen");
  part("play").focus({ preventScroll: true });
  await listen.open(kept.render, { picture: pictureOf(kept), mayStart });
}

/** An address may ask for what is kept. */
async function openAsked() {
  const kept = await findAsked();
  if (kept) await openKept(kept, { mayStart: false }); // nobody has pressed anything yet
}

/** @param {import("./order.js").Render} render that came to nothing */
function whyNot({ state, reason }) {
  if (state === "cancelled") return _("The preparing was stopped. Press Begin to start it again.");
  const sentence = reason ? reason.replace(/[^.?]$/, "$&.") : _("The practice could not be prepared.");
  return [sentence, _("Nothing you typed is lost."), howToGoOn(_("Begin"))].join(" ");
}

function close(entry, how) {
  outcome = how;
  closing.open(entry, { title: practice.title, outcome, render: listen.player.render });
  showStep("closing");
  if (!entry) return;
  if (outcome === "completed") noteTold(practice.slug);
  sendSoon();
}

/** What could not be prepared to its end is ordered once more; what was heard of it is an entry. */
function beginAgain() {
  if (listen.player.leave()) sendSoon();
  listen.player.shut();
  begin(lastWish);
}

/** Play goes on, or begins once more; the minutes that follow are an entry of their own. */
function goOn() {
  if (listen.hasFailed) {
    beginAgain();
    return;
  }
  showStep("listen");
  listen.goOn(outcome === "completed" ? 0 : listen.player.audio.currentTime);
}

/** The server has removed the listener's words: nothing of them stays on the page or on the device either. */
async function forgetWords() {
  const { key } = listen.player.render;
  listen.shut();
  part("order").reset();
  await dropPractice(key);
  document.dispatchEvent(new Event("kept"));
}

window.addEventListener("pagehide", () => {
  const entry = listen.player.leave();
  if (entry) sendEntry(entry.id, { keepalive: true });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) listen.player.keep();
});
prepareStreams();
document.body.dataset.step = "choose";
window.addEventListener("hashchange", openAsked);
openAsked();
