"""Two practice rooms with their people: who they are, and browsers in which they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from server.store import Database, hash_device
from server.store.care import (
    ClientDeviceRow,
    ClientRow,
    KeyRing,
    PracticeRoomRow,
    TherapistRow,
    add_sign_in,
    make_id,
)
from server.web.csrf import FIELD, HEADER
from server.web.device import COOKIE, make_device
from server.web.people import SIGN_IN

BROWSER = "Firefox, Linux"


class CarryingBrowser(FlaskClient):
    """Sends with every post the token that its pages' forms hold."""

    carried = ""

    def open(self, *given: object, **more: Any) -> TestResponse:
        """Ask as the test asks, with the token: in the form, where there is one."""
        if isinstance(more.get("data"), dict):
            more["data"] = {FIELD: self.carried, **more["data"]}
        else:
            more["headers"] = Headers(more.get("headers"))
            more["headers"].setdefault(HEADER, self.carried)
        return super().open(*given, **more)


def _sign(app: APIFlask, token: str) -> str:
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(token)


@dataclass(frozen=True, kw_only=True)
class People:
    """Ada and Bo work in one room, Cy in another; Ada's clients are Ines and Jo, Cy's is Kim."""

    app: APIFlask
    database: Database
    keys: KeyRing
    rooms: tuple[str, str]
    ada: str
    """Head of her room."""
    bo: str
    cy: str
    """Head of the other room."""
    ines: str
    jo: str
    kim: str
    devices: dict[str, str]
    """Each client's device token, by the client's id."""

    def signed_in(self, therapist_id: str) -> FlaskClient:
        """A browser in which a therapist has signed in."""
        with self.database.writing() as db:
            token = add_sign_in(db, therapist_id, BROWSER, datetime.now(UTC))
        browser = CarryingBrowser(self.app, self.app.response_class)
        with browser.session_transaction() as session:
            session[SIGN_IN] = token
            session["csrf_token"] = "given"
        browser.carried = _sign(self.app, "given")
        return browser

    def phone_of(self, client_id: str) -> FlaskClient:
        """The device that a client has joined with."""
        browser = self.app.test_client()
        browser.set_cookie(COOKIE, self.devices[client_id], domain="localhost")
        return browser

    def stranger(self) -> FlaskClient:
        """Somebody who has nothing."""
        return self.app.test_client()


def settle_people(app: APIFlask) -> People:
    """Put two rooms with their people into the house of an app."""
    rooms = app.extensions["stepback"]
    settled = _Settling(rooms.database, rooms.keys, datetime.now(UTC))
    first, second = settled.room("Linden Street"), settled.room("Harbour")
    ada = settled.therapist(first, "Ada", is_head=True)
    bo = settled.therapist(first, "Bo", is_head=False)
    cy = settled.therapist(second, "Cy", is_head=True)
    ines, jo = settled.client(first, ada, "Ines"), settled.client(first, ada, "Jo")
    kim = settled.client(second, cy, "Kim")
    return People(
        app=app,
        database=rooms.database,
        keys=rooms.keys,
        rooms=(first, second),
        **dict(zip(("ada", "bo", "cy"), (ada, bo, cy), strict=True)),
        **dict(zip(("ines", "jo", "kim"), (ines, jo, kim), strict=True)),
        devices={each: settled.join(each) for each in (ines, jo, kim)},
    )


@dataclass(frozen=True)
class _Settling:
    database: Database
    keys: KeyRing
    now_at: datetime

    def room(self, name: str) -> str:
        row = PracticeRoomRow(id=make_id(), name=name, made_at=self.now_at)
        return self._add(row)

    def therapist(self, room_id: str, name: str, *, is_head: bool) -> str:
        row = TherapistRow(
            id=make_id(),
            room_id=room_id,
            email=f"{name.lower()}@sit.example",
            name=name,
            active=True,
            fs_uniquifier=make_id(),
            is_head=is_head,
            added_at=self.now_at,
        )
        return self._add(row)

    def client(self, room_id: str, therapist_id: str, name: str) -> str:
        client_id = make_id()
        row = ClientRow(
            id=client_id,
            room_id=room_id,
            therapist_id=therapist_id,
            sealed_name=self.keys.make(client_id).close(name, f"clients:{client_id}"),
            made_at=self.now_at,
            joined_at=self.now_at,
        )
        return self._add(row)

    def join(self, client_id: str) -> str:
        token = make_device()
        row = ClientDeviceRow(
            device_hash=hash_device(token),
            client_id=client_id,
            browser=BROWSER,
            joined_at=self.now_at,
            seen_at=self.now_at,
        )
        with self.database.writing() as db:
            db.add(row)
        return token

    def _add(self, row: PracticeRoomRow | TherapistRow | ClientRow) -> str:
        with self.database.writing() as db:
            db.add(row)
        return row.id
