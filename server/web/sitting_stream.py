"""A sitting's sound: a playlist that moves on with it, media segments, and the ground to keep.

A media segment is put together when it is asked for, from lines on the shelf. It is asked for by
its sitting's own device alone, and kept by no cache: there may be words of the listener's in it.
The ground holds none, so it may be kept.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.audio.fmp4 import init_segment, media_segment
from server.audio.live_playlist import INIT_NAME, list_segments, write_live_playlist
from server.errors import NotFound
from server.sitting import Choices
from server.timeline import pace_named
from server.web.rooms import get_rooms
from server.web.sending import send_content
from server.web.sittings_api import own_device

PLAYLIST_NAME = "playlist.m3u8"
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
MEDIA_TYPE = "audio/mp4"
GROUND_TYPE = "audio/aac"

sitting = Blueprint("sitting", __name__)


@sitting.get(f"/sittings/<sitting:sitting_id>/{PLAYLIST_NAME}")
def show_playlist(sitting_id: str) -> Response:
    """List what is certain by now."""
    performance = get_rooms().sittings.look(sitting_id, own_device()).performance
    listed = list_segments(performance.heard_ms, performance.certain_ms, performance.total_ms)
    playlist = write_live_playlist(
        listed.start,
        len(listed),
        is_over=performance.total_ms is not None,
        heard_ms=performance.heard_ms,
    )
    return send_content(playlist.encode(), PLAYLIST_TYPE, cache_control="no-store")


@sitting.get(f"/sittings/<sitting:sitting_id>/{INIT_NAME}")
def show_init(sitting_id: str) -> Response:
    """Give what a player must know before any media segment; it is the same for all sittings."""
    get_rooms().sittings.look(sitting_id, own_device())
    return send_content(init_segment(), MEDIA_TYPE, cache_control="no-store")


@sitting.get("/sittings/<sitting:sitting_id>/<segment:number>.m4s")
def show_segment(sitting_id: str, number: int) -> Response:
    """Put a media segment together."""
    frames = get_rooms().sittings.segment(sitting_id, own_device(), number)
    return send_content(media_segment(number, frames), MEDIA_TYPE, cache_control="no-store")


@sitting.get("/practices/<slug:slug>/ground.aac")
def show_ground(slug: str) -> Response:
    """Give the ground of a practice as one file, for a phone to keep. The same for everybody."""
    rooms = get_rooms()
    asked = request.args.get
    script = rooms.catalogue.get(slug).script
    choices = Choices(
        minutes=asked("minutes", script.default_minutes, type=int),
        anchor=asked("anchor", "any"),
        eyes=asked("eyes", "any"),
        pace=pace_named(asked("pace", "as-written")),
    )
    ground = rooms.sittings.ground(slug, choices)
    if ground is None:
        raise NotFound  # it has none, or it is still being made
    return send_content(ground, GROUND_TYPE, cache_control="public, no-cache")
