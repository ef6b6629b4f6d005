"""What this house adds to its scripts: sounds, respellings and recordings of its own."""

from __future__ import annotations

from collections.abc import Callable

from server.config import Settings
from server.render.lexicon import find_lexicon
from server.timeline import Additions

FindAdditions = Callable[[], Additions]
"""Says what is added just now. Asked for each page and each order, so it must be quick."""


def find_additions(settings: Settings) -> Additions:
    """Look what the operator has put into this house.

    Sounds and recordings are files below `settings.sounds_path`, respellings stand in a file
    beside the scripts.
    """
    return Additions(lexicon=find_lexicon(settings.scripts_path))
