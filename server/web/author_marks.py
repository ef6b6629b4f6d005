"""What is said of a text that is being written, each at its place: mistakes and remarks."""

from __future__ import annotations

import re

from server.aside import aside
from server.checker import Remark, find_rule
from server.config import Settings
from server.errors import Problem, StepbackError
from server.render import Draft, Kind, check_source
from server.render.passages import FOLDER
from server.web.author_schemas import MarkOut

_PLACES = {Kind.PRACTICE: "draft.md", Kind.PASSAGE: f"{FOLDER}/draft.md"}
"""As what a text is checked: nothing that a request says leads anywhere on the disk."""

_WORD = re.compile(r"\[[^\]\n]*\]?|\{[^}\n]*\}?|[^\s\[{]+")


def list_marks(settings: Settings, draft: Draft, text: str) -> list[MarkOut]:
    """List all that is to be said of a text, in the order of the file.

    Mistakes come alone: what cannot be read cannot be judged.
    """
    lines = text.split("\n")
    marks = [_of_problem(problem, lines) for problem in draft.problems]
    if not marks and draft.kind in _PLACES:
        place = settings.scripts_path / _PLACES[draft.kind]
        checked = aside(
            lambda: check_source(settings, text, place), StepbackError, OSError, at_once=1
        )
        marks = [_of_remark(remark, lines) for remark in checked.remarks]
    return sorted(marks, key=lambda mark: (mark.line, mark.column))


def _of_remark(remark: Remark, lines: list[str]) -> MarkOut:
    rule = find_rule(remark.rule)
    line = min(remark.line, len(lines))
    return MarkOut(
        severity=remark.severity.value,
        line=line,
        column=remark.column,
        end_line=line,
        end_column=end_column(lines[line - 1], remark.column),
        rule=remark.rule,
        message=remark.message,
        better=rule.better if rule else "",
    )


def _of_problem(problem: Problem, lines: list[str]) -> MarkOut:
    expected = f" Expected {problem.expected}." if problem.expected else ""
    nearest = f" Did you mean ‘{problem.nearest}’?" if problem.nearest else ""
    line, column = min(problem.line, len(lines)), problem.column
    return MarkOut(
        severity="error",
        line=line,
        column=column,
        end_line=line,
        end_column=end_column(lines[line - 1], column),
        rule="",
        message=f"{problem.message}{expected}{nearest}",
        better="",
    )


def end_column(line: str, column: int) -> int:
    """Where a mark ends that begins at a column: after the cue or the word that is there."""
    found = _WORD.match(line, column - 1)
    return found.end() + 1 if found else max(column, len(line) + 1)
