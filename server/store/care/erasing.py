"""Queries for erasing a client: what is theirs, and the two ends of taking it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, defer

from server.errors import CaseNotFound
from server.store.care.audit import Deed, add_deed
from server.store.care.case_tables import AuditRow, SubmissionRow
from server.store.care.people_tables import ClientDeviceRow, ClientRow, InvitationRow
from server.store.care.private_feeds import feed_owner
from server.store.columns import Base
from server.store.devices import hash_device
from server.store.models import (
    ON_THEIR_WAY,
    EntryConflictRow,
    RenderRow,
    RenderState,
    SessionEntryRow,
)
from server.store.renders import close_render
from server.store.sitting_tables import SittingRow

OfDevice = type[SessionEntryRow] | type[EntryConflictRow] | type[RenderRow] | type[SittingRow]
"""A table whose rows belong to a device."""

_CAME = {
    "session_entries": "received_at",
    "entry_conflicts": "received_at",
    "renders": "created_at",
    "sittings": "began_at",
}
"""The column that says when a row of it came."""

ERASE, ERASED = "erase", "erased"
"""What the audit says when it begins, and when nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """How much there is of a client, in numbers."""

    submissions: int
    entries: int
    recordings: int
    """Renders with words for them alone."""
    sittings: int


def begin_erasure(db: Session, by: Deed, now_at: datetime) -> Belongings:
    """Shut a client out and stop what is being made for them; gives what there is of them.

    Their devices stay until the end: they say what is to be deleted. Raises CaseNotFound.
    """
    client = db.get(ClientRow, by.client_id or "")
    if client is None:
        raise CaseNotFound
    add_deed(db, by, now_at)
    client.left_at = client.left_at or now_at
    db.execute(delete(InvitationRow).where(InvitationRow.client_id == client.id))
    found = count_belongings(db, client.id)
    stop_private_renders(db, client.id, now_at)
    db.flush()
    return found


def count_belongings(db: Session, client_id: str) -> Belongings:
    """Say how much there is of a client."""

    def count(table: type[Base], *which: ColumnElement[bool]) -> int:
        return db.scalar(select(func.count()).select_from(table).where(*which)) or 0

    return Belongings(
        submissions=count(SubmissionRow, SubmissionRow.client_id == client_id),
        entries=count(SessionEntryRow, is_of_client(SessionEntryRow, client_id)),
        recordings=count(RenderRow, is_of_client(RenderRow, client_id)),
        sittings=count(SittingRow, is_of_client(SittingRow, client_id)),
    )


def stop_private_renders(db: Session, client_id: str, now_at: datetime) -> tuple[RenderRow, ...]:
    """Cancel what is being made of a client's words; gives all that is or was made of them."""
    rows = tuple(db.scalars(select(RenderRow).where(is_of_client(RenderRow, client_id))))
    for row in rows:
        if row.state in ON_THEIR_WAY:
            row.state = RenderState.CANCELLED.value
            close_render(row, now_at)
        row.order = {}
    db.flush()
    return rows


def list_client_sittings(db: Session, client_id: str) -> tuple[SittingRow, ...]:
    """All live sittings of a client's devices, without their orders and lengths."""
    query = select(SittingRow).where(is_of_client(SittingRow, client_id))
    return tuple(db.scalars(query.options(defer(SittingRow.order), defer(SittingRow.lengths))))


def finish_erasure(db: Session, by: Deed, now_at: datetime) -> None:
    """Delete every row of a client, and note that it is done; what is on the shelf went before."""
    for table in (EntryConflictRow, SessionEntryRow):
        db.execute(
            delete(table)
            .where(is_of_client(table, by.client_id or ""))
            .execution_options(synchronize_session=False)
        )
    # By the database's own cascade: whatever names a client goes with them.
    db.execute(
        delete(ClientRow)
        .where(ClientRow.id == by.client_id)
        .execution_options(synchronize_session=False)
    )
    add_deed(db, by, now_at)


def was_erased(db: Session, client_id: str) -> bool:
    """True for a client of whom the audit says that nothing is left."""
    query = select(AuditRow.number).where(
        AuditRow.client_id == client_id, AuditRow.action == ERASED
    )
    return db.scalars(query.limit(1)).first() is not None


def is_of_client(table: OfDevice, client_id: str) -> ColumnElement[bool]:
    """What came from a client's devices from the day on which they joined; from one that they
    removed, until then. Of what is spoken, that which holds words for them alone, and what was
    made for their private feeds. What a device had before is its own, and no therapist can take it
    away.
    """
    came = table.__table__.c[_CAME[table.__tablename__]]
    is_theirs = exists().where(
        ClientDeviceRow.client_id == client_id,
        ClientDeviceRow.device_hash == table.device_hash,
        came >= ClientDeviceRow.joined_at,
        or_(ClientDeviceRow.removed_at.is_(None), came < ClientDeviceRow.removed_at),
    )
    if table is not RenderRow:
        return is_theirs
    is_for_own_feeds = RenderRow.device_hash == hash_device(feed_owner(client_id))
    return and_(RenderRow.is_private, or_(is_theirs, is_for_own_feeds))
