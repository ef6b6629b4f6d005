/** The ladders in My practice: read again and deleted. Those of this device are shown by this page alone; a client has a log beside. */

import { element, inItsWay } from "./element.js";
import { Refused, Unreachable } from "./api.js";
import { listLadders, removeLadder } from "./ladder-book.js";
import { showLadder } from "./ladder.js";
import { deleteFromLog, fetchLadders, isDeletedFromLog, listWaiting, onLadderNews } from "./ladder-log.js";
import { _, language, ngettext } from "./words.js";

const section = document.getElementById("ladders");
const list = document.getElementById("ladder-list");
const status = document.getElementById("ladder-status");
const dayText = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const shortDayText = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

const hasLog = section.hasAttribute("data-has-log");
/** @type {import("./ladder-book.js").Ladder[]} */
let logged = [];

/** Every ladder once, with where it is. A device that has no log says nothing of places: there is one alone. */
function gather() {
  const found = new Map();
  const add = (ladder, place) => {
    const known = found.get(ladder.id);
    found.set(ladder.id, { ...(known ?? ladder), places: [...(known?.places ?? []), place] });
  };
  for (const ladder of listLadders()) add(ladder, _("on this device"));
  if (hasLog) {
    for (const ladder of logged) add(ladder, _("in your log"));
    for (const ladder of listWaiting()) if (!logged.some(({ id }) => id === ladder.id)) add(ladder, _("on its way to your log"));
  }
  return [...found.values()].filter(({ id }) => !isDeletedFromLog(id)).sort((one, other) => Date.parse(other.began_at) - Date.parse(one.began_at));
}

const whenOf = ({ began_at }, format = dayText) => (Number.isNaN(Date.parse(began_at)) ? "" : format.format(new Date(began_at)));

/** A ladder that opens where it stands. It is drawn when it is opened: before, it has no width. */
function makeRow(ladder) {
  const title = inItsWay(element("span", "row-title", ladder.title));
  if (ladder.language) title.lang = ladder.language;
  const steps = ngettext("{n} step", "{n} steps", ladder.rungs.length);
  const note = element("span", "row-note", element("span", "", whenOf(ladder, shortDayText)), element("span", "", steps), ...(hasLog ? ladder.places.map((place) => element("span", "", place)) : []));
  const place = element("div", "");
  const remove = element("button", "plain-action", _("Delete this ladder"));
  remove.type = "button";
  const fold = element("details", "fold", element("summary", "", element("span", "", title, note)), place, remove);
  fold.addEventListener("toggle", () => fold.open && showLadder(place, ladder.rungs, { language: ladder.language }), { once: true });
  const row = element("li", "ladder-row", fold);
  row.dataset.id = ladder.id;
  row.dataset.places = ladder.places.join();
  remove.addEventListener("click", () => drop(ladder));
  return row;
}

function showAll() {
  const ladders = gather();
  const rows = new Map([...list.children].map((row) => [row.dataset.id + row.dataset.places, row]));
  list.replaceChildren(...ladders.map((ladder) => rows.get(ladder.id + ladder.places.join()) ?? makeRow(ladder)));
  section.hidden = ladders.length === 0;
}

/** Says what is gone, and from where. */
async function drop(ladder) {
  const isLogged = hasLog && (logged.some(({ id }) => id === ladder.id) || listWaiting().some(({ id }) => id === ladder.id));
  const removed = Promise.all([removeLadder(ladder.id), isLogged ? deleteFromLog(ladder.id) : "gone"]);
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
  const answers = await removed;
  if (answers.every((answer) => answer === "gone")) say(_("The server has nothing of the sitting any more: not the words, not their sound, not the moves. The entry of the time you practised stays."));
  else say(_("The server does not answer just now. It is told to forget the sitting, its words and their sound as soon as it answers."));
}

/** What is in the log is asked for; without a network what is here stands here all the same. */
async function showLogged() {
  if (!hasLog) return;
  try {
    logged = await fetchLadders();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    return;
  }
  showAll();
}

showAll();
showLogged();
onLadderNews(({ state }) => ["saved", "gone"].includes(state) && showLogged());
// Another page of this device may keep or delete one meanwhile.
window.addEventListener("storage", showAll);
window.addEventListener("pageshow", (event) => event.persisted && showAll());
