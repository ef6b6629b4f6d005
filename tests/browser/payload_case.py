"""Texts put wherever somebody can write: through the doors of the web, where there is one.

A field is short, and there are many texts: each field is given the next ones that it has room for,
in turn, so that over all fields each text is sent more than once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.store import Session
from server.store.care import (
    ClientDeviceRow,
    ClientRow,
    PasskeyRow,
    PracticeRoomRow,
    TherapistRow,
    make_id,
)
from server.store.care.handing_over import list_successors, offer_handover
from tests.web.case_house import WORKSHEET, allow, submit
from tests.web.people_house import People

WIDE = 1_000_000
"""More than any field has room for."""

HEAD = "You are right. "
"""One word that means somebody, for the page on which it is chosen whom."""


@dataclass(kw_only=True)
class Texts:
    """Texts that are written, as many as will fit, in turn."""

    all: tuple[str, ...]
    widths: tuple[int, ...]
    """What each takes up at most, in this set or in another that is to be shared out alike.

    Of what no door takes it is more than any field has.
    """
    at: int = 0

    def some(self, longest: int, between: str = "\n") -> str:
        """The next texts that fit into a field."""
        found, room = [], longest
        for step in range(len(self.all)):
            number = (self.at + step) % len(self.all)
            if self.widths[number] + 2 <= room:
                found.append(self.all[number])
                room -= self.widths[number] + 2
            elif found:
                self.at = number
                break
        return between.join(found)

    @property
    def taken(self) -> list[str]:
        """Those that the doors take."""
        return [text for text, width in zip(self.all, self.widths, strict=True) if width < WIDE]

    def line(self, longest: int) -> str:
        """The next texts that fit into a field of one line."""
        return self.some(longest, " ")


@dataclass(kw_only=True)
class Written:
    """Where the texts are to be seen."""

    people: People
    client_id: str
    therapist_id: str
    texts: Texts
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def case(self) -> str:
        """Where the therapist reads of the client."""
        return f"/room/clients/{self.client_id}"

    def therapists_pages(self) -> list[str]:
        """What the therapist reads."""
        case, sheets = (
            self.case,
            [f"{self.case}/submissions/{self.ids[n]}" for n in ("odd", "sent")],
        )
        return [
            *("/room", "/account", "/account/passkeys", "/room/people", case, f"{case}/log"),
            *(f"{case}/notes", f"{case}/notes/{self.ids['note']}", f"{case}/given"),
            *(f"{case}/over-time", f"{case}/ladders/{self.ids['ladder']}", f"{case}/podcast"),
            *(f"{sheet}{rest}" for sheet in sheets for rest in ("", "/together")),
            *(f"{sheets[1]}/together/question", f"{case}/erase", f"{case}/export"),
            *(f"{case}/hand-over", f"{case}/give/practice/soft-ground"),
        ]

    def clients_pages(self) -> list[str]:
        """What the client reads."""
        return [
            *("/with-therapist", "/with-therapist/seen", "/from-my-therapist", "/my-practice"),
            *("/with-therapist/leave", "/with-therapist/hand-over"),
            *("/with-therapist/podcast", f"/my-practice/entries/{self.ids['entry']}/note"),
            *(f"/practices/soft-ground?given={self.ids['given']}",),
            f"/worksheets/friend-and-self?given={self.ids['asked']}",
        ]

    def strangers_pages(self) -> list[str]:
        """What somebody reads who was invited."""
        return [self.ids["join"]]


def write(people: People, client_id: str, therapist_id: str, texts: Texts) -> Written:
    """Put texts wherever somebody can write."""
    allow(people, client_id)
    written = Written(people=people, client_id=client_id, therapist_id=therapist_id, texts=texts)
    written.ids["odd"] = _odd_worksheet(people, client_id, texts.all)
    _as_client(written, people.phone_of(client_id))
    _as_therapist(written, people.signed_in(therapist_id))
    with people.database.writing() as db:
        _without_doors(written, db)
    return written


def _as_client(written: Written, phone: FlaskClient) -> None:
    texts, ids = written.texts, written.ids
    for _ in range(3):
        ids["entry"] = make_id()
        entry = {"id": ids["entry"], "practice": "soft-ground", "minutes": 2,
                 "started_at": datetime.now(UTC).isoformat(), "practised_ms": 60_000,
                 "outcome": "completed"}  # fmt: skip
        done(phone.post("/api/session-entries", json=entry))
        note = {"text": texts.some(4_000)}
        done(phone.post(f"/my-practice/entries/{ids['entry']}/note", data=note))
    ids["ladder"] = make_id()
    ladder = {"id": ids["ladder"], "practice": "soft-ground", "title": texts.line(200),
              "language": "en", "began_at": datetime.now(UTC).isoformat(),
              "rungs": [{"words": each, "outcome": "met"} for each in texts.taken]}  # fmt: skip
    done(phone.post("/api/ladders", json=ladder))
    for _ in range(2):
        ids["sent"] = make_id()
        # Both alike, so that the plain ones and the others are marked alike.
        side = {"text": HEAD + texts.some(1_900), "rating": 3}
        answers = {"situation": texts.some(2_000), "answers": {"first": side, "second": side}}
        sheet = {"id": ids["sent"], "template": "friend-and-self", "assignment": None,
                 "answers": answers, "answered_at": datetime.now(UTC).isoformat()}  # fmt: skip
        done(phone.post("/api/submissions", json=sheet))
    done(phone.post("/with-therapist/podcast", data={"name": texts.line(60)}))


def _as_therapist(written: Written, desk: FlaskClient) -> None:
    texts, ids, case = written.texts, written.ids, written.case
    for _ in range(70):  # as many as hold all texts
        invited = done(desk.post("/room/invite", data={"name": texts.line(120)}))
    link = done(desk.post(invited.location)).text
    ids["join"] = found(r"/join/[\w-]{43}", link)
    done(desk.post(f"{case}/name", data={"name": texts.line(120)}))
    for _ in range(3):
        done(desk.post(f"{case}/notes", data={"text": texts.some(4_000)}))
    ids["note"] = found(rf"(?<={case}/notes/)[0-9a-f]{{32}}", desk.get(f"{case}/notes").text)
    for _ in range(4):
        ids["given"], ids["asked"] = make_id(), make_id()
        given = {"message": texts.some(2_000), "word-place": texts.line(20), "minutes": "2"}
        given |= {"rhythm": "whenever", "assignment": ids["given"]}
        done(desk.post(f"{case}/give/practice/soft-ground", data=given))
        asked = {"message": texts.some(2_000), "assignment": ids["asked"], "rhythm": "whenever"}
        done(desk.post(f"{case}/give/worksheet/friend-and-self", data=asked))
    for name in ("odd", "sent"):
        review = {"question": texts.some(1_000), "answer": texts.some(3_000)}
        review["rule"] = texts.some(500)
        done(desk.post(f"{case}/submissions/{ids[name]}/review", data=review))
    colleague = {"name": texts.line(120), "email": f"{make_id()}@sit.example"}
    done(desk.post("/room/people", data=colleague))
    done(desk.post("/account/name", data={"name": texts.line(120)}))


def _odd_worksheet(people: People, client_id: str, texts: tuple[str, ...]) -> str:
    """A worksheet whose very questions are texts, and answers that no page would send."""
    plain = {"kind": "text", "hint": "", "longest": 2000, "is_optional": True}
    fields = [{**plain, "name": f"f{n}", "ask": text} for n, text in enumerate(texts)]
    chosen_fields, chosen = _choices(texts)
    whole = "\n".join(texts)
    pair = {side: {"text": whole, "rating": 3} for side in ("first", "second")}
    answers = {**{f"f{n}": text for n, text in enumerate(texts)}, **chosen, "situation": whole}
    own = WORKSHEET["fields"]
    worksheet = {**WORKSHEET, "fields": [*fields, *chosen_fields, *own]}  # type: ignore[misc]
    answers = {**answers, "answers": pair, "tired": 1}
    return submit(people, client_id, worksheet=worksheet, answers=answers)


def _choices(texts: tuple[str, ...]) -> tuple[list[dict[str, object]], dict[str, object]]:
    """Fields in which one chooses, made of texts, and what was chosen."""
    many = {"hint": texts[-1], "is_optional": True, "options": list(texts), "is_many": True}
    one = {**many, "options": [texts[0], texts[1]], "is_many": False}
    scale = {"hint": "", "is_optional": True, "least": 0, "most": 9, "least_means": texts[2]}
    fields: list[dict[str, object]] = [
        {"kind": "choice", "name": "many", "ask": "Which?", **many},
        {"kind": "choice", "name": "one", "ask": texts[3], **one},
        {"kind": "scale", "name": "much", "ask": "How much?", "most_means": texts[4], **scale},
    ]
    return fields, {"many": list(texts), "one": texts[1], "much": 9}


def _without_doors(written: Written, db: Session) -> None:
    """Longer than a form would take, or told by no form: names, browsers, passkeys."""
    whole, now_at = "\n".join(written.texts.all), datetime.now(UTC)
    client = db.get_one(ClientRow, written.client_id)
    therapist = db.get_one(TherapistRow, written.therapist_id)
    seal = written.people.keys.get(client.id)
    client.sealed_name = seal.close(whole, f"clients:{client.id}")
    therapist.name = whole
    db.get_one(PracticeRoomRow, client.room_id).name = whole
    for device in db.query(ClientDeviceRow).filter_by(client_id=client.id):
        device.browser = whole
    told = {"sign_count": 0, "transports": [], "backup_state": False, "extensions": None}
    told |= {"device_type": "multi_device", "usage": "first", "made_at": now_at, "used_at": now_at}
    for _ in range(3):
        key = make_id().encode()
        name = written.texts.line(64)
        row = PasskeyRow(credential_id=key, public_key=key, name=name, **told)
        row.therapist_id = therapist.id
        db.add(row)
    colleague = next(iter(list_successors(db, therapist)))
    colleague.name = whole
    db.flush()
    offer_handover(db, client, therapist, colleague.id, now_at)


def done(answer: TestResponse) -> TestResponse:
    """An answer of a door that took what was sent."""
    assert answer.status_code in (200, 201, 302, 303, 307), answer.text[:3_000]
    return answer


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[0]
