"""Who is in a house of made-up people, and how they come in without a link."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from server.store import Database, hash_device
from server.store.care import (
    ClientDeviceRow,
    ClientRow,
    KeyRing,
    close_name,
    make_id,
)
from server.store.care.invitations import add_room, add_therapist

BROWSER = "Firefox, Linux"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where they live: adds somebody, and gives their id."""

    database: Database
    keys: KeyRing
    now_at: datetime

    def add_room(self, name: str) -> str:
        """A practice room."""
        with self.database.writing() as db:
            return add_room(db, name, self.now_at).id

    def add_therapist(self, room_id: str, name: str, *, is_head: bool) -> str:
        """A therapist; without a password, so that nobody can sign in as them at the usual page."""
        email = f"{name.rsplit(maxsplit=1)[-1]}@sit.example"
        with self.database.writing() as db:
            return add_therapist(
                db, room_id=room_id, email=email, name=name, is_head=is_head, now_at=self.now_at
            ).id

    def add_client(self, room_id: str, therapist_id: str, name: str) -> str:
        """A client who has joined."""
        client_id = make_id()
        row = ClientRow(
            id=client_id,
            room_id=room_id,
            therapist_id=therapist_id,
            sealed_name=close_name(name, client_id, self.keys.make(client_id)),
            made_at=self.now_at,
            joined_at=self.now_at,
        )
        with self.database.writing() as db:
            db.add(row)
        return client_id

    def add_device(self, client_id: str, token: str, browser: str = BROWSER) -> None:
        """The device that a client has joined with."""
        row = ClientDeviceRow(
            device_hash=hash_device(token),
            client_id=client_id,
            browser=browser,
            joined_at=self.now_at,
            seen_at=self.now_at,
        )
        with self.database.writing() as db:
            db.add(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Two colleagues of one room, and the clients of the first of them."""

    room: str
    ada: str
    """Head of the room."""
    bo: str
    ines: str
    jo: str
    devices: dict[str, str]
    """Each client's device token, by the client's id."""


def settle_cast(house: House) -> Cast:
    """Put a practice room with its people into an empty house."""
    room = house.add_room("Practice in Linden Street")
    ada = house.add_therapist(room, "Dr Ada Holm", is_head=True)
    bo = house.add_therapist(room, "Bo Lindqvist", is_head=False)
    ines, jo = house.add_client(room, ada, "Ines"), house.add_client(room, ada, "Jo")
    devices = {client: secrets.token_urlsafe() for client in (ines, jo)}
    for client, token in devices.items():
        house.add_device(client, token)
    return Cast(room=room, ada=ada, bo=bo, ines=ines, jo=jo, devices=devices)
