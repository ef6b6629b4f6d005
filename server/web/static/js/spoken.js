/** Looks whether what is being spoken is there, and then shows it. Nothing else waits for it. */

import { request } from "./api.js";

const LOOK_EVERY_MS = 1_500;
const wait = document.getElementById("spoken-wait");

async function look() {
  try {
    const { state } = await request(`/api/renders/${wait.dataset.key}`);
    if (state !== "queued" && state !== "running") return location.reload();
  } catch {
    // No answer just now: the next look may have one.
  }
  setTimeout(look, LOOK_EVERY_MS);
}

look();
