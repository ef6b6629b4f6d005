/** What is kept on this device: heard, removed, and how much room it takes. Also shown in place of a page that is not to be had. */

import { canKeep, isApp } from "./app-worker.js";
import { element } from "./element.js";
import { addressOf, keptText } from "./keep.js";
import { listPractices, measureStorage, removePractices, tidy } from "./kept.js";
import { listKept, onNews } from "./outbox.js";
import { sizeText } from "./size-text.js";
import { part } from "./step.js";
import { _, ngettext } from "./words.js";
import { hasPages } from "./worksheet/keep-page.js";

function makeRow(kept) {
  const title = element("a", "row-title", kept.practice.title);
  title.href = addressOf(kept);
  title.lang = kept.practice.language;
  title.dir = "auto";
  const remove = element("button", "link", _("Remove"));
  remove.type = "button";
  remove.setAttribute("aria-label", _("Remove {title}, {what}", { title: kept.practice.title, what: keptText(kept) }));
  remove.addEventListener("click", () => removeAll([kept], _("It is removed from this device.")));
  return element("li", "entry", title, element("span", "row-note", keptText(kept)), remove);
}

async function removeAll(all, said) {
  await removePractices(all);
  await show();
  part("kept-said").textContent = said;
  part("main").focus({ preventScroll: true });
}

async function show() {
  const kept = await listPractices();
  part("kept-list").replaceChildren(...kept.map(makeRow));
  part("kept-none").hidden = !canKeep || kept.length > 0;
  part("kept-all").hidden = kept.length < 2;
  const sum = kept.reduce((bytes, each) => bytes + each.bytes, 0);
  const storage = await measureStorage();
  const told = { sum: sizeText(sum), used: sizeText(storage?.used ?? sum), free: sizeText(Math.max(0, (storage?.all ?? 0) - (storage?.used ?? 0))) };
  part("kept-room").textContent = storage
    ? _("The practices take {sum}. Everything of this site takes {used} on this device; the browser leaves it {free} more.", told)
    : _("The practices take {sum}.", told);
}

function showWaiting() {
  const waiting = listKept().filter(({ state }) => state === "waiting").length;
  part("kept-waiting").hidden = waiting === 0;
  part("kept-waiting").textContent = ngettext(
    "{n} sitting waits here for the network. It goes to My practice by itself, once.",
    "{n} sittings wait here for the network. They go to My practice by themselves, each once.",
    waiting,
  );
}

/** Browsers that can put the pages on a home screen by a press say so. */
window.addEventListener("beforeinstallprompt", (offer) => {
  part("install").hidden = false;
  part("install").addEventListener("click", () => offer.prompt(), { once: true });
});
window.addEventListener("appinstalled", () => (part("install").hidden = true));

part("kept-instead").hidden = location.pathname === "/offline";
part("kept-impossible").hidden = canKeep;
part("install-how").hidden = !canKeep || isApp;
part("kept-all").addEventListener("click", async () => removeAll(await listPractices(), _("All of it is removed from this device.")));
document.addEventListener("kept", show);
onNews(showWaiting);
showWaiting();
part("kept-worksheets").hidden = !(await hasPages());
await tidy();
await show();
