"""What goes with the sound of a render: its tags, its transcripts and its chapters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.audio.tags import Tags, write_tags
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
    mp3: Path, script: Script, timeline: Timeline, *, words_of: WordsOf, cover: bytes
) -> Documents:
    """Tag an MP3 that is not published yet, and write the texts that go with it."""
    spoken = captions(timeline)
    vtt, chapters = write_texts(script, timeline, words_of)
    write_tags(
        mp3,
        Tags(
            title=script.title,
            album=ALBUM,
            artist=ALBUM,
            language=_ISO_639_2.get(script.language.partition("-")[0], "und"),
            cover_jpeg=cover,
            chapters=timeline.chapters,
            transcript="\n".join(caption.text for caption in spoken),
            comment=COMMENT,
            total_ms=timeline.total_ms,
        ),
    )
    return Documents(
        vtt=vtt,
        srt=captions_srt(spoken).encode(),
        chapters=chapters,
    )
