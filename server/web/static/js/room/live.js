/** A live sitting in the room: the therapist presses what was answered. Nothing of it is anybody's practice. */

import { leaveLockScreen } from "../media-session.js";
import { removeLadder } from "../ladder-book.js";
import { makeId } from "../make-id.js";
import { part } from "../step.js";
import { canStream, prepareStreams } from "../stream.js";
import { _ } from "../words.js";
import { Acknowledgement } from "../live/ack.js";
import { Ground } from "../live/ground.js";
import { listenToKeys } from "../live/keys.js";
import { beginSitting } from "../live/sitting-api.js";
import { FRESH_PRESS_MS, showPreparing, Steps } from "../live/steps.js";
import { SittingView } from "../live/view.js";
import { RoomForm } from "./form.js";
import { keepAwake } from "./wake.js";

const practice = JSON.parse(part("practice-data").textContent);
const ack = new Acknowledgement();
const ground = new Ground(part("ground"));
let leaving = new AbortController();

// Words are empty until somebody gives some: what the practice says by itself is no answer of theirs.
const words = practice.words.map(({ name }) => ({ name, default: "" }));
const form = new RoomForm(part("order"), { ...practice, words }, { begin: _("Begin"), onBegin: begin });
const view = new SittingView(part("sitting"), practice, { audio: part("audio"), ground, ack }, {
  onOver: close,
  onDanger: (card) => steps.showCard(card, "sitting"),
  onState: () => {},
});

const steps = new Steps({ crisis: practice.crisis, isSitting: () => Boolean(view.sitting), onShow: (name) => keepAwake(name === "sitting") });

async function begin() {
  const pressedAt = performance.now();
  prepareStreams();
  ack.prepare("tone");
  view.sound.prepare();
  ground.prepare();
  leaving = new AbortController();
  form.clearProblems();
  form.setBusy(true);
  steps.show("wait");
  try {
    await prepareStreams();
    if (!canStream()) throw new Error(_("This browser cannot play a live sitting. The practice itself can be heard."));
    const { sitting, danger } = await beginSitting({ id: makeId(), ...form.wish(), has_buttons: false }, { signal: leaving.signal, onPreparing: showPreparing });
    if (danger) steps.showCard(danger, "choose");
    else {
      steps.show("sitting");
      view.open(sitting, { isFirst: true, mayStart: performance.now() - pressedAt < FRESH_PRESS_MS && !document.hidden });
    }
  } catch (error) {
    steps.show("choose");
    form.setBusy(false);
    if (error.name === "AbortError") part("begin").focus();
    else form.showProblem(error);
  }
  form.setBusy(false);
}

/** The words of somebody who may leave the room in a minute do not wait for their time. */
async function close(sitting) {
  leaveLockScreen();
  form.clear();
  steps.show("closing");
  const isGone = (await removeLadder(sitting.id)) === "gone";
  part("closing-said").textContent = isGone
    ? _("Its words and their sound are removed.")
    : _("The server removes its words and their sound as soon as it can be reached.");
}

part("wait-stop").addEventListener("click", () => leaving.abort());
listenToKeys({ onMove: (kind) => view.move(kind), onHold: () => view.toggle() });
window.addEventListener("pagehide", () => view.leave());
prepareStreams();
document.body.dataset.step = "choose";
