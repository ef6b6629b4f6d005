"""All that there is of a client, opened and in plain values: what a copy is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from server.care import Consent, Shared
from server.errors import SealBroken
from server.store.care.case_log import ids_of_entries
from server.store.care.case_tables import (
    AssignmentRow,
    AuditRow,
    EntryNoteRow,
    KeptLadderRow,
    NoteRow,
    ReviewRow,
    SubmissionConflictRow,
    SubmissionRow,
)
from server.store.care.erasing import is_of_client
from server.store.care.people_tables import (
    ClientDeviceRow,
    ClientRow,
    ConsentRow,
    HandoverRow,
    InvitationRow,
)
from server.store.care.private_feed_tables import PrivateFeedRenderRow, PrivateFeedRow
from server.store.care.private_feeds import feed_owner, list_private_feeds
from server.store.care.sealing import Seal
from server.store.columns import Base
from server.store.devices import hash_device
from server.store.models import EntryConflictRow, RenderRow, SessionEntryRow
from server.store.sitting_tables import SittingRow, SittingWordsRow

Record = dict[str, object]
"""One row in plain values: text, numbers, lists; moments as ISO 8601."""

_UNTOLD = frozenset(
    (
        *("client_id", "room_id", "therapist_id", "by_id", "to_id"),
        *("token_hash", "device_hash", "digest"),
    )
)
"""Ids of others and hashes: they say nothing to anybody who reads a copy."""

_FELT = ("kindness_before", "willingness_before", "kindness_after", "willingness_after")


@dataclass(slots=True, kw_only=True)
class Contents:
    """What there is of one client, for one reader."""

    db: Session
    seal: Seal
    client: ClientRow
    consent: Consent | None
    """What the client lets their therapist see; None where the copy is of all there is."""
    unreadable: list[str] = field(default_factory=list)
    """Places that were changed by another hand and cannot be opened: filled while it is read."""

    def tables(self) -> Iterator[tuple[str, list[Record]]]:
        """Each kind of thing with its records, one kind after the other."""
        for name, read in _KINDS.items():
            records = read(self)
            if records is not None:
                yield name, records

    def recordings(self) -> tuple[RenderRow, ...]:
        """Finished recordings with words for this client alone.

        Where not all is told: those of what this therapist gave. Only what was made for the
        client's feeds is surely that; in what a device has ordered may be its owner's own words.
        """
        query = select(RenderRow).where(
            is_of_client(RenderRow, self.client.id), RenderRow.state == "done"
        )
        if self.consent is not None:
            if not list_private_feeds(self.db, self.client):
                return ()  # it is not told that there was one
            query = query.where(RenderRow.key.in_(_keys_given(self.client)))
        return tuple(self.db.scalars(query.order_by(RenderRow.created_at, RenderRow.key)))

    def may_tell(self, what: Shared) -> bool:
        """True where this kind is told to whom the copy is for."""
        return self.consent is None or self.consent.may_see(what)

    def list(self, table: type[Base], *which: ColumnElement[bool]) -> list[Record]:
        """The records of a table, the client's alone."""
        owned = which or (table.__table__.c.client_id == self.client.id,)
        columns = table.__table__.columns
        times = [each for each in columns if each.name.endswith("_at") and not each.nullable]
        query = select(table).where(*owned).order_by(*times[:1], *table.__table__.primary_key)
        return [self._tell(row) for row in self.db.scalars(query)]

    def _tell(self, row: Any) -> Record:  # noqa: ANN401 - a row of any table
        table = row.__table__
        (key,) = table.primary_key
        said: Record = {}
        for column in table.columns:
            if column.name in _UNTOLD:
                continue
            value = getattr(row, column.name)
            if column.name.startswith("sealed_"):
                place = f"{table.name}:{getattr(row, key.name)}"
                said[column.name.removeprefix("sealed_")] = self._open(value, place)
            else:
                said[column.name] = value.isoformat() if isinstance(value, datetime) else value
        return said

    def _open(self, sealed: bytes, place: str) -> object:
        try:
            text = self.seal.open(sealed, place)
        except SealBroken:
            self.unreadable.append(place)
            return None
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, dict | list) else text


_Read = Callable[[Contents], list[Record] | None]


def _keys_given(client: ClientRow) -> Select[str]:
    """The recordings in a client's feeds that are of what their therapist of now gave."""
    return (
        select(PrivateFeedRenderRow.render_key)
        .join(AssignmentRow, AssignmentRow.id == PrivateFeedRenderRow.assignment_id)
        .join(RenderRow, RenderRow.key == PrivateFeedRenderRow.render_key)
        .where(
            PrivateFeedRenderRow.client_id == client.id,
            RenderRow.device_hash == hash_device(feed_owner(client.id)),
            AssignmentRow.client_id == client.id,
            AssignmentRow.therapist_id == client.therapist_id,
            AssignmentRow.withdrawn_at.is_(None),
        )
    )


