"""A case in which everything was written through the doors of the web, each text with its own mark.

A mark says which field it was written in, so that where one is found also says what was let out.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Response, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.web.rooms import Rooms
from tests.web.case_house import allow
from tests.web.live_house import SLUG, LiveHouse, sitting_id
from tests.web.people_house import People

_FIELDS: set[str] = set()
"""Every field that was marked; in a file a mark may be followed by whatever comes next."""

ENTRY, OTHER_ENTRY, SHEET, LADDER = (number * 32 for number in "abcd")
WHEN = "2026-11-28T08:30:00+01:00"


def mark(field_name: str) -> str:
    """The word that is written in a field, and nowhere else."""
    _FIELDS.add(field_name)
    return f"quïttenmus-{field_name}"


def marks_in(data: bytes | str) -> set[str]:
    """The fields whose mark is somewhere in it: as text, in an address, in JSON, or in UTF-16."""
    raw = data.encode() if isinstance(data, str) else data
    longest_first = sorted(_FIELDS, key=len, reverse=True)
    pattern = re.compile(b"ttenmus-(%s)" % "|".join(longest_first).encode())
    forms = (raw, raw.replace(b"\0", b""))
    return {found.decode() for form in forms for found in pattern.findall(form)}


@dataclass(kw_only=True)
class Canary:
    """A house in which marks are written, and what it has told meanwhile."""

    live: LiveHouse
    people: People
    told: list[tuple[str, int, bytes]] = field(default_factory=list)
    """Of each answer its path and query, its status, and its headers."""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def rooms(self) -> Rooms:
        """What the house is made of."""
        return self.live.rooms

    @property
    def phone(self) -> FlaskClient:
        """Ines' device."""
        return self.people.phone_of(self.people.ines)

    @property
    def desk(self) -> FlaskClient:
        """Ada's browser."""
        return self.people.signed_in(self.people.ada)

    @property
    def case(self) -> str:
        """Where Ada reads of Ines."""
        return f"/room/clients/{self.people.ines}"

    def note_answer(self, _sender: object, response: Response, **_: object) -> None:
        """Remember what an answer tells beside its body; a receiver of request_finished."""
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers)
        self.told.append((request.full_path, response.status_code, headers.encode()))

    def write_everything(self) -> None:
        """Fill the case, from the first name to a message that is spoken."""
        allow(self.people, self.people.ines)
        self._practise()
        self._send_worksheets()
        self._follow()
        self._see_to()

    def _practise(self) -> None:
        phone = self.phone
        entry = {"id": ENTRY, "practice": "soft-ground", "minutes": 2, "started_at": WHEN,
                 "practised_ms": 60_000, "outcome": "completed"}  # fmt: skip
        done(phone.post("/api/session-entries", json=entry))
        page = f"/my-practice/entries/{ENTRY}/note"
        done(phone.post(page, data={"text": mark("entrynotefirst")}))
        done(phone.post(page, data={"text": mark("entrynote")}))
        rungs = [{"words": mark("rung"), "outcome": "met"}]
        ladder = {"id": LADDER, "practice": SLUG, "title": mark("ladder"), "began_at": WHEN}
        done(phone.post("/api/ladders", json={**ladder, "rungs": rungs}))
        self.ids["place"] = self.order(phone, "place")
        begin = {"id": sitting_id(1), "practice": SLUG, "minutes": 5}
        words = {"words": {"obstacle": mark("live")}}
        done(phone.post("/api/sittings", json={**begin, **words}))
        self.live.voice_words()
        self.live.wait(12)
        move = {"id": "e" * 32, "move": "step-back", "words": {"obstacle": mark("livelater")}}
        done(phone.post(f"/api/sittings/{sitting_id(1)}/moves", json=move))

    def order(self, who: FlaskClient, field_name: str) -> str:
        """Order a practice in somebody's own words; gives its key."""
        body = {"practice": "soft-ground", "minutes": 1, "words": {"place": mark(field_name)}}
        return str(done(who.post("/api/renders", json=body)).get_json()["key"])

    def _send_worksheets(self) -> None:
        phone = self.phone
        alike = {"first": mark("checkfirst"), "second": mark("checksecond")}
        done(phone.post("/api/worksheets/friend-and-self/check", json=alike))
        done(phone.post("/api/submissions", json=self.worksheet("situation")))
        done(phone.post("/api/submissions", json=self.worksheet("conflict")), 409)
        spoken = f"/worksheets/mine/{SHEET}/spoken"
        done(phone.get(spoken))
        sent = done(phone.post(f"{spoken}/text", data={"text": f"Come, {mark('spoken')}."}))
        self.ids["spoken"] = sent.location.rpartition("/")[2]

    def worksheet(self, situation: str, **changes: Any) -> dict[str, Any]:
        """What a phone sends: two answers, and what happened."""
        answers = {
            "situation": mark(situation),
            "answers": {
                "first": {"text": f"Sit with me. {mark('friend')}", "rating": 9},
                "second": {"text": f"Again you! {mark('self')}", "rating": 2},
            },
        }
        return {"id": SHEET, "template": "friend-and-self", "assignment": None,
                "answers": answers, "answered_at": WHEN, **changes}  # fmt: skip

    def _follow(self) -> None:
        data = {"name": mark("feedname")}
        assert "/feed/private/" in done(self.phone.post("/with-therapist/podcast", data=data)).text

    def _see_to(self) -> None:
        desk, case = self.desk, self.case
        invited = done(desk.post("/room/invite", data={"name": mark("name")}))
        done(desk.post(invited.location))
        done(desk.post(f"{case}/name", data={"name": mark("renamed")}))
        give = f"{case}/give/practice/soft-ground"
        given = {"rhythm": "whenever", "minutes": "3", "is_spoken": "yes"}
        words = {"message": mark("preview"), "word-place": mark("preword")}
        done(desk.post(give, data={**given, **words, "action": "preview"}))
        words = {"message": mark("message"), "word-place": mark("givenword")}
        done(desk.post(give, data={**given, **words}))
        asked = {"message": mark("asked"), "rhythm": "whenever"}
        done(desk.post(f"{case}/give/worksheet/friend-and-self", data=asked))
        review = {each: mark(each) for each in ("question", "answer", "rule")}
        done(desk.post(f"{case}/submissions/{SHEET}/review", data=review))
        self._note(desk, case)
        self.ids["roomword"] = self.order(desk, "roomword")
        done(desk.post("/account/name", data={"name": mark("therapist")}))
        colleague = {"name": mark("colleague"), "email": "dee@sit.example"}
        done(desk.post("/room/people", data=colleague))

    def _note(self, desk: FlaskClient, case: str) -> None:
        for name in ("note", "deletednote"):
            done(desk.post(f"{case}/notes", data={"text": mark(name)}))
        page = desk.get(f"{case}/notes").text
        ids = re.findall(rf"{case}/notes/([0-9a-f]{{32}})\"", page)
        assert len(set(ids)) == 2
        for note_id in dict.fromkeys(ids):
            if marks_in(desk.get(f"{case}/notes/{note_id}").data) == {"note"}:
                text = {"text": mark("changednote")}
                done(desk.post(f"{case}/notes/{note_id}", data=text))
            else:
                gone = done(desk.post(f"{case}/notes/{note_id}/delete"))
                assert marks_in(gone.data) == {"renamed"}  # it holds the note, sealed

    def open_pages(self) -> None:
        """Let both read what there is."""
        for path in ("", "/log", f"/ladders/{LADDER}", "/notes", "/given", "/over-time",
                     f"/submissions/{SHEET}", f"/submissions/{SHEET}/together"):  # fmt: skip
            done(self.desk.get(f"{self.case}{path}"))
        for path in ("/with-therapist/seen", "/from-my-therapist", "/my-practice",
                     "/worksheets/mine", "/api/submissions", "/api/ladders"):  # fmt: skip
            done(self.phone.get(path))


