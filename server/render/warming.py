"""What a worker does once when it starts, so that nobody has to wait for it later."""

from __future__ import annotations

from server.config import Settings
from server.render.calibration import first_sentences, get_gain
from server.render.catalogue import Catalogue
from server.render.covers import COURSE_TRACK, HOUSE_TRACK, draw_covers, list_track_covers
from server.render.guides import read_guides
from server.render.voices import Voices
from server.store import Database, Shelf, list_practices


def list_voice_names(settings: Settings, catalogue: Catalogue) -> list[str]:
    """Name the voices that the practices need, in order."""
    return sorted({settings.voice or script.voice for script in catalogue.scripts()})


def warm_voice(voices: Voices, shelf: Shelf, catalogue: Catalogue, name: str) -> None:
    """Load a voice, and learn how loud it is. Raises a VoiceError where it cannot speak."""
    voices.warm([name])
    get_gain(voices.get(name), shelf, first_sentences(catalogue))


def draw_all_covers(
    settings: Settings, catalogue: Catalogue, database: Database, shelf: Shelf
) -> None:
    """Draw what is missing of all covers that anybody can ask for, those of feeds among them.

    A practice whose script has gone, or is in no list, has its cover as long as its row is there.
    """
    scripts = catalogue.scripts()
    with database.reading() as db:
        rows = [(row.title, row.track) for row in list_practices(db)]
    courses = read_guides(settings.scripts_path, scripts).written
    draw_covers(
        shelf,
        (
            (settings.title, HOUSE_TRACK),
            *((script.title, script.track) for script in scripts),
            *rows,
            *list_track_covers(scripts),
            *((course.title, COURSE_TRACK) for course in courses),
        ),
    )
