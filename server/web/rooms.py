"""What the door needs of the other rooms, and how a view comes by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

from server.config import Settings
from server.store import Database, Shelf
from server.store.care import KeyRing

if TYPE_CHECKING:
    from server.render import Catalogue, Sittings, Workshop

NAME = "stepback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms behind the door, opened once for a process."""

    settings: Settings
    database: Database
    shelf: Shelf
    keys: KeyRing
    catalogue: Catalogue
    workshop: Workshop
    sittings: Sittings


def hang_rooms(app: Flask, rooms: Rooms) -> None:
    """Give an app its rooms."""
    app.extensions[NAME] = rooms


def get_rooms() -> Rooms:
    """The rooms of the current app."""
    return cast(Rooms, current_app.extensions[NAME])
