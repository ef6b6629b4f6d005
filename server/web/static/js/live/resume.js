/** Remembers, on this device, which sitting is going on: whoever comes back to its page can go on. */

import { readJson, removeKey, writeJson } from "../storage.js";

const KEY = "stepback.sitting";
const FRESH_MS = 2 * 60 * 60_000;

/** @param {{id: string, practice: string, minutes: number}} sitting */
export const noteSitting = ({ id, practice, minutes }) => writeJson(KEY, { id, practice, minutes, at: Date.now() });

export const forgetNoted = () => removeKey(KEY);

/** @param {string} practice @returns {{id: string, minutes: number} | null} */
export function findNoted(practice) {
  const noted = readJson(KEY);
  if (noted?.practice !== practice || Math.abs(Date.now() - noted.at) > FRESH_MS) return null;
  return noted;
}
