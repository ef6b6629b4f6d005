/** My practice: puts what still waits on this device beside what the server has, by the days of where the reader is. */

import { request } from "./api.js";
import { element } from "./element.js";
import { listKept, onNews } from "./outbox.js";
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
  const row = element("li", "entry kept", title, note);
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
    row.querySelector("time").textContent = timeText.format(at);
    const day = dayText.format(at);
    if (!sections.has(day)) sections.set(day, makeDay(day));
    sections.get(day).lastChild.append(row);
  }
  log.replaceChildren(...sections.values());
  document.getElementById("log-empty").hidden = rows.length > 0;
  document.getElementById("log-note").hidden = rows.length === 0;
}

const makeDay = (day) => element("section", "day", element("h2", "", day), element("ol", "rows"));

const find = (id) => log.querySelector(`[data-id="${CSS.escape(id)}"]`);

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
  const missed = answer.entries.filter((entry) => !find(entry.id));
  if (!missed.length) return;
  for (const entry of missed) log.append(makeRow({ ...entry, state: "saved" }));
  groupByDay();
}

onNews(({ id, state }) => {
  const row = log.querySelector(`.kept[data-id="${CSS.escape(id)}"]`);
  const note = row?.querySelector(".row-state");
  if (!note) return;
  note.textContent = NOTES[state];
  if (state === "saved") row.classList.remove("kept");
  const waits = listKept().some((entry) => entry.state === "waiting");
  document.getElementById("log-status").textContent = waits ? _("Some of these are still on this device only. They are sent as soon as the server answers.") : "";
});
