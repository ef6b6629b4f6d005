"""The picture of a report: whole, legible, without a style of its own unless it stands alone."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree

from server.render import draw_report
from server.render.picture import describe

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def report() -> dict[str, Any]:
    """Ten minutes in three stages, one of them with a name that could break markup."""
    titles = ("Arriving", 'Dogs & "cats" <b>', "A stage whose name is far too long for a picture")
    return {
        "measured": {"length_ms": 600_000, "speech_lufs": -19.04},
        "stages": [
            {"title": title, "start_ms": start_ms}
            for title, start_ms in zip(titles, (0, 2000, 300_000), strict=True)
        ],
        "course": {
            "peaks": [0.0, 0.5, 1.0] * 200,
            "peak_step_ms": 1000,
            "loudness_lufs": [-120.0, -19.0, -3.0, -48.0],
            "loudness_step_ms": 150_000,
            "pauses": [[10_000, 30_000], [60_000, 100]],
            "target_lufs": -19.0,
        },
    }


def named(picture: str, name: str) -> list[Any]:
    return [each for each in etree.fromstring(picture).iter() if each.get("class") == name]


def test_it_is_well_formed_and_says_what_it_shows(report):
    """Title and description are for those who do not see it."""
    root = etree.fromstring(draw_report(report))
    assert root.get("role") == "img"
    ids = root.get("aria-labelledby").split()
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == ids
    assert root.findtext(f"{SVG}desc") == describe(report)
    assert describe(report).startswith(
        "It is 10:00 long. Its speech is at −19.0 LUFS, the target is −19 LUFS. "
        "Its longest pause lasts 30 seconds. Its stages are Arriving at 0:00, "
    )


def test_everything_is_in_it_and_inside_of_it(report):
    """A shape for the waveform, a bar for each pause, a tick for each stage, curve and target."""
    picture = draw_report(report)
    _, _, width, height = map(float, etree.fromstring(picture).get("viewBox").split())
    assert [len(named(picture, f"report-{name}")) for name in ("wave", "loudness", "target")] == [
        1
    ] * 3
    assert [float(bar.get("width")) for bar in named(picture, "report-pause")] == [24, 1]
    assert [float(tick.get("x1")) for tick in named(picture, "report-stage")] == [0, 1.6, 240]
    for name in ("report-wave", "report-loudness"):
        points = re.findall(r"([-\d.]+),([-\d.]+)", named(picture, name)[0].get("points"))
        assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in points)
    peaks = named(picture, "report-wave")[0].get("points").split()
    assert len(peaks) == 1200


def test_names_are_escaped_and_fit(report):
    """A long name is shortened; nothing in a name is taken for markup."""
    texts = [each.text for each in named(draw_report(report), "report-text")]
    assert texts == ["Arriving", 'Dogs & "cats" <b>', "A stage whose name is…"]
    numbers = [each for each in named(draw_report(report), "report-soft") if each.text in "123"]
    places = sorted(float(each.get("x")) for each in numbers[:3])
    assert all(after - before >= 16 for before, after in pairwise(places))


def test_a_page_gets_no_style_and_a_file_has_its_own(report):
    """A strict policy shows the one; the other can be read by day and by night."""
    for_page, alone = draw_report(report), draw_report(report, stands_alone=True)
    assert "style" not in for_page
    assert "prefers-color-scheme:dark" in alone
    classes = {each.get("class") for each in etree.fromstring(for_page).iter() if each.get("class")}
    assert all(f".{name}{{" in alone for name in classes - {"report-picture"})


@pytest.mark.parametrize(
    ("length_ms", "times"),
    [
        (30_000, ["0:00", "0:10", "0:20", "0:30"]),
        (120_000, ["0:00", "0:30", "1:00", "1:30", "2:00"]),
        (5_400_000, ["0:00", "15:00", "30:00", "45:00", "60:00", "75:00", "90:00"]),
        (14_400_000, ["0:00", "30:00", "60:00", "90:00", "120:00", "150:00", "180:00",
                      "210:00", "240:00"]),
        (1, ["0:00"]),
    ],
)  # fmt: skip
def test_the_times_are_few_and_round(report, length_ms, times):
    """Half a minute, an hour and a half, four hours, and nothing at all."""
    report["measured"]["length_ms"] = length_ms
    texts = [each.text for each in named(draw_report(report), "report-soft")]
    assert [text for text in texts if ":" in text] == times


def test_a_draft_without_stages_and_speech_has_a_picture_too(report):
    """As has a file that was measured without its timeline."""
    report["stages"], report["course"]["pauses"] = [], []
    report["measured"]["speech_lufs"] = None
    assert etree.fromstring(draw_report(report)).findtext(f"{SVG}desc") == "It is 10:00 long."
