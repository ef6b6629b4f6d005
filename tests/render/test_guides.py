"""The map and the courses beside the practices: read when they change, and never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.config import Settings
from server.errors import InvalidScript
from server.render import Catalogue, Guides, check_guide, read_guides
from server.script import TRACKS, Lead

from .conftest import SCRIPT

MAP = """question: How is it?
answers:
  - {answer: Small, practice: small-step, why: It is short.}
  - {answer: Large, practice: large-step, why: It is long.}
none-of-this: {answer: None of this, practice: small-step, why: Begin anywhere.}
"""

COURSE = """slug: a-way
title: A way
summary: From here to there.
why: [Because.]
sittings:
  - {practice: small-step, minutes: 2, why: First.}
  - {practice: small-stepp, minutes: 2, why: Then.}
  - {practice: small-step, minutes: 7, why: Longer.}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "scripts"
    (path / "courses").mkdir(parents=True)
    (path / "small-step.md").write_text(SCRIPT)
    return path


def read(folder: Path) -> Guides:
    return read_guides(folder, Catalogue(folder).scripts())


def test_a_house_without_any_has_none(tmp_path: Path) -> None:
    """Nobody has to draw a map."""
    assert read(tmp_path / "nowhere") == Guides(map=None, courses=(), written=(), problems=())


def test_what_leads_to_no_practice_is_left_out_and_told(folder: Path) -> None:
    """The rest of the map and of the course is there, each problem with its place."""
    (folder / "map.yaml").write_text(MAP)
    (folder / "courses" / "a.yaml").write_text(COURSE)
    guides = read(folder)
    assert guides.map is not None
    assert [answer.text for answer in guides.map.answers] == ["Small", "None of this"]
    (course,) = guides.courses
    assert [sitting.minutes for sitting in course.sittings] == [2, 7]
    assert [[lead.minutes for lead in each.leads()] for each in guides.written] == [[2, 2, 7]]
    assert [str(problem) for problem in guides.problems] == [
        "scripts/map.yaml:4:31: There is no practice 'large-step' without mistakes. "
        "Did you mean 'small-step'?",
        "scripts/courses/a.yaml:7:16: There is no practice 'small-stepp' without mistakes. "
        "Did you mean 'small-step'?",
        "scripts/courses/a.yaml:8:16: 'small-step' is not 7 minutes long, but 1, 2, 3.",
    ]
    (folder / "small-step.md").unlink()
    guides = read(folder)
    assert (guides.map, guides.courses) == (None, ())
    assert [course.slug for course in guides.written] == ["a-way"]
    assert len(guides.problems) == 6


def test_they_are_read_again_when_they_change_and_only_then(folder: Path, monkeypatch) -> None:
    """A look at the library costs a look at the file's time."""
    path = folder / "map.yaml"
    path.write_text(MAP)
    os.utime(path, ns=(1, 1))
    scripts = Catalogue(folder).scripts()
    with monkeypatch.context() as patch:
        before = read_guides(folder, scripts)
        patch.setattr(Path, "read_text", None)
        assert read_guides(folder, scripts) == before
    path.write_text(MAP.replace("How is it?", "How are you?"))
    changed = read_guides(folder, scripts)
    assert changed.map is not None
    assert changed.map.text == "How are you?"


@pytest.mark.parametrize("content", [b"question: [b", b"\xff", b"question:"])
def test_a_broken_one_is_told_and_the_others_stay(folder: Path, content: bytes) -> None:
    """The library works without it."""
    (folder / "map.yaml").write_bytes(content)
    (folder / "courses" / "a.yaml").write_bytes(content)
    (folder / "courses" / "b.yaml").write_text(COURSE)
    guides = read(folder)
    assert guides.map is None
    assert [course.slug for course in guides.courses] == ["a-way"]
    told = {problem.path for problem in guides.problems}
    assert told >= {"scripts/map.yaml", "scripts/courses/a.yaml"}


def test_two_courses_have_two_slugs(folder: Path) -> None:
    """The first by its file's name keeps it."""
    (folder / "courses" / "a.yaml").write_text(COURSE)
    (folder / "courses" / "b.yaml").write_text(COURSE.replace("A way", "Another"))
    guides = read(folder)
    assert [course.title for course in guides.courses] == ["A way"]
    assert any("Another course has the slug 'a-way'" in str(each) for each in guides.problems)


def test_a_file_is_checked_by_itself(folder: Path) -> None:
    """With the practices of its own folder, wherever that is."""
    settings = Settings.from_environment({"STEPBACK_DATA": str(folder.parent)})
    (folder / "map.yaml").write_text(MAP.replace("large-step", "small-step"))
    assert check_guide(settings, folder / "map.yaml") == "How is it? 3 ways to a practice"
    path = folder / "courses" / "a.yaml"
    path.write_text(COURSE)
    with pytest.raises(InvalidScript) as caught:
        check_guide(settings, path)
    assert len(caught.value.problems) == 2
    path.write_text(COURSE.replace("stepp", "step").replace("7", "3"))
    assert check_guide(settings, path) == "A way, 3 sittings"


def test_the_shipped_ones_lead_everywhere(scripts_path: Path) -> None:
    """Every slug is a practice, every length is one of its own, and "no" leads to the step-back."""
    scripts = Catalogue(scripts_path).scripts()
    guides = read_guides(scripts_path, scripts)
    assert [str(problem) for problem in guides.problems] == []
    assert guides.map is not None
    *answers, none_of_this = guides.map.answers
    assert len(answers) in (4, 5)
    assert isinstance(none_of_this.then, Lead)
    tracks = {script.slug: script.track for script in scripts}
    (no,) = [answer.then for answer in answers if "want to do this" in answer.text]
    assert isinstance(no, Lead)
    assert tracks[no.practice] == "obstacles"
    assert {tracks[lead.practice] for lead in guides.map.leads()} >= set(TRACKS) - {
        "for-the-helper"
    }
    (course,) = guides.courses
    walked = [tracks[sitting.practice] for sitting in course.sittings]
    assert len(walked) == 8
    assert walked == sorted(walked, key=TRACKS.index)
    assert set(walked) == set(TRACKS[:4])
