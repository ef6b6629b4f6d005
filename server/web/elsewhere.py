"""Leads whoever may hear a finished recording to where it lies: the far store, or a CDN before it.

Who hears what is decided here. What is led to is signed, and lasts for as long as is asked.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response

from server.config import Settings
from server.store import Shelf
from server.store.cdn import Cdn, open_cdn


class Elsewhere:
    """Where finished recordings are sent from, where that is not here."""

    def __init__(self, shelf: Shelf, cdn: Cdn | None = None) -> None:
        self._shelf, self._cdn = shelf, cdn

    @property
    def origin(self) -> str:
        """How the addresses begin."""
        return self._cdn.origin if self._cdn else self._shelf.origin

    def lead(self, path: Path, lasts: timedelta) -> Response:
        """The answer that leads to a file. Raises StoreUnavailable where none can be signed."""
        if self._cdn is None:
            return _lead_to(self._shelf.sign(path, lasts))
        name = path.relative_to(self._shelf.root).as_posix()
        answer = _lead_to(address := self._cdn.address_of(name))
        for cookie, value in self._cdn.sign(name, datetime.now(UTC) + lasts).items():
            answer.set_cookie(
                cookie,
                value,
                max_age=lasts,
                path=urlsplit(address).path,
                domain=self._cdn.cookie_domain or None,
                secure=address.startswith("https://"),
                httponly=True,
                samesite="Lax",
            )
        return answer


def find_elsewhere(settings: Settings, shelf: Shelf) -> Elsewhere | None:
    """Whoever sends the sound in our place and is asked by browsers themselves; None for nobody."""
    if settings.audio_by not in ("store", "cdn"):
        return None
    return Elsewhere(shelf, open_cdn(settings) if settings.audio_by == "cdn" else None)


def _lead_to(address: str) -> Response:
    # What was signed does not last, so the answer is not to be remembered.
    return Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})
