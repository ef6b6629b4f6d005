/** What the file once held: listed, compared, and loaded into the editor. */

import { post, request } from "../api.js";
import { element, inItsWay } from "../element.js";
import { _, language, ngettext } from "../words.js";

const NOW = "now";
const ALIKE = _("They are alike.");
const ORIGINS = { saved: _("saved here"), found: _("found on disk") };

/** Shows two texts side by side. */
export class Comparison {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.rows = section.querySelector(".diff");
    this.said = section.querySelector("#comparison-said");
    section.querySelector("#comparison-close").addEventListener("click", () => (section.hidden = true));
  }

  /** @param {string} before @param {string} after @param {string} sentence which two these are */
  async show(before, after, sentence) {
    const { rows } = await post("/api/author/compare", { before, after });
    this.said.textContent = rows.length ? sentence : `${sentence} ${ALIKE}`;
    this.rows.replaceChildren(...rows.flatMap(drawRow));
    this.section.hidden = false;
    return rows.length;
  }

  reveal() {
    const title = this.section.querySelector("h2");
    title.scrollIntoView({ block: "start" });
    title.focus({ preventScroll: true });
  }
}

function drawRow({ kind, before, after, left_out: leftOut }) {
  if (kind === "left-out") return [element("div", "left-out", ngettext("{n} line is alike.", "{n} lines are alike.", leftOut))];
  if (kind === "same") return [drawSide("same before", before), drawSide("same after", after)];
  return [drawSide("changed before", before, "del"), drawSide("changed after", after, "ins")];
}

function drawSide(name, side, tag) {
  if (!side) return element("div", `side ${name} none`);
  const pieces = side.pieces.map(({ text, is_changed: isChanged }) => (isChanged && tag ? element(tag, "", text) : text));
  return element("div", `side ${name}`, element("span", "side-line", side.line), inItsWay(element("span", "side-text", ...pieces)));
}

/** The fold of versions. */
export class Versions {
  /**
   * @param {{fold: HTMLDetailsElement, version: HTMLSelectElement, against: HTMLSelectElement, compare: HTMLButtonElement, load: HTMLButtonElement}} parts
   * @param {string} path
   * @param {{textNow: () => string, comparison: Comparison, onLoad: (text: string, name: string) => void, onTrouble: (error: Error) => void}} page
   */
  constructor(parts, path, page) {
    Object.assign(this, parts, { page });
    this.path = path.split("/").map(encodeURIComponent).join("/");
    this.fold.addEventListener("toggle", () => this.fold.open && this.refresh());
    this.compare.addEventListener("click", () => this.try(() => this.showChange()));
    this.load.addEventListener("click", () => this.try(() => this.loadChosen()));
  }

  async try(act) {
    try {
      await act();
    } catch (error) {
      this.page.onTrouble(error);
    }
  }

  /** Lists what is kept by now; what was chosen stays chosen. */
  async refresh() {
    if (!this.fold.open) return;
    await this.try(async () => {
      const { versions } = await request(`/api/author/versions/${this.path}`);
      fill(this.version, versions.map(nameVersion), versions.length > 1 ? String(versions[1].number) : undefined);
      fill(this.against, [[NOW, _("the text in the editor")], ...versions.map(nameVersion)], NOW);
      this.compare.disabled = this.load.disabled = versions.length === 0;
    });
  }

  async read(number) {
    if (number === NOW) return this.page.textNow();
    return (await request(`/api/author/version/${number}/${this.path}`)).text;
  }

  async showChange() {
    const [before, after] = await Promise.all([this.read(this.version.value), this.read(this.against.value)]);
    const [one, other] = [this.version, this.against].map((select) => select.selectedOptions[0].textContent);
    await this.page.comparison.show(before, after, _("First {one}; then {other}.", { one, other }));
    this.page.comparison.reveal();
  }

  async loadChosen() {
    this.page.onLoad(await this.read(this.version.value), this.version.selectedOptions[0].textContent);
  }
}

function nameVersion({ number, saved_at: savedAt, origin }) {
  const when = new Date(savedAt).toLocaleString(language, { dateStyle: "medium", timeStyle: "medium" });
  return [String(number), `${when}, ${ORIGINS[origin]}`];
}

function fill(select, options, usual) {
  const chosen = select.value || usual;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}
