/** The last step: one quiet line, and whether it is in My practice yet. */

import { forgetRender } from "./order.js";
import { onNews } from "./outbox.js";
import { minutesText } from "./time-text.js";
import { _ } from "./words.js";

const SAID = {
  waiting: _("It is kept on this device, and goes to My practice as soon as the server answers."),
  conflict: _("The server has noted this one differently. It is kept here as well, and shown in My practice."),
  refused: _("The server did not take this one. It is kept here, and shown in My practice."),
};

/** What is shown when a practice has ended or was stopped. */
export class ClosingView {
  /** @param {HTMLElement} root @param {{onGoOn: () => void, onForgotten: () => void}} watcher */
  constructor(root, { onGoOn, onForgotten }) {
    this.onForgotten = onForgotten;
    this.ownWords = root.querySelector("#own-words");
    this.ownWordsText = root.querySelector("#own-words-text");
    this.forgetButton = root.querySelector("#forget");
    this.forgetButton.addEventListener("click", () => this.forget());
    this.title = root.querySelector("#closing-title");
    this.kept = root.querySelector("#closing-kept");
    this.again = root.querySelector("#closing-on");
    this.id = null;
    this.again.addEventListener("click", onGoOn);
    onNews(({ id, state }) => {
      if (id === this.id) this.tell(state);
    });
  }

  /**
   * @param {import("./outbox.js").Entry | null} entry null when hardly anything was heard
   * @param {{title: string, outcome: string, render: import("./order.js").Render}} what
   */
  open(entry, { title, outcome, render }) {
    this.render = render;
    this.ownWords.hidden = !render.is_private;
    this.ownWordsText.textContent = _("This practice holds words of your own.");
    this.forgetButton.hidden = this.again.hidden = false;
    this.id = entry?.id ?? null;
    this.title.textContent = entry ? _("That was {title}, {minutes}.", { title, minutes: minutesText(entry.practised_ms) }) : _("{title} is here whenever you like.", { title });
    this.again.textContent = outcome === "completed" ? _("Once more") : _("Go on from here");
    this.kept.textContent = entry ? SAID.waiting : "";
  }

  /** Takes the listener's words off the server; the practice as they heard it goes with them. */
  async forget() {
    this.forgetButton.disabled = true;
    try {
      await forgetRender(this.render.key).catch((error) => {
        if (error.status !== 404) throw error; // gone already: what is kept on the device goes all the same
      });
      this.forgetButton.hidden = this.again.hidden = true;
      this.ownWordsText.textContent = _("Your words are removed. The entry in My practice stays, without them.");
      this.onForgotten();
    } catch (error) {
      this.ownWordsText.textContent = error.message;
    }
    this.forgetButton.disabled = false;
  }

  tell(state) {
    if (state !== "saved") {
      this.kept.textContent = SAID[state];
      return;
    }
    const link = document.createElement("a");
    link.href = "/my-practice";
    link.textContent = _("My practice");
    const [before, after] = _("It is in {link}.").split("{link}");
    this.kept.replaceChildren(before, link, after);
  }
}
