/** Keeping a practice for a time without a network, on its page: the button, and what is kept of it already. */

import { Refused, Unreachable } from "./api.js";
import { canKeep } from "./app-worker.js";
import { NoRoom, findPractice, keepPractice, listPractices } from "./kept.js";
import { placeOrder, watchRender } from "./order.js";
import { sizeText } from "./size-text.js";
import { fetchPicture, tellingQuery } from "./telling.js";
import { howToGoOn, progressText } from "./wait.js";
import { _, ngettext } from "./words.js";

const ADDRESS = /^#kept-([0-9a-f]{64})$/; // behind the #, so that it is told to no server

/** @param {import("./kept.js").Kept} kept @returns {string} where it is heard */
export const addressOf = ({ practice, render }) => `/practices/${practice.slug}#kept-${render.key}`;

/** @param {import("./kept.js").Kept} kept @returns {string} its length, and whether it holds words of the listener's */
export function keptText({ render, bytes }) {
  const parts = [ngettext("{n} minute", "{n} minutes", render.minutes), sizeText(bytes)];
  if (render.is_private) parts.push(_("with words of your own"));
  return parts.join(" · ");
}

/** @param {import("./kept.js").Kept} kept @returns {string} what is said when it has been kept */
function saidOf({ render, bytes }) {
  const size = sizeText(bytes);
  if (render.is_private) return _("It is kept on this device with your words ({size}) until you remove it, and plays without a network.", { size });
  return _("It is kept on this device ({size}) and plays without a network.", { size });
}

/** @param {import("./kept.js").Kept} kept @returns {Element | null} its picture */
export const pictureOf = ({ picture }) => new DOMParser().parseFromString(picture, "text/html").querySelector("svg");

/** What a practice's page shows of keeping. */
export class KeepView {
  /**
   * @param {HTMLElement} root
   * @param {{slug: string, title: string, language: string, cover: string}} practice
   * @param {{onWish: () => import("./choose.js").Wish, onPlay: (kept: import("./kept.js").Kept) => void}} watcher
   */
  constructor(root, { slug, title, language, cover }, watcher) {
    this.practice = { slug, title, language, cover };
    this.watcher = watcher;
    this.button = root.querySelector("#keep-now");
    this.stop = root.querySelector("#keep-stop");
    this.said = root.querySelector("#keep-said");
    this.list = root.querySelector("#keep-list");
    this.button.addEventListener("click", () => this.keep());
    this.stop.addEventListener("click", () => this.leaving.abort());
    document.addEventListener("kept", () => this.show());
    root.hidden = !canKeep;
    this.show();
  }

  async show() {
    const kept = (await listPractices()).filter(({ practice }) => practice.slug === this.practice.slug);
    this.list.replaceChildren(...kept.map((each) => this.row(each)));
  }

  row(kept) {
    const play = document.createElement("button");
    play.type = "button";
    play.className = "link";
    play.textContent = _("Play what is kept: {what}", { what: keptText(kept) });
    play.addEventListener("click", () => this.watcher.onPlay(kept));
    const row = document.createElement("li");
    row.append(play);
    return row;
  }

  /** Has it made if it is not there yet, and fetches it. */
  async keep() {
    const wish = this.watcher.onWish();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.button.disabled = true;
    this.stop.hidden = false;
    this.said.textContent = _("One moment");
    try {
      const render = await this.make(wish, signal);
      this.said.textContent = _("It is being kept on this device.");
      const { words, ...rest } = wish; // the listener's words are in the sound, and nowhere else
      const what = { practice: this.practice, render, wish: rest, picture: await fetchPicture(wish), isByItself: false };
      const kept = await keepPractice(what, signal);
      navigator.storage?.persist?.(); // a browser that is asked does not clear it away when room gets scarce
      this.said.textContent = saidOf(kept);
      document.dispatchEvent(new Event("kept"));
    } catch (error) {
      if (error.name !== "AbortError" && ![NoRoom, Refused, Unreachable, NotMade].some((kind) => error instanceof kind)) throw error;
      this.said.textContent = error.name === "AbortError" ? _("It was stopped. Nothing was kept.") : error.message;
    } finally {
      this.button.disabled = false;
      if (document.activeElement === this.stop) this.button.focus();
      this.stop.hidden = true;
    }
  }

  async make(wish, signal) {
    const render = await watchRender(await placeOrder(wish, signal), {
      signal,
      isEnough: () => false,
      onProgress: (progress) => (this.said.textContent = progressText(progress)),
      onSilence: () => (this.said.textContent = _("No answer from the server just now. It is asked again by itself; nothing is lost.")),
    });
    if (render.state !== "done") throw new NotMade();
    return render;
  }
}

class NotMade extends Error {
  constructor() {
    super([_("The practice could not be prepared. Nothing was kept."), howToGoOn(_("Keep for offline"))].join(" "));
  }
}

/** @returns {Promise<import("./kept.js").Kept | null>} the one that the page's address asks for */
export async function findAsked() {
  const [, key] = ADDRESS.exec(location.hash) ?? [];
  return key ? findPractice(key) : null;
}

/**
 * The kept recording of what somebody would like to hear. Which telling of it is not asked: what is kept is there.
 * @param {import("./choose.js").Wish} wish
 * @returns {Promise<import("./kept.js").Kept | null>}
 */
export async function findWished(wish) {
  if (Object.keys(wish.words).length) return null; // nobody noted which words a kept one holds
  const isSame = (one) => sameness(one) === sameness(wish);
  return (await listPractices()).find(({ wish: kept, render }) => !render.is_private && isSame(kept)) ?? null;
}

// Without a network also a practice that was given is heard as it is kept, without the message at its beginning.
const sameness = ({ practice, bed, bed_level, given, ...rest }) => [practice, bed, bed_level, tellingQuery({ ...rest, seed: 0 })].join(" ");
