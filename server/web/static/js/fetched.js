/**
 * Looks again and again whether a feed was fetched. The line that says so names the address to ask, in data-watches;
 * it answers {"fetched_at": a moment or null, "is_over": true where nobody looks out any more}. Where data-since stands,
 * what was fetched up to that moment is old news.
 */

import { _, language } from "./words.js";

const EVERY_MS = 4000;
const LONGEST_MS = 10 * 60 * 1000;

const line = document.getElementById("fetched");
const looks = document.getElementById("fetched-looks");
const since = Date.parse(line?.dataset.since ?? "") || 0;
const until = Date.now() + LONGEST_MS;
let timer = 0;

function end(text) {
  clearTimeout(timer);
  line.textContent = text;
  looks.hidden = true;
}

function said(at) {
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(at);
  return _("Yes: something on your network fetched it at {clock}.", { clock });
}

async function look() {
  try {
    const answer = await fetch(line.dataset.watches, { cache: "no-store" });
    const { fetched_at: seen, is_over: isOver } = await answer.json();
    if (seen && Date.parse(seen) > since) return end(said(new Date(seen)));
    if (isOver) return end(_("Nothing was seen, and this page has stopped looking. Look into your app, whether the practices are there."));
  } catch {
    // Without a network for a moment: the next look may find it.
  }
  if (Date.now() > until) return end(_("Nothing was seen, and this page has stopped looking. Look into your app, whether the practices are there."));
  timer = setTimeout(look, EVERY_MS);
}

if (line?.dataset.watches) {
  document.getElementById("fetched-stop").addEventListener("click", () => {
    const title = document.getElementById("test-title");
    end(_("Stopped looking."));
    title.focus(); // the button that had it is gone
  });
  timer = setTimeout(look, EVERY_MS);
}
