/** The steps of a page with a live sitting: choose, wait, sitting, crisis, closing. One is shown. */

import { part, showStep } from "../step.js";
import { _ } from "../words.js";
import { fillCard } from "./crisis.js";

export const FRESH_PRESS_MS = 60_000; // lines may have to be made first; after a longer wait the sound waits for a press

const TO_RING = {
  language: document.documentElement.lang,
  title: _("Somebody to ring"),
  text: _("You need not be alone with this. Ring one of these, or go to somebody close by."),
};

export class Steps {
  #afterCard = "choose";
  #onShow;

  /**
   * @param {object} how
   * @param {import("./crisis.js").Card} how.crisis whom this house names
   * @param {() => boolean} how.isSitting whether there is a sitting to go back to
   * @param {(name: string) => void} [how.onShow]
   */
  constructor({ crisis, isSitting, onShow = () => {} }) {
    this.#onShow = onShow;
    part("ring").addEventListener("click", () => this.showCard({ ...crisis, ...TO_RING }, "sitting"));
    part("crisis-back").addEventListener("click", () => this.show(this.#afterCard === "sitting" && !isSitting() ? "closing" : this.#afterCard));
  }

  /** Shows one step and leads there. */
  show(name) {
    showStep(name);
    this.#onShow(name);
  }

  /** The card of those who can be rung; whoever leaves it goes back to where they were. */
  showCard(card, back) {
    this.#afterCard = back;
    fillCard(part("crisis"), card);
    part("crisis-back").textContent = back === "sitting" ? _("Back to the sitting") : _("Back");
    this.show("crisis");
  }
}

/** Tells how many lines are ready, while they are made. */
export function showPreparing({ done, total }) {
  part("wait-bar").max = total;
  part("wait-bar").value = done;
  part("wait-text").textContent = _("{done} of {total} lines are ready.", { done, total });
}