def _where(what: Shared, table: type[Base], *seen: str) -> _Read:
    """What is told with a kind: everything where all is told, and else what is seen of it."""

    def read(of: Contents) -> list[Record] | None:
        if of.consent is None:
            return of.list(table)
        return [_part(each, seen) for each in of.list(table)] if of.may_tell(what) else None

    return read


def _part(record: Record, seen: Iterable[str]) -> Record:
    """These columns alone, and of a moment the day, as pages show it."""
    return dict(_seen(name, record[name]) for name in seen)


def _seen(name: str, value: object) -> tuple[str, object]:
    if not name.endswith("_at"):
        return name, value
    return f"{name.removesuffix('_at')}_on", str(value)[:10] if value else None


def _client(of: Contents) -> list[Record]:
    rows = of.list(ClientRow, ClientRow.id == of.client.id)
    if of.consent is None:
        return rows
    return [_part(each, ("id", "name", "made_at", "joined_at", "left_at")) for each in rows]


def _notes(of: Contents) -> list[Record]:
    """A therapist's notes are theirs alone; the copy of all there is holds everybody's."""
    is_own = () if of.consent is None else (NoteRow.therapist_id == of.client.therapist_id,)
    return of.list(NoteRow, NoteRow.client_id == of.client.id, *is_own)


def _reviews(of: Contents) -> list[Record] | None:
    """What a therapist wrote of a worksheet is seen with it, and when they did."""
    return of.list(ReviewRow) if of.may_tell(Shared.WORKSHEETS) else None


def _entries(of: Contents) -> list[Record] | None:
    if of.consent is None:
        return of.list(SessionEntryRow, is_of_client(SessionEntryRow, of.client.id))
    if not of.may_tell(Shared.PRACTISED):
        return None
    return [
        _as_shown(each, of)
        for each in of.list(SessionEntryRow, SessionEntryRow.id.in_(ids_of_entries(of.client.id)))
    ]


def _as_shown(record: Record, of: Contents) -> Record:
    """Which practice on which day, and of the rest what is let be seen."""
    told = _part(record, ("id", "slug", "title", "is_live", "started_at"))
    if of.may_tell(Shared.MINUTES):
        told["practised_minutes"] = round(cast(int, record["practised_ms"]) / 60_000)
    return told | {name: record[name] for name in _FELT if of.may_tell(Shared.FELT)}


def _entry_notes(of: Contents) -> list[Record] | None:
    if of.consent is None:
        return of.list(EntryNoteRow)
    if not of.may_tell(Shared.NOTES):
        return None
    shown = of.list(
        EntryNoteRow,
        EntryNoteRow.client_id == of.client.id,
        EntryNoteRow.entry_id.in_(ids_of_entries(of.client.id)),
    )
    return [_part(each, ("entry_id", "text")) for each in shown]


def _whole(read: _Read) -> _Read:
    """What is told only where all is told."""
    return lambda of: read(of) if of.consent is None else None


def _sittings(of: Contents) -> list[Record]:
    """Live sittings that are not deleted yet, with the words that were given in them."""
    query = (
        select(SittingRow.began_at, SittingRow.title, SittingWordsRow.texts)
        .outerjoin(SittingWordsRow, SittingWordsRow.sitting_id == SittingRow.id)
        .where(is_of_client(SittingRow, of.client.id))
        .order_by(SittingRow.began_at, SittingWordsRow.number)
    )
    return [
        {"began_at": row.began_at.isoformat(), "title": row.title, "words": row.texts}
        for row in of.db.execute(query)
    ]


def _audit(of: Contents) -> list[Record]:
    """What was done; to which colleague somebody was offered is an id of another one."""
    deeds = of.list(AuditRow)
    return [
        {**each, "subject": ""} if str(each["action"]).endswith("-handover") else each
        for each in deeds
    ]


_KINDS: dict[str, _Read] = {
    "client": _client,
    # What was withdrawn, and when, is not for whom it was withdrawn from.
    "consents": _whole(lambda of: of.list(ConsentRow)),
    "assignments": lambda of: of.list(AssignmentRow),
    "submissions": _where(
        Shared.WORKSHEETS,
        SubmissionRow,
        *("id", "template", "assignment_id", "answers", "is_marked", "answered_at"),
    ),
    "submission_conflicts": _whole(lambda of: of.list(SubmissionConflictRow)),
    "reviews": _reviews,
    "notes": _notes,
    "ladders": _where(Shared.LADDERS, KeptLadderRow, "id", "ladder", "sat_at"),
    "entries": _entries,
    "entry_notes": _entry_notes,
    "entry_conflicts": _whole(
        lambda of: of.list(EntryConflictRow, is_of_client(EntryConflictRow, of.client.id))
    ),
    "sittings": _whole(_sittings),
    "devices": _whole(lambda of: of.list(ClientDeviceRow)),
    "private_feeds": _whole(lambda of: of.list(PrivateFeedRow)),
    "invitations": _whole(lambda of: of.list(InvitationRow)),
    "handovers": _whole(lambda of: of.list(HandoverRow)),
    "audit": _whole(_audit),
}
"""Every kind of thing there is of a client, and how it is read; None where it is not told."""
