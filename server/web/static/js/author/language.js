/** Colours for the script language: what is spoken stays plain, what directs it stands back or out. */

import { HighlightStyle, StreamLanguage, Tag, syntaxHighlighting } from "../../vendor/codemirror.min.mjs";

const NAMES = ["edge", "key", "value", "heading", "container", "condition", "cue", "word", "choice", "arrow", "target", "comment"];
const tags = Object.fromEntries(NAMES.map((name) => [name, Tag.define(name)]));

const FENCE = /^---\s*$/;
const KEY = /^\s*(?:- )?[\w-]+(?=:(?:\s|$))/;
const CONTAINER = /^\s{0,3}:::\s*(?:[a-z-]+)?/;
const CHOICE = /^\s{0,3}- /;
const TARGET = /^[^[\n]*/;
const PLAIN = /^[^[{<-]+/;

/** @typedef {{where: "start" | "front" | "body", isComment: boolean, rest: string | null}} State */

/** Front matter is YAML, and only its keys matter to the eye. */
function readFront(stream, state) {
  if (stream.sol() && stream.match(FENCE)) {
    state.where = "body";
    return "edge";
  }
  if (stream.sol() && stream.match(KEY)) return "key";
  if (stream.match(/^\s*#.*/)) return "comment";
  stream.skipToEnd();
  return "value";
}

/** A line's own kind is told by how it begins; `rest` colours what follows on the same line. */
function readLineStart(stream, state) {
  if (stream.match(/^#{1,6}\s.*/)) return "heading";
  const container = stream.match(CONTAINER);
  if (container) {
    if (!/:::\s*ask$/.test(container[0])) state.rest = "condition";
    return "container";
  }
  if (stream.match(CHOICE)) {
    state.rest = "choice";
    return "arrow";
  }
  return null;
}

function readBody(stream, state) {
  if (stream.sol()) {
    state.rest = null;
    const kind = readLineStart(stream, state);
    if (kind) return kind;
  }
  if (stream.match("<!--")) {
    state.isComment = true;
    return readComment(stream, state);
  }
  if (stream.match(/^\[[^\]\n]*\]/)) return "cue";
  if (stream.match(/^\{[^}\n]*\}/)) return "word";
  if (stream.match(/^->\s*/)) {
    state.rest = "target";
    return "arrow";
  }
  if (state.rest === "target" && stream.match(TARGET)) return "target";
  if (!stream.match(PLAIN)) stream.next();
  return state.rest;
}

function readComment(stream, state) {
  if (stream.skipTo("-->")) {
    stream.match("-->");
    state.isComment = false;
  } else {
    stream.skipToEnd();
  }
  return "comment";
}

/** @param {boolean} isPassage it has no front matter */
const parser = (isPassage) => ({
  name: "stepback",
  startState: () => ({ where: isPassage ? "body" : "start", isComment: false, rest: null }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (state.isComment) return readComment(stream, state);
    if (state.where === "start") {
      if (stream.sol() && stream.match(FENCE)) {
        state.where = "front";
        return "edge";
      }
      state.where = "body";
    }
    return state.where === "front" ? readFront(stream, state) : readBody(stream, state);
  },
  tokenTable: tags,
});

/** A lexicon: a word, a colon, how it is spelt to be said right. */
const lexicon = {
  name: "lexicon",
  token(stream) {
    if (stream.match(/^\s*#.*/)) return "comment";
    if (stream.sol() && stream.match(/^[^:\n]+(?=:)/)) return "key";
    stream.skipToEnd();
    return "value";
  },
  tokenTable: tags,
};

const SANS = { fontFamily: "var(--sans)", fontSize: "0.9em" };
const STYLES = HighlightStyle.define([
  { tag: tags.edge, ...SANS, color: "var(--soft)" },
  { tag: tags.key, ...SANS, color: "var(--sage)" },
  { tag: tags.value, ...SANS },
  { tag: tags.heading, fontSize: "1.2em", color: "var(--ember)" },
  { tag: tags.container, ...SANS, color: "var(--sage)", fontWeight: "600" },
  { tag: tags.condition, ...SANS, color: "var(--sage)" },
  { tag: tags.cue, ...SANS, color: "var(--sage)" },
  { tag: tags.word, color: "var(--ember)", fontStyle: "italic" },
  { tag: tags.choice, fontStyle: "italic" },
  { tag: tags.arrow, ...SANS, color: "var(--soft)" },
  { tag: tags.target, ...SANS, color: "var(--ember)" },
  { tag: tags.comment, ...SANS, color: "var(--soft)", fontStyle: "italic" },
]);

/**
 * @param {"practice" | "passage" | "lexicon"} kind
 * @returns {any} an extension of CodeMirror
 */
export function scriptLanguage(kind) {
  const language = StreamLanguage.define(kind === "lexicon" ? lexicon : parser(kind === "passage"));
  return [language, syntaxHighlighting(STYLES)];
}
