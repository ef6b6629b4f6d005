/** One worksheet: a question at a time, back and forth; then both answers are read side by side, and it is done. */

import { isId } from "../make-id.js";
import { part } from "../step.js";
import { readJson } from "../storage.js";
import { areAlike } from "./alike.js";
import { AlikeView } from "./alike-view.js";
import * as book from "./book.js";
import { ClosingView } from "./closing.js";
import { Draft } from "./draft.js";
import { keepPages, keepVisited } from "./keep-page.js";
import { QuestionView } from "./questions.js";
import { ReadingView } from "./reading.js";
import { VoiceView } from "./voice.js";
import { _ } from "../words.js";

const { worksheet, questions, cover, given: assigned, has_joined: hasJoined } = JSON.parse(document.getElementById("worksheet-data").textContent);
const askedFor = new URLSearchParams(location.search).get("given");
const draft = new Draft(worksheet.name, isId(askedFor) ? askedFor : null);
const views = questions.map((question) => new QuestionView(question, draft));
const alike = new AlikeView(part("alike"), draft, { onAgain: (field) => go(placeOf(field, "first")), onAsItIs: () => goOn() });
const reading = new ReadingView(part("reading"), { onDone: done });
const closing = new ClosingView(part("closing"), { onNext: startAnew });
const site = document.querySelector(".brand").textContent;
const spoken = { mayGo: (stage) => placeOfStage(stage) !== current && reachable(placeOfStage(stage)) === placeOfStage(stage), onGo: (stage) => go(placeOfStage(stage)) };
const voice = part("voice") && new VoiceView(part("voice"), { ...worksheet, given: assigned, site, cover }, spoken);

const INTRO = "intro";
const TELL_AFTER_MS = 600; // an answer that is there at once is not announced
const READING = "reading";
let current = INTRO;
let asking = new AbortController();

const placeOf = (field, half) => questions.find((each) => each.field === field && each.part === half).id;
const indexOf = (place) => views.findIndex(({ question }) => question.id === place);
const placeOfStage = (stage) => questions[stage - 1]?.id ?? READING;
const isAnswered = ({ question }) => question.is_optional || draft.answerOf(question) !== undefined;

/** Where somebody may be: nowhere beyond a question that is still open. @returns {string} */
function reachable(place) {
  if (!draft.isBegun && place !== questions[0].id) return INTRO;
  const open = views.findIndex((view) => !isAnswered(view));
  if (place === READING) return open < 0 ? READING : views[open].question.id;
  const wanted = indexOf(place);
  if (wanted < 0) return INTRO;
  return open >= 0 && open < wanted ? views[open].question.id : place;
}

/** Shows one step and nothing else, and leads whoever listens to its heading. */
function show(place, { isQuiet = false } = {}) {
  if (place !== current) asking.abort();
  current = place;
  const index = indexOf(place);
  document.body.dataset.step = index >= 0 ? "question" : place === INTRO ? "choose" : place;
  for (const step of document.querySelectorAll(".ws-step")) step.hidden = step.id !== place;
  part("moves").hidden = index < 0;
  if (index >= 0) {
    views[index].fill();
    alike.tellFriend(questions[index]);
  }
  if (place === INTRO) showIntro();
  if (place === INTRO || place === "closing") voice?.end();
  if (place === READING) reading.open({ worksheet, answers: given() });
  tellSafety();
  if (isQuiet) return;
  scrollTo(0, 0);
  part(place).querySelector("h1").focus({ preventScroll: true });
}

/** Goes somewhere, so that the way back leads here again. */
function go(place) {
  const there = place === "alike" ? place : reachable(place);
  draft.goTo(there);
  history.pushState(null, "", `#${there}`);
  show(there);
}

async function goOn() {
  const index = indexOf(current);
  if (index >= 0 && !views[index].check()) return;
  const next = views[index + 1]?.question.id ?? READING;
  const isPairWritten = index >= 0 && questions[index].part === "second";
  const field = isPairWritten ? questions[index].field : null;
  const due = next === READING ? pairs() : field ? [field] : [];
  const from = current;
  const found = await waitFor(findAlike(due));
  if (current !== from) return; // its writer went elsewhere meanwhile
  if (found) alike.open(found);
  go(found ? "alike" : current === "alike" ? placeAfterPair(alike.field) : next);
}

/** A longer wait is told, and can be stopped: then it goes on as where the server does not answer. */
async function waitFor(answer) {
  part("next").disabled = true;
  const telling = setTimeout(() => {
    part("ws-status").textContent = _("One moment");
    part("waiting").hidden = false;
  }, TELL_AFTER_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(telling);
    part("next").disabled = false;
    part("waiting").hidden = true;
    tellSafety();
  }
}

