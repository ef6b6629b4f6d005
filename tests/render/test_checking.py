"""A text is checked as an author writes it: with what is beside it, and with what was spoken."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from server.audio import clip_bytes
from server.checker import Remark
from server.config import Settings
from server.render import Checked, check_source, find_additions, house_voices
from server.script import parse_script
from server.store import Shelf
from server.timeline import TELLINGS, Options, plan
from server.units import frames_from_ms
from server.voice import clip_key, estimate_ms
from tests.checker.practice import FIELDS, written


@pytest.fixture
def settings(tmp_path) -> Settings:
    """An installation of the test's own, without a script."""
    return Settings.from_environment(
        {
            "STEPBACK_DATA": str(tmp_path / "data"),
            "STEPBACK_KEYS": str(tmp_path / "keys"),
            "STEPBACK_CACHE": str(tmp_path / "cache"),
            "STEPBACK_SOUNDS": str(tmp_path / "sounds"),
            "STEPBACK_SCRIPTS": str(tmp_path / "scripts"),
        }
    )


@pytest.fixture
def folder(settings) -> Path:
    """Where its practices of the track `ground` would be, with a passage beside them."""
    passages = settings.scripts_path / "passages"
    passages.mkdir(parents=True)
    (passages / "under.md").write_text("You might notice what is under you. [8s]\n")
    return settings.scripts_path / "ground"


def test_a_text_need_not_be_in_its_file_yet(settings, folder):
    """It is checked with the passages beside the place where it is to be."""
    path = folder / "new.md"
    checked = check_source(settings, written(middle="[include under]"), path)
    assert checked == Checked(path=str(path), title="Looking around", minutes=(3,))
    assert checked.is_fine


def test_a_mistake_is_all_that_is_told(settings, folder):
    """What cannot be read cannot be judged."""
    checked = check_source(settings, written(middle="Notice. [bel]"), folder / "new.md")
    assert [problem.nearest for problem in checked.problems] == ["bell"]
    assert (checked.remarks, checked.title, checked.is_fine) == ((), "", False)


def test_a_passage_is_known_by_its_folder(settings, folder):
    """It is read and judged as one, together with those it takes in."""
    path = folder.parent / "passages/own.md"
    checked = check_source(settings, "Notice it. [5s]\n\n[include under]\n", path)
    assert [(each.rule, each.line) for each in checked.remarks] == [("command", 1)]
    assert not checked.is_fine
    circle = check_source(settings, "[include own]\n", path)
    assert "take in itself" in circle.problems[0].message


def test_a_hint_leaves_it_fine(settings, folder):
    """It is worth a second look, and nothing is wrong."""
    checked = check_source(settings, written(middle="Perhaps a tear. [8s]"), folder / "a.md")
    assert [each.rule for each in checked.remarks] == ["homograph"]
    assert checked.is_fine


def test_the_houses_lexicon_is_known(settings, folder):
    """A word that it respells is not hinted at."""
    (settings.scripts_path / "lexicon.yaml").write_text("a tear: a teer\n")
    assert (
        check_source(settings, written(middle="Perhaps a tear. [8s]"), folder / "a.md").remarks
        == ()
    )


def put_clips(settings: Settings, source: str, *, factor: float, eyes: str = "any") -> None:
    """Put every sentence of a practice on the shelf, as if its voice had spoken it."""
    script = parse_script(source, path="x.md")
    voice, shelf = house_voices(settings).describe(script.voice), Shelf(settings.cache_path)
    for seed in range(TELLINGS):
        options = Options(minutes=3, eyes=eyes, seed=seed)
        for utterance in plan(script, options, find_additions(settings, script.slug)).utterances:
            length_ms = round(estimate_ms(utterance) * factor)
            frames = np.zeros(frames_from_ms(length_ms), dtype=np.int16)
            shelf.publish(shelf.clip_path(clip_key(voice, utterance)), clip_bytes(frames))


def test_what_was_spoken_is_measured(settings, folder):
    """The clips on the shelf tell how long it is, and whether that is too slow."""
    source = written()
    assert check_source(settings, source, folder / "a.md").measured_minutes == ()
    put_clips(settings, source, factor=1.5)
    checked = check_source(settings, source, folder / "a.md")
    assert checked.measured_minutes == (3,)
    (remark,) = checked.remarks
    assert remark.rule == "speech-pace"
    assert "(measured)" in remark.message


def test_one_listeners_clips_measure_a_length(settings, folder):
    """Those of everybody else are estimated meanwhile."""
    source = written(middle=":::when eyes=open\nYou might look. [8s]\n:::\nIt may be so. [5s]")
    put_clips(settings, source, factor=1.0, eyes="open")
    assert check_source(settings, source, folder / "a.md").measured_minutes == (3,)


def test_a_clip_that_says_nothing_of_itself_is_estimated(settings, folder):
    """Cut short, or no FLAC at all: the check goes on, and takes the guess."""
    source = written()
    put_clips(settings, source, factor=1.5)
    clips = sorted((settings.cache_path / "clips").rglob("*.flac"))
    contents = (b"fLaC", b"RIFF" + bytes(60), b"fLaC" + bytes(60))
    for clip, content in zip(clips, contents, strict=False):
        clip.write_bytes(content)
    assert check_source(settings, source, folder / "a.md").measured_minutes == ()


def test_an_unknown_voice_has_spoken_nothing(settings, folder):
    """The practice is judged all the same."""
    fields = FIELDS.replace("voice: joe", "voice: nobody")
    checked = check_source(settings, written(fields=fields), folder / "a.md")
    assert (checked.remarks, checked.measured_minutes) == ((), ())


def test_it_can_be_written_as_json(settings, folder):
    """In the shape that docs/checks.md describes, and nothing else."""
    page = (Path(__file__).parents[2] / "docs/checks.md").read_text(encoding="utf-8")
    checked = check_source(settings, written(middle="Notice it. [8s]"), folder / "a.md")
    wrong = check_source(settings, "", folder / "a.md")
    data, problem = json.loads(json.dumps(checked.as_data())), wrong.as_data()["problems"][0]
    assert all(f"`files[].{name}`" in page for name in data)
    assert all(f"`{name}`" in page for name in (*data["remarks"][0], *problem))
    assert Remark(**data["remarks"][0]) == checked.remarks[0]
    assert data["is_fine"] is False
