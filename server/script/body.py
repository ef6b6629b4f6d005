"""Reads the body of a script: headings become stages, paragraphs and containers their cues."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from server.script.cue_model import Cue, Position, Repeat, Say
from server.script.inline import MOST_CHARACTERS
from server.script.model import Stage
from server.script.paragraph import Names, Passage, read_paragraph, read_title
from server.script.problems import Problems, quote
from server.script.source import blank_comments, position_at

MOST_CUES = 5000
DEEPEST_REPEAT = 3
LATER_CONTAINERS = ("when", "one-of", "until", "ask")

_A_STAGE = "a heading such as '# Arriving', then its text"

_REFUSED = {
    "bullet_list_open": ("A list cannot be spoken.", "sentences, in a paragraph"),
    "ordered_list_open": ("A list cannot be spoken.", "sentences, in a paragraph"),
    "blockquote_open": ("A quotation cannot be marked.", "the words alone, without '>'"),
    "table_open": ("A table cannot be spoken.", "sentences, in a paragraph"),
    "fence": ("Code cannot be spoken.", "sentences, in a paragraph"),
    "html_block": ("HTML cannot be spoken.", "plain text, or a comment '<!-- … -->'"),
    "hr": ("A line across is not part of the language.", "a heading to begin a new stage"),
}


def _container_rule(state: StateBlock, line: int, _end_line: int, silent: bool) -> bool:
    """Take each line that begins with ':::' as a block of its own.

    The container plugin would close an outer container at the first ':::' it meets; here they
    nest as they are written, and an unclosed one can be named at its opening.
    """
    start = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(":::", start):
        return False
    if not silent:
        token = state.push("container", "", 0)
        token.content = state.src[start : state.eMarks[line]]
        token.map = [line, line + 1]
        state.line = line + 1
    return True


_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["code", "reference", "inline"])
_MARKDOWN.block.ruler.before(
    "fence", "container", _container_rule, {"alt": ["paragraph", "blockquote", "list"]}
)


@dataclass(slots=True, kw_only=True)
class _Open:
    """A stage or a container whose end is still to come."""

    name: str
    at: Position
    times: int = 1
    cues: list[Cue] = field(default_factory=list)
    is_empty: bool = True


def parse_body(text: str, offset: int, names: Names, problems: Problems) -> tuple[Stage, ...]:
    """Read what stands after `offset` of the whole file; mistakes are kept in `problems`."""
    # Empty lines in place of the front matter let every line keep its number.
    source = "\n" * text.count("\n", 0, offset) + text[offset:]
    body = _Body(blank_comments(source, problems), source, names, problems)
    before = problems.count
    body.read()
    if problems.count == before and not body.holds_text:
        start = position_at(text, min(offset + 1, len(text)))
        problems.add(start, "Nothing is spoken in this script.", expected=_A_STAGE)
    return tuple(body.stages)


class _Body:
    """Goes through the blocks of a body and fills its stages."""

    def __init__(self, text: str, source: str, names: Names, problems: Problems) -> None:
        self._text, self._problems, self._names = text, problems, names
        self._lines, self._source_lines = text.split("\n"), source.split("\n")
        self._stage: _Open | None = None
        self._containers: list[_Open] = []
        self._titles: dict[str, int] = {}
        self._cue_count = 0
        self.stages: list[Stage] = []
        self.holds_text = False

    @property
    def is_over(self) -> bool:
        """True when there is so much already that the rest is not read."""
        return self._cue_count > MOST_CUES or self._problems.is_full

    def read(self) -> None:
        """Read all blocks."""
        tokens = _MARKDOWN.parse(self._text)
        for index, token in enumerate(tokens):
            if token.level > 0 or token.nesting < 0 or token.map is None:
                continue
            if token.type == "heading_open":
                self._read_heading(token, tokens[index + 1])
            else:
                self._read_block(token)
            if self.is_over:
                return
        self._close_stage()

    def _place(self, token: Token) -> Position:
        """The place of a block's first character that is not blank."""
        line = token.map[0] if token.map else 0
        indent = len(self._lines[line]) - len(self._lines[line].lstrip())
        return Position(line=line + 1, column=indent + 1)

    # ── stages ───────────────────────────────────────────────────────────────────────────────

    def _read_heading(self, token: Token, inline: Token) -> None:
        at = self._place(token)
        if token.tag != "h1" or token.markup != "#":
            message = "This kind of heading is not part of the language."
            self._problems.add(at, message, expected="'# ' and the name of a stage")
            self._in_stage(at)
            return
        self._close_stage()
        line = self._lines[at.line - 1]
        column = line.find(inline.content, at.column)
        passage = Passage(text=inline.content, line=at.line, column=column + 1)
        title = read_title(passage, self._problems)
        if not inline.content:
            self._problems.add(at, "This stage has no name.", expected="'# Arriving'")
        elif title.casefold() in self._titles:
            first = self._titles[title.casefold()]
            message = f"There is already a stage named {quote(title)}, on line {first}."
            self._problems.add(at, message, expected="a name of its own for each stage")
        self._titles.setdefault(title.casefold(), at.line)
        self._stage = _Open(name=title, at=at)

    def _close_stage(self) -> None:
        for container in self._containers:
            message = f"This ':::{container.name}' is not closed in its stage."
            self._problems.add(container.at, message, expected="':::' on a line of its own")
        self._containers.clear()
        stage = self._stage
        if stage is None:
            return
        if stage.is_empty:
            self._problems.add(stage.at, f"The stage {quote(stage.name)} is empty.")
        self.stages.append(Stage(title=stage.name, cues=tuple(stage.cues), at=stage.at))

    def _in_stage(self, at: Position) -> _Open:
        """The stage or container that a block at this place belongs to."""
        if self._stage is None:
            self._problems.add(at, "This stands before the first stage.", expected=_A_STAGE)
            self._stage = _Open(name="", at=at)
        inner = self._containers[-1] if self._containers else self._stage
        inner.is_empty = self._stage.is_empty = False
        return inner

    # ── blocks ───────────────────────────────────────────────────────────────────────────────

    def _read_block(self, token: Token) -> None:
        at = self._place(token)
        first, last = token.map or [0, 0]
        text = "\n".join(self._lines[first:last])
        if token.type == "container":
            self._read_container(token.content, at)
        elif token.type == "paragraph_open":
            self._read_paragraph(Passage(text=text, line=first + 1), at)
        else:
            self._in_stage(at)
            message, expected = _REFUSED[token.type]
            if "list" in token.type and "->" in text:
                message, expected = "Choices (->) are not part of the language yet.", ""
            self._problems.add(at, message, expected=expected)

    def _read_paragraph(self, passage: Passage, at: Position) -> None:
        inner = self._in_stage(at)
        if re.match(r" {4}| {0,3}\t", self._source_lines[passage.line - 1]):
            message = "Text that is indented by four blanks is code in Markdown."
            self._problems.add(at, message, expected="the line without blanks before it")
        elif len(passage.text) > MOST_CHARACTERS:
            message = f"This paragraph is longer than {MOST_CHARACTERS:,} characters."
            self._problems.add(at, message, expected="an empty line where a new one may begin")
        else:
            for cue in read_paragraph(passage, self._names, self._problems):
                self._add(cue, inner)

    def _add(self, cue: Cue, inner: _Open) -> None:
        self.holds_text = self.holds_text or isinstance(cue, Say)
        weight = math.prod(container.times for container in self._containers)
        is_first_over = self._cue_count <= MOST_CUES < self._cue_count + weight
        self._cue_count += weight
        if is_first_over:
            message = f"With its repeats the script has more than {MOST_CUES:,} cues from here on."
            self._problems.add(cue.at, message)
        inner.cues.append(cue)

    # ── containers ───────────────────────────────────────────────────────────────────────────

    def _read_container(self, line: str, at: Position) -> None:
        name, _, rest = line.lstrip(":").strip().partition(" ")
        if not name:
            self._close_container(at)
            return
        self._in_stage(at)
        times = self._read_opening(name, rest.strip(), at)
        self._containers.append(_Open(name=name, at=at, times=times))
        if len(self._containers) == DEEPEST_REPEAT + 1:
            message = f"Repeats lie within each other at most {DEEPEST_REPEAT} deep."
            self._problems.add(at, message)

    def _read_opening(self, name: str, rest: str, at: Position) -> int:
        if name in LATER_CONTAINERS:
            self._problems.add(at, f"':::{name}' is not part of the language yet.")
        elif name != "repeat":
            message = f"There is no container named {quote(name)}."
            known = ("repeat", *LATER_CONTAINERS)
            self._problems.add(at, message, expected="':::repeat 3'", wrote=name, known=known)
        elif re.fullmatch(r"[0-9]{1,6}", rest) and 2 <= int(rest) <= 20:
            return int(rest)
        else:
            message = "':::repeat' needs a number of times."
            column = at.column + max(self._lines[at.line - 1][at.column - 1 :].find(rest), 0)
            place = Position(line=at.line, column=column)
            self._problems.add(place, message, expected="2 to 20")
        return 1

    def _close_container(self, at: Position) -> None:
        if not self._containers:
            self._problems.add(at, "There is no container to close here.")
            return
        closed = self._containers.pop()
        if closed.is_empty:
            self._problems.add(closed.at, f"This ':::{closed.name}' is empty.")
        if closed.cues:
            outer = self._in_stage(at)
            outer.cues.append(Repeat(times=closed.times, cues=tuple(closed.cues), at=closed.at))
