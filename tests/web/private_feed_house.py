"""Clients with private feeds, for tests of what these tell and to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from server.render.feed_orders import order_feed_items
from server.store import RenderRow
from server.store.care import (
    AssignmentDetails,
    ClientRow,
    NewAssignment,
    add_assignment,
)
from server.store.care.private_feed_tables import (
    PrivateFeedRow,
)
from tests.web.conftest import FILES, House
from tests.web.people_house import People

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"

TAG = b"ID3\x04\x00\x00\x00\x00\x02\x01" + b"TIT2 From Ada, Soft ground".ljust(257, b"\0")
SOUND = FILES["mp3"]
TAGGED = {**FILES, "mp3": TAG + SOUND}


def token_in(text: str) -> str:
    """The token of the first private feed that a page names."""
    found = re.search(r"/feed/private/([A-Za-z0-9_-]{43})", text)
    assert found is not None
    return found[1]


@dataclass(frozen=True, kw_only=True)
class PrivateFeedHouse:
    """A house whose clients have been given something, and have feeds."""

    house: House
    people: People
    made: dict[str, str] = field(default_factory=dict)

    @property
    def rooms(self) -> Any:
        return self.people.app.extensions["stepback"]

    def give(
        self,
        client_id: str,
        *,
        kind: str = "practice",
        subject: str = "soft-ground",
        **details: Any,
    ) -> str:
        """Give a client something, as their therapist does; gives the assignment's id."""
        new = NewAssignment(
            kind=kind, subject=subject, rhythm="whenever", details=AssignmentDetails(**details)
        )
        with self.people.database.writing() as db:
            client = db.get_one(ClientRow, client_id)
            seal = self.people.keys.get(client_id)
            row = add_assignment(db, client, seal, new, datetime.now(UTC))
        self.order(client_id)
        return row.id

    def order(self, client_id: str) -> None:
        order_feed_items(self.rooms.workshop, self.people.keys, client_id)

    def publish(self, files: Mapping[str, bytes] = TAGGED) -> list[str]:
        """Do what a worker does, for all that is ordered; gives the keys."""
        with self.people.database.reading() as db:
            keys = [row.key for row in db.query(RenderRow).filter_by(state="queued")]
        for key in keys:
            self.house.publish(key, files)
        return keys

    def phone(self, client_id: str) -> FlaskClient:
        return self.people.phone_of(client_id)

    def make(
        self,
        client_id: str,
        name: str = "My phone",
        *,
        is_neutral: bool = False,
        files: Mapping[str, bytes] = TAGGED,
    ) -> str:
        """Make a feed on the client's page, and what is in it; gives its path."""
        said = {"name": name, **({"is_neutral": "yes"} if is_neutral else {})}
        answer = self.phone(client_id).post("/with-therapist/podcast", data=said)
        assert answer.status_code == 200, answer.text
        self.publish(files)
        return f"/feed/private/{token_in(answer.text)}"

    def row(self, client_id: str) -> PrivateFeedRow:
        """The newest feed of a client."""
        with self.people.database.reading() as db:
            rows = db.query(PrivateFeedRow).filter_by(client_id=client_id)
            return max(rows, key=lambda each: each.made_at)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask as a podcast app does: with nothing but the address."""
        answer = self.people.stranger().get(path_of(path), **more)
        answer.get_data()
        answer.close()  # as a server does when it is sent; only then is it noted
        return answer

    def channel(self, path: str) -> Any:
        """The feed at a path, read."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return etree.fromstring(answer.data).find("channel")


def path_of(url: str) -> str:
    """An address without its host, as a test client asks for it."""
    return re.sub(r"^https?://[^/]+", "", url)


def addresses_in(channel: Any) -> dict[str, list[str]]:
    """Every address of a feed's files, by what it is."""
    found: dict[str, list[str]] = {
        "enclosure": [each.get("url") for each in channel.iter("enclosure")],
        "image": [each.get("href") for each in channel.iter(f"{ITUNES}image")],
        "transcript": [each.get("url") for each in channel.iter(f"{PODCAST}transcript")],
        "chapters": [each.get("url") for each in channel.iter(f"{PODCAST}chapters")],
        "source": [each.get("uri") for each in channel.iter(f"{PODCAST}source")],
    }
    return found
