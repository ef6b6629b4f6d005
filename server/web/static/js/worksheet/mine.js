/** What I wrote: a client's own worksheets from the server, and those of this device; read again, and removed. */

import { element, inItsWay } from "../element.js";
import { Refused, Unreachable, request } from "../api.js";
import { areAlike } from "./alike.js";
import { keepHere, listHere, listWaiting, onNews, removeHere } from "./book.js";
import { readable } from "./side-by-side.js";
import { twoLines } from "./two-lines.js";
import { _, language } from "../words.js";

const { has_joined: hasJoined } = JSON.parse(document.getElementById("worksheet-data").textContent);
const place = document.getElementById("mine");
const status = document.getElementById("mine-status");
const dayText = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });

const TELL_AFTER_MS = 600; // an answer that is there at once is not announced
const NOTES = {
  server: "",
  here: _("On this device only."),
  waiting: _("On this device, on its way to the server."),
  conflict: _("On this device. The server has noted this one differently."),
  refused: _("On this device. The server did not take it; it is tried again each time."),
};
const MARKED = _("Both answers are nearly the same, so it is left out of the picture.");

/** What came from the server; null as long as it was not heard. */
let fromServer = null;

function button(className, text, onClick) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/** @returns {(import("./book.js").Answered & {where: string})[]} the latest first; each once, wherever it lies */
function all() {
  const server = (fromServer ?? []).map((each) => ({ ...each, where: "server" }));
  const known = new Set(server.map(({ id }) => id));
  const waiting = listWaiting().map((each) => ({ ...each, where: each.state }));
  const here = listHere().map((each) => ({ ...each, where: "here" }));
  const local = [...waiting, ...here].filter(({ id, where }) => where === "conflict" || !known.has(id));
  return [...server, ...local].sort((one, other) => Date.parse(other.answered_at) - Date.parse(one.answered_at));
}

const hasPair = ({ worksheet, answers }) => worksheet.fields.some(({ kind, name }) => kind === "pair" && answers[name]);

/** What was written to a friend can be heard by its writer; the words go there from the server alone. */
function spokenLink(id, when) {
  const link = element("a", "alone", _("Hear what you would say to a friend, said to you"));
  link.href = `/worksheets/mine/${id}/spoken`;
  link.setAttribute("aria-label", _("Hear what you would say to a friend, said to you: {when}", { when }));
  return element("p", "", link);
}

function makeRow(answered) {
  const { where } = answered;
  const when = dayText.format(new Date(answered.answered_at));
  const notes = [NOTES[where], answered.is_marked ? MARKED : ""].filter(Boolean).join(" ");
  const summary = element("summary", "", element("span", "", element("span", "row-title", when), element("span", "row-note", notes)));
  const words = element("div", "ws-read");
  words.lang = answered.worksheet.language;
  const isSent = where === "server";
  const remove = button("plain-action", isSent ? _("Take it back") : _("Delete it"), () => drop(answered));
  remove.setAttribute("aria-label", isSent ? _("Take it back: {when}", { when }) : _("Delete it: {when}", { when }));
  const told = isSent ? element("p", "soft small", _("Taking it back deletes it on the server, with whatever was noted about it together.")) : "";
  const fold = element("details", "fold", summary, words, isSent && hasPair(answered) ? spokenLink(answered.id, when) : "", element("p", "", remove), told);
  fold.addEventListener("toggle", () => fold.open && words.replaceChildren(readable(answered)), { once: true });
  const row = element("li", "ws-row", fold);
  row.dataset.id = answered.id;
  return row;
}

/** The ratings of all that have a pair, as two lines, from two occasions on. */
function pictureOf(worksheets) {
  const pair = worksheets[0].worksheet.fields.find(({ kind }) => kind === "pair");
  if (!pair) return "";
  const given = worksheets.filter(({ is_marked, answers }) => !is_marked && answers[pair.name]).reverse();
  if (given.length < 2) return "";
  const points = given.map(({ answered_at, answers }) => ({ at: answered_at, first: answers[pair.name].first.rating, second: answers[pair.name].second.rating }));
  return twoLines(points, [pair.first.title, pair.second.title]);
}

function makeSection(worksheets) {
  const { title, language: lang } = worksheets[0].worksheet;
  const heading = inItsWay(element("h2", "", title));
  heading.lang = lang;
  return element("section", "day", heading, pictureOf(worksheets), element("ul", "rows", ...worksheets.map(makeRow)));
}

function show() {
  const found = all();
  const byTemplate = new Map();
  for (const each of found) byTemplate.set(each.template, [...(byTemplate.get(each.template) ?? []), each]);
  const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.parentElement.dataset.id));
  place.replaceChildren(...[...byTemplate.values()].map(makeSection));
  for (const row of place.querySelectorAll("[data-id]")) row.querySelector("details").open = open.has(row.dataset.id);
  document.getElementById("mine-none").hidden = found.length > 0 || (hasJoined && fromServer === null);
}

/** Deletes one, here and on the server, wherever it is by now. */
async function drop({ id, where }) {
  try {
    await removeHere(id); // first, so that it is not sent after it was taken back
    if (hasJoined && where !== "here" && where !== "conflict") {
      await request(`/api/submissions/${id}`, { method: "DELETE" }).catch((error) => {
        if (error.status !== 404) throw error; // gone already, or never there
      });
    }
    fromServer = fromServer?.filter((each) => where === "conflict" || each.id !== id) ?? null;
    show();
    status.textContent = where === "server" ? _("It is taken back: the server has nothing of it any more.") : _("It is deleted from this device.");
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    show();
    status.textContent = error.message;
  }
  document.getElementById("mine-title").focus({ preventScroll: true });
}

async function fetchOwn() {
  const telling = setTimeout(() => (status.textContent = _("One moment")), TELL_AFTER_MS);
  try {
    fromServer = (await request("/api/submissions")).submissions;
    status.textContent = "";
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    status.textContent = error.status === 404 ? "" : _("The server does not answer just now. What it has is shown when it does.");
  } finally {
    clearTimeout(telling);
  }
  show();
}

const textsOf = ({ first, second }) => ({ first: first.text, second: second.text });

/** What was written without a network was not held against anything yet. */
async function markHere() {
  for (const each of listHere().filter(({ is_marked }) => is_marked === undefined)) {
    const pairs = each.worksheet.fields.filter(({ kind, name }) => kind === "pair" && each.answers[name]);
    const found = await Promise.all(pairs.map(({ name }) => areAlike(each.template, textsOf(each.answers[name]))));
    if (found.includes(null)) return;
    keepHere({ ...each, is_marked: found.includes(true) });
  }
  show();
}

show();
onNews(() => (hasJoined ? fetchOwn() : show()));
window.addEventListener("online", () => (hasJoined ? fetchOwn() : markHere()));
window.addEventListener("storage", show);
if (hasJoined) await fetchOwn();
await markHere();
