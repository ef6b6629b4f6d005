/** The page of a live sitting: begin, wait, sit, close, without ever loading another page. */

import { EntryDraft } from "../entry-draft.js";
import { makeId } from "../make-id.js";
import { leaveLockScreen } from "../media-session.js";
import { sendEntry } from "../outbox.js";
import { measurePlayed } from "../played-time.js";
import { part } from "../step.js";
import { prepareStreams, canStream } from "../stream.js";
import { _ } from "../words.js";
import { Acknowledgement } from "./ack.js";
import { takeButtons } from "./buttons.js";
import { LiveClosing } from "./closing.js";
import { LiveForm } from "./form.js";
import { Ground } from "./ground.js";
import { listenToKeys } from "./keys.js";
import { findNoted, forgetNoted, noteSitting } from "./resume.js";
import { beginSitting, look } from "./sitting-api.js";
import { FRESH_PRESS_MS, showPreparing, Steps } from "./steps.js";
import { SittingView } from "./view.js";

const SHOW_WAIT_AFTER_MS = 600;

const practice = JSON.parse(part("practice-data").textContent);
const audio = part("audio");
const ack = new Acknowledgement();
const ground = new Ground(part("ground"));

let leaving = new AbortController();
/** @type {EntryDraft | null} */
let draft = null;
let takePlayed = () => {};
let tellButtons = () => {};

const form = new LiveForm(part("order"), practice, begin);
const view = new SittingView(part("sitting"), practice, { audio, ground, ack }, {
  onOver: close,
  onDanger: (card) => steps.showCard(card, "sitting"),
  onState: (isPlaying) => tellButtons(isPlaying),
});
const steps = new Steps({ crisis: practice.crisis, isSitting: () => Boolean(view.sitting) });
const closing = new LiveClosing(part("closing"), { onDone: () => location.assign("/my-practice") });

/** Inside a press: what makes sound later is touched now. */
function prepareSounds() {
  prepareStreams();
  ack.prepare(form.ack);
  view.sound.prepare();
  ground.prepare();
}

async function begin() {
  const pressedAt = performance.now();
  prepareSounds();
  leaving = new AbortController();
  form.clearProblems();
  form.setBusy(true);
  const showing = setTimeout(() => steps.show("wait"), SHOW_WAIT_AFTER_MS);
  const wish = { id: makeId(), ...form.wish() };
  try {
    await prepareStreams();
    if (!canStream()) throw new Error(_("This browser cannot play a live sitting. The practice itself can be heard."));
    const { sitting, danger } = await beginSitting(wish, { signal: leaving.signal, onPreparing: showPreparing });
    clearTimeout(showing);
    if (danger) steps.showCard(danger, "choose");
    else sit(sitting, { minutes: wish.minutes, isFirst: true, mayStart: performance.now() - pressedAt < FRESH_PRESS_MS && !document.hidden });
  } catch (error) {
    clearTimeout(showing);
    steps.show("choose");
    form.setBusy(false);
    if (error.name === "AbortError") part("begin").focus();
    else form.showProblem(error);
  }
  form.setBusy(false);
}

/** @param {import("./sitting-api.js").Sitting} sitting */
function sit(sitting, { minutes, isFirst, mayStart }) {
  noteSitting({ id: sitting.id, practice: practice.slug, minutes });
  draft = new EntryDraft({ practice: practice.slug, render: null, minutes, title: practice.title, isLive: true });
  draft.note({ before: form.before.felt });
  tellButtons = takeButtons(
    { title: practice.title, artist: document.querySelector(".brand").textContent, cover: practice.cover },
    { onMove: (kind) => view.move(kind), onPause: () => view.hold(), onPlay: () => view.goOn(), onTooMuch: () => view.move("too-much") },
  );
  steps.show("sitting");
  view.open(sitting, { isFirst, mayStart });
}

function close(sitting, outcome) {
  takePlayed();
  forgetNoted();
  leaveLockScreen();
  draft.end(outcome);
  closing.open(sitting, draft);
  form.clear();
  steps.show("closing");
}

/** Somebody who comes back in mid-sitting may go on. */
async function offerToGoOn() {
  const noted = findNoted(practice.slug);
  if (!noted) return;
  try {
    const { total_seconds, certain_seconds } = await look(noted.id);
    const isOver = total_seconds !== null && certain_seconds >= total_seconds;
    part("go-on-part").hidden = isOver;
    if (isOver) forgetNoted();
  } catch (error) {
    if (error.status === 404) forgetNoted(); // nobody else's trouble: one can begin anew
  }
}

part("go-on").addEventListener("click", async () => {
  const noted = findNoted(practice.slug);
  prepareSounds();
  leaving = new AbortController();
  const showing = setTimeout(() => steps.show("wait"), SHOW_WAIT_AFTER_MS);
  try {
    await prepareStreams();
    const sitting = await look(noted.id, leaving.signal);
    clearTimeout(showing);
    sit(sitting, { minutes: noted.minutes, isFirst: false, mayStart: true });
  } catch (error) {
    clearTimeout(showing);
    steps.show("choose");
    if (error.name === "AbortError") return part("go-on").focus();
    form.showProblem(error);
  }
  part("go-on-part").hidden = true;
});
part("wait-stop").addEventListener("click", () => leaving.abort());
listenToKeys({ onMove: (kind) => view.move(kind), onHold: () => view.toggle() });
audio.addEventListener("play", () => draft?.begin());
takePlayed = measurePlayed(audio, (ms) => draft?.add(ms));
window.addEventListener("pagehide", () => {
  view.leave();
  const entry = draft?.close(draft.ended ?? "stopped");
  if (entry) sendEntry(entry.id, { keepalive: true });
});
prepareStreams();
document.body.dataset.step = "choose";
offerToGoOn();
