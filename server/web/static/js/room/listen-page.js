/** A phone or a laptop as the loudspeaker of another page: it asks what to play, and plays it in step. */

import { Refused, Unreachable } from "../api.js";
import { part, showStep } from "../step.js";
import { _ } from "../words.js";
import { Clock } from "./clock.js";
import { fetchWhole } from "./fetch-whole.js";
import { Mp3 } from "./mp3.js";
import { AT_REST, Course, placeAt } from "./plan.js";
import { RoomSound } from "./sound.js";
import { keepAwake } from "./wake.js";

const ADDRESS = "/api/loudspeaker";
const LOOK_MS = 500;
const MEASURES = 8;
const ALONE_AFTER_MS = 30_000; // without an answer for so long it plays for nobody

const clock = new Clock();
const course = new Course();
const sound = new RoomSound(clock, course);
let state = { version: -1, sound: null, is_left: false };
let etag = null;
let fetching = new AbortController();
let loaded = null;
let isOver = true;
let heardAt = 0;

const send = (method, body) => clock.ask(ADDRESS, { method, headers: { "Content-Type": "application/json" }, ...(body && { body: JSON.stringify(body) }) });

/** Inside the press: the sound may begin later, whenever the other page wants it. */
async function join() {
  const ready = sound.prepare();
  part("play").disabled = true;
  part("code-problem").textContent = "";
  try {
    const answer = await send("POST", { code: part("code").value }).catch(() => Promise.reject(new Unreachable()));
    if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
    await ready;
    history.replaceState(null, "", location.pathname); // the code is used up
    isOver = false;
    heardAt = performance.now();
    take(await answer.json());
    showStep("loudspeaker");
    for (let i = 0; i < MEASURES; i += 1) await look();
    lookLater();
  } catch (error) {
    part("code-problem").textContent = error.message;
    part("code").focus();
  }
  part("play").disabled = false;
}

let looking;

function lookLater() {
  clearTimeout(looking);
  looking = setTimeout(async () => {
    await look();
    if (!isOver) lookLater();
  }, LOOK_MS);
}

/** A bad line is waited for: what is planned goes on meanwhile, for a while. */
async function look() {
  if (isOver) return;
  try {
    const answer = await clock.ask(ADDRESS, etag ? { headers: { "If-None-Match": etag } } : {});
    if (answer.status === 404) return close(_("The other page has ended it."));
    if (answer.ok) {
      take(await answer.json());
      etag = answer.headers.get("ETag");
    }
    if (answer.ok || answer.status === 304) heardAt = performance.now();
  } catch {
    // It is asked again in half a second.
  }
  if (performance.now() - heardAt > ALONE_AFTER_MS) rest();
  show();
}

/** What the other page says. An older answer that comes late is let go. */
function take(told) {
  if (told.version < state.version) return;
  const isNew = told.version > state.version;
  state = told;
  if (told.sound !== loaded) load(told.sound);
  if (told.is_left) rest();
  else if (told.plan && (isNew || course.latest === AT_REST)) course.take(told.plan, clock.now());
}

/** Nobody is there who could stop it. */
function rest() {
  course.take(AT_REST, clock.now());
  etag = null;
}

async function load(url) {
  fetching.abort();
  fetching = new AbortController();
  const { signal } = fetching;
  loaded = url;
  sound.open(null);
  if (!url) return;
  try {
    const content = await fetchWhole(url, { signal });
    sound.open(new Mp3(content));
    await tellReady(url.match(/[0-9a-f]{64}/)[0], signal);
  } catch (error) {
    if (error.name === "AbortError") return;
    loaded = null; // the next look tries again, or hears that it is over
  }
}

/** The other page goes quiet only when this one sounds. */
async function tellReady(render, signal) {
  while (!signal.aborted) {
    const answer = await send("PUT", { render }).catch(() => null);
    if (answer && answer.status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function show() {
  if (isOver) return;
  const place = placeAt(course.look(clock.now()), clock.now());
  const isPlaying = place.isMoving || place.isHeld;
  const said = !sound.mp3 ? _("It waits for the other page.") : isPlaying ? _("It plays what the other page plays.") : _("Ready. The other page begins.");
  const status = sound.isRunning ? said : _("The sound was interrupted. Touch this page to go on.");
  if (part("loudspeaker-status").textContent !== status) part("loudspeaker-status").textContent = status;
  part("loudspeaker").toggleAttribute("data-playing", isPlaying);
  keepAwake(true);
}

/** Everything is given back: the sound too. */
function close(sentence) {
  isOver = true;
  clearTimeout(looking);
  fetching.abort();
  sound.shut();
  course.take(AT_REST, clock.now());
  state = { version: -1, sound: null, is_left: false };
  etag = loaded = null;
  keepAwake(false);
  showStep("choose");
  part("code").value = "";
  part("code-problem").textContent = sentence;
}

part("join").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!part("play").disabled) join();
});
part("leave").addEventListener("click", () => {
  fetch(ADDRESS, { method: "DELETE", keepalive: true }).catch(() => {}); // the other page can end it as well
  close("");
});
for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => !isOver && sound.prepare());
part("code").value = decodeURIComponent(location.hash.slice(1));
document.body.dataset.step = "choose";
