/**
 * The session entry of the playing that is going on.
 * A draft is kept on the device while it grows, so that a page which is killed loses at most some seconds;
 * it becomes an entry once, when the playing ends, is stopped, or the page goes away.
 */

import { keepEntry } from "./outbox.js";
import { listKeys, readJson, removeKey, writeJson } from "./storage.js";

const PREFIX = "stepback.draft.";
const SAVE_EVERY_MS = 5000;
const FORSAKEN_AFTER_MS = 10 * 60_000;
const LEAST_MS = 1000; // a slip of the finger is not an occasion of practising

/** @returns {string} 32 hex digits; crypto.randomUUID is missing on plain http */
function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One playing, from its beginning to its end. */
export class EntryDraft {
  /** @param {{practice: string, render: string, minutes: number, title: string}} playing */
  constructor({ practice, render, minutes, title }) {
    this.title = title;
    this.playing = { practice, render, minutes };
    this.clear();
  }

  clear() {
    this.id = null;
    this.startedAt = null;
    this.practisedMs = 0;
    this.savedMs = -1;
  }

  /** The press of play, or the sound going on after the last entry was closed. */
  begin() {
    if (this.id) return;
    this.id = makeId();
    this.startedAt = new Date().toISOString();
  }

  /** @param {number} ms that were played since the last call */
  add(ms) {
    this.begin();
    this.practisedMs += ms;
    if (this.practisedMs - this.savedMs >= SAVE_EVERY_MS) this.save();
  }

  /** Writes the draft down. Where another page has closed it meanwhile, further minutes get an entry of their own. */
  save() {
    if (!this.id || this.practisedMs < LEAST_MS) return;
    const key = PREFIX + this.id;
    if (this.savedMs >= 0 && readJson(key) === null) {
      const further = this.practisedMs - this.savedMs;
      this.clear();
      this.begin();
      this.practisedMs = further;
      return;
    }
    this.savedMs = this.practisedMs;
    writeJson(key, { entry: this.toEntry("stopped"), title: this.title, beat: Date.now() });
  }

  /** @param {import("./outbox.js").Entry["outcome"]} outcome */
  toEntry(outcome) {
    const { practice, render, minutes } = this.playing;
    const practised_ms = Math.round(this.practisedMs);
    return { id: this.id, practice, render, minutes, started_at: this.startedAt, practised_ms, outcome };
  }

  /**
   * Turns the draft into an entry in the outbox; the next playing begins a new one.
   * @param {import("./outbox.js").Entry["outcome"]} outcome
   * @returns {import("./outbox.js").Entry | null} null when hardly anything was played
   */
  close(outcome) {
    this.save();
    const entry = this.id && this.practisedMs >= LEAST_MS ? this.toEntry(outcome) : null;
    if (entry) {
      keepEntry(entry, this.title);
      removeKey(PREFIX + entry.id);
    }
    this.clear();
    return entry;
  }
}

/** Drafts of pages that were killed become entries: their minutes count. */
export function adoptForsakenDrafts() {
  for (const key of listKeys(PREFIX)) {
    const draft = readJson(key);
    if (!draft?.entry?.id) removeKey(key);
    else if (Math.abs(Date.now() - draft.beat) > FORSAKEN_AFTER_MS) {
      keepEntry(draft.entry, draft.title);
      removeKey(key);
    }
  }
}
