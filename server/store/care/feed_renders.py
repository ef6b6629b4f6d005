"""Queries for the recordings in private feeds: which there are, and which are not needed more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.store.care.case_tables import AssignmentRow
from server.store.care.people_tables import ClientRow
from server.store.care.private_feed_tables import PrivateFeedRenderRow
from server.store.care.private_feeds import list_feed_clients
from server.store.models import RenderRow, RenderState

ANSWERS_FOR = timedelta(days=30)
"""So long the file of a recording answers after a newer one took its place: apps keep lists."""


def note_feed_render(
    db: Session, client_id: str, item: tuple[str, str], render_key: str, now_at: datetime
) -> bool:
    """Note that a recording is to be in a client's feeds; `item` is assignment and place.

    False, and nothing is noted, where the client has left or the assignment does not stand.
    """
    client, given = db.get(ClientRow, client_id), db.get(AssignmentRow, item[0])
    if client is None or client.left_at is not None:
        return False
    if given is None or given.client_id != client_id or given.withdrawn_at is not None:
        return False
    assignment_id, place = item
    row = db.get(PrivateFeedRenderRow, (assignment_id, place, render_key))
    row = row or PrivateFeedRenderRow(
        assignment_id=assignment_id, place=place, render_key=render_key, client_id=client_id
    )
    row.ordered_at, row.replaced_at = now_at, None
    db.add(row)
    db.flush()
    return True


def list_feed_renders(db: Session, client_id: str) -> dict[tuple[str, str], list[RenderRow]]:
    """The finished recordings of a client's feeds by assignment and place, the newest first."""
    found: dict[tuple[str, str], list[RenderRow]] = {}
    rows = db.execute(
        select(PrivateFeedRenderRow, RenderRow)
        .join(RenderRow, RenderRow.key == PrivateFeedRenderRow.render_key)
        .where(
            PrivateFeedRenderRow.client_id == client_id, RenderRow.state == RenderState.DONE.value
        )
        .order_by(PrivateFeedRenderRow.ordered_at.desc(), RenderRow.key)
    )
    for row, render in rows:
        found.setdefault((row.assignment_id, row.place), []).append(render)
    return found


def list_wanted_keys(db: Session, client_id: str) -> dict[tuple[str, str], str]:
    """The key that was asked for last, finished or not, by assignment and place."""
    wanted = (
        select(PrivateFeedRenderRow)
        .where(PrivateFeedRenderRow.client_id == client_id)
        .order_by(PrivateFeedRenderRow.ordered_at)
    )
    return {(row.assignment_id, row.place): row.render_key for row in db.scalars(wanted)}


def list_open_keys(db: Session, client_id: str) -> frozenset[str]:
    """The finished recordings that are or lately were in a client's feeds; those of what was
    taken back are not among them.
    """
    return frozenset(
        db.scalars(
            select(RenderRow.key)
            .join(PrivateFeedRenderRow, PrivateFeedRenderRow.render_key == RenderRow.key)
            .join(AssignmentRow, AssignmentRow.id == PrivateFeedRenderRow.assignment_id)
            .where(
                RenderRow.state == RenderState.DONE.value,
                PrivateFeedRenderRow.client_id == client_id,
                AssignmentRow.withdrawn_at.is_(None),
            )
        )
    )


def list_feed_keys(db: Session) -> frozenset[str]:
    """The keys of all recordings that private feeds hand out."""
    return frozenset(db.scalars(select(PrivateFeedRenderRow.render_key)))


def let_go_feed_renders(db: Session, now_at: datetime) -> tuple[RenderRow, ...]:
    """Forget what is in no feed any more: the last feed was revoked, the client left, it was
    taken back, or a newer recording took its place ANSWERS_FOR ago.

    Gives the private recordings among it that are in no other feed either: they are to be
    deleted. What a worker has in hand just now stays for the next time.
    """
    followed = set(list_feed_clients(db))
    withdrawn = set(
        db.scalars(
            select(PrivateFeedRenderRow.assignment_id)
            .join(AssignmentRow, AssignmentRow.id == PrivateFeedRenderRow.assignment_id)
            .where(AssignmentRow.withdrawn_at.is_not(None))
        )
    )
    rows = _mark_replaced(db, now_at)
    gone = [
        row
        for row in rows
        if row.client_id not in followed
        or row.assignment_id in withdrawn
        or (row.replaced_at is not None and row.replaced_at <= now_at - ANSWERS_FOR)
    ]
    return _let_go(db, gone)


def _mark_replaced(db: Session, now_at: datetime) -> list[PrivateFeedRenderRow]:
    """Note of each recording when a newer one of the same item was there; gives all rows."""
    newest_first = select(PrivateFeedRenderRow).order_by(
        PrivateFeedRenderRow.assignment_id,
        PrivateFeedRenderRow.place,
        PrivateFeedRenderRow.ordered_at.desc(),
    )
    rows = list(db.scalars(newest_first))
    followed = select(PrivateFeedRenderRow.render_key)
    done = set(
        db.scalars(
            select(RenderRow.key).where(
                RenderRow.key.in_(followed), RenderRow.state == RenderState.DONE.value
            )
        )
    )
    for _, item in groupby(rows, key=lambda row: (row.assignment_id, row.place)):
        is_there = False
        for row in item:
            if is_there:
                row.replaced_at = row.replaced_at or now_at
            is_there = is_there or row.render_key in done
    db.flush()
    return rows


def _let_go(db: Session, gone: Iterable[PrivateFeedRenderRow]) -> tuple[RenderRow, ...]:
    let_go: dict[str, RenderRow] = {}
    for row in gone:
        render = db.get(RenderRow, row.render_key)
        if render is not None and render.is_private:
            if render.state == RenderState.RUNNING:
                continue
            let_go[render.key] = render
        db.delete(row)
    db.flush()
    still = list_feed_keys(db)
    return tuple(render for key, render in let_go.items() if key not in still)
