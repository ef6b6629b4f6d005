/** Whether two answers are nearly the same: the server says so, and where it does not answer, nothing is said. */

import { Refused, Unreachable, post } from "../api.js";

const ANSWER_WITHIN_MS = 5000;

/**
 * @param {string} name of the worksheet
 * @param {{first: string, second: string}} pair
 * @param {AbortController} [asking] ends the asking, and is ended where no answer comes
 * @returns {Promise<boolean | null>} null when no answer came
 */
export async function areAlike(name, { first, second }, asking = new AbortController()) {
  const late = setTimeout(() => asking.abort(), ANSWER_WITHIN_MS);
  try {
    const told = await post(`/api/worksheets/${name}/check`, { first, second }, { signal: asking.signal });
    return told.is_nearly_identical;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable || error.name === "AbortError")) throw error;
    return null;
  } finally {
    clearTimeout(late);
  }
}
