"""What goes with the sound of a render: its tags, its transcripts and its chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from server.audio import Finding
from server.audio.tags import Tags, write_comments, write_tags
from server.feed import captions_srt, captions_vtt, chapters_json
from server.script import Script
from server.timeline import Timeline, WordsOf, captions

ALBUM = "Stepback"
GUIDE = "The guide"

COMMENT = (
    "Spoken by a synthetic voice. Not a medical device, and no treatment. "
    "You can stop at any moment."
)

_ISO_639_2 = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", "nl": "nld", "it": "ita"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFiles:
    """The encoded sound of a render, at temporary paths."""

    mp3: Path
    opus: Path | None
    """The same as Opus, for feeds; None where nobody publishes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The texts of a render, ready to be published."""

    vtt: bytes
    srt: bytes
    chapters: bytes
    """Podcasting 2.0 chapters, JSON 1.2."""


def write_texts(script: Script, timeline: Timeline, words_of: WordsOf) -> tuple[bytes, bytes]:
    """Write captions as WebVTT and chapters as JSON, of the whole or of what is laid out of it."""
    return (
        captions_vtt(captions(timeline, words_of), speaker=GUIDE).encode(),
        chapters_json(timeline.chapters, title=script.title, podcast_title=ALBUM),
    )


def write_documents(
    sound: SoundFiles, script: Script, timeline: Timeline, *, words_of: WordsOf, cover: bytes
) -> Documents:
    """Tag sound that is not published yet, and write the texts that go with it."""
    spoken = captions(timeline)
    vtt, chapters = write_texts(script, timeline, words_of)
    tags = Tags(
        title=script.title,
        album=ALBUM,
        artist=ALBUM,
        language=_ISO_639_2.get(script.language.partition("-")[0], "und"),
        cover_jpeg=cover,
        chapters=timeline.chapters,
        transcript="\n".join(caption.text for caption in spoken),
        comment=COMMENT,
        total_ms=timeline.total_ms,
    )
    write_tags(sound.mp3, tags)
    if sound.opus is not None:
        write_comments(sound.opus, tags)
    return Documents(
        vtt=vtt,
        srt=captions_srt(spoken).encode(),
        chapters=chapters,
    )


def judge_captions(documents: Documents, timeline: Timeline) -> Finding:
    """Hold the captions, read back as they were written, against the timeline.

    They come in order, none runs into the next or beyond the end, and one begins with each
    sentence. The writers put right what would overlap, so the timeline itself is held to it too.
    """
    spoken: list[_Turn] = [(c.start_ms, c.end_ms) for c in captions(timeline)]
    written = [list(_read_times(text)) for text in (documents.vtt, documents.srt)]
    misplaced = sum(_count_misplaced(turns, timeline) for turns in (spoken, *written))
    begun = {start_ms for start_ms, _ in spoken}
    missing = sum(len(begun.difference(start_ms for start_ms, _ in turns)) for turns in written)
    return Finding(
        rule="captions out of place",
        found=str(misplaced + missing) if misplaced + missing else "none",
        wanted="none",
        is_met=not misplaced + missing,
    )


_TIMES = re.compile(rb"^(\S+) --> (\S+)", re.MULTILINE)

_Turn = tuple[int, int]
"""When a caption begins and ends, in milliseconds."""


def _read_times(document: bytes) -> Iterator[_Turn]:
    """Read the times of a WebVTT or SubRip file."""
    for match in _TIMES.finditer(document):
        yield _read_moment(match[1]), _read_moment(match[2])


def _read_moment(text: bytes) -> int:
    hours, minutes, seconds, ms = map(int, re.split(rb"[:.,]", text))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _count_misplaced(turns: list[_Turn], timeline: Timeline) -> int:
    backwards = sum(start >= end for start, end in turns)
    too_late = sum(end > timeline.total_ms for _, end in turns)
    return backwards + too_late + sum(this[1] > after[0] for this, after in pairwise(turns))
