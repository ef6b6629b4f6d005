/** My practice: puts what still waits on this device beside what the server has, by the days of where the reader is. Each can be deleted. */

import { request } from "./api.js";
import { element } from "./element.js";
import { makeId } from "./make-id.js";
import { deleteEntry, dropEntry, isDeleted, keepEntry, listKept, onNews, sendEntry } from "./outbox.js";
import { feltText } from "./sliders.js";
import { minutesText } from "./time-text.js";
import { _, language } from "./words.js";

const NOTES = {
  waiting: _("waiting to be saved"),
  conflict: _("kept here as well; the server noted it differently"),
  refused: _("kept here; the server did not take it"),
  saved: _("saved"),
};
const log = document.getElementById("log");

const span = (className, ...children) => element("span", className, ...children);

/** A row like the server's own, for an entry that is only here so far. */
function makeRow(entry) {
  const title = element("a", "row-title", entry.title ?? entry.practice);
  title.href = `/practices/${encodeURIComponent(entry.practice)}`;
  const time = element("time", "");
  time.dateTime = entry.started_at;
  const note = span("row-note", time, span("row-words", minutesText(entry.practised_ms)));
  if (entry.is_live) note.append(span("row-live", _("live")));
  note.append(span("row-state", NOTES[entry.state]));
  const form = document.getElementById("deleting").content.firstElementChild.cloneNode(true);
  form.action = `/my-practice/entries/${entry.id}/delete`;
  const row = element("li", entry.state === "saved" ? "entry" : "entry kept", title, form, note);
  row.dataset.id = entry.id;
  row.dataset.at = entry.started_at;
  if (entry.before) row.append(span("row-note row-felt", _("Before: {felt}", { felt: feltText(entry.before) })));
  if (entry.after) row.append(span("row-note row-felt", _("After: {felt}", { felt: feltText(entry.after) })));
  return row;
}

/** Puts every row under the heading of its day, the latest first. */
function groupByDay() {
  const rows = [...log.querySelectorAll(".entry")];
  rows.sort((a, b) => Date.parse(b.dataset.at) - Date.parse(a.dataset.at));
  const dayText = new Intl.DateTimeFormat(language, { dateStyle: "full" });
  const timeText = new Intl.DateTimeFormat(language, { timeStyle: "short" });
  const sections = new Map();
  for (const row of rows) {
    const at = new Date(row.dataset.at);
    const day = dayText.format(at);
    if (row.matches(":has(time)")) tellTime(row, day, timeText.format(at));
    if (!sections.has(day)) sections.set(day, makeDay(day));
    sections.get(day).lastChild.append(row);
  }
  log.replaceChildren(...sections.values());
  document.getElementById("log-empty").hidden = rows.length > 0;
  document.getElementById("log-note").hidden = rows.length === 0;
}

function tellTime(row, day, clock) {
  row.querySelector("time").textContent = clock;
  const what = { title: row.querySelector(".row-title").textContent, when: `${day}, ${clock}` };
  row.querySelector("button").setAttribute("aria-label", _("Delete: {title}, {when}", what));
}

const makeDay = (day) => element("section", "day", element("h2", "", day), element("ol", "rows"));

const find = (id) => log.querySelector(`[data-id="${CSS.escape(id)}"]`);

for (const row of log.querySelectorAll(".entry")) if (isDeleted(row.dataset.id)) row.remove();
// An entry that the server has, although its answer was lost on the way, stands here only once.
for (const entry of listKept()) {
  if (!find(entry.id) || entry.state !== "waiting") log.append(makeRow(entry));
}
groupByDay();
addMissed();

/** An entry that was saved while this page was on its way is in neither of the two: the server is asked once more. */
async function addMissed() {
  let answer;
  try {
    answer = await request("/api/session-entries");
  } catch {
    return; // What stands here is true all the same, and the next visit asks again.
  }
  const missed = answer.entries.filter(({ id }) => !find(id) && !isDeleted(id));
  if (!missed.length) return;
  for (const entry of missed) log.append(makeRow({ ...entry, state: "saved" }));
  groupByDay();
}

/** What the server has goes with the form, to a page that can put it back; what is here alone goes at once, and comes back here. */
log.addEventListener("submit", (event) => {
  const row = event.target.closest(".entry");
  const { id } = row.dataset;
  const kept = row.matches(".kept") && listKept().find((entry) => entry.id === id);
  if (!kept) {
    dropEntry(id); // it may lie here as well, where only the answer was lost
    return;
  }
  event.preventDefault();
  deleteHere(row, kept);
});

async function deleteHere(row, { state, title, ...entry }) {
  const said = element("p", "row-note", _("It is deleted from this device."));
  const back = element("button", "plain-action", _("Put it back"));
  said.id = `deleted-${entry.id}`;
  back.type = "button";
  back.setAttribute("aria-describedby", said.id);
  const gone = element("li", "entry", said, back);
  Object.assign(gone.dataset, row.dataset);
  row.replaceWith(gone);
  back.addEventListener("click", () => putBack(gone, entry, title));
  back.focus();
  // One that the server has noted differently, or did not take, is here alone.
  if (state !== "waiting") await dropEntry(entry.id);
  else if ((await deleteEntry(entry.id)) === "waiting") said.append(" ", _("The server does not answer just now. Should it have this one already, it deletes it as soon as it answers."));
}

function putBack(gone, entry, title) {
  const again = { ...entry, id: makeId() }; // the server was told that the other one is deleted
  keepEntry(again, title);
  const row = makeRow({ ...again, title, state: "waiting" });
  gone.replaceWith(row);
  groupByDay();
  row.querySelector(".row-title").focus();
  sendEntry(again.id);
}

onNews(({ id, state }) => {
  const row = log.querySelector(`.kept[data-id="${CSS.escape(id)}"]`);
  const note = row?.querySelector(".row-state");
  if (!note) return;
  note.textContent = NOTES[state];
  if (state === "saved") row.classList.remove("kept");
  if (state === "gone") {
    row.remove();
    groupByDay();
  }
  const waits = listKept().some((entry) => entry.state === "waiting");
  document.getElementById("log-status").textContent = waits ? _("Some of these are still on this device only. They are sent as soon as the server answers.") : "";
});
