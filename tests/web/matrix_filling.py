"""Fills the house of the authorisation matrix, and finds somebody for every way to be shut out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from server.care import SHARED
from server.render import removed_key, server_secret
from server.render.feed_items import file_signature
from server.store import SessionEntryRow, hash_device
from server.store.care import (
    IDLE,
    SIGN_IN_LASTS,
    ClientDeviceRow,
    ClientRow,
    KeptLadderRow,
    NewReview,
    ReviewText,
    Seal,
    SignInRow,
    TherapistRow,
    Whose,
    add_decisions,
    add_invitation,
    add_loudspeaker,
    add_note,
    get_loudspeaker,
    hash_token,
    join_loudspeaker,
    keep_review,
    make_id,
    remove_entry,
    remove_note,
    tell_loudspeaker,
)
from server.store.care.accounts import let_go
from server.store.care.handing_over import offer_handover
from server.store.care.invitations import add_link
from server.store.care.private_feeds import make_private_feed
from server.store.recently import SKEW
from server.web.csrf import HEADER
from server.web.device import COOKIE, make_device
from server.web.loudspeaker_api import COOKIE as LOUDSPEAKER
from server.web.people import SIGN_IN
from server.web.reminders import calendar_token
from tests.full_case import NOON, Filling
from tests.web.case_house import allow, submit
from tests.web.conftest import SCRIPT, House
from tests.web.filled_worksheets import bring_worksheets
from tests.web.live_house import LiveHouse, put_lines, sitting_id, write_live_scripts
from tests.web.matrix_house import ELSEWHERE, HERE, THERAPISTS, MatrixHouse
from tests.web.people_house import BROWSER, settle_people
from tests.web.test_case_view import add_an_entry
from tests.web.test_guides import COURSE, MAP

LADDER = {
    "practice": "soft-ground",
    "title": "Soft ground",
    "language": "en",
    "rungs": [{"words": "what came", "outcome": "met"}],
}


@contextmanager
def filled_house(house: House) -> Iterator[MatrixHouse]:
    """Fill an empty house."""
    scripts = house.settings.scripts_path
    write_live_scripts(house.settings)
    bring_worksheets(scripts)
    other = SCRIPT.replace("Soft ground", "Other ground").replace("soft-ground", "other-ground")
    (scripts / "other-ground.md").write_text(other)
    (scripts / "map.yaml").write_text(MAP)
    (scripts / "courses").mkdir()
    (scripts / "courses" / "two.yaml").write_text(COURSE)
    (scripts / "unlisted").mkdir()
    (scripts / "unlisted" / "spoken-back.md").write_text(
        SCRIPT.replace("soft-ground", "spoken-back")
    )
    live = LiveHouse(settings=house.settings)
    put_lines(live.rooms)
    # The matrix asks more than anybody may; that there are limits is tested elsewhere.
    for limiter in live.app.extensions["limiter"]:
        limiter.enabled = False
    made = MatrixHouse(app=live.app, people=settle_people(live.app))
    _Filler(house, live, made).fill()
    made.open()
    with closing(made), closing(live):
        yield made


@dataclass(frozen=True)
class _Filler:
    """Fills the two cases, and finds somebody for every way to be shut out."""

    house: House
    live: LiveHouse
    made: MatrixHouse

    def fill(self) -> None:
        people = self.made.people
        for number, (name, client_id) in enumerate((("ines", people.ines), ("jo", people.jo)), 1):
            self.made.things[name] = self._case(number, client_id)
        self._hold_devices()
        self._hold_sign_ins()
        self._more()
        self._feeds()
        self._save_script()

    def _case(self, number: int, client_id: str) -> dict[str, str]:
        people, rooms = self.made.people, self.live.rooms
        with people.database.writing() as db:
            for device in db.query(ClientDeviceRow).filter_by(client_id=client_id):
                device.joined_at = NOON
        filling = Filling(
            database=rooms.database,
            shelf=rooms.shelf,
            keys=rooms.keys,
            secret_path=rooms.settings.secret_path,
            client_id=client_id,
        )
        filling.fill(submissions=0)
        allow(people, client_id)
        browser = people.phone_of(client_id)
        body = {"practice": "soft-ground", "minutes": 2, "words": {"place": f"kitchen {number}"}}
        key = browser.post("/api/renders", json=body).get_json()["key"]
        self.house.publish(key)
        began = {"id": sitting_id(number), "practice": "a-practice", "minutes": 5}
        assert browser.post("/api/sittings", json=began).status_code == 201
        sound = b"a piece of sound"
        piece = f"00001-{hashlib.sha256(sound).hexdigest()[:32]}.m4s"
        rooms.shelf.publish(rooms.shelf.stream_folder(key) / "playlist.m3u8", b"#EXTM3U\n")
        rooms.shelf.publish(rooms.shelf.stream_folder(key) / piece, sound)
        seal = rooms.keys.get(client_id)
        ada = Whose(therapist_id=people.ada, client_id=client_id, seal=seal)
        bo = Whose(therapist_id=people.bo, client_id=client_id, seal=seal)
        with people.database.writing() as db:
            deleted = add_note(db, ada, "deleted", NOON).id
            removed = remove_note(db, ada, deleted)
            of_bo_too = add_note(db, bo, "deleted, too", NOON).id
            removed_of_bo = remove_note(db, bo, of_bo_too)
            db.get_one(KeptLadderRow, filling.id("sitting")).sealed_ladder = seal.close(
                json.dumps(LADDER), f"kept_ladders:{filling.id('sitting')}"
            )
            of_bo = add_note(db, bo, "of a colleague's", NOON).id
            client = db.get_one(ClientRow, client_id)
            entry = db.get_one(SessionEntryRow, filling.id("entry"))
            entry.title = f"Sat as {filling.id('entry title')}"
            title = entry.title
            joining = add_invitation(db, client, "device", datetime.now(UTC))
            calendar = calendar_token(rooms.keys, client)
        deleted_entry, removed_entry = self._delete_entry(client_id)
        submission = submit(people, client_id)
        text = ReviewText(question="And you?", answer="", rule="")
        new = NewReview(
            submission_id=submission, client_id=client_id, therapist_id=people.ada, text=text
        )
        with people.database.writing() as db:
            keep_review(db, seal, new, NOON)
        return {
            "client_id": client_id,
            "submission_id": submission,
            "note_id": filling.id("note"),
            "ladder_id": filling.id("sitting"),
            "assignment_id": filling.id("assignment"),
            "entry_id": filling.id("entry"),
            "entry title": title,
            "key": key,
            "sitting_id": sitting_id(number),
            "piece": piece,
            "deleted_note": deleted,
            "deleted_entry": deleted_entry,
            "removed_entry": removed_entry,
            "removed": removed,
            "deleted of bo": of_bo_too,
            "removed of bo": removed_of_bo,
            "note_of_bo": of_bo,
            "joining": joining,
            "calendar": calendar,
            "device": hash_device(people.devices[client_id]),
        }

    def _delete_entry(self, client_id: str) -> tuple[str, str]:
        """One more entry of a client's phone, deleted: its id, and what its page holds."""
        people, device = self.made.people, self.made.people.devices[client_id]
        entry_id = add_an_entry(people, device)
        seal = Seal.of(removed_key(server_secret(self.live.settings.secret_path)))
        with people.database.writing() as db:
            row = db.get_one(SessionEntryRow, entry_id)
            return entry_id, remove_entry(db, seal, row, hash_device(device))

    def _hold_devices(self) -> None:
        people, held, now_at = self.made.people, self.made.held, datetime.now(UTC)
        devices = {"ines": people.devices[people.ines], "jo": people.devices[people.jo]}
        devices |= {"lost": make_device(), "away": make_device()}
        with people.database.writing() as db:
            ines = db.get_one(ClientRow, people.ines)
            away = self._add_client(db, ines.room_id, people.ada, joined_at=NOON, left_at=now_at)
            for name, client_id, gone in (("lost", ines.id, NOON), ("away", away, None)):
                row = ClientDeviceRow(
                    device_hash=hash_device(devices[name]),
                    client_id=client_id,
                    browser=BROWSER,
                    joined_at=NOON,
                    seen_at=NOON,
                    removed_at=gone,
                )
                db.add(row)
            # Their therapist works in another room now.
            self.made.more["moved"] = self._add_client(db, people.rooms[1], people.ada)
            self.made.more["not_joined"] = self._add_client(db, people.rooms[0], people.ada)
        for name, device in devices.items():
            held[name] = {**ELSEWHERE, "HTTP_COOKIE": f"{COOKIE}={device}"}
        held["nobody"], held["operator"] = ELSEWHERE, HERE

    def _add_client(self, db: Any, room_id: str, therapist_id: str, **times: datetime) -> str:
        client_id = make_id()
        name = self.live.rooms.keys.make(client_id).close("Lu", f"clients:{client_id}")
        row = ClientRow(
            id=client_id,
            room_id=room_id,
            therapist_id=therapist_id,
            sealed_name=name,
            made_at=NOON,
            **times,
        )
        db.add(row)
        db.flush()
        return client_id

    def _hold_sign_ins(self) -> None:
        people, now_at = self.made.people, datetime.now(UTC)
        ids = {"ada": people.ada, "bo": people.bo, "cy": people.cy}
        ids |= {"ended": people.ada, "long": people.ada, "idle": people.ada}
        with people.database.writing() as db:
            for name in ("former", "barred", "left"):
                ids[name] = make_id()
                db.add(
                    TherapistRow(
                        id=ids[name],
                        room_id=people.rooms[0],
                        email=f"{name}@sit.example",
                        name=name,
                        active=True,
                        fs_uniquifier=make_id(),
                        is_head=True,
                        added_at=NOON,
                    )
                )
        with people.database.reading() as db:
            uniquifiers = {name: db.get_one(TherapistRow, ids[name]).fs_uniquifier for name in ids}
        for name in THERAPISTS:
            browser = people.signed_in(ids[name])
            with browser.session_transaction() as session:
                # What Flask-Security keeps of somebody whom it has just let in.
                session.update(_user_id=uniquifiers[name], _fresh=True)
                session.update(fs_cc="set", fs_paa=now_at.timestamp())
                self.made.more[f"token of {name}"] = session[SIGN_IN]
                self.made.more[f"sign-in of {name}"] = hash_token(session[SIGN_IN])
            cookie = browser.get_cookie("stepback_session")
            assert cookie is not None
            self.made.held[name] = {
                **ELSEWHERE,
                "HTTP_COOKIE": f"stepback_session={cookie.value}",
                "HTTP_ORIGIN": "http://sit.example",
                f"HTTP_{HEADER.upper().replace('-', '_')}": browser.carried,  # type: ignore[attr-defined]
            }
        with people.database.writing() as db:
            for row in db.query(SignInRow):
                row.seen_at = now_at + SKEW  # no request has to note that it came
            let_go(db, ids["former"], now_at)
            db.get_one(TherapistRow, ids["barred"]).active = False
            db.get_one(TherapistRow, ids["left"]).left_at = now_at
            sign_in = self.made.more["sign-in of ended"]
            db.get_one(SignInRow, sign_in).ended_at = now_at
            long = db.get_one(SignInRow, self.made.more["sign-in of long"])
            long.made_at = now_at - SIGN_IN_LASTS
            idle = db.get_one(SignInRow, self.made.more["sign-in of idle"])
            idle.seen_at = now_at - IDLE - timedelta(seconds=1)

    def _more(self) -> None:
        people, now_at = self.made.people, datetime.now(UTC)
        with people.database.writing() as db:
            # What one client takes back is another one's still.
            add_decisions(db, people.jo, [(what, False) for what in SHARED], now_at)
            loudspeaker, code = add_loudspeaker(db, people.ada, now_at)
            token = join_loudspeaker(db, code, now_at)
            row = get_loudspeaker(db, db.get_one(TherapistRow, people.ada), loudspeaker, now_at)
            row.seen_at = now_at + SKEW
            tell_loudspeaker(row, 1, self.made.things["ines"]["key"], None)
            of_cy, _ = add_loudspeaker(db, people.cy, now_at)
            _, free = add_loudspeaker(db, people.ada, now_at)
            ada, ines = db.get_one(TherapistRow, people.ada), db.get_one(ClientRow, people.ines)
            offer_handover(db, ines, ada, people.bo, now_at)
            welcome = add_link(
                db, "password", now_at, therapist=db.get_one(TherapistRow, people.bo)
            )
        self.made.more |= {
            "loudspeaker_id": loudspeaker,
            "loudspeaker of cy": of_cy,
            "code": free,
            "welcome": welcome,
        }
        self.made.held["jo"]["HTTP_COOKIE"] += f"; {LOUDSPEAKER}={token}"

    def _feeds(self) -> None:
        """A private feed of each; what is asked for is Ines', who is told by its address alone."""
        people, keys, now_at = self.made.people, self.live.rooms.keys, datetime.now(UTC)
        said = {"name": "My phone", "is_neutral": False, "now_at": now_at}
        with people.database.writing() as db:
            ines, jo = (db.get_one(ClientRow, each) for each in (people.ines, people.jo))
            row, token = make_private_feed(db, ines, keys.get(ines.id), **said)
            of_jo, _ = make_private_feed(db, jo, keys.get(jo.id), **said)
        self.made.things["jo"]["feed_id"] = of_jo.id
        secret = server_secret(self.live.settings.secret_path)
        signature = file_signature(secret, row, "cover-0.jpg")
        self.made.more |= {"feed_id": row.id, "feed_token": token, "signature": signature}

    def _save_script(self) -> None:
        browser = FlaskClient(self.made.app, self.made.app.response_class)
        path = "/api/author/scripts/soft-ground.md"
        known = browser.get(path, environ_base=HERE).get_json()["version"]
        body = {"text": SCRIPT.replace("Soft", "Softer"), "known": known}
        assert browser.put(path, json=body, environ_base=HERE).status_code == 200
