/** The text being written: CodeMirror in a shadow tree of its own, and the little the page asks of it. */

import {
  EditorState,
  EditorView,
  defaultKeymap,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  history,
  historyKeymap,
  keymap,
  lineNumbers,
  lintGutter,
  lintKeymap,
  search,
  searchKeymap,
  setDiagnostics,
} from "../../vendor/codemirror.min.mjs";
import { scriptLanguage } from "./language.js";
import { PHRASES } from "./phrases.js";

// In a shadow tree CodeMirror's styles are sheets that were constructed, and no policy forbids those.
const wavy = (color) => ({ backgroundImage: "none", textDecoration: `underline wavy ${color} 1.5px`, textUnderlineOffset: "0.25em", textDecorationSkipInk: "none" });
const dot = (color) => ({ content: "normal", inlineSize: "0.6em", blockSize: "0.6em", marginBlockStart: "0.55em", borderRadius: "50%", border: `2px solid ${color}` });

const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", border: "1px solid var(--edge)", borderRadius: "0.75rem", blockSize: "100%", fontSize: "1.0625rem" },
  "&.cm-focused": { outline: "3px solid var(--sage)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--serif)", lineHeight: "1.6", borderRadius: "inherit", overscrollBehavior: "contain" },
  ".cm-content": { paddingBlock: "0.75rem", caretColor: "var(--ink)" },
  ".cm-line": { paddingInline: "0.5rem 1rem", unicodeBidi: "plaintext" }, // a script is written the way of its own language
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--soft)", border: "0", fontFamily: "var(--sans)", fontSize: "0.8em" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--sage-wash) 55%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--sage) 30%, transparent)" },
  ".cm-lintRange-error": wavy("var(--ember)"),
  ".cm-lintRange-warning": wavy("var(--sage)"),
  ".cm-lintRange-hint": wavy("var(--edge)"),
  ".cm-lintRange-active": { backgroundColor: "var(--glow)" },
  ".cm-lint-marker-error": { ...dot("var(--ember)"), backgroundColor: "var(--ember)" },
  ".cm-lint-marker-warning": { ...dot("var(--sage)"), backgroundColor: "var(--sage)" },
  ".cm-lint-marker-hint": dot("var(--edge)"),
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "0.75rem", maxInlineSize: "30rem" },
  ".cm-diagnostic": { padding: "0.5rem 0.75rem", borderInlineStart: "4px solid var(--edge)", fontFamily: "var(--sans)", fontSize: "1rem", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderInlineStartColor: "var(--ember)" },
  ".cm-diagnostic-warning": { borderInlineStartColor: "var(--sage)" },
  ".cm-panels": { backgroundColor: "var(--paper)", color: "var(--ink)", borderColor: "var(--line)", fontFamily: "var(--sans)" },
  ".cm-panel button, .cm-panel input": { minBlockSize: "2.5rem", fontSize: "1rem" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "transparent", border: "1px solid var(--edge)", borderRadius: "999px", color: "inherit" },
  ".cm-textfield": { backgroundColor: "var(--card)", border: "1px solid var(--edge)", color: "inherit" },
  ".cm-searchMatch": { backgroundColor: "var(--glow)" },
});

/** @typedef {{line: number, column: number, end_line: number, end_column: number, severity: string, said: string}} Mark */

export class Editor {
  /**
   * @param {HTMLElement} host
   * @param {{text: string, kind: "practice" | "passage" | "lexicon", label: string}} file
   * @param {{onChange: () => void, onMove: () => void, onSave: () => void}} watcher
   */
  constructor(host, { text, kind, label }, { onChange, onMove, onSave }) {
    const root = host.attachShadow({ mode: "open" });
    const saving = { key: "Mod-s", preventDefault: true, run: () => (onSave(), true) };
    const extensions = [
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      lintGutter(),
      search({ top: true }),
      scriptLanguage(kind),
      keymap.of([saving, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.lineWrapping,
      EditorView.perLineTextDirection.of(true),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "true", autocapitalize: "sentences" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange();
        else if (update.selectionSet) onMove();
      }),
      EditorState.phrases.of(PHRASES),
      THEME,
    ];
    this.view = new EditorView({ root, parent: root, state: EditorState.create({ doc: text, extensions }) });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Puts another text in place of this one, which can be undone; what is alike stays, and the cursor with it. */
  replace(text) {
    const before = this.text;
    let from = 0;
    const least = Math.min(before.length, text.length);
    while (from < least && before[from] === text[from]) from += 1;
    let same = 0;
    while (same < least - from && before[before.length - 1 - same] === text[text.length - 1 - same]) same += 1;
    const to = before.length - same;
    if (from === to && before.length === text.length) return;
    this.view.dispatch({ changes: { from, to, insert: text.slice(from, text.length - same) } });
  }

  /** The first and last line of the selection, or the cursor's line twice; counted from 1. */
  get lines() {
    const { from, to, empty } = this.view.state.selection.main;
    const { doc } = this.view.state;
    const first = doc.lineAt(from).number;
    const last = doc.lineAt(to);
    const isBeyond = !empty && last.from === to && last.number > first; // nothing of the last line is chosen
    return { first, last: isBeyond ? last.number - 1 : last.number };
  }

  /** @param {number} line @param {number} [column] in characters, as the server counts them */
  goTo(line, column = 1) {
    const anchor = this.place(line, column);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
  }

  focus() {
    this.view.focus();
  }

  /** @param {Mark[]} marks */
  mark(marks) {
    const diagnostics = marks.map((mark) => {
      const from = this.place(mark.line, mark.column);
      const to = Math.max(this.place(mark.end_line, mark.end_column), from);
      return { from, to, severity: mark.severity, message: mark.said };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Where a line and a column are in the text. The server counts code points, the browser UTF-16 units. */
  place(line, column) {
    const { doc } = this.view.state;
    const found = doc.line(Math.min(Math.max(1, line), doc.lines));
    const before = [...found.text].slice(0, column - 1).join("");
    return found.from + Math.min(before.length, found.length);
  }
}
