"""Scripts beside their parsed form; `make golden` rewrites the form, a person reads the diff."""

import json
import os
from pathlib import Path

import pytest

from server.script import parse_script, print_script
from server.timeline import Options
from server.timeline.linear import linear_cues

FOLDER = Path(__file__).parent.parent / "golden" / "script"
PASSAGES = {"settle": "Sit as you like. [3s]\n"}
SCRIPTS = sorted(FOLDER.glob("*.md"))


def _read(path):
    return parse_script(path.read_bytes().decode("utf-8"), path=path.name, passages=PASSAGES)


def _compare(found, golden):
    if os.environ.get("STEPBACK_GOLDEN") == "rewrite":
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    # Through JSON and back, so that whole decimals compare as they are written.
    assert json.loads(json.dumps(found)) == json.loads(golden.read_text("utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_parses_to_its_golden_form(script, as_data):
    """Every field, cue and place is as it was when a person last read it."""
    _compare(as_data(_read(script)), script.with_suffix(".json"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_told_as_in_its_golden_form(script, as_data):
    """What somebody hears who is asked nothing, at its usual length and in its first telling."""
    told = linear_cues(read := _read(script), Options(minutes=read.default_minutes))
    found = {
        each.stage.title: [
            {name: value for name, value in as_data(cue).items() if name != "at"}
            for cue in each.cues
        ]
        for each in told
    }
    _compare(found, script.with_suffix(".told.json"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_printed_as_in_its_golden_form(script):
    """The one form of it, which is the same script again."""
    printed, golden = print_script(_read(script)), script.with_suffix(".printed")
    if os.environ.get("STEPBACK_GOLDEN") == "rewrite":
        golden.write_text(printed, "utf-8")
    assert printed == golden.read_text("utf-8")
    assert parse_script(printed, path="x.md", passages=PASSAGES) == _read(script)


def test_there_are_golden_scripts():
    """The tests above have something to compare."""
    assert len(SCRIPTS) >= 10
