"""Episodes: what a finished render tells a feed of itself, a public one or a private one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import url_for

from server.errors import PracticeNotFound, VoiceUnavailable
from server.feed import SRT_TYPE, VTT_TYPE, Alternate, ChapterMark, Enclosure, Episode, Transcript
from server.render import MEDIA_TYPES, house_voices
from server.script import Script
from server.store import RenderRow
from server.units import Bytes, Ms
from server.web.live import is_live
from server.web.rooms import Rooms

ENGLISH = "en"
"""What a public feed says of itself is in this language, and so is a feed with nothing in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What the feed decides about an episode; all the rest is the render's own."""

    guid: str
    title: str
    summary: str
    """Plain text; also the first lines of the notes."""
    page_url: str
    image_url: str
    published_at: datetime
    file_url: Callable[[str], str]
    """From the kind of a file (mp3, opus, vtt, srt, json) to its whole address in this feed."""
    number: int | None = None
    """From 1 in a serial feed."""
    live_url: str = ""
    is_blocked: bool = False
    """True where no directory is to list it."""
    language: str = ""
    """Of what is said; empty where it is told as the feed's."""


def make_episode(
    rooms: Rooms, render: RenderRow, news: Announcement, script: Script | None
) -> Episode:
    """Make the episode of a finished render: its file's size and length, stages, voice, credits.

    `script` is the practice's, as far as it is still in the library.
    """
    sizes = {row.kind: row.size_bytes for row in render.renditions}
    return Episode(
        guid=news.guid,
        title=news.title,
        summary=news.summary,
        page_url=news.page_url,
        image_url=news.image_url,
        published_at=news.published_at,
        duration_ms=Ms(render.duration_ms or 0),
        enclosure=Enclosure(url=news.file_url("mp3"), size_bytes=Bytes(sizes["mp3"])),
        transcripts=(
            Transcript(url=news.file_url("vtt"), content_type=VTT_TYPE),
            Transcript(url=news.file_url("srt"), content_type=SRT_TYPE),
        ),
        chapters_url=news.file_url("json"),
        stages=_stages(render),
        voice=_voice_line(rooms, render.voice),
        credits=script.credits if script else "",
        number=news.number,
        alternates=_alternates(render, sizes, news),
        live_url=news.live_url,
        is_blocked=news.is_blocked,
        language=news.language,
    )


def _alternates(
    render: RenderRow, sizes: dict[str, int], news: Announcement
) -> tuple[Alternate, ...]:
    """The same as Opus, at half the bytes, where the render has it: older ones do not."""
    if "opus" not in sizes or not render.duration_ms:
        return ()
    return (
        Alternate(
            url=news.file_url("opus"),
            size_bytes=Bytes(sizes["opus"]),
            content_type=MEDIA_TYPES["opus"],
            bitrate=max(1, round(sizes["opus"] * 8000 / render.duration_ms)),
            title="Opus",
        ),
    )


def find_script(rooms: Rooms, slug: str) -> Script | None:
    """The practice's script, where it is still in the library."""
    try:
        return rooms.catalogue.get(slug).script
    except PracticeNotFound:
        return None


def live_address(rooms: Rooms, script: Script | None) -> str:
    """Where a practice can be sat with live; empty for one that asks nothing, or is gone."""
    if script is None or not is_live(script, rooms.catalogue.additions(script.slug)):
        return ""
    return rooms.settings.public_url + url_for("live.show", slug=script.slug)


def usual_language(languages: Sequence[str]) -> str:
    """What a feed is told to be in: the language of most of its episodes."""
    return max(languages, key=languages.count, default=ENGLISH)


def _stages(render: RenderRow) -> tuple[ChapterMark, ...]:
    """Read the stages from the report of the render, where they are as they sound."""
    rows: list[dict[str, Any]] = cast(Any, render.report or {}).get("stages", [])
    return tuple(
        ChapterMark(
            title=row["title"],
            start_ms=Ms(row["start_ms"]),
            end_ms=Ms(row["start_ms"] + row["length_ms"]),
        )
        for row in rows
    )


def _voice_line(rooms: Rooms, name: str) -> str:
    try:
        voice = house_voices(rooms.settings).get_record(name)
    except VoiceUnavailable:
        return name
    return f"{voice.title}. {voice.licence}"
