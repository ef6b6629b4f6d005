"""docs/worksheets.md tells the truth: its example is a worksheet, and it names all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.care import LONGEST_TEXT, parse_worksheet
from server.care.worksheet_file import (
    KINDS,
    LONGEST_ASK,
    LONGEST_CLOSING,
    LONGEST_CREDITS,
    LONGEST_END,
    LONGEST_HINT,
    LONGEST_MESSAGE,
    LONGEST_OPTION,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    NEEDED,
    OTHERS,
    SIDE_NEEDED,
    SIDE_OTHERS,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "worksheets.md").read_text("utf-8")
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)[0]


def test_the_example_is_a_worksheet_with_every_kind_of_question():
    """Whoever copies it has one without a mistake."""
    read = parse_worksheet(EXAMPLE, path="a-hard-moment.yaml")
    assert len(read.fields) == len(KINDS)
    assert re.findall(r"kind: (\w+)", EXAMPLE) == list(KINDS)


def rows(first: str) -> dict[str, str]:
    """The table whose first column has this head: each row by its first cell."""
    table = GUIDE.partition(f"\n| {first} |")[2].partition("\n\n")[0]
    return {
        line.split("|")[1].strip(" `"): line
        for line in table.splitlines()[2:]
    }  # fmt: skip


def test_every_field_of_a_worksheet_is_told():
    """With whether it is needed; nothing else is in the table."""
    told = rows("field")
    assert list(told) == [*NEEDED, *OTHERS]
    assert [name for name, row in told.items() if "| yes |" in row] == list(NEEDED)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_question_is_told(kind):
    """In the row of its kind, what is needed first; and what it means in a line of its own."""
    told = rows("kind")
    assert list(told) == list(KINDS)
    needed, others = told[kind].split("|")[3].split("; and if you like ")
    assert re.findall(r"`([\w-]+)`", needed) == list(KINDS[kind].needed[2:])
    assert re.findall(r"`([\w-]+)`", others) == list(KINDS[kind].others)
    lines = "".join(re.findall(r"^- (.+?):", GUIDE, re.MULTILINE))
    explained = {*re.findall(r"`([\w-]+)`", lines), *("first", "second")}
    assert {*KINDS[kind].needed[2:], *KINDS[kind].others} <= explained


def test_every_key_of_a_side_is_told():
    """In the section of the pair."""
    section = GUIDE.partition("\n## A pair\n")[2]
    for key in (*SIDE_NEEDED, *SIDE_OTHERS, "first", "second"):
        assert f"`{key}`" in section


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("title", LONGEST_TITLE),
        ("summary", LONGEST_SUMMARY),
        ("message", LONGEST_MESSAGE),
        ("closing", LONGEST_CLOSING),
        ("credits", LONGEST_CREDITS),
    ],
)
def test_every_length_is_told(name, longest):
    """In the row of the field."""
    assert f"at most {longest} characters" in rows("field")[name]


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("ask", LONGEST_ASK),
        ("hint", LONGEST_HINT),
        ("options", LONGEST_OPTION),
        ("least-means", LONGEST_END),
        ("longest", LONGEST_TEXT),
    ],
)
def test_every_length_within_a_question_is_told(name, longest):
    """In the line of the key."""
    (line,) = re.findall(rf"^- `{name}`.*$", GUIDE, re.MULTILINE)
    assert re.search(rf"\b{longest}\b", line)
