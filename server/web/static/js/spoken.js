/** Looks whether what is being spoken is there, and then shows it. Nothing else waits for it. */

import { request } from "./api.js";
import { progressText } from "./wait.js";

const LOOK_EVERY_MS = 1_500;
const wait = document.getElementById("spoken-wait");
const progress = document.getElementById("spoken-progress");

async function look() {
  try {
    const render = await request(`/api/renders/${wait.dataset.key}`);
    if (!["queued", "running"].includes(render.state)) return location.reload();
    progress.textContent = progressText({ ...render, stage: null });
  } catch {
    // No answer just now: the next look may have one.
  }
  setTimeout(look, LOOK_EVERY_MS);
}

look();
