"""The script guide tells the truth: its examples parse, and it names all that there is."""

import re
from pathlib import Path

import pytest

from server.script import BEDS, BELLS, LEVELS, TRACKS, parse_script
from server.script.containers import CONTAINERS
from server.script.cues import CUES
from server.script.fields import FIELDS

GUIDE = (Path(__file__).parents[2] / "docs" / "script-guide.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```stepback\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_each_example_parses(example, front):
    """Whoever copies an example has a script without a mistake."""
    text = example if example.startswith("---") else front + example
    assert parse_script(text, path="script-guide.md").stages


def test_the_examples_hold_every_cue():
    """Nothing of the language is told without being shown."""
    shown = "".join(EXAMPLES)
    cues = ["[3s]", "[silence fill]", ":::repeat", "{", *(f"[{name}" for name in CUES)]
    assert [cue for cue in cues if cue not in shown] == []


PARTS = ("ask", "default", "longest", "slower", "softer", "curve: none")


@pytest.mark.parametrize(
    "name",
    [*FIELDS, *PARTS, *TRACKS, *BELLS, *BEDS, *LEVELS, *CONTAINERS, "include"],
)
def test_each_word_of_the_language_is_in_the_guide(name):
    """A person who reads the guide has read of everything."""
    assert re.search(rf"`[\[:]*{name}[ …\]]*`", GUIDE)


def test_the_messages_in_the_guide_are_the_real_ones(front, mistakes):
    """What the guide shows is what the check says, places aside."""
    text = front.replace("credits: Our own words.\n", "")
    found = mistakes(text + "# A\n\n[bel] there [3sec]\n\n:::repeat 2\nBe here now.\n")
    shown = re.findall(r"^my-practice\.md:\d+:\d+: (.*)$", GUIDE, re.MULTILINE)
    assert len(shown) == 4
    assert set(shown) == {line.split(": ", 1)[1] for line in found}


def test_every_field_has_an_example_that_is_right(front):
    """The line that a message offers can be copied."""
    lines = [field.example for field in FIELDS.values()]
    text = "\n".join(["---", *lines, "---", "# A", "", "Be here now."])
    assert parse_script(text, path="x.md").slug == "stepping-back"
