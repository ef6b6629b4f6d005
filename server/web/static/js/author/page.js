/** The page of one script: ties the editor to its file, its remarks, its picture, its sound and its past. */

import { Checker, RemarkList, describe } from "./check.js";
import { Editor } from "./editor.js";
import { part } from "../step.js";
import { ScriptFile } from "./file.js";
import { Hearing } from "./hear.js";
import { TimePicture, showWays } from "./picture.js";
import { Comparison, Versions } from "./versions.js";
import { _, language } from "../words.js";

const opened = JSON.parse(part("script-data").textContent);
const isPractice = opened.kind === "practice";

const IN_LIBRARY = isPractice ? _("It is in the library.") : "";
const WITH_MISTAKES = isPractice ? _("It is in the library, with its mistakes.") : IN_LIBRARY;
const NOT_IN_LIBRARY = isPractice ? _("With its mistakes it is not in the library.") : _("It has mistakes.");
const CHANGED_BY_ANOTHER = _("Another hand changed the file, and here it is.");

/** What was found in the text that was checked last. */
let lastFound = null;
let trouble = "";

const editor = new Editor(part("editor"), { ...opened, label: _("The text of {path}", { path: opened.path }) }, { onChange: noteChange, onMove: () => {}, onSave: save });
const file = new ScriptFile(opened, () => editor.text, { onDisk: noteDisk, onGone: noteGone });
const remarks = new RemarkList(part("remarks"), part("remarks-said"), (mark) => editor.goTo(mark.line, mark.column));
const checker = new Checker(ask, showFound, (error) => remarks.tell(error.message));
const comparison = new Comparison(part("comparison"));
const picture = part("time") && new TimePicture(part("time"), part("time-said"), (line) => editor.goTo(line));
const hearing = new Hearing({ audio: part("audio"), row: part("heard"), text: part("heard-text"), stop: part("hear-stop") });
const versions = new Versions(
  { fold: part("versions-fold"), version: part("version"), against: part("against"), compare: part("version-compare"), load: part("version-load") },
  opened.path,
  { textNow: () => editor.text, comparison, onLoad: loadVersion, onTrouble: (error) => tell(error.message) },
);

function ask() {
  const minutes = Number(part("minutes")?.value) || null;
  return { path: opened.path, text: editor.text, minutes, anchor: part("anchor")?.value ?? "any", eyes: part("eyes")?.value ?? "any" };
}

function noteChange() {
  trouble = "";
  file.noteChange();
  checker.schedule();
  showState();
}

function showFound(found) {
  lastFound = found;
  editor.mark(found.marks.map((mark) => ({ ...mark, said: describe(mark) })));
  remarks.show(found.marks);
  if (found.title && isPractice) part("title").textContent = found.title;
  // With a mistake in the text the last picture stays: it is still nearly true, and does not flicker.
  if (picture && (found.picture || found.picture_note)) {
    showMinutes(found.minutes, found.chosen);
    picture.show(found.picture, found.picture_note);
    showWays(part("ways"), found.ways);
    part("ways-fold").hidden = found.ways.length === 0;
  }
  showState();
}

function showMinutes(minutes, chosen) {
  const select = part("minutes");
  const now = [...select.options].map(({ value }) => Number(value));
  if (now.join() !== minutes.join()) select.replaceChildren(...minutes.map((n) => new Option(_("{minutes} min", { minutes: n }), n)));
  select.value = chosen;
}

/** One line says how things stand; what went wrong stays until the next change. */
function showState() {
  part("save").disabled = !file.isChanged;
  if (trouble) return;
  if (file.isChanged) say(_("Not saved yet."));
  else say([_("Saved."), whereItIs()].filter(Boolean).join(" "));
}

function whereItIs() {
  if (!lastFound) return "";
  if (lastFound.has_mistakes) return NOT_IN_LIBRARY;
  return lastFound.marks.some(({ severity }) => severity === "error") ? WITH_MISTAKES : IN_LIBRARY;
}

function tell(sentence) {
  trouble = sentence;
  say(sentence);
}

function say(sentence) {
  if (part("state").textContent !== sentence) part("state").textContent = sentence;
}

async function save() {
  if (!file.isChanged) return;
  part("save").disabled = true;
  try {
    await file.save();
    trouble = "";
    part("conflict").hidden = true;
    checker.schedule(0);
    versions.refresh();
  } catch (error) {
    tell(error.message);
    if (error.status === 409) {
      await file.look();
      part("conflict-title").focus();
    }
  }
  showState();
}

/** @param {import("./file.js").OnDisk} found what the disk holds, where it is not what was read */
function noteDisk(found) {
  if (!file.isChanged) {
    file.accept(found);
    editor.replace(found.text);
    file.keep();
    checker.schedule(0);
    versions.refresh();
    tell(CHANGED_BY_ANOTHER);
    return;
  }
  showConflict(_("Somebody changed the file while you were writing. Nothing is lost; below is what differs."));
}

function noteGone() {
  tell(_("The file is not on disk any more. Saving makes it anew."));
  showState(); // it can be saved now
}

async function showConflict(sentence) {
  tell(_("It was changed on disk as well. Please choose below."));
  part("conflict-said").textContent = sentence;
  part("conflict").hidden = false;
  try {
    await comparison.show(file.other.text, editor.text, _("First the one on disk, then yours."));
  } catch (error) {
    tell(error.message);
  }
}

function settle(isMine) {
  const { other } = file;
  part("conflict").hidden = part("comparison").hidden = true;
  if (!other) return;
  file.accept(other);
  trouble = "";
  if (!isMine) editor.replace(other.text);
  file.keep();
  checker.schedule(0);
  showState();
  editor.focus();
  if (isMine) save();
}

function loadVersion(text, name) {
  editor.replace(text);
  editor.focus();
  tell(file.isChanged ? _("Loaded: {name}. It is not saved yet, and can be undone.", { name }) : _("That is what the file holds: {name}.", { name }));
}

/** What was written here before and never saved comes back, unless the file went on without it. */
function bringBack() {
  const kept = file.findKept();
  if (!kept) return;
  editor.replace(kept.text);
  const when = new Date(kept.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  if (kept.version === file.version) {
    tell(_("What you had not saved on {when} is here again. Undo takes it back.", { when }));
    return;
  }
  file.other = { path: opened.path, version: opened.version, text: opened.text };
  showConflict(_("What you had not saved on {when} is here again, and the file has changed since.", { when }));
}

part("save").addEventListener("click", save);
part("copy")?.addEventListener("click", () => file.handOn());
part("take-disk").addEventListener("click", () => settle(false));
part("take-mine").addEventListener("click", () => settle(true));
for (const id of ["minutes", "anchor", "eyes"]) part(id)?.addEventListener("change", () => checker.schedule(0));
part("hear-line")?.addEventListener("click", () => {
  const { first, last } = editor.lines;
  const name = first === last ? _("Line {line}.", { line: first }) : _("Lines {first} to {last}.", { first, last });
  hearing.hear({ ...ask(), first_line: first, last_line: last }, name);
});
part("hear-stage")?.addEventListener("click", () => {
  const { first } = editor.lines;
  hearing.hear({ ...ask(), first_line: first, last_line: first, is_stage: true }, _("The stage of line {line}.", { line: first }));
});
bringBack();
checker.run();
showState();
