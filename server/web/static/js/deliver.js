/** Runs on every page: what still waits on this device is taken to the server. */

import { adoptForsakenDrafts } from "./entry-draft.js";
import { sendAll, sendSoon } from "./outbox.js";

adoptForsakenDrafts();
sendAll({ again: true });

window.addEventListener("online", sendSoon);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) sendSoon();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  adoptForsakenDrafts();
  sendSoon();
});
