"""What leads people to a practice: the map and the courses, files beside the practices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from server.config import Settings
from server.errors import InvalidScript, Problem
from server.render.additions import find_additions
from server.render.catalogue import Catalogue
from server.render.side_files import SideFile, read_side_file
from server.script import (
    Course,
    Lead,
    MapQuestion,
    Script,
    find_nearest,
    parse_course,
    parse_map,
)
from server.store import CourseLengths

MAP_NAME = "map.yaml"
COURSES_NAME = "courses"

_Lengths = Mapping[str, tuple[int, ...]]
"""The lengths of every practice, by its slug."""

_Guide = TypeVar("_Guide", MapQuestion, Course)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guides:
    """The map and the courses of a house, as far as they lead somewhere."""

    map: MapQuestion | None
    """None where there is no map, or mistakes in it."""
    courses: tuple[Course, ...]
    """In the order of their files' names, without the sittings whose practice is not there."""
    written: tuple[Course, ...]
    """The same courses with all their sittings, and those of which nothing is there: feeds number
    by these, since a script with a mistake must not number anew what follows."""
    problems: tuple[Problem, ...]
    """Mistakes in their files; what leads to no practice is left out, and named here."""


def read_guides(scripts_path: Path, scripts: Iterable[Script]) -> Guides:
    """Read what guides people to these practices; a file is read again when it changes."""
    lengths = _lengths(scripts)
    slugs = frozenset(lengths)
    charted = _read_map(scripts_path, lengths)
    written: dict[str, Course] = {}
    problems = list(charted.problems)
    for path in course_paths(scripts_path):
        read = _read_course(path, lengths)
        problems += read.problems
        if read.content is None:
            continue
        if read.content.slug in written:
            problems.append(_taken(path, read.content.slug))
        else:
            written[read.content.slug] = read.content
    kept = (course.keeping(slugs) for course in written.values())
    return Guides(
        map=charted.content and charted.content.keeping(slugs),
        courses=tuple(course for course in kept if course),
        written=tuple(written.values()),
        problems=tuple(problems),
    )


def course_lengths(settings: Settings, catalogue: Catalogue) -> CourseLengths:
    """The practices that courses take, each with the minutes that it is taken at.

    Those with a mistake in their script are among them: their recordings are still announced.
    """
    courses = read_guides(settings.scripts_path, catalogue.scripts()).written
    return frozenset((each.practice, each.minutes) for course in courses for each in course.leads())


def course_paths(scripts_path: Path) -> list[Path]:
    """The files of the courses, by name."""
    return sorted((scripts_path / COURSES_NAME).glob("*.yaml"))


def check_guide(settings: Settings, path: Path) -> str:
    """Say what a file holds: a map by its name, or else a course.

    The practices are those of its own folder. Raises InvalidScript with every mistake.
    """
    is_map = path.name == MAP_NAME
    folder = path.parent if is_map else path.parent.parent
    lengths = _lengths(Catalogue(folder, partial(find_additions, settings)).scripts())
    read: SideFile[MapQuestion] | SideFile[Course]
    read = _read_map(folder, lengths) if is_map else _read_course(path, lengths)
    if read.content is None or read.problems:
        raise InvalidScript(read.problems)
    count = sum(1 for _ in read.content.leads())
    if isinstance(read.content, Course):
        return f"{read.content.title}, {count} sittings"
    return f"{read.content.text} {count} ways to a practice"


def _lengths(scripts: Iterable[Script]) -> _Lengths:
    return {script.slug: script.minutes for script in scripts}


def _read_map(scripts_path: Path, lengths: _Lengths) -> SideFile[MapQuestion]:
    read = read_side_file(scripts_path / MAP_NAME, parse_map, scripts_path)
    return _check_leads(read, lengths, f"{scripts_path.name}/{MAP_NAME}")


def _read_course(path: Path, lengths: _Lengths) -> SideFile[Course]:
    folder = path.parent.parent
    read = read_side_file(path, parse_course, folder)
    return _check_leads(read, lengths, f"{folder.name}/{COURSES_NAME}/{path.name}")


def _check_leads(read: SideFile[_Guide], lengths: _Lengths, name: str) -> SideFile[_Guide]:
    """Add what the file alone could not know: a practice that is not there, or not so long."""
    if read.content is None:
        return read
    found = (_problem(lead, lengths, name) for lead in read.content.leads())
    return SideFile(content=read.content, problems=tuple(filter(None, found)))


def _problem(lead: Lead, lengths: _Lengths, name: str) -> Problem | None:
    if lead.practice not in lengths:
        message = f"There is no practice '{lead.practice}' without mistakes."
        nearest = find_nearest(lead.practice, lengths) or ""
    elif lead.minutes and lead.minutes not in lengths[lead.practice]:
        offered = ", ".join(str(minutes) for minutes in lengths[lead.practice])
        message = f"'{lead.practice}' is not {lead.minutes} minutes long, but {offered}."
        nearest = ""
    else:
        return None
    at = lead.at
    return Problem(path=name, line=at.line, column=at.column, message=message, nearest=nearest)


def _taken(path: Path, slug: str) -> Problem:
    name = f"{path.parent.parent.name}/{COURSES_NAME}/{path.name}"
    message = f"Another course has the slug '{slug}'."
    return Problem(path=name, line=1, column=1, message=message)
