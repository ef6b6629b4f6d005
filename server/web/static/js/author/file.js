/** The file behind the editor: what of it was read, whether it is saved, and what the disk says meanwhile. */

import { Refused, request } from "../api.js";
import { readJson, removeKey, writeJson } from "../storage.js";

const LOOK_MS = 4000;
const KEEP_MS = 800;

/** Where what was written of a file and not saved is kept on the device. */
const keyOf = (path) => `stepback.script.${path}`;

/** @typedef {{path: string, version: string, text: string | null}} OnDisk */

/** @param {string} path @returns {{text: string, version: string, at: number} | null} what was never saved */
export function readKept(path) {
  const kept = readJson(keyOf(path));
  return typeof kept?.text === "string" && typeof kept.version === "string" ? kept : null;
}

/** What was kept is in another file now. @param {string} path */
export function forgetKept(path) {
  removeKey(keyOf(path));
}

export class ScriptFile {
  /**
   * @param {{path: string, text: string, version: string}} opened
   * @param {() => string} textNow what is in the editor
   * @param {{onDisk: (found: OnDisk) => void, onGone: () => void}} watcher
   */
  constructor({ path, text, version }, textNow, watcher) {
    Object.assign(this, { path, version, textNow, watcher });
    this.saved = text;
    this.url = `/api/author/scripts/${path.split("/").map(encodeURIComponent).join("/")}`;
    this.key = keyOf(path);
    /** What the disk was last found to hold, where it is not what was read. @type {OnDisk | null} */
    this.other = null;
    /** Counts up when a save begins, and when it ends. */
    this.saves = 0;
    setInterval(() => this.look(), LOOK_MS);
    for (const name of ["focus", "online"]) window.addEventListener(name, () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("pagehide", () => this.keep());
    window.addEventListener("beforeunload", (event) => this.isChanged && !this.isTaken && event.preventDefault());
  }

  get isChanged() {
    return this.textNow() !== this.saved;
  }

  /** What was written here before and never saved. @returns {{text: string, version: string, at: number} | null} */
  findKept() {
    const kept = readKept(this.path);
    return kept && kept.text !== this.saved ? kept : null;
  }

  /** Another page takes what is not saved: nobody is asked about it, where that page will find it. */
  handOn() {
    this.isTaken = this.keep();
  }

  /** A change was made: it is written down on the device a moment later. */
  noteChange() {
    this.isTaken = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_MS);
  }

  /** @returns {boolean} whether it will outlive this page */
  keep() {
    clearTimeout(this.timer);
    if (this.isChanged) return writeJson(this.key, { text: this.textNow(), version: this.version, at: Date.now() });
    removeKey(this.key);
    return true;
  }

  /** What is on disk counts as read: the next save replaces it. @param {{version: string, text: string}} found */
  accept({ version, text }) {
    this.version = version;
    this.saved = text;
    this.other = null;
    this.keep();
  }

  /** @throws {Refused | Unreachable} Refused with 409 where the disk holds something else */
  async save() {
    const text = this.textNow();
    this.saves += 1;
    try {
      const { version } = await request(this.url, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text, known: this.version }),
      });
      this.accept({ version, text });
    } finally {
      this.saves += 1;
    }
  }

  /** Looks at the disk. @returns {Promise<OnDisk | null>} what is there, where it is something else */
  async look() {
    if (document.hidden || this.isLooking) return null;
    this.isLooking = true;
    const known = this.other?.version ?? this.version;
    const { saves } = this;
    try {
      const found = await request(`${this.url}?known=${known}`);
      // What was on disk in the middle of a save of our own is no other hand's.
      if (found.text === null || found.version === this.version || saves !== this.saves) return null;
      this.other = found;
      this.watcher.onDisk(found);
      return found;
    } catch (error) {
      if (error instanceof Refused && error.status === 410 && this.version && saves === this.saves) {
        this.version = ""; // saving makes it anew
        this.saved = "";
        this.keep();
        this.watcher.onGone();
      }
      return null; // the server is not there just now, or nobody is signed in; it is asked again
    } finally {
      this.isLooking = false;
    }
  }
}
