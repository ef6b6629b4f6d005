"""A render as it is now → what is told of it, and to whom."""

from __future__ import annotations

from typing import cast

from flask import Response, request, url_for

from server.errors import RenderNotFound
from server.store import (
    CAPTIONS,
    CHAPTERS,
    PLAYLIST,
    RenderRow,
    RenderState,
    Session,
    get_render,
)
from server.units import Ms, seconds_from_ms
from server.web.answers import answer_json
from server.web.device import is_from_device
from server.web.retelling import retold
from server.web.rooms import get_rooms
from server.web.schemas import AudioOut, RenderOut, State, StreamOut
from server.web.stream import find_streamed_seconds


def get_audible_render(db: Session, key: str) -> RenderRow:
    """A render that the asking device may hear: one with own words is its own device's alone.

    Raises RenderNotFound.
    """
    row = get_render(db, key)
    if row.is_private and not is_from_device(request, row.device_hash):
        raise RenderNotFound
    return row


def answer_ordered(row: RenderRow) -> Response:
    """Answer an order: with 200 where it can be heard already, with 202 while it is made."""
    return answer_json(render_out(row), 200 if row.state == RenderState.DONE else 202)


def render_out(row: RenderRow) -> RenderOut:
    """Tell where a render stands."""
    length_ms, streamed_seconds = row.duration_ms, _streamed_seconds(row)
    return RenderOut(
        key=row.key,
        practice=row.slug,
        title=row.title,
        minutes=row.minutes,
        state=cast(State, row.state),
        phase=row.phase or None,
        stage=row.stage or None,
        done_seconds=seconds_from_ms(Ms(row.done_ms)),
        total_seconds=seconds_from_ms(Ms(row.total_ms)),
        reason=retold(row.reason) or None,
        duration_seconds=None if length_ms is None else seconds_from_ms(Ms(length_ms)),
        audio=_audio_urls(row.key) if row.state == RenderState.DONE else None,
        stream=None if streamed_seconds is None else _stream_urls(row.key),
        streamed_seconds=streamed_seconds or 0,
        is_private=row.is_private,
    )


def _audio_urls(key: str) -> AudioOut:
    """Where the files of a finished render are, as paths on this server."""
    made = {kind: url_for("audio.show", key=key, kind=kind) for kind in ("mp3", "vtt", "srt")}
    return AudioOut(**made, chapters=url_for("audio.show", key=key, kind="json"))


def _stream_urls(key: str) -> StreamOut:
    """Where the growing files of a render are, as paths on this server."""
    shelf = get_rooms().shelf
    folder = shelf.stream_folder(key)

    def address(name: str) -> str:
        return url_for("stream.show_document", key=key, name=name)

    return StreamOut(
        playlist=address(PLAYLIST),
        captions=address(CAPTIONS) if shelf.has(folder / CAPTIONS) else None,
        chapters=address(CHAPTERS) if shelf.has(folder / CHAPTERS) else None,
    )


def _streamed_seconds(row: RenderRow) -> float | None:
    """How much can be heard by now; None for one that has still to begin, or to begin anew."""
    if row.state in (RenderState.QUEUED, RenderState.CANCELLED):
        return None
    return find_streamed_seconds(get_rooms().shelf, row.key)
