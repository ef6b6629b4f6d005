"""The script guide tells the truth: its examples parse, and it names all that there is."""

import re
from itertools import product
from pathlib import Path

import pytest

from server.script import (
    AGAIN,
    ANCHORS,
    BEDS,
    BELLS,
    END,
    EYES,
    LEVELS,
    NEXT,
    NOTHING,
    TRACKS,
    WORD_FORMS,
    parse_passage,
    parse_script,
    print_script,
)
from server.script.containers import CONTAINERS
from server.script.cues import CUES
from server.script.fields import FIELDS
from server.timeline import Options, lay_out, plan
from server.voice import estimate_ms

GUIDE = (Path(__file__).parents[2] / "docs" / "script-guide.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```stepback\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
PASSAGES = dict.fromkeys(
    ["settle"], *re.findall(r"^```passage\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
)


@pytest.fixture(params=EXAMPLES, ids=range(len(EXAMPLES)))
def example(request, front):
    """Each example of the guide as a script, under a front matter if it has none."""
    text = request.param if request.param.startswith("---") else front + request.param
    return parse_script(text, path="script-guide.md", passages=PASSAGES)


def test_each_example_is_heard_by_everybody(example):
    """Whoever copies one has a script without a mistake, which fits its length for each choice."""
    for anchor, eyes in product(ANCHORS, EYES):
        if (anchor, eyes) != ("sight", "closed"):
            options = Options(minutes=example.default_minutes, anchor=anchor, eyes=eyes)
            made = plan(example, options)
            line = lay_out(made, {each: estimate_ms(each) for each in made.utterances})
            assert 0 < line.total_ms <= example.default_minutes * 60_000


def test_each_example_is_printed_and_read_again(example):
    """What the guide shows is kept by everything that reads scripts and writes them."""
    printed = print_script(example)
    assert parse_script(printed, path="x.md", passages=PASSAGES) == example


def test_the_passage_in_the_guide_is_one(front):
    """It is taken in by one of the examples."""
    assert parse_passage(PASSAGES["settle"], path="passages/settle.md")
    assert any("[include settle]" in example for example in EXAMPLES)


def test_the_examples_hold_every_part_of_the_language():
    """Nothing is told without being shown."""
    shown = "".join(EXAMPLES)
    marks = ["[3s]", "[silence fill]", "[silence fill weight=", "{", "as: part", "\n-> end\n"]
    marks += [f"[{name}" for name in (*CUES, "include")] + [f":::{name}" for name in CONTAINERS]
    marks += [f"-> {name}" for name in (NEXT, AGAIN, END)] + ["[default]", "eyes=", "minutes>="]
    marks += ["given=obstacle", f"given={NOTHING}", "live=yes", "live=no", "    ready:\n"]
    marks += [f"{anchor}" for anchor in ANCHORS]
    assert [mark for mark in marks if mark not in shown] == []


PARTS = ("ask", "default", "longest", "as", "ready", "slower", "softer", "curve: none")


@pytest.mark.parametrize(
    "name",
    [*FIELDS, *PARTS, *TRACKS, *BELLS, *BEDS, *LEVELS, *ANCHORS, *EYES, *WORD_FORMS, *CONTAINERS],
)
def test_each_word_of_the_language_is_in_the_guide(name):
    """A person who reads the guide has read of everything."""
    assert re.search(rf"`(:::)?{name}( 3|=\w+)?`", GUIDE)


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
