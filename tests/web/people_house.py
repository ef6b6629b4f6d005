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

from server.render.sample import House
from server.render.sample.people import BROWSER
from server.store import Database
from server.store.care import KeyRing, add_sign_in
from server.web.csrf import FIELD, HEADER
from server.web.device import COOKIE, make_device
from server.web.people import SIGN_IN


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
    house = House(database=rooms.database, keys=rooms.keys, now_at=datetime.now(UTC))
    first, second = house.add_room("Linden Street"), house.add_room("Harbour")
    ada = house.add_therapist(first, "Ada", is_head=True)
    bo = house.add_therapist(first, "Bo", is_head=False)
    cy = house.add_therapist(second, "Cy", is_head=True)
    ines, jo = house.add_client(first, ada, "Ines"), house.add_client(first, ada, "Jo")
    kim = house.add_client(second, cy, "Kim")
    devices = {each: make_device() for each in (ines, jo, kim)}
    for client, token in devices.items():
        house.add_device(client, token)
    return People(
        app=app,
        database=rooms.database,
        keys=rooms.keys,
        rooms=(first, second),
        **dict(zip(("ada", "bo", "cy"), (ada, bo, cy), strict=True)),
        **dict(zip(("ines", "jo", "kim"), (ines, jo, kim), strict=True)),
        devices=devices,
    )
