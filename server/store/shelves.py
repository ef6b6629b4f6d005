"""Opening the shelf as the settings say, in the same way for every process of a house."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from server.store.shelf import Shelf


class Places(Protocol):
    """What of the settings says where the shelf is."""

    @property
    def cache_path(self) -> Path:
        """The shelf's folder."""


def open_shelf(places: Places) -> Shelf:
    """Open the shelf. Nothing is made or asked yet."""
    return Shelf(places.cache_path)
