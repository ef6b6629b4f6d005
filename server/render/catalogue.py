"""The catalogue: the practices in the scripts folder, read again when a file changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from server.config import Settings
from server.errors import InvalidScript, PracticeNotFound, Problem
from server.render.additions import FindAdditions, find_additions
from server.render.passages import PassageFolder, Stamp
from server.script import TRACKS, Script, list_passages, parse_passage, parse_script
from server.timeline import NOTHING_ADDED, Additions

UNLISTED_NAME = "unlisted"
"""The folder of scripts that are in no list: a page of their own orders them."""

_Stamp = tuple[int, int, frozenset[str], Stamp]
"""Time of the last change in nanoseconds, size in bytes; names of the house's own sounds, and how
its passages are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedScript:
    """A practice as it was read from its file."""

    script: Script
    source: str
    """The file's text; a render keeps it, so that a later change cannot touch the order."""
    path: str
    """The file's name as problems say it, from the scripts folder on."""
    passages: Mapping[str, str] = field(default_factory=dict)
    """The texts of the passages that it takes in, by their names."""


_Reading = LoadedScript | tuple[Problem, ...]


class Catalogue:
    """Every practice without a mistake in it; the others are known by their problems.

    Files are looked at anew on every call and read only when their size or time has changed, or
    when the house has other sounds of its own or other passages, which they may use.
    """

    def __init__(
        self, scripts_path: Path, find_additions: FindAdditions = lambda _slug: NOTHING_ADDED
    ) -> None:
        self._scripts_path = scripts_path
        self._find_additions = find_additions
        self._passages = PassageFolder(scripts_path)
        self._readings: dict[Path, tuple[_Stamp, _Reading]] = {}

    def scripts(self) -> tuple[Script, ...]:
        """All practices by track, in the order of TRACKS, then by title."""
        loaded, _ = self._look()
        listed = (each.script for each in loaded.values() if not self._is_unlisted(each))
        return tuple(
            sorted(
                listed,
                key=lambda script: (_track_order(script), script.title.casefold(), script.slug),
            )
        )

    def get(self, slug: str) -> LoadedScript:
        """Look a practice up by its slug; raises PracticeNotFound."""
        loaded, _ = self._look()
        if slug not in loaded or self._is_unlisted(loaded[slug]):
            raise PracticeNotFound
        return loaded[slug]

    def get_unlisted(self, slug: str) -> LoadedScript:
        """Look a script up that is in no list, by its slug; raises PracticeNotFound."""
        loaded, _ = self._look()
        if slug not in loaded or not self._is_unlisted(loaded[slug]):
            raise PracticeNotFound
        return loaded[slug]

    def unlisted_slugs(self) -> frozenset[str]:
        """The slugs of the scripts that are in no list."""
        loaded, _ = self._look()
        return frozenset(slug for slug, each in loaded.items() if self._is_unlisted(each))

    def additions(self, slug: str | None = None) -> Additions:
        """What this house adds just now to the practice of this slug, or to all of them."""
        return self._find_additions(slug)

    def passages(self) -> Mapping[str, str]:
        """The texts of the passages that scripts may take in, by their names."""
        return self._passages.texts()[1]

    def problems(self) -> tuple[Problem, ...]:
        """What keeps other files of the folder out of the catalogue."""
        _, problems = self._look()
        return problems

    def _is_unlisted(self, loaded: LoadedScript) -> bool:
        folder = Path(loaded.path).parent
        return folder == Path(self._scripts_path.name) / UNLISTED_NAME

    def _look(self) -> tuple[dict[str, LoadedScript], tuple[Problem, ...]]:
        self._readings = self._fresh_readings()
        loaded: dict[str, LoadedScript] = {}
        problems: list[Problem] = []
        for _, reading in self._readings.values():
            if isinstance(reading, tuple):
                problems += reading
            elif reading.script.slug in loaded:
                problems.append(_taken(reading, loaded[reading.script.slug]))
            else:
                loaded[reading.script.slug] = reading
        return loaded, tuple(problems)

    def _fresh_readings(self) -> dict[Path, tuple[_Stamp, _Reading]]:
        """Every file of the folder and those in it, by name, as known or read now."""
        readings: dict[Path, tuple[_Stamp, _Reading]] = {}
        own_sounds = frozenset(self.additions().sounds)
        passage_stamp, _ = self._passages.texts()
        for path in sorted(self._scripts_path.rglob("*.md")):
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size, own_sounds, passage_stamp)
                known = self._readings.get(path)
                if known is None or known[0] != stamp:
                    known = (stamp, self._read(path, own_sounds))
                readings[path] = known
            except FileNotFoundError:
                continue  # it was taken away while we looked
        return readings

    def _read(self, path: Path, own_sounds: frozenset[str]) -> _Reading:
        name = path.relative_to(self._scripts_path.parent).as_posix()
        passages = self.passages()
        try:
            source = path.read_text(encoding="utf-8")
            if path.parent == self._passages.path:
                parse_passage(source, path=name, own_sounds=own_sounds, passages=passages)
                return ()
            script = parse_script(source, path=name, own_sounds=own_sounds, passages=passages)
        except InvalidScript as error:
            return error.problems
        except UnicodeDecodeError:
            return (_problem(name, "The file is not UTF-8 text."),)
        used = {each: passages[each] for each in list_passages(script)}
        return LoadedScript(script=script, source=source, path=name, passages=used)


def open_catalogue(settings: Settings) -> Catalogue:
    """Open the catalogue of an installation, with all that it adds to its scripts."""
    return Catalogue(settings.scripts_path, partial(find_additions, settings))


def _track_order(script: Script) -> int:
    return TRACKS.index(script.track) if script.track in TRACKS else len(TRACKS)


def _taken(second: LoadedScript, first: LoadedScript) -> Problem:
    slug = second.script.slug
    return _problem(second.path, f"The slug '{slug}' is already the one of {first.path}.")


def _problem(path: str, message: str) -> Problem:
    return Problem(path=path, line=1, column=1, message=message)
