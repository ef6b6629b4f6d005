/**
 * Worksheets that were answered on this device: those on their way to the therapist, and those that stay here.
 * What the server has taken is removed from the device; what a device without a therapist holds is sent nowhere.
 */

import { isId } from "../make-id.js";
import { Letterbox, stateAfterError } from "../letterbox.js";
import { listKeys, readJson, removeKey, writeJson } from "../storage.js";

const OWN = "stepback.worksheet.";

/**
 * @typedef {object} Answered
 * @property {string} id 32 hex digits
 * @property {string} template the worksheet's name
 * @property {string | null} assignment
 * @property {Record<string, any>} answers by the name of their field
 * @property {string} answered_at ISO 8601
 * @property {any} worksheet as it was
 * @property {boolean} [is_marked] two answers are nearly the same; missing until the server was asked
 */

/** A device that belongs to no client (any more) keeps what it wrote. */
const box = new Letterbox("stepback.submission.", "/api/submissions", (error) => (error.status === 404 ? "own" : stateAfterError(error)));

/** What has no therapist to go to is moved to what stays here; where the page ends in between, the next one does it. */
function moveOwn() {
  for (const letter of box.list()) if (letter.state === "own" && keepHere(letter)) box.drop(letter.id);
}

box.onNews(({ state }) => state === "own" && moveOwn());
moveOwn();

/**
 * Puts a worksheet on its way to the therapist; it is sent by this page, or by any later one.
 * @param {Answered} answered
 * @returns {boolean} true when it will outlive this page
 */
export function post({ worksheet, ...content }) {
  return box.keep(content, { worksheet });
}

/** @param {Answered} answered @returns {boolean} true when it will outlive this page */
export function keepHere({ id, template, assignment, answers, answered_at, worksheet, is_marked }) {
  return writeJson(OWN + id, { id, template, assignment, answers, answered_at, worksheet, is_marked });
}

/** @returns {(Answered & {state: "waiting" | "conflict" | "refused"})[]} those that the server has not taken yet */
export const listWaiting = () => box.list().filter(({ id, answers }) => isId(id) && answers);

/** @returns {Answered[]} those that stay on this device */
export const listHere = () => listKeys(OWN).map(readJson).filter((each) => isId(each?.id) && each.answers);

/** @param {string} id */
export async function removeHere(id) {
  removeKey(OWN + id);
  await box.drop(id);
}

export const onNews = (callback) => box.onNews(callback);
export const send = (id) => box.send(id);
export const sendAll = (options) => box.sendAll(options);
export const sendSoon = () => box.sendSoon();