def done(answer: TestResponse, *statuses: int) -> TestResponse:
    """An answer, which is as it was to be: by default one that let somebody in."""
    expected = statuses or (200, 201, 202, 302, 303, 307)
    assert answer.status_code in expected, (answer.status_code, answer.text[:2000])
    assert not str(answer.location).endswith("/sign-in")
    return answer


def marks_in_tables(path: Path) -> dict[str, set[str]]:
    """By the name of a table the marks that stand open in it."""
    with closing(sqlite3.connect(path)) as db:
        names = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        rows = {name: repr(db.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}
    return {f"table {name}": found for name, said in rows.items() if (found := marks_in(said))}


def marks_in_backup(path: Path, folder: Path) -> set[str]:
    """The marks in a copy of the database that SQLite itself makes, as an operator's does."""
    copy = folder / "copy.db"
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(copy)) as out:
        db.backup(out)
    found = marks_in(copy.read_bytes())
    copy.unlink()
    return found


def marks_in_files(roots: Mapping[str, Path]) -> dict[str, set[str]]:
    """By a folder's name the marks in the names and contents of its files."""
    found: dict[str, set[str]] = {}
    for name, root in roots.items():
        for path in (each for each in root.rglob("*") if each.is_file()):
            place = "database" if path.name.startswith("stepback.db") else name
            found.setdefault(place, set()).update(
                marks_in(str(path.relative_to(root))), marks_in(path.read_bytes())
            )
    return {name: marks for name, marks in found.items() if marks}
