/** The ladders in My practice: read again and deleted. They are on this device only, so this page alone can show them. */

import { listLadders, removeLadder, showLadder } from "./ladder.js";
import { _, language, ngettext } from "./words.js";

const section = document.getElementById("ladders");
const list = document.getElementById("ladder-list");
const status = document.getElementById("ladder-status");
const dayText = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const shortDayText = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

const whenOf = ({ began_at }, format = dayText) => (Number.isNaN(Date.parse(began_at)) ? "" : format.format(new Date(began_at)));

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

/** A ladder that opens where it stands. It is drawn when it is opened: before, it has no width. */
function makeRow(ladder) {
  const title = element("span", "row-title", ladder.title);
  if (ladder.language) title.lang = ladder.language;
  const steps = ngettext("{n} step", "{n} steps", ladder.rungs.length);
  const note = element("span", "row-note", element("span", "", whenOf(ladder, shortDayText)), element("span", "", steps));
  const place = element("div", "");
  const remove = element("button", "plain-action", _("Delete this ladder"));
  remove.type = "button";
  const fold = element("details", "fold", element("summary", "", element("span", "", title, note)), place, remove);
  fold.addEventListener("toggle", () => fold.open && showLadder(place, ladder.rungs, { language: ladder.language }), { once: true });
  const row = element("li", "ladder-row", fold);
  row.dataset.id = ladder.id;
  remove.addEventListener("click", () => drop(ladder));
  return row;
}

function showAll() {
  const ladders = listLadders();
  const rows = new Map([...list.children].map((row) => [row.dataset.id, row]));
  list.replaceChildren(...ladders.map((ladder) => rows.get(ladder.id) ?? makeRow(ladder)));
  section.hidden = ladders.length === 0;
}

/** Says what is gone, and from where. */
async function drop(ladder) {
  const removed = removeLadder(ladder.id);
  showAll();
  const gone = ngettext(
    "Deleted: the ladder of {when}, with its {n} step and your words. No copy of it is on this device.",
    "Deleted: the ladder of {when}, with its {n} steps and your words. No copy of it is on this device.",
    ladder.rungs.length,
    { when: whenOf(ladder) },
  );
  const say = (sentence) => (status.textContent = `${gone} ${sentence}`);
  say(_("The server is being told to forget the sitting."));
  status.focus();
  const answer = await removed;
  if (answer === "gone") say(_("The server has nothing of the sitting any more: not the words, not their sound, not the moves. The entry of the time you practised stays."));
  else say(_("The server does not answer just now. It is told to forget the sitting, its words and their sound as soon as it answers."));
}

showAll();
// Another page of this device may keep or delete one meanwhile.
window.addEventListener("storage", showAll);
window.addEventListener("pageshow", (event) => event.persisted && showAll());