const pairs = () => worksheet.fields.filter(({ kind }) => kind === "pair").map(({ name }) => name);
const placeAfterPair = (field) => views[indexOf(placeOf(field, "second")) + 1]?.question.id ?? READING;

/** @returns {Promise<string | null>} the first pair whose answers are nearly the same, and which nobody chose to keep so */
async function findAlike(fields) {
  asking = new AbortController();
  for (const field of fields) {
    if (draft.heldOf(field)) continue;
    const isAlike = await areAlike(worksheet.name, draft.written.answers[field], asking);
    if (isAlike) return field;
    if (isAlike === false) draft.noteHeld(field, false);
  }
  return null;
}

function goBack() {
  const index = indexOf(current);
  go(index > 0 ? questions[index - 1].id : INTRO);
}

/** All that was answered, as it is sent, and nothing that the worksheet does not ask any more. */
function given() {
  const answers = {};
  for (const { question } of views) {
    const answer = draft.answerOf(question);
    if (answer === undefined) continue;
    const [side, is] = question.part.split("_");
    if (side) ((answers[question.field] ??= {})[side] ??= {})[is ?? "text"] = answer;
    else answers[question.field] = answer;
  }
  return answers;
}

function done() {
  const { id, assignment } = draft.written;
  const held = pairs().map((field) => draft.heldOf(field));
  const isMarked = held.every(Boolean) ? held.some(({ isAlike }) => isAlike) : undefined;
  const answered = { id, template: worksheet.name, assignment, answers: given(), answered_at: new Date().toISOString(), worksheet };
  const isSafe = hasJoined ? book.post(answered) : book.keepHere({ ...answered, is_marked: isMarked });
  draft.throwAway();
  history.pushState(null, "", "#closing");
  closing.open(id, { hasJoined, isSafe });
  show("closing");
  if (hasJoined) book.send(id);
}

function startAnew() {
  draft.read();
  go(questions[0].id);
}

function showIntro() {
  part("begin").textContent = draft.isBegun ? _("Go on where you were") : _("Begin");
  part("throw-away").hidden = !draft.isBegun;
}

/** Where the browser keeps nothing, whoever writes should know it. */
function tellSafety() {
  part("ws-status").textContent = draft.isSafe ? "" : _("This browser keeps nothing, so what you write is gone when the page is closed.");
}

let thrown = null;

function throwAway() {
  thrown = draft.throwAway();
  showIntro();
  part("thrown").hidden = false;
  part("thrown-said").textContent = _("What was written here is gone from this device.");
  part("begin").focus();
}

function bringBack() {
  draft.bringBack(thrown);
  part("thrown").hidden = true;
  part("thrown-said").textContent = "";
  showIntro();
  part("begin").focus();
}

let isPageKept = false;

part("questions").addEventListener("submit", (event) => {
  event.preventDefault();
  goOn();
});
part("questions").addEventListener("input", () => {
  tellSafety();
  if (!isPageKept) keepPages([location.pathname]);
  isPageKept = true;
});
part("back").addEventListener("click", goBack);
part("wait-stop").addEventListener("click", () => asking.abort());

function begin() {
  part("thrown").hidden = true;
  part("thrown-said").textContent = "";
  go(draft.written.place && draft.written.place !== INTRO ? draft.written.place : questions[0].id);
}

part("begin").addEventListener("click", begin);
part("voice-begin")?.addEventListener("click", () => {
  begin();
  voice.begin();
});
part("throw-away").addEventListener("click", throwAway);
part("bring-back").addEventListener("click", bringBack);
part("change").addEventListener("click", () => go(questions.at(-1).id));
window.addEventListener("popstate", () => {
  const wanted = location.hash.slice(1) || INTRO;
  show(wanted === "closing" && current === "closing" ? "closing" : reachable(wanted));
});

/** Another page of this device may have gone on with the same worksheet. */
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !["choose", "question"].includes(document.body.dataset.step)) return;
  if (JSON.stringify(readJson(draft.key)) === JSON.stringify(draft.isBegun ? draft.written : null)) return;
  draft.read();
  show(reachable(current), { isQuiet: true });
});

part("begin").disabled = false;
if (voice) part("voice-begin").disabled = false;
show(location.hash && draft.isBegun ? reachable(location.hash.slice(1)) : INTRO, { isQuiet: true });
keepVisited([location.pathname], hasJoined);
