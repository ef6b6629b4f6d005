"""Scripts beside their parsed form; `make golden` rewrites the form, a person reads the diff."""

import json
import os
from pathlib import Path

import pytest

from server.script import parse_script

FOLDER = Path(__file__).parent.parent / "golden" / "script"


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_a_script_parses_to_its_golden_form(script, as_data):
    """Every field, cue and place is as it was when a person last read it."""
    found = as_data(parse_script(script.read_bytes().decode("utf-8"), path=script.name))
    golden = script.with_suffix(".json")
    if os.environ.get("STEPBACK_GOLDEN") == "rewrite":
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    # Through JSON and back, so that whole decimals compare as they are written.
    assert json.loads(json.dumps(found)) == json.loads(golden.read_text("utf-8"))


def test_there_are_golden_scripts():
    """The test above has something to compare."""
    assert len(list(FOLDER.glob("*.md"))) >= 3
