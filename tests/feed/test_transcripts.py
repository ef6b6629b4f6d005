"""List F, line 12: transcripts."""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import unescape

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from server.feed import captions_srt, captions_vtt
from server.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A caption as any room may bring it."""

    text: str
    start_ms: Ms
    end_ms: Ms


def words(text: str, start_ms: int, end_ms: int) -> Words:
    return Words(text=text, start_ms=Ms(start_ms), end_ms=Ms(end_ms))


LONG = (
    "If something in you says that this is a waste of time, then that thought is what is here, "
    "and it is allowed to be here & to stay <as long as it likes>."
)
CAPTIONS = (
    words(LONG, 1_500, 12_250),
    words("Nothing --> to do.", 3_599_000, 3_661_001),
)


def test_line_12_vtt() -> None:
    """F12: WebVTT with the speaker's voice tag, wrapped, and escaped."""
    assert captions_vtt(CAPTIONS, speaker="Joe") == (
        "WEBVTT\n\n"
        "00:00:01.500 --> 00:00:12.250\n"
        "<v Joe>If something in you says that this is a waste of time,\n"
        "then that thought is what is here, and it is allowed to be here &amp;\n"
        "to stay &lt;as long as it likes&gt;.\n\n"
        "00:59:59.000 --> 01:01:01.001\n"
        "<v Joe>Nothing --&gt; to do.\n"
    )


def test_line_12_srt() -> None:
    """F12: SubRip with numbers and commas; what players take for markup is written otherwise."""
    assert captions_srt(CAPTIONS) == (
        "1\n00:00:01,500 --> 00:00:12,250\n"
        "If something in you says that this is a waste of time, then that\n"
        "thought is what is here, and it is allowed to be here & to stay\n"
        "‹as long as it likes›.\n\n"
        "2\n00:59:59,000 --> 01:01:01,001\n"
        "Nothing --› to do.\n"
    )


def test_an_empty_transcript_is_still_one() -> None:
    """A practice without a word has a transcript without a caption."""
    assert captions_vtt((), speaker="Joe") == "WEBVTT\n"
    assert captions_srt((words("\x00 ", 0, 10),)) == ""


@pytest.mark.parametrize(
    ("speaker", "tag"),
    [
        ("", ""),
        ("A & <B>", "<v A &amp; &lt;B&gt;>"),
        ("Nobody " * 9, "<v Nobody Nobody Nobody Nobody…>"),
    ],
)
def test_line_12_speaker(speaker: str, tag: str) -> None:
    """F12: the speaker's name is escaped and short; without a name there is no tag."""
    vtt = captions_vtt((words("Here.", 0, 10),), speaker=speaker)
    assert vtt.splitlines()[3] == f"{tag}Here."


def test_line_12_a_name_of_escapes_leaves_room_for_words() -> None:
    """F12: a name counts as it is read, not as it is escaped."""
    vtt = captions_vtt((words("Here we are.", 0, 10),), speaker="&" * 40)
    assert vtt.splitlines()[3] == f"<v {'&amp;' * 29}…>Here we are."


def test_captions_do_not_overlap() -> None:
    """Captions are set in order; one ends where the next begins; one without time is dropped."""
    given_words = (words("b", 50, 90), words("a", 0, 60), words("c", 80, 80), words("d", 85, 99))
    file = webvtt.from_string(captions_vtt(given_words, speaker=""))
    assert [(c.text, c.start, c.end) for c in file] == [
        ("a", "00:00:00.000", "00:00:00.050"),
        ("b", "00:00:00.050", "00:00:00.080"),
        ("d", "00:00:00.085", "00:00:00.099"),
    ]


@given(
    texts=st.lists(
        st.text(st.characters(codec=None))
        | st.text(st.sampled_from("wo <>&-\n\x0b"), max_size=300),
        max_size=5,
    )
)
def test_line_12_any_text_reads_back(texts: list[str]) -> None:
    """F12: whatever is said, both files are read back strictly, in lines of up to 65 characters."""
    captions = [words(text, at * 1000, at * 1000 + 900) for at, text in enumerate(texts)]
    vtt = webvtt.from_string(captions_vtt(captions, speaker="Joe"), strict=True)
    srt_text = captions_srt(captions)
    srt = webvtt.from_buffer(io.StringIO(srt_text), format="srt") if srt_text else []
    assert len(vtt) == len(srt)
    for spoken, shown in zip(vtt, srt, strict=True):
        assert (spoken.voice, spoken.start, spoken.end) == ("Joe", shown.start, shown.end)
        lines = [line.removeprefix("<v Joe>") for line in spoken.raw_text.splitlines()]
        assert max(len(unescape(line)) for line in lines) <= 65
        assert max(len(line) for line in shown.text.splitlines()) <= 65
