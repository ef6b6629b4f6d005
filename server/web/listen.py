"""The page of a second loudspeaker, and the one sound that it may have."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, render_template

from server.errors import RenderNotFound
from server.store.care import CODE_LENGTH
from server.web.audio import PublishedFiles
from server.web.loudspeaker_api import get_own_loudspeaker
from server.web.sending import send_file_part


def make_listen(files: PublishedFiles) -> Blueprint:
    """Make the blueprint of /listen."""
    listen = Blueprint("listen", __name__, url_prefix="/listen")

    @listen.get("")
    def show() -> str:
        return render_template("room_player/listen.html", code_length=CODE_LENGTH)

    @listen.get("/<key:key>.mp3")
    def sound(key: str) -> Response:
        """Give a loudspeaker the render that it was told to play, and no other."""
        if get_own_loudspeaker(datetime.now(UTC)).render_key != key:
            raise RenderNotFound
        published, descriptor = files.open(key, "mp3")
        inside = files.find_inside(published)
        return send_file_part(descriptor, published.kept, published.headers, inside=inside)

    return listen
