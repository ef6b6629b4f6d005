/** Lengths of time as people read them. */

import { _, ngettext } from "./words.js";

const minutesOf = (n) => ngettext("{n} minute", "{n} minutes", n);

/**
 * @param {number} seconds
 * @returns {string} "4:12", or "1:02:03"
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/**
 * @param {number} seconds
 * @returns {string} "4 minutes 12 seconds", for a screen reader
 */
export function spokenTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const minutes = Math.floor(whole / 60);
  const parts = minutes ? [minutesOf(minutes)] : [];
  if (whole % 60 || !minutes) parts.push(ngettext("{n} second", "{n} seconds", whole % 60));
  return parts.join(" ");
}

/**
 * @param {number} seconds
 * @returns {string} "42 s", "3 min" or "2 min 10 s"
 */
export function shortLength(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (!minutes) return _("{seconds} s", { seconds: rest });
  return rest ? _("{minutes} min {seconds} s", { minutes, seconds: rest }) : _("{minutes} min", { minutes });
}

/**
 * @param {number} ms
 * @returns {string} "10 minutes", or "less than a minute"
 */
export function minutesText(ms) {
  const minutes = Math.round(ms / 60_000);
  return minutes ? minutesOf(minutes) : _("less than a minute");
}
