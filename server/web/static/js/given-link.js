/** The library's line to what a therapist gave: shown on a device that a client has joined with. */

import { request } from "./api.js";
import { readJson, removeKey, writeJson } from "./storage.js";

const KEY = "stepback.joined"; // so that the line is there at once, and without a network

const line = document.getElementById("given-link");
line.hidden = readJson(KEY) !== true;

try {
  const { is_joined: isJoined } = await request("/api/given/count");
  line.hidden = !isJoined;
  if (isJoined) writeJson(KEY, true);
  else removeKey(KEY);
} catch {
  // No answer just now: what was known stays.
}
