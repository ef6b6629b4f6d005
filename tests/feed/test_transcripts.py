"""List F, line 12: transcripts."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from html import unescape

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from server.feed import captions_srt, captions_vtt
from server.units import Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as any room may bring it."""

    text: str
    start_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A caption as any room may bring it."""

    text: str
    start_ms: Ms
    end_ms: Ms
    words: tuple[Word, ...] = ()


def words(text: str, start_ms: int, end_ms: int, *said: tuple[str, int]) -> Words:
    moments = tuple(Word(text=each, start_ms=Ms(at_ms)) for each, at_ms in said)
    return Words(text=text, start_ms=Ms(start_ms), end_ms=Ms(end_ms), words=moments)


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


# ── the moments of words ─────────────────────────────────────────────────────────────────────


def line_of(text: str, *said: tuple[str, int]) -> str:
    """The text of the one caption from 0 to 9 s."""
    return captions_vtt((words(text, 0, 9_000, *said),), speaker="").splitlines()[3]


def test_each_word_has_its_moment_before_it() -> None:
    """A word's moment stands before it; escapes, the voice tag and the line breaks stay."""
    said = [(word, 1_500 + 100 * at) for at, word in enumerate(LONG.split())]
    vtt = captions_vtt((words(LONG, 1_450, 12_250, *said),), speaker="Joe")
    first, second, third = vtt.splitlines()[3:]
    assert first.startswith("<v Joe><00:00:01.500>If <00:00:01.600>something <00:00:01.700>in ")
    assert second.startswith("<00:00:02.700>then ")
    assert third.startswith("<00:00:04.200>to <00:00:04.300>stay <00:00:04.400>&lt;as ")
    assert third.endswith("<00:00:04.700>it <00:00:04.800>likes&gt;.")
    plain = captions_vtt((words(LONG, 1_450, 12_250),), speaker="Joe")
    assert webvtt.from_string(vtt)[0].text == webvtt.from_string(plain)[0].text
    assert captions_srt((words(LONG, 0, 9, *said),)) == captions_srt((words(LONG, 0, 9),))


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("Sit down.", [("Sit", 30), ("down", 400)], "<.030>Sit <.400>down."),
        ("Dr. Who sits.", [("Doctor", 30), ("Who", 400), ("sits", 700)],
         "<.030>Dr. <.400>Who <.700>sits."),
        ("For 4-7-8 now.", [("For", 30), ("4", 200), ("7", 300), ("8", 400), ("now", 700)],
         "<.030>For <.200>4-7-8 <.700>now."),
        ("Rest — and stay.", [("Rest", 30), ("and", 400), ("stay", 700)],
         "<.030>Rest — <.400>and <.700>stay."),
        ("Rest & stay.", [("Rest", 30), ("and", 400), ("so", 500), ("stay", 700)],
         "<.030>Rest <.400>&amp; <.700>stay."),
        ("Sit.", [("Now", 30), ("sit", 400)], "<.400>Sit."),
    ],
)  # fmt: skip
def test_what_is_spelt_otherwise_still_finds_its_moment(
    text: str, said: list[tuple[str, int]], line: str
) -> None:
    """Where written and spoken words differ, those around them keep their moments."""
    assert line_of(text, *said).replace("00:00:00", "") == line


def test_moments_only_ascend_and_lie_inside() -> None:
    """A moment before its caption, after it, or before the last one is not written."""
    said = [("a", 0), ("b", 500), ("c", 400), ("d", 500), ("e", 600), ("f", 9_000)]
    assert line_of("a b c d e f", *said) == "a <00:00:00.500>b c d <00:00:00.600>e f"


@given(
    text=st.text(st.sampled_from("aB. '<&-\n"), max_size=120),
    said=st.lists(st.tuples(st.sampled_from(["a", "b", "ab", "B"]), st.integers(-5, 1200))),
)
def test_moments_never_change_what_is_read(text: str, said: list[tuple[str, int]]) -> None:
    """Without its marks every caption is what it is without moments, and they ascend."""
    marked = captions_vtt((words(text, 0, 1_000, *said),), speaker="Joe")
    plain = captions_vtt((words(text, 0, 1_000),), speaker="Joe")
    assert re.sub(r"<[\d:.]+>", "", marked) == plain
    webvtt.from_string(marked, strict=True)
    moments = re.findall(r"<([\d:.]+)>", marked)
    assert moments == sorted(set(moments))
    assert all("00:00:00.000" < moment < "00:00:01.000" for moment in moments)
