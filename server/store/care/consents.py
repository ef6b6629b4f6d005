"""Queries for what a client decided: what may be seen now, and one more decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.care import Consent, Decision, Shared, consent_from
from server.store.care.people_tables import ClientRow, ConsentRow


def consent_of(db: Session, client_id: str) -> Consent:
    """What may be seen of a client now. Nothing of one who has not joined yet, or has left.

    Ask in the transaction in which the things themselves are read: what was withdrawn before is
    then not among them.
    """
    rows = db.scalars(
        select(ConsentRow)
        .join(ClientRow, ClientRow.id == ConsentRow.client_id)
        .where(
            ConsentRow.client_id == client_id,
            ClientRow.joined_at.is_not(None),
            ClientRow.left_at.is_(None),
        )
        .order_by(ConsentRow.id)
    )
    return consent_from(
        Decision(what=Shared(row.what), is_given=row.is_given, decided_at=row.decided_at)
        for row in rows
    )


def add_decisions(
    db: Session, client_id: str, decided: Iterable[tuple[Shared, bool]], now_at: datetime
) -> None:
    """Note what a client said of each kind; the rows of before stay as they are."""
    for what, is_given in decided:
        db.add(ConsentRow(client_id=client_id, what=what, is_given=is_given, decided_at=now_at))
        db.flush()  # one after the other: their numbers say which came later
