"""The worksheets of a house: files beside the practices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from server.care import ChoiceField, Field, PairField, ScaleField, Side, TextField, Worksheet
from server.errors import WorksheetNotFound

WORKSHEETS_NAME = "worksheets"
NAMES = {"optional": "is_optional", "several": "is_many"}


def list_worksheets(scripts_path: Path) -> tuple[Worksheet, ...]:
    """All worksheets, by title."""
    files = (scripts_path / WORKSHEETS_NAME).glob("*.yaml")
    return tuple(sorted(map(_read, files), key=lambda each: each.title.casefold()))


def get_worksheet(scripts_path: Path, name: str) -> Worksheet:
    """A worksheet by its name. Raises WorksheetNotFound."""
    for worksheet in list_worksheets(scripts_path):
        if worksheet.name == name:
            return worksheet
    raise WorksheetNotFound


def _read(path: Path) -> Worksheet:
    given: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields = tuple(_field(each) for each in given.pop("fields"))
    return Worksheet(name=path.stem, fields=fields, **given)


def _field(written: dict[str, Any]) -> Field:
    given = {NAMES.get(name, name.replace("-", "_")): value for name, value in written.items()}
    match given.pop("kind"):
        case "choice":
            return ChoiceField(**{**given, "options": tuple(given["options"])})
        case "pair":
            first, second = Side(**given.pop("first")), Side(**given.pop("second"))
            return PairField(first=first, second=second, **given)
        case "scale":
            return ScaleField(**given)
        case _:
            return TextField(**given)
