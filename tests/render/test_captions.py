"""Captions are judged as they were written, and the timeline with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.feed import captions_srt, captions_vtt
from server.render.documents import Documents, judge_captions
from server.timeline import Chapter, SpeechSegment, Timeline, Utterance, captions
from server.units import Ms


def sentence(start_ms: int, text: str) -> SpeechSegment:
    utterance = Utterance(text=text, pace=1.0)
    return SpeechSegment(start_ms=Ms(start_ms), length_ms=Ms(2000), utterance=utterance)


@pytest.fixture
def line() -> Timeline:
    """Three sentences, the last of them more than an hour in."""
    return Timeline(
        segments=(
            sentence(0, "One."),
            sentence(2000, "A second one, as long as it needs to be to fill a line and a half."),
            sentence(3_700_000, "Three."),
        ),
        chapters=(Chapter(title="All", start_ms=Ms(0), end_ms=Ms(3_710_000)),),
        total_ms=Ms(3_710_000),
    )


def documents(line: Timeline) -> Documents:
    spoken = captions(line)
    return Documents(
        vtt=captions_vtt(spoken, speaker="The guide").encode(),
        srt=captions_srt(spoken).encode(),
        chapters=b"",
    )


def test_captions_as_they_are_written_are_in_place(line):
    """What the writers make of a timeline agrees with it."""
    assert judge_captions(documents(line), line).is_met


@pytest.mark.parametrize("kind", ["vtt", "srt"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("00:00:02.000 -->", "00:00:01.999 -->"),  # overlaps the one before, and starts too early
        ("--> 00:00:04.000", "--> 00:00:01.000"),  # ends before it begins
        ("--> 01:01:42.000", "--> 01:01:50.001"),  # goes on beyond the end
        ("01:01:40.000 -->", "00:01:40.000 -->"),  # not where its sentence is
    ],
)
def test_a_caption_out_of_place_is_found(line, kind, old, new):
    """In WebVTT and in SubRip alike."""
    written = documents(line)
    comma = {"vtt": ".", "srt": ","}[kind]
    before = getattr(written, kind)
    after = before.replace(old.replace(".", comma).encode(), new.replace(".", comma).encode())
    assert after != before
    found = judge_captions(replace(written, **{kind: after}), line)
    assert (found.is_met, found.rule) == (False, "captions out of place")


def test_captions_out_of_order_are_found(line):
    """The last caption stands first."""
    written = documents(line)
    head, *blocks = written.vtt.split(b"\n\n")
    turned = b"\n\n".join([head, blocks[-1], *blocks[:-1]])
    assert not judge_captions(replace(written, vtt=turned), line).is_met


def test_sentences_that_overlap_are_found_although_the_writers_put_it_right(line):
    """The documents are in order then, and the timeline is not."""
    crossed = replace(line, segments=(*line.segments[:2], sentence(3000, "Too early.")))
    assert not judge_captions(documents(crossed), crossed).is_met
