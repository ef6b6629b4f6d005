"""Reads the body of a script: headings become stages, paragraphs and containers their cues."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

from server.script.answers import Targets, is_arrow, read_answers, read_go
from server.script.blocks import MARKDOWN, REFUSED
from server.script.containers import Opening, close_container, read_opening
from server.script.cue_model import Answer, Ask, Cue, Include, Position, Say
from server.script.headings import Titles, is_stage, read_titles
from server.script.inline import MOST_CHARACTERS
from server.script.model import Stage
from server.script.paragraph import Names, Passage, read_paragraph
from server.script.passages import Passages
from server.script.paths import check_ways
from server.script.problems import Problems, quote
from server.script.source import blank_comments, position_at

MOST_CUES = 5000
DEEPEST_CONTAINER = 5

_INCLUDE = re.compile(r" *\[include +([^\[\]\s]+) *\] *")
_A_STAGE = "a heading such as '# Arriving', then its text"


@dataclass(slots=True, kw_only=True)
class _Open:
    """A stage or a container whose end is still to come."""

    opening: Opening
    blocks: list[list[Cue]] = field(default_factory=list)
    """What each of its paragraphs holds."""
    answers: tuple[Answer, ...] = ()
    is_empty: bool = True


def parse_body(text: str, offset: int, names: Names, problems: Problems) -> tuple[Stage, ...]:
    """Read what stands after `offset` of the whole file; mistakes are kept in `problems`."""
    # Empty lines in place of the front matter let every line keep its number.
    source = "\n" * text.count("\n", 0, offset) + text[offset:]
    body = _Body(source, names, problems)
    before = problems.count
    body.read()
    if problems.count == before and not body.holds_text:
        start = position_at(text, min(offset + 1, len(text)))
        problems.add(start, "Nothing is spoken in this script.", expected=_A_STAGE)
    if body.stages and problems.count == before:
        check_ways(body.stages, problems)
    return tuple(body.stages)


def parse_passage_body(
    text: str, own_sounds: frozenset[str], passages: Passages, problems: Problems
) -> tuple[tuple[Cue, ...], int]:
    """Read a passage: its cues, and how many they are with their repeats."""
    names = Names(words=frozenset(), own_sounds=own_sounds, passages=passages)
    body = _Body(text, names, problems, is_passage=True)
    body.read()
    cues = body.stages[0].cues if body.stages else ()
    if not cues and not problems.count:
        problems.add(Position(line=1, column=1), "This passage is empty.")
    return cues, body.cue_count


class _Body:
    """Goes through the blocks of a body and fills its stages."""

    def __init__(
        self, source: str, names: Names, problems: Problems, *, is_passage: bool = False
    ) -> None:
        self._problems, self._names, self._is_passage = problems, names, is_passage
        self._text = blank_comments(source, problems)
        self._lines, self._source_lines = self._text.split("\n"), source.split("\n")
        self._titles = Titles()
        self._stage: _Open | None = None
        self._containers: list[_Open] = []
        self.cue_count = 0
        self.stages: list[Stage] = []
        self.holds_text = False

    @property
    def _is_over(self) -> bool:
        """True when there is so much already that the rest is not read."""
        return self.cue_count > MOST_CUES or self._problems.is_full

    def read(self) -> None:
        """Read all blocks."""
        tokens = [token for token in MARKDOWN.parse(self._text) if token.map is not None]
        headings = [
            (self._place(token), token, inline)
            for token, inline in pairwise(tokens)
            if token.type == "heading_open" and token.level == 0
        ]
        if self._is_passage:
            self._refuse_headings([at for at, _, _ in headings])
        else:
            self._titles = read_titles(headings, self._lines, self._problems)
        for token in tokens:
            if self._is_over:
                return
            at = self._place(token)
            if token.level > 0 or token.nesting < 0 or token.type == "inline":
                continue
            if token.type == "heading_open" and is_stage(token):
                self._open_stage(self._titles.by_line.get(at.line, ""), at)
            elif token.type == "heading_open":
                self._in_stage(at)
            else:
                self._read_block(token, at)
        self._close_stage()

    def _place(self, token: Token) -> Position:
        """The place of a block's first character that is not blank."""
        line = token.map[0] if token.map else 0
        indent = len(self._lines[line]) - len(self._lines[line].lstrip())
        return Position(line=line + 1, column=indent + 1)

    # ── stages ───────────────────────────────────────────────────────────────────────────────

    def _refuse_headings(self, places: list[Position]) -> None:
        for at in places:
            message = "A passage has no stages."
            self._problems.add(at, message, expected="its text alone")
        self._stage = _Open(opening=Opening(name="", at=Position(line=1, column=1)))

    def _open_stage(self, title: str, at: Position) -> None:
        self._close_stage()
        self._stage = _Open(opening=Opening(name=title, at=at))

    def _close_stage(self) -> None:
        for container in self._containers:
            message = f"This ':::{container.opening.name}' is not closed in its stage."
            expected = "':::' on a line of its own"
            self._problems.add(container.opening.at, message, expected=expected)
        self._containers.clear()
        stage = self._stage
        if stage is None:
            return
        name, at = stage.opening.name, stage.opening.at
        if stage.is_empty and not self._is_passage:
            self._problems.add(at, f"The stage {quote(name)} is empty.")
        cues = tuple(cue for block in stage.blocks for cue in block)
        self.stages.append(Stage(title=name, cues=cues, at=at))

    def _in_stage(self, at: Position) -> _Open:
        """The stage or container that a block at this place belongs to."""
        if self._stage is None:
            self._problems.add(at, "This stands before the first stage.", expected=_A_STAGE)
            self._stage = _Open(opening=Opening(name="", at=at))
        inner = self._containers[-1] if self._containers else self._stage
        inner.is_empty = self._stage.is_empty = False
        return inner

    # ── blocks ───────────────────────────────────────────────────────────────────────────────

    def _read_block(self, token: Token, at: Position) -> None:
        first, last = token.map or [0, 0]
        passage = Passage(text="\n".join(self._lines[first:last]), line=first + 1)
        if token.type == "container":
            self._read_container(Passage(text=token.content, line=at.line, column=at.column))
        elif token.type == "paragraph_open":
            self._read_paragraph(passage, at)
        elif "list" in token.type and "->" in passage.text:
            self._read_list(passage, at)
        else:
            self._in_stage(at)
            message, expected = REFUSED[token.type]
            self._problems.add(at, message, expected=expected)

    def _read_paragraph(self, passage: Passage, at: Position) -> None:
        inner = self._in_stage(at)
        if re.match(r" {4}| {0,3}\t", self._source_lines[passage.line - 1]):
            message = "Text that is indented by four blanks is code in Markdown."
            self._problems.add(at, message, expected="the line without blanks before it")
        elif len(passage.text) > MOST_CHARACTERS:
            message = f"This paragraph is longer than {MOST_CHARACTERS:,} characters."
            self._problems.add(at, message, expected="an empty line where a new one may begin")
        elif inner.opening.name == "ask":
            message = "A question holds its answers alone."
            self._problems.add(at, message, expected="what is said before it, before ':::ask'")
        elif is_arrow(passage.text):
            self._read_arrow(passage, inner, at)
        elif match := _INCLUDE.fullmatch(passage.text):
            self._read_include(match[1], inner, at)
        else:
            self._add(inner, *read_paragraph(passage, self._names, self._problems))

    def _read_arrow(self, passage: Passage, inner: _Open, at: Position) -> None:
        if any(each.opening.name != "when" for each in self._containers):
            message = "An arrow '->' stands in a stage or a ':::when', in nothing else."
            self._problems.add(at, message, expected="an answer such as '- Not yet -> next'")
        elif go := read_go(passage, self._targets(), self._problems):
            self._add(inner, go)

    def _read_include(self, name: str, inner: _Open, at: Position) -> None:
        if inner.opening.name == "one-of":
            message = "An alternative is one paragraph of text."
            self._problems.add(at, message, expected="the words themselves")
        elif taken := self._names.passages.take_in(name, at, self._problems):
            include, count = taken
            self._add(inner, include, count=count)

    def _read_list(self, passage: Passage, at: Position) -> None:
        inner = self._in_stage(at)
        answers = read_answers(passage, self._targets(), self._problems)
        if inner.opening.name == "one-of":
            message = "An alternative is one paragraph of text."
            self._problems.add(at, message, expected="the answers after the ':::'")
        elif inner.opening.name != "ask":
            self._add(inner, *([Ask(question=(), answers=answers, at=at)] if answers else []))
        elif inner.answers:
            self._problems.add(at, "This question has its answers already.")
        else:
            inner.answers = answers

    def _targets(self) -> Targets:
        ways_out = [each.opening.way_out for each in self._containers if each.opening.way_out]
        stage = self._stage.opening.name.casefold() if self._stage else ""
        place, _ = self._titles.by_name.get(stage, (-1, ""))
        return Targets(
            titles=self._titles.by_name,
            stage=place,
            ways_out=tuple(ways_out),
            is_passage=self._is_passage,
        )

    def _add(self, inner: _Open, *cues: Cue, count: int = 1) -> None:
        """Put the cues of one paragraph where they belong."""
        self._count(*cues, count=count)
        if cues:
            inner.blocks.append(list(cues))

    def _count(self, *cues: Cue, count: int = 1) -> None:
        """Count cues as often as they may be gone through."""
        weight = count * math.prod(each.opening.times for each in self._containers)
        for cue in cues:
            self.holds_text = self.holds_text or isinstance(cue, Say | Include)
            if self.cue_count <= MOST_CUES < self.cue_count + weight:
                message = f"With its repeats there are more than {MOST_CUES:,} cues from here on."
                self._problems.add(cue.at, message)
            self.cue_count += weight

    # ── containers ───────────────────────────────────────────────────────────────────────────

    def _read_container(self, line: Passage) -> None:
        at = line.at(0)
        if not line.text.strip(": "):
            self._close_container(at)
            return
        around = self._in_stage(at).opening.name
        opening = read_opening(line, self._names, self._problems)
        self._containers.append(_Open(opening=opening, is_empty=opening.name != "ask"))
        self._count(*opening.question)
        if around in ("one-of", "ask") and self._containers[:-1]:
            message = f"A ':::{around}' holds no other containers."
            self._problems.add(at, message, expected="':::' before it")
        elif len(self._containers) == DEEPEST_CONTAINER + 1:
            message = f"Containers lie within each other at most {DEEPEST_CONTAINER} deep."
            self._problems.add(at, message)

    def _close_container(self, at: Position) -> None:
        if not self._containers:
            self._problems.add(at, "There is no container to close here.")
            return
        closed = self._containers.pop()
        opening = closed.opening
        if closed.is_empty:
            self._problems.add(opening.at, f"This ':::{opening.name}' is empty.")
        elif cue := close_container(opening, closed.blocks, closed.answers, self._problems):
            self._in_stage(at).blocks.append([cue])
