"""The crisis cards of a house: the file beside the practices."""

from __future__ import annotations

from pathlib import Path

from server.render.side_files import SideFile, read_side_file
from server.script import PLAIN_CRISIS, Crisis, parse_crisis

CRISIS_NAME = "crisis.yaml"


def find_crisis(scripts_path: Path) -> Crisis:
    """The crisis cards beside the practices; plain ones, where there are none without mistakes."""
    return read_crisis(scripts_path / CRISIS_NAME).content or PLAIN_CRISIS


def read_crisis(path: Path) -> SideFile[Crisis]:
    """Read the file of the cards, or give what was read of it before, as long as it is the same."""
    return read_side_file(path, parse_crisis, path.parent)
