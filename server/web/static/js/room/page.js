/** The therapist's player: choose, wait, and then one page with large buttons for both to see. */

import { placeOrder, watchRender } from "../order.js";
import { part, showStep } from "../step.js";
import { clock } from "../time-text.js";
import { WaitView, howToGoOn } from "../wait.js";
import { _ } from "../words.js";
import { RoomForm } from "./form.js";
import { listenToKeys } from "./keys.js";
import { LoudspeakerView } from "./loudspeaker-view.js";
import { RoomPlayer } from "./player.js";
import { keepAwake } from "./wake.js";

const LONG_PRESS_MS = 400; // held for so long, a button means: as long as it is held
const SHOW_MS = 100;
const TOLD_MS = 2500;

const practice = JSON.parse(part("practice-data").textContent);
let leaving = new AbortController();
let told = null;

const player = new RoomPlayer({
  onChange: () => show(),
  onPlan: (render, plan) => loudspeaker.remote.tell(render, plan),
});
const loudspeaker = new LoudspeakerView(part("loudspeaker-part"), practice.loudspeakers, player);
const wait = new WaitView(part("wait"), () => leaving.abort());
const form = new RoomForm(part("order"), practice, { begin: _("Prepare"), onBegin: prepare });

/** The whole of it is made first, so that every line can be gone to. */
async function prepare() {
  player.sound.prepare();
  leaving = new AbortController();
  const { signal } = leaving;
  form.clearProblems();
  form.setBusy(true);
  wait.open();
  showStep("wait");
  try {
    const ordered = await placeOrder(form.wish(), signal);
    const render = await watchRender(ordered, {
      signal,
      isEnough: () => false,
      onProgress: (progress) => wait.show(progress),
      onSilence: () => wait.showSilence(),
    });
    if (render.state !== "done") throw new Error([render.reason || _("The practice could not be prepared."), howToGoOn(_("Prepare"))].join(" "));
    part("wait-text").textContent = _("Fetching it.");
    await player.open(render, { signal, onProgress: (share) => (part("wait-bar").value = share) });
    showStep("room");
    part("play").focus({ preventScroll: true });
    show();
  } catch (error) {
    showStep("choose");
    form.setBusy(false);
    if (error.name === "AbortError") part("begin").focus();
    else form.showProblem(error);
  }
  form.setBusy(false);
}

/** What is said, where it is, and what each button would do. */
function show() {
  if (document.body.dataset.step !== "room") return;
  player.noteInterruption();
  const { lines, place, isPlaying, isHolding } = player;
  const line = lines.lineAt(place.ms);
  const isBegun = isPlaying || place.ms > 0;
  write("room-line", isBegun ? (line?.text ?? "") : _("It is ready when you are."));
  part("room-line").classList.toggle("over", isBegun && (!line || place.ms > line.end_ms + 400));
  write("room-stage", lines.stageAt(place.ms));
  write("room-now", clock(place.ms / 1000));
  write("room-all", clock(lines.total / 1000));
  part("room-done").style.setProperty("inline-size", `${Math.min(100, (100 * place.ms) / lines.total)}%`);
  part("room").toggleAttribute("data-held", place.isHeld);
  write("play", isPlaying && !player.isOver ? _("Pause") : _("Play"));
  write("hold", isHolding ? _("Go on") : _("Hold"));
  part("hold").setAttribute("aria-pressed", String(isHolding));
  part("lower").disabled = player.isLowest;
  part("louder").disabled = player.gain === 0;
  write("room-status", told ?? status());
  keepAwake(isPlaying && !player.isOver);
}

function status() {
  if (player.place.isHeld) return _("The silence goes on until you let it go.");
  if (player.isHolding) return _("It waits after this sentence.");
  if (player.isOver) return _("That was the whole of it.");
  return "";
}

/** Written once: a screen reader says the same again as often as it is written. */
function write(id, text) {
  if (part(id).textContent !== text) part(id).textContent = text;
}

/** A sentence for a moment. */
function tell(sentence) {
  told = sentence;
  setTimeout(() => {
    if (told === sentence) told = null;
  }, TOLD_MS);
  show();
}

/** A short press holds until the next one; a long one as long as it lasts. */
let pressedAt = 0;
function press(isDown) {
  if (isDown) {
    pressedAt = player.isHolding ? -Infinity : performance.now();
    if (player.isHolding) player.release();
    else player.hold();
  } else if (performance.now() - pressedAt > LONG_PRESS_MS && pressedAt > 0) player.release();
}

const ACTIONS = {
  again: () => player.again() || tell(_("Nothing was said before this.")),
  skip: () => player.skip() || tell(_("That was the last line.")),
  "skip-stage": () => player.skipStage() || tell(_("That was the last stage.")),
  lower: () => player.lower(1),
  louder: () => player.lower(-1),
  play: () => player.toggle(),
  stop: () => stop(),
};

function stop() {
  player.stop();
  showStep("choose");
  keepAwake(false);
}

const act = (name) => {
  if (!part(name).disabled) ACTIONS[name]();
};
for (const name of Object.keys(ACTIONS)) part(name).addEventListener("click", () => act(name));
const hold = part("hold");
hold.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  hold.setPointerCapture(event.pointerId);
  press(true);
});
for (const name of ["pointerup", "pointercancel"]) hold.addEventListener(name, () => press(false));
hold.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is no wish for a menu
hold.addEventListener("click", (event) => {
  if (event.detail === 0) press(true); // by the keyboard, or by somebody's device
});
// A long press on Skip means the next stage.
let skipping;
part("skip").addEventListener("pointerdown", () => {
  skipping = setTimeout(() => {
    skipping = null;
    act("skip-stage");
  }, LONG_PRESS_MS * 2);
});
for (const name of ["pointerup", "pointercancel", "pointerleave"]) part("skip").addEventListener(name, () => clearTimeout(skipping));
// A click without a pointer (detail 0) is the keyboard's, and no end of a long press.
part("skip").addEventListener("click", (event) => event.detail > 0 && skipping === null && event.stopImmediatePropagation(), true);
listenToKeys({ onHold: press, onToggle: () => act("play"), onPress: act });
setInterval(show, SHOW_MS);
window.addEventListener("pagehide", () => loudspeaker.remote.end());
document.body.dataset.step = "choose";
