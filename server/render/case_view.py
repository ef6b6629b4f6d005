"""What a therapist may see of a client: built from what the client allows, and holding no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from server.care import Consent, Shared
from server.store import Felt, Session, SessionEntryRow
from server.store.care import (
    ClientRow,
    KeyRing,
    Seal,
    list_client_entries,
    list_kept_ladders,
    list_submissions,
    open_ladder,
    open_submission,
    read_entry_notes,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """That a practice was begun: which, and on which day; the rest where it is allowed."""

    id: str
    slug: str
    title: str
    is_live: bool
    day: date
    """By UTC."""
    practised_ms: int | None = None
    before: Felt | None = None
    after: Felt | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionView:
    """A worksheet that came back."""

    id: str
    template: str
    assignment_id: str | None
    is_marked: bool
    answered_at: datetime
    content: Mapping[str, object]
    """What was sealed, read: the worksheet as it was, and all answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderView:
    """A ladder of a live sitting."""

    id: str
    sat_at: datetime
    content: Mapping[str, object]
    """What was sealed, read: title, language, and the rungs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """All that may be seen, the latest first in each; what may not be seen is not in it."""

    consent: Consent
    entries: tuple[EntryView, ...] = ()
    submissions: tuple[SubmissionView, ...] = ()
    ladders: tuple[LadderView, ...] = ()


def visible_case(db: Session, keys: KeyRing, client: ClientRow, consent: Consent) -> CaseView:
    """Gather what a consent allows, and ask for nothing else.

    The consent is `consent_of(db, client.id)` of this very transaction. Raises KeyGone where the
    client's key was deleted.
    """
    if not consent.given:
        return CaseView(consent=consent)
    seal = keys.get(client.id)
    may_see = consent.may_see
    return CaseView(
        consent=consent,
        entries=_entries(db, seal, client, consent) if may_see(Shared.PRACTISED) else (),
        submissions=_submissions(db, seal, client) if may_see(Shared.WORKSHEETS) else (),
        ladders=_ladders(db, seal, client) if may_see(Shared.LADDERS) else (),
    )


def _entries(db: Session, seal: Seal, client: ClientRow, consent: Consent) -> tuple[EntryView, ...]:
    rows = list_client_entries(db, client.id)
    notes: dict[str, str] = {}
    if consent.may_see(Shared.NOTES):
        notes = read_entry_notes(db, seal, client.id, (row.id for row in rows))
    return tuple(_entry(row, consent, notes.get(row.id)) for row in rows)


def _entry(row: SessionEntryRow, consent: Consent, note: str | None) -> EntryView:
    has_minutes, has_felt = consent.may_see(Shared.MINUTES), consent.may_see(Shared.FELT)
    return EntryView(
        id=row.id,
        slug=row.slug,
        title=row.title,
        is_live=row.is_live,
        day=row.started_at.date(),
        practised_ms=row.practised_ms if has_minutes else None,
        before=_felt(row.kindness_before, row.willingness_before) if has_felt else None,
        after=_felt(row.kindness_after, row.willingness_after) if has_felt else None,
        note=note,
    )


def _felt(kindness: int | None, willingness: int | None) -> Felt | None:
    if kindness is None and willingness is None:
        return None
    return Felt(kindness=kindness, willingness=willingness)


def _submissions(db: Session, seal: Seal, client: ClientRow) -> tuple[SubmissionView, ...]:
    return tuple(
        SubmissionView(
            id=row.id,
            template=row.template,
            assignment_id=row.assignment_id,
            is_marked=row.is_marked,
            answered_at=row.answered_at,
            content=open_submission(row, seal),
        )
        for row in list_submissions(db, client.id)
    )


def _ladders(db: Session, seal: Seal, client: ClientRow) -> tuple[LadderView, ...]:
    return tuple(
        LadderView(
            id=row.id,
            sat_at=row.sat_at,
            content=json.loads(open_ladder(row, seal)),
        )
        for row in list_kept_ladders(db, client.id)
    )
