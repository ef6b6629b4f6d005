"""The picture of a practice in time: all of it is there, in its measure, and says what it is."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from apiflask import APIFlask

from server.script import Bed, Bell, Breath, Fill, Position, Say, Silence, WordUse
from server.timeline import Moment
from server.units import Ms
from server.web.time_picture import WIDTH, describe, draw_time

AT = Position(line=1, column=1)
SVG = "{http://www.w3.org/2000/svg}"


def moment(cue, start_ms: int = 0, length_ms: int = 0, *, line: int = 7, stage: str = "One"):
    return Moment(cue=cue, line=line, stage=stage, start_ms=Ms(start_ms), length_ms=Ms(length_ms))


def say(*parts: object) -> Say:
    return Say(parts=parts, at=AT)


MOMENTS = (
    moment(Bed(name="rain", at=AT)),
    moment(Bell(at=AT), 0, 6_000),
    moment(say("Here & now."), 6_000, 4_000),
    moment(Fill(at=AT), 10_000, 30_000),
    moment(say("There."), 40_000, 20_000, stage="Two <b>", line=12),
)


@pytest.fixture(autouse=True)
def asked(app: APIFlask):
    """Somebody asks, in English."""
    with app.test_request_context():
        yield


def parts(svg: str) -> list[dict[str, str]]:
    return [rect.attrib for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect")]


def test_each_part_is_there_with_its_line():
    """With classes alone, so that a strict policy shows it, and nothing of a text as markup."""
    svg = str(draw_time(MOMENTS))
    drawn = parts(svg)
    kinds = [part["class"].removeprefix("time-part time-") for part in drawn]
    assert kinds == ["bed", "bell", "speech", "silence", "speech"]
    assert [part["data-line"] for part in drawn] == ["7", "7", "7", "7", "12"]
    assert "style" not in svg
    assert "Two &lt;b&gt;" in svg
    assert "Here &amp; now." in svg


def test_all_stages_have_one_measure():
    """The longest is as wide as the picture, one of half its length half as wide."""
    drawn = parts(str(draw_time(MOMENTS)))
    assert float(drawn[3]["x"]) + float(drawn[3]["width"]) == pytest.approx(WIDTH, abs=1.1)
    assert float(drawn[4]["width"]) == pytest.approx(WIDTH / 2, abs=1.1)
    assert drawn[4]["x"] == "0.0"


def test_a_long_silence_says_its_seconds():
    """Where there is room for them; a short one does not."""
    texts = [e.text for e in ElementTree.fromstring(str(draw_time(MOMENTS))).iter(f"{SVG}text")]
    assert texts == ["One", "0:40", "30 s", "Two <b>", "0:20"]


def test_lines_can_be_counted_from_further_down():
    """A passage is drawn with what was put before it, which its author does not see."""
    drawn = parts(str(draw_time(MOMENTS, line_offset=6)))
    assert [part["data-line"] for part in drawn] == ["1", "1", "1", "1", "6"]


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        (say("Hello, ", WordUse(name="place"), "."), "Line 7: “Hello, {place}.” 4 s"),
        (say("a" * 200), f"Line 7: “{'a' * 90}…” 4 s"),
        (Bell(at=AT), "Line 7: a bell"),
        (Bell(strokes=3, every_ms=Ms(2000), at=AT), "Line 7: a bell, 3 times"),
        (
            Breath(count=1, in_ms=Ms(1), hold_ms=Ms(0), out_ms=Ms(1), at=AT),
            "Line 7: one breath, led by sound, 4 s",
        ),
        (
            Breath(count=4, in_ms=Ms(1), hold_ms=Ms(0), out_ms=Ms(1), at=AT),
            "Line 7: 4 breaths, led by sound, 4 s",
        ),
        (Bed(name="rain", at=AT), "Line 7: from here rain"),
        (Bed(name="", at=AT), "Line 7: from here nothing under the voice"),
        (Fill(at=AT), "Line 7: a silence that fills, 4 s here"),
        (Silence(length_ms=Ms(1), at=AT), "Line 7: a silence, 4 s"),
    ],
)
def test_each_part_says_what_it_is(cue, expected: str):
    """In a sentence, for those who point at it and those who do not see it."""
    assert describe(moment(cue, length_ms=4_000)) == expected
