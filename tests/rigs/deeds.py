"""Deeds: what a rig has a house do, each known by a number, and each done by our real code.

A number says all: which kind of deed it is, its id and its content. So whoever looks afterwards
needs to know the numbers alone, and can tell for each what has to be there.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from server.care import Worksheet
from server.errors import StorageFull
from server.store import get_render
from server.timeline import Options
from server.web.device import COOKIE
from tests.rigs.house import RigHouse, bytes_of
from tests.web.filled_worksheets import fill

ENTRY, WORKSHEET, CLIP, RENDER = KINDS = ("entry", "worksheet", "clip", "render")
WEIGHTS = (4, 3, 4, 1)
FIRST_AT = datetime(2020, 1, 1, tzinfo=UTC)

DONE = "done"

KEPT, KNOWN = 201, 200
"""How the door answers what is new to it, and what it has kept before."""


class Refused(Exception):
    """The house has said no, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


def kind_of(number: int) -> str:
    """Which kind of deed this is."""
    return random.Random(f"kind {number}").choices(KINDS, WEIGHTS)[0]


def id_of(number: int) -> str:
    """The id that a phone would have made for it."""
    return hashlib.md5(f"deed {number}".encode(), usedforsecurity=False).hexdigest()


def clip_key(number: int) -> str:
    """The key of the clip that it puts on the shelf."""
    return hashlib.sha256(f"clip {number}".encode()).hexdigest()


def started_at(number: int) -> datetime:
    """When the practice of an entry began: a second of its own for each."""
    return FIRST_AT + timedelta(seconds=number)


def words_of(number: int) -> str:
    """What the listener writes into it; no other deed has these words."""
    return f"words of {number}"


@dataclass
class Hand:
    """One thread's way of doing deeds in a house."""

    house: RigHouse
    phone: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.phone = self.house.app.test_client()
        self.phone.set_cookie(COOKIE, self.house.device, domain="localhost")

    def do(self, number: int, kind: str | None = None) -> bool:
        """Do a deed, or do it again; True when it was new, and is durable now.

        Raises Refused where the house answers so, and whatever its code raises.
        """
        return bool(getattr(self, kind or kind_of(number))(number))

    def entry(self, number: int) -> bool:
        """Tell of a practice, as a phone does when it is over."""
        body = {
            "id": id_of(number),
            "practice": "small-step",
            "minutes": 1,
            "started_at": started_at(number).isoformat(),
            "practised_ms": number % 86_400_000,
            "outcome": "completed",
        }
        return self._post("/api/session-entries", body)

    def worksheet(self, number: int) -> bool:
        """Send a worksheet to one's therapist."""
        body = {
            "id": id_of(number),
            "template": self.house.worksheet.name,
            "answers": answers_of(self.house.worksheet, number),
            "answered_at": started_at(number).isoformat(),
        }
        return self._post("/api/submissions", body)

    def clip(self, number: int) -> bool:
        """Put a clip and its words on the shelf, in the order in which a voice's are put there."""
        shelf, key = self.house.shelf, clip_key(number)
        is_new = not shelf.has_clip(key)
        for path in (shelf.clip_words_path(key), shelf.clip_path(key)):
            shelf.publish(path, bytes_of(path.name))
        return is_new

    def render(self, number: int) -> bool:
        """Order a render with words of one's own, and let a worker make it and write it down."""
        house = self.house
        key = house.workshop.order("small-step", options_of(number), house.device).key
        house.worker.perform(key)
        with house.database.reading() as db:
            state = get_render(db, key).state
        if state != "done":
            raise Refused(507 if state == "failed" else 503)
        return True

    def _post(self, url: str, body: dict[str, Any]) -> bool:
        answer = self.phone.post(url, json=body)
        if answer.status_code not in (KEPT, KNOWN):
            raise Refused(answer.status_code)
        return answer.status_code == KEPT


def outcome_of(hand: Hand, number: int) -> str:
    """Do a deed, and tell what came of it: done, or what was said instead, by its name."""
    try:
        hand.do(number)
    except Refused as error:
        return str(error.status)
    except StorageFull:
        return "StorageFull"
    except OSError:
        return "OSError"
    except Exception as error:  # noqa: BLE001 - its name is what is judged
        return type(error).__name__
    return DONE


def answers_of(worksheet: Worksheet, number: int) -> dict[str, Any]:
    """The answers of a worksheet: every text in it has the words of its number."""
    return fill(worksheet, words_of(number))


def options_of(number: int) -> Options:
    """What is ordered: a practice with the words of its number."""
    return Options(minutes=1, words={"obstacle": words_of(number)})
