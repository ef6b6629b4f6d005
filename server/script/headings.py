"""The headings of a body: read before everything else, since arrows lead to later stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from server.script.cue_model import AGAIN, END, NEXT, Position
from server.script.paragraph import Passage, read_plain
from server.script.problems import Problems, quote

MOST_STAGES = 100
LONGEST_TITLE = 200


@dataclass(slots=True, kw_only=True)
class Titles:
    """The titles of the stages, as far as they could be read."""

    by_line: dict[int, str] = field(default_factory=dict)
    """The title of each heading by its line; empty where it is not right."""
    by_name: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Each stage's place in the order and its title, by its name in small letters."""
    first_lines: dict[str, int] = field(default_factory=dict)
    """Where each name stands first."""


def is_stage(heading: Token) -> bool:
    """Whether a heading is one that the language has."""
    return heading.tag == "h1" and heading.markup == "#"


def read_titles(
    headings: Sequence[tuple[Position, Token, Token]], lines: Sequence[str], problems: Problems
) -> Titles:
    """Read the titles of headings with their contents; mistakes are kept in `problems`."""
    titles = Titles()
    for at, heading, inline in headings:
        if not is_stage(heading):
            message = "This kind of heading is not part of the language."
            problems.add(at, message, expected="'# ' and the name of a stage")
            continue
        column = lines[at.line - 1].find(inline.content) + 1 if inline.content else at.column
        passage = Passage(text=inline.content, line=at.line, column=column)
        title = read_plain(passage, "The name of a stage", LONGEST_TITLE, problems)
        titles.by_line[at.line] = title
        _name(title, at, is_given=bool(inline.content), titles=titles, problems=problems)
    return titles


def _name(title: str, at: Position, *, is_given: bool, titles: Titles, problems: Problems) -> None:
    name = title.casefold()
    if not is_given:
        problems.add(at, "This stage has no name.", expected="'# Arriving'")
    elif name in titles.by_name:
        message = (
            f"There is already a stage named {quote(title)}, on line {titles.first_lines[name]}."
        )
        problems.add(at, message, expected="a name of its own for each stage")
    elif name in (NEXT, AGAIN, END):
        message = f"{quote(title)} already means something else after '->'."
        problems.add(at, message, expected="another name for the stage")
    elif len(titles.by_name) == MOST_STAGES:
        problems.add(at, f"There are more than {MOST_STAGES} stages.")
    titles.by_name.setdefault(name, (len(titles.by_name), title))
    titles.first_lines.setdefault(name, at.line)
