"""What a made-up client did and decided, each thing as its own page would have written it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from server.care import SHARED, Shared
from server.render.sample.people import House
from server.store import SessionEntryRow, hash_device
from server.store.care import EntryNoteRow, KeptLadderRow, SubmissionRow, add_decisions, make_id


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
            sealed = house.keys.get(client_id).close(note, f"entry_notes:{entry_id}")
            db.add(
                EntryNoteRow(
                    entry_id=entry_id, client_id=client_id, sealed_text=sealed, changed_at=at
                )
            )


def submit(
    house: House,
    client_id: str,
    worksheet: Mapping[str, object],
    answers: Mapping[str, object],
    at: datetime,
    *,
    is_marked: bool = False,
) -> str:
    """A worksheet comes back; gives its id."""
    submission_id, seal = make_id(), house.keys.get(client_id)
    text = json.dumps({"worksheet": worksheet, "answers": answers})
    row = SubmissionRow(
        id=submission_id,
        client_id=client_id,
        template=str(worksheet["name"]),
        sealed_answers=seal.close(text, f"submissions:{submission_id}"),
        is_marked=is_marked,
        digest=seal.mark(text),
        answered_at=at,
        received_at=at,
    )
    with house.database.writing() as db:
        db.add(row)
    return submission_id


def keep_ladder(house: House, client_id: str, ladder: Mapping[str, object], at: datetime) -> str:
    """A ladder is kept; gives its id."""
    ladder_id, seal = make_id(), house.keys.get(client_id)
    row = KeptLadderRow(
        id=ladder_id,
        client_id=client_id,
        sealed_ladder=seal.close(json.dumps(ladder), f"kept_ladders:{ladder_id}"),
        sat_at=at,
        kept_at=at,
    )
    with house.database.writing() as db:
        db.add(row)
    return ladder_id
