/** Talks JSON to the server, and turns every refusal into a plain sentence. */

import { _ } from "./words.js";

const BY_STATUS = {
  403: _("The server did not take this, because it seemed to come from another page. Please open the page again."),
  404: _("The server does not know this any more. Nothing else is lost; please open the page again."),
  413: _("That is more text than the server takes. Please make it shorter."),
  503: _("The server is busy at the moment. Nothing is lost; please try again in a minute."),
};

/** The server answered, and said no. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {any} body the problem+json, when there was one
   */
  constructor(status, body) {
    const said = typeof body?.detail === "string" && body.detail ? body.detail : null;
    super(said ?? BY_STATUS[status] ?? _("The server could not do this (error {status}). Nothing is lost; please try again.", { status }));
    this.status = status;
    /** @type {{field: string, message: string}[]} */
    this.errors = Array.isArray(body?.errors) ? body.errors : [];
  }

  /** Whether the same may be taken later. */
  get mayPass() {
    return this.status >= 500 || [408, 425, 429].includes(this.status);
  }
}

/** No answer came: no network, or no server. */
export class Unreachable extends Error {
  constructor() {
    super(_("No answer from the server. Nothing is lost; please try again in a moment."));
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the body, or null where there is none
 * @throws {Refused | Unreachable | DOMException} the last one when it was aborted
 */
export async function request(path, options = {}) {
  let answer;
  let text;
  try {
    answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    if (answer.ok) throw new Unreachable(); // something between us and the server answered
  }
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

/**
 * @param {string} path
 * @param {any} body an object, or text that is JSON already
 * @param {RequestInit} [options]
 */
export function post(path, body, options = {}) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...options,
  });
}
