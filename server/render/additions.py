"""What this installation adds to its scripts: sounds and recordings of its own."""

from __future__ import annotations

from server.config import Settings
from server.render.own_lines import find_recordings
from server.render.own_sounds import list_own_sounds
from server.store import Shelf
from server.timeline import Additions


def find_additions(settings: Settings, slug: str | None = None) -> Additions:
    """Look up what is added; recordings only where the script is named.

    Reads two small files, so that it can be asked for every request. A sound that is new in the
    folder is here as soon as import_sounds() has taken it in.
    """
    shelf = Shelf(settings.cache_path)
    return Additions(
        sounds={sound.name: sound for sound in list_own_sounds(settings)},
        recordings=find_recordings(settings, shelf, slug) if slug else {},
    )
