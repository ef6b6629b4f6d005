/** What is being written on a worksheet: on the device with every keystroke, until it is done or thrown away. */

import { isId, makeId } from "../make-id.js";
import { listKeys, readJson, removeKey, writeJson } from "../storage.js";

const PREFIX = "stepback.worksheet-draft.";

/**
 * @typedef {object} Written
 * @property {string} id of the submission that it will be
 * @property {string | null} assignment
 * @property {Record<string, any>} answers by the name of their field; of a pair what there is of it
 * @property {string} place the question at which it stands; "reading" when all are answered
 * @property {Record<string, string>} friends whom somebody pictures, by the name of the pair; it is never sent
 * @property {Record<string, {texts: string, isAlike: boolean}>} held pairs whose texts were held against one another
 */

/** @returns {Set<string>} the names of worksheets that were begun on this device */
export const listBegun = () => new Set(listKeys(PREFIX).map((key) => key.slice(PREFIX.length)));

/** One worksheet that is being answered. */
export class Draft {
  /** @param {string} name of the worksheet @param {string | null} assignment what the page was opened for */
  constructor(name, assignment) {
    this.key = PREFIX + name;
    this.assignment = assignment;
    this.isSafe = true;
    this.read();
  }

  /** Takes what lies on the device: another page may have written meanwhile. */
  read() {
    const found = readJson(this.key);
    this.isBegun = isId(found?.id) && typeof found.answers === "object";
    /** @type {Written} */
    this.written = this.isBegun ? found : { id: makeId(), assignment: null, answers: {}, place: "", friends: {}, held: {} };
    this.written.assignment ??= this.assignment;
  }

  /** Is called with every keystroke. */
  save() {
    this.isBegun = true;
    this.isSafe = writeJson(this.key, this.written);
  }

  /** @param {{field: string, part: string}} question @returns {any} undefined where there is no answer yet */
  answerOf({ field, part }) {
    const answer = this.written.answers[field];
    return part ? answer?.[part] : answer;
  }

  /** @param {{field: string, part: string}} question @param {any} answer undefined takes it out */
  note({ field, part }, answer) {
    const { answers } = this.written;
    const holder = part ? (answers[field] ??= {}) : answers;
    const name = part || field;
    if (answer === undefined) delete holder[name];
    else holder[name] = answer;
    this.save();
  }

  /** @param {string} field of a pair @returns {{texts: string, isAlike: boolean} | null} null where its texts, as they are now, were not held */
  heldOf(field) {
    const held = this.written.held[field];
    return held?.texts === this.textsOf(field) ? held : null;
  }

  /** @param {string} field @param {boolean} isAlike */
  noteHeld(field, isAlike) {
    this.written.held[field] = { texts: this.textsOf(field), isAlike };
    this.save();
  }

  textsOf(field) {
    const { first, second } = this.written.answers[field] ?? {};
    return JSON.stringify([first, second]);
  }

  /** @param {string} place */
  goTo(place) {
    this.written.place = place;
    if (this.isBegun) this.save();
  }

  /** @returns {Written} what was there, so that it can be brought back while the page is open */
  throwAway() {
    const { written } = this;
    removeKey(this.key);
    this.read();
    return written;
  }

  /** @param {Written} written */
  bringBack(written) {
    this.written = written;
    this.save();
  }
}
