/** Runs on every page: what still waits on this device is taken to the server, and what it is to forget is told. */

import { adoptForsakenDrafts } from "./entry-draft.js";
import { forgetWaiting } from "./ladder-book.js";
import { deliverLadders } from "./ladder-log.js";
import { sendAll, sendSoon, tellDeleted } from "./outbox.js";
import * as worksheets from "./worksheet/book.js";

adoptForsakenDrafts();
sendAll({ again: true });
worksheets.sendAll({ again: true });
forgetWaiting();
tellDeleted();
deliverLadders({ again: true });

function deliverSoon() {
  sendSoon();
  worksheets.sendSoon();
  forgetWaiting();
  tellDeleted();
  deliverLadders();
}

window.addEventListener("online", deliverSoon);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) deliverSoon();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  adoptForsakenDrafts();
  deliverSoon();
});
