"""Opening the shelf as the settings say, in the same way for every process of a house."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

from server.store.shelf import Shelf

FORMER = "secret-former.key"
"""Beside the secret, where it was turned: by it a house knows a store again that is its own."""


class Places(Protocol):
    """What of the settings says where the shelf is."""

    @property
    def cache_path(self) -> Path:
        """The shelf's folder."""

    @property
    def store_url(self) -> str:
        """The far store, or empty."""

    @property
    def secret_path(self) -> Path:
        """The file that all processes of one house have, and no other house."""


def open_shelf(places: Places) -> Shelf:
    """Open the shelf. Nothing is made or asked yet."""
    if not places.store_url:
        return Shelf(places.cache_path)
    from server.store.far import Far
    from server.store.far_shelf import FarShelf  # and with it what speaks to a store

    former_path = places.secret_path.with_name(FORMER)
    return FarShelf(
        places.cache_path,
        Far(places.store_url),
        _house_of(places.secret_path),
        former_house=_house_of(former_path),
    )


def _house_of(secret_path: Path) -> str:
    """Tell this house from any other; empty as long as it has no secret yet."""
    try:
        return hashlib.sha256(b"house " + secret_path.read_bytes()).hexdigest()[:32]
    except FileNotFoundError:
        return ""
