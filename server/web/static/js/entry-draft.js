/**
 * The session entry of the playing that is going on.
 * A draft is kept on the device while it grows, so that a page which is killed loses at most some seconds;
 * it becomes an entry once, when the playing ends, is stopped, or the page goes away.
 */

import { makeId } from "./make-id.js";
import { keepEntry } from "./outbox.js";
import { listKeys, readJson, removeKey, writeJson } from "./storage.js";

const PREFIX = "stepback.draft.";
const SAVE_EVERY_MS = 5000;
const FORSAKEN_AFTER_MS = 10 * 60_000;
const LEAST_MS = 1000; // a slip of the finger is not an occasion of practising

/** Ids of sittings that are over on this very page, whose listener may still be asked. */
const ending = new Set();

/** One playing, from its beginning to its end. */
export class EntryDraft {
  /** @param {{practice: string, render: string | null, minutes: number, title: string, isLive?: boolean}} playing a live sitting has no render */
  constructor({ practice, render, minutes, title, isLive = false }) {
    this.title = title;
    this.playing = { practice, render, minutes };
    if (isLive) this.playing.is_live = true;
    this.clear();
  }

  clear() {
    ending.delete(this.id);
    this.id = null;
    this.startedAt = null;
    this.practisedMs = 0;
    this.savedMs = -1;
    this.felt = {};
    this.ended = null;
  }

  /**
   * What the listener says before and after, kept at once: as often as it changes, until the draft is closed.
   * @param {{before?: import("./sliders.js").Felt | null, after?: import("./sliders.js").Felt | null}} felt what is not named stays
   */
  note(felt) {
    this.felt = { ...this.felt, ...felt };
    this.save();
  }

  /**
   * The sitting is over, and its listener may still say how it is now: from here on the draft says how it ended.
   * @param {import("./outbox.js").Entry["outcome"]} outcome
   */
  end(outcome) {
    this.ended = outcome;
    if (this.id) ending.add(this.id);
    this.save();
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
      if (!further) return;
      this.begin();
      this.practisedMs = further;
      return;
    }
    this.savedMs = this.practisedMs;
    writeJson(key, { entry: this.toEntry(this.ended ?? "stopped"), title: this.title, beat: Date.now() });
  }

  /** @param {import("./outbox.js").Entry["outcome"]} outcome */
  toEntry(outcome) {
    const practised_ms = Math.round(this.practisedMs);
    const felt = Object.entries(this.felt).filter(([, said]) => said);
    return { id: this.id, ...this.playing, started_at: this.startedAt, practised_ms, outcome, ...Object.fromEntries(felt) };
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
    else if (!ending.has(draft.entry.id) && Math.abs(Date.now() - draft.beat) > FORSAKEN_AFTER_MS) {
      keepEntry(draft.entry, draft.title);
      removeKey(key);
    }
  }
}
