/** The therapist's side of a second loudspeaker: its code, what it is told, and whether it is there. */

import { Refused, post } from "../api.js";

const LOOK_MS = 500;
const MEASURES = 8;
const RETRY_MS = 150;
const GONE = [403, 404, 410];

/**
 * @typedef {object} RemoteWatcher
 * @property {() => void} onClock the server's time is known from now on
 * @property {() => void} onChange it joined, has the sound, or is over, and so is its code's time
 * @property {(isRefused: boolean) => void} onRefused whoever tells it something is signed out by now; it goes on
 * @property {(isSilent: boolean) => void} onSilence no answer from the server; it is asked again
 */

/** One loudspeaker at a time. */
export class Remote {
  /** @param {string} address @param {import("./clock.js").Clock} clock @param {RemoteWatcher} watcher */
  constructor(address, clock, watcher) {
    this.address = address;
    this.clock = clock;
    this.watcher = watcher;
    this.id = null;
    this.isJoined = this.isReady = this.isRefused = false;
    this.version = 0;
  }

  /** Asks for a code. @returns {Promise<{code: string, address: string, qr: string, seconds: number}>} */
  async begin() {
    const added = await post(this.address, {});
    this.id = added.id;
    this.isJoined = this.isReady = false;
    this.version = this.told = this.failures = 0;
    this.opensUntil = performance.now() + added.seconds * 1000;
    await this.measure();
    this.watcher.onClock();
    if (this.wish) this.tell(this.wish.render, this.wish.plan);
    this.lookLater();
    return added;
  }

  /** Several round trips at once after the other: the quickest tells the time. */
  async measure() {
    for (let i = 0; i < MEASURES || !this.clock.isAsked; i += 1) {
      await this.clock.ask(`${this.address}/${this.id}`).catch(() => new Promise((resolve) => setTimeout(resolve, RETRY_MS)));
    }
  }

  /** @param {string | null} render @param {import("./plan.js").Plan | null} plan the newest is told until the server has it */
  tell(render, plan) {
    this.wish = { render, plan };
    if (!this.id) return;
    this.version += 1;
    this.deliver();
  }

  async deliver() {
    if (this.isTelling) return;
    this.isTelling = true;
    let isRefused = false;
    while (this.id && this.told < this.version && !isRefused) {
      const { version, id } = this;
      const body = JSON.stringify({ version, ...this.wish });
      const answer = await this.ask(`${this.address}/${id}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body }, () => (isRefused = true));
      if (id !== this.id) continue;
      if (isRefused) continue; // a look says whether it is over, or whoever tells it is signed out
      if (answer) this.told = version;
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.isTelling = false;
    this.noteRefused(isRefused && Boolean(this.id));
  }

  noteRefused(isRefused) {
    if (isRefused === this.isRefused) return;
    this.isRefused = isRefused;
    if (!isRefused) this.watcher.onRefused(false);
  }

  /** @returns {Promise<object | null>} null when it is to be tried again */
  async ask(path, options, onGone = () => this.close()) {
    try {
      const answer = await this.clock.ask(path, options);
      if (GONE.includes(answer.status)) {
        onGone();
        return {};
      }
      if (!answer.ok) throw new Refused(answer.status, null);
      const told = await answer.json();
      this.failures = 0;
      this.watcher.onSilence(false);
      return told;
    } catch {
      this.failures += 1;
      if (this.failures > 4) this.watcher.onSilence(true);
      return null;
    }
  }

  lookLater() {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.look(), LOOK_MS);
  }

  async look() {
    const { id } = this;
    if (!id) return;
    const told = await this.ask(`${this.address}/${id}`);
    if (id !== this.id) return;
    if (told) this.note(told);
    if (told && this.isRefused) {
      this.watcher.onRefused(true);
      this.deliver(); // by now they may be signed in again
    }
    if (!this.isJoined && performance.now() > this.opensUntil) this.end();
    else this.lookLater();
  }

  note({ is_joined, is_ready }) {
    if (is_joined && !this.isJoined) {
      this.isJoined = true;
      this.watcher.onChange();
    }
    if (Boolean(is_ready) === this.isReady) return;
    this.isReady = Boolean(is_ready);
    this.watcher.onChange();
  }

  /** Takes everything away from it. It is said until the server has it. */
  end() {
    const { id } = this;
    if (!id) return;
    this.close();
    const remove = () => fetch(`${this.address}/${id}`, { method: "DELETE", keepalive: true }).then((answer) => answer.ok || answer.status === 404, () => false);
    const again = async (failures) => {
      if ((await remove()) || failures > 20) return;
      setTimeout(() => again(failures + 1), RETRY_MS * (failures + 1));
    };
    again(0);
  }

  close() {
    clearTimeout(this.looking);
    this.id = null;
    this.isJoined = this.isReady = false;
    this.noteRefused(false);
    this.watcher.onChange();
  }
}
