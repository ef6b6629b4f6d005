"""The worksheets of a house: files beside the practices, by what a therapist reads of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

from server.care import Worksheet
from server.errors import WorksheetNotFound

WORKSHEETS_NAME = "worksheets"


def list_worksheets(scripts_path: Path) -> tuple[Worksheet, ...]:
    """Every worksheet that can be read, by title."""
    paths = sorted((scripts_path / WORKSHEETS_NAME).glob("*.yaml"))
    found = [each for each in map(_read, paths) if each is not None]
    return tuple(sorted(found, key=lambda each: (each.title.casefold(), each.name)))


def get_worksheet(scripts_path: Path, name: str) -> Worksheet:
    """Look a worksheet up by its name; raises WorksheetNotFound."""
    for each in list_worksheets(scripts_path):
        if each.name == name:
            return each
    raise WorksheetNotFound


def _read(path: Path) -> Worksheet | None:
    try:
        kept = cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))
        return Worksheet(
            name=path.stem,
            title=str(kept["title"]),
            language=str(kept["language"]),
            summary=str(kept["summary"]),
            message=str(kept.get("message", "")),
            fields=(),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, LookupError, TypeError):
        return None
