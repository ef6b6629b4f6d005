/**
 * Looks every few seconds whether a feed was fetched, as long as the page is seen. The line that says so names in data-asks
 * the address to ask. It answers {"fetched_at": a moment or null, "is_over": true where nobody looks out any more}, and the
 * page stops at what it was told; or {"text": what the line is to say}, and the page goes on. After ten minutes it stops.
 */

import { _, language } from "./words.js";

const EVERY_MS = 4000;
const LONGEST_MS = 10 * 60 * 1000;

const line = document.getElementById("fetched");
const looks = document.getElementById("fetched-looks");
const until = Date.now() + LONGEST_MS;
let timer = 0;
let isWorded = false; // the house says what is to be said

/** A status is read out when it changes, so that it must not be written where it is the same. */
function say(text) {
  if (line.textContent !== text) line.textContent = text;
}

function end(text) {
  clearTimeout(timer);
  if (text) say(text);
  if (looks) looks.hidden = true;
}

function seenAt(moment) {
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
  return _("Yes: something on your network fetched it at {clock}.", { clock });
}

const nothing = () => _("Nothing was seen, and this page has stopped looking. Look into your app, whether the practices are there.");

/** @returns {Promise<boolean>} true when there is nothing more to look for */
async function isTold() {
  const answer = await fetch(line.dataset.asks, { cache: "no-store", headers: { Accept: "application/json" } });
  if (answer.status === 404) {
    end();
    return true;
  }
  const { fetched_at: seen, is_over: isOver, text } = await answer.json();
  if (text) {
    isWorded = true;
    say(text);
    return false;
  }
  if (!seen && !isOver) return false;
  end(seen ? seenAt(seen) : nothing());
  return true;
}

async function look() {
  if (!document.hidden) {
    try {
      if (await isTold()) return;
    } catch {
      // Without a network for a moment: the next look may find it.
    }
  }
  if (Date.now() > until) return end(isWorded ? "" : nothing());
  timer = setTimeout(look, EVERY_MS);
}

if (line?.dataset.asks) {
  document.getElementById("fetched-stop")?.addEventListener("click", () => {
    end(_("Stopped looking."));
    document.getElementById("test-title").focus(); // the button that had it is gone
  });
  timer = setTimeout(look, EVERY_MS);
}
