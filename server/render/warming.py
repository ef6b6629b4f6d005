"""What a worker does once when it starts, so that nobody has to wait for it later."""

from __future__ import annotations

from server.config import Settings
from server.render.calibration import first_sentences, get_gain
from server.render.catalogue import Catalogue
from server.render.covers import (
    COURSE_TRACK,
    HOUSE_TRACK,
    Picture,
    Titled,
    draw_covers,
    draw_missing,
    list_track_covers,
)
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


def draw_first_covers(settings: Settings, catalogue: Catalogue, shelf: Shelf) -> None:
    """Draw what is missing of the covers that cannot wait for a voice: the few of house, tracks and
    courses, since every feed has one, and the small ones of all practices, which pages show.
    """
    pictures = [
        Picture(title=title, track=track, is_small=is_small)
        for title, track in _first_covers(settings, catalogue)
        for is_small in (True, False)
    ]
    pictures += [
        Picture(title=script.title, track=script.track, is_small=True)
        for script in catalogue.scripts()
    ]
    draw_missing(shelf, pictures)


def draw_all_covers(
    settings: Settings, catalogue: Catalogue, database: Database, shelf: Shelf
) -> None:
    """Draw what is missing of all covers that anybody can ask for, those of feeds among them.

    A practice whose script has gone, or is in no list, has its cover as long as its row is there.
    """
    scripts = catalogue.scripts()
    with database.reading() as db:
        rows = [(row.title, row.track) for row in list_practices(db)]
    practices = ((script.title, script.track) for script in scripts)
    draw_covers(shelf, (*_first_covers(settings, catalogue), *practices, *rows))


def _first_covers(settings: Settings, catalogue: Catalogue) -> list[Titled]:
    scripts = catalogue.scripts()
    courses = read_guides(settings.scripts_path, scripts).written
    return [
        (settings.title, HOUSE_TRACK),
        *list_track_covers(scripts),
        *((course.title, COURSE_TRACK) for course in courses),
    ]
