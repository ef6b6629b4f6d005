/** Remembers, on this device, how far a render was heard. */

import { readJson, writeJson } from "./storage.js";

const KEY = "stepback.positions";
const MOST = 20;
const NEAR_AN_EDGE_S = 10;

const readAll = () => {
  const all = readJson(KEY);
  return all && typeof all === "object" ? all : {};
};

/**
 * @param {string} render the render's key
 * @param {number} seconds
 */
export function keepPosition(render, seconds) {
  const all = { ...readAll(), [render]: { seconds: Math.floor(seconds), at: Date.now() } };
  const newest = Object.entries(all).sort((a, b) => b[1].at - a[1].at).slice(0, MOST);
  writeJson(KEY, Object.fromEntries(newest));
}

/** @param {string} render */
export function clearPosition(render) {
  const { [render]: _, ...rest } = readAll();
  writeJson(KEY, rest);
}

/**
 * @param {string} render
 * @param {number} duration in seconds
 * @returns {number | null} seconds; null when there is nothing to go on with
 */
export function findPosition(render, duration) {
  const seconds = readAll()[render]?.seconds;
  if (typeof seconds !== "number" || seconds < NEAR_AN_EDGE_S || seconds > duration - NEAR_AN_EDGE_S) return null;
  return seconds;
}
