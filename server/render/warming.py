"""What a worker does once when it starts, so that nobody has to wait for it later."""

from __future__ import annotations

from server.config import Settings
from server.render.calibration import first_sentences, get_gain
from server.render.catalogue import Catalogue, open_catalogue
from server.render.covers import draw_covers
from server.render.voices import Voices
from server.store import Shelf


def list_voice_names(settings: Settings, catalogue: Catalogue) -> list[str]:
    """Name the voices that the practices need, in order."""
    return sorted({settings.voice or script.voice for script in catalogue.scripts()})


def warm_voice(voices: Voices, shelf: Shelf, catalogue: Catalogue, name: str) -> None:
    """Load a voice, and learn how loud it is. Raises a VoiceError where it cannot speak."""
    voices.warm([name])
    get_gain(voices.get(name), shelf, first_sentences(catalogue))


def draw_all_covers(settings: Settings, shelf: Shelf) -> None:
    """Draw the covers that are missing."""
    draw_covers(shelf, open_catalogue(settings).scripts(), house=settings.title)
