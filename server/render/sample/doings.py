"""What a made-up client did and decided, each thing as its own page would have written it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from server.care import SHARED, Shared
from server.render.sample.people import House
from server.store import JsonObject, SessionEntryRow, hash_device
from server.store import care as store
from server.store.care import NewSubmission, add_decisions, add_submission, make_id, put_entry_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """One occasion of practising, as a phone tells it."""

    slug: str
    title: str
    minutes: int
    practised_ms: int
    outcome: str
    is_live: bool
    kindness_before: int
    kindness_after: int
    willingness_before: int | None = None
    willingness_after: int | None = 9


def allow(house: House, client_id: str, kinds: Iterable[Shared], at: datetime) -> None:
    """A client decides that these may be seen, and nothing else."""
    given = set(kinds)
    with house.database.writing() as db:
        add_decisions(db, client_id, ((kind, kind in given) for kind in SHARED), at)


def practise(
    house: House, client_id: str, token: str, what: Practised, at: datetime, note: str = ""
) -> None:
    """A client practises on the device with this token, and may write a note beside it."""
    entry_id = make_id()
    row = SessionEntryRow(
        id=entry_id,
        device_hash=hash_device(token),
        render_key=None,
        started_at=at,
        digest=entry_id * 2,
        received_at=at,
        **asdict(what),
    )
    with house.database.writing() as db:
        db.add(row)
        db.flush()
        if note:
            put_entry_note(db, house.keys.get(client_id), client_id, entry_id, note, at)


def submit(
    house: House,
    client_id: str,
    worksheet: JsonObject,
    answers: JsonObject,
    at: datetime,
    *,
    is_marked: bool = False,
) -> str:
    """A worksheet comes back; gives its id."""
    new = NewSubmission(
        id=make_id(),
        client_id=client_id,
        template=str(worksheet["name"]),
        assignment_id=None,
        answers=answers,
        answered_at=at,
    )
    content = {"worksheet": worksheet, "answers": answers}
    with house.database.writing() as db:
        seal = house.keys.get(client_id)
        add_submission(db, seal, new, content, is_marked=is_marked, now_at=at)
    return new.id


def keep_ladder(house: House, client_id: str, ladder: Mapping[str, object], at: datetime) -> str:
    """A ladder is kept; gives its id."""
    ladder_id, text = make_id(), json.dumps(ladder)
    with house.database.writing() as db:
        seal = house.keys.get(client_id)
        store.keep_ladder(db, seal, client_id, ladder_id, text, sat_at=at, now_at=at)
    return ladder_id
