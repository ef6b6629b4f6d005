"""The worksheets of a house: files beside the practices, read again when they change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from server.care import Worksheet, parse_worksheet
from server.errors import Problem, WorksheetNotFound
from server.render.side_files import SideFile, read_side_file

WORKSHEETS_NAME = "worksheets"


def list_worksheets(scripts_path: Path) -> tuple[Worksheet, ...]:
    """Every worksheet without a mistake in it, by title."""
    found = (read.content for read in _read_all(scripts_path))
    return tuple(
        sorted(
            (each for each in found if each is not None),
            key=lambda each: (each.title.casefold(), each.name),
        )
    )


def get_worksheet(scripts_path: Path, name: str) -> Worksheet:
    """Look a worksheet up by its name; raises WorksheetNotFound.

    The name may come from anywhere: it is looked for among those that are there.
    """
    for each in list_worksheets(scripts_path):
        if each.name == name:
            return each
    raise WorksheetNotFound


def worksheet_problems(scripts_path: Path) -> tuple[Problem, ...]:
    """What keeps other files of the folder from being worksheets."""
    return tuple(problem for read in _read_all(scripts_path) for problem in read.problems)


def _read_all(scripts_path: Path) -> Iterator[SideFile[Worksheet]]:
    for path in sorted((scripts_path / WORKSHEETS_NAME).glob("*.yaml")):
        yield read_side_file(path, parse_worksheet, scripts_path)
