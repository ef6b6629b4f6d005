"""Choices and where they lead: lists of answers, and the arrow that stands alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.script.cue_model import AGAIN, END, NEXT, Answer, Go
from server.script.paragraph import Passage, read_plain
from server.script.problems import Problems, list_words, quote

MOST_ANSWERS = 8
LONGEST_LABEL = 80

_ITEM = re.compile(r" {0,3}(?:[-+*]|[0-9]{1,9}[.)]) +(?P<label>.*?) *-> *(?P<goes>.*?) *")
_DEFAULT = re.compile(r" *\[default\]$")
_ARROW = re.compile(r" {0,3}-> *(?P<goes>.*?) *")


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Where an arrow may lead from one place of a script."""

    titles: Mapping[str, tuple[int, str]]
    """Each stage's place in the order and its title, by its name in small letters."""
    stage: int
    """The place of the stage that the arrow stands in."""
    ways_out: tuple[str, ...]
    """The words that leave the loops around it."""
    is_passage: bool
    """True within a passage, which knows nothing of stages."""

    def find(self, wrote: Passage, problems: Problems, *, is_answer: bool) -> str:
        """Read where an arrow leads; empty where it leads nowhere, which is kept in `problems`."""
        loop = (AGAIN, *self.ways_out) if self.ways_out else ()
        words = (NEXT, END, *loop) if is_answer else (END,)
        name = wrote.text.casefold()
        if name in words:
            return name
        place, title = self.titles.get(name, (-1, ""))
        if place > self.stage:
            return title
        later = [title for place, title in self.titles.values() if place > self.stage]
        expected = f"a stage that comes later, or {list_words(words)}"
        if title:
            message = f"{quote(title)} does not come later, so this could go on for ever."
            expected = "':::until met, at most 6' around what is to come again"
        elif self.is_passage:
            message, expected = "A passage does not know any stage.", list_words(words)
        elif name == AGAIN:
            message = "There is no loop around this that could go round again."
        else:
            message = f"There is no stage named {quote(wrote.text)}."
        known = [*later, *words]
        problems.add(wrote.at(0), message, expected=expected, wrote=wrote.text, known=known)
        return ""


def read_answers(lines: Passage, targets: Targets, problems: Problems) -> tuple[Answer, ...]:
    """Read a list of answers, each on a line of its own; mistakes are kept in `problems`."""
    answers: list[Answer] = []
    before = problems.count
    for offset, text in enumerate(lines.text.split("\n")):
        line = Passage(text=text, line=lines.line + offset)
        answer = _read_answer(line, targets, problems) if text.strip() else None
        answers += [answer] if answer else []
    if problems.count != before:
        return ()
    if not 2 <= len(answers) <= MOST_ANSWERS:
        message = "A question has 2 to 8 answers."
        problems.add(lines.at(0), message, expected="'- Not yet -> next' for each of them")
    chosen = [answer for answer in answers if answer.is_default]
    if len(chosen) > 1:
        message = "Only one answer can be the default."
        problems.add(chosen[1].at, message, expected="the line without '[default]'")
    if not chosen and answers:
        answers[0] = replace(answers[0], is_default=True)
    return tuple(answers)


def _read_answer(line: Passage, targets: Targets, problems: Problems) -> Answer | None:
    indent = len(line.text) - len(line.text.lstrip())
    match = _ITEM.fullmatch(line.text)
    if match is None:
        message = "This line of the answers leads nowhere."
        problems.add(line.at(indent), message, expected="'- Not yet -> next', all on one line")
        return None
    label = read_plain(line.part(*match.span("label")), "An answer", LONGEST_LABEL, problems)
    start, end = match.span("goes")
    marked = _DEFAULT.search(match["goes"])
    target = line.part(start, start + marked.start() if marked else end)
    goes = targets.find(target, problems, is_answer=True)
    return Answer(label=label, goes=goes, is_default=marked is not None, at=line.at(indent))


def is_arrow(text: str) -> bool:
    """Whether a paragraph is an arrow by itself, or tries to be one."""
    return re.search(r"^ {0,3}->", text, re.MULTILINE) is not None


def read_go(line: Passage, targets: Targets, problems: Problems) -> Go | None:
    """Read an arrow that stands alone; a mistake is kept in `problems`."""
    match = _ARROW.fullmatch(line.text)
    if match is None:
        message = "An arrow '->' stands in a paragraph of its own."
        problems.add(line.at(0), message, expected="empty lines around it")
        return None
    goes = targets.find(line.part(*match.span("goes")), problems, is_answer=False)
    return Go(goes=goes, at=line.at(0))
