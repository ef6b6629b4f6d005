"""The house's lexicon: the file beside the practices."""

from __future__ import annotations

from pathlib import Path

import yaml

from server.render.side_files import SideFile, read_side_file
from server.script import Respelling, parse_lexicon

LEXICON_NAME = "lexicon.yaml"


def find_lexicon(scripts_path: Path) -> tuple[Respelling, ...]:
    """The respellings for every practice of a folder; none where there is no whole lexicon."""
    return read_lexicon(scripts_path / LEXICON_NAME).content or ()


def read_lexicon(path: Path) -> SideFile[tuple[Respelling, ...]]:
    """Read a lexicon's file, or give what was read of it before, as long as it is the same."""
    return read_side_file(path, parse_lexicon, path.parent)


def lexicon_line(word: str, spoken: str) -> str:
    """Write a respelling as a lexicon's line. Raises InvalidScript where none may hold it."""
    line = yaml.safe_dump({word: spoken}, allow_unicode=True, width=10_000).strip()
    parse_lexicon(line, path=LEXICON_NAME)
    return line
