"""What this house adds to its scripts: sounds, respellings and recordings of its own."""

from __future__ import annotations

from collections.abc import Callable

from server.config import Settings
from server.render.lexicon import find_lexicon
from server.render.own_lines import find_recordings
from server.render.own_sounds import list_own_sounds
from server.store.shelves import open_shelf
from server.timeline import Additions

FindAdditions = Callable[[str | None], Additions]
"""Says what is added just now to the script of this slug, or to all of them. Asked for each page
and each order, so it must be quick."""


def find_additions(settings: Settings, slug: str | None = None) -> Additions:
    """Look up what the operator has put into this house; recordings only where a script is named.

    Reads a few small files. A sound that is new in the folder is here as soon as
    import_sounds() has taken it in.
    """
    shelf = open_shelf(settings)
    return Additions(
        sounds={sound.name: sound for sound in list_own_sounds(settings)},
        lexicon=find_lexicon(settings.scripts_path),
        recordings=find_recordings(settings, shelf, slug) if slug else {},
    )
