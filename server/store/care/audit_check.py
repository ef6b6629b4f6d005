"""Looking through the audit: whether every row is as it was written, and where it is not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from server.store.care.audit import find_last, hash_row
from server.store.care.audit_head import (
    BEFORE_ALL,
    NOTHING_YET,
    AuditHead,
    Ends,
    Link,
    find_head,
)
from server.store.care.case_tables import AuditRow

ROWS_AT_ONCE = 1000
REMEMBERED = 1000
"""So many rows that were put in between are recognised as such."""

MOST_LOOKS = 200


class Break(StrEnum):
    """What is wrong with an audit."""

    CHANGED = "changed"
    """A row is not as it was written, or is missing, or was put there."""
    CUT_OFF = "cut off"
    """The last rows are missing: the head knows more."""
    ADDED = "added"
    """The head does not know the last rows."""
    HEAD_MISSING = "head missing"
    """The head is not there, or cannot be read: nobody knows whether the end is the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of looking through the audit."""

    rows: int
    """How many are in it."""
    number: int | None = None
    """The first row that is not as it should be; None where all are."""
    why: Break | None = None


def check_audit(db: Session) -> Verdict:
    """Look through the audit, from its first row to the end that its head tells of.

    All rows are read, a thousand at a time, in a session of Database.reading().
    """
    head = find_head(db)
    last, ends = _look(db, head)
    number = _find_break(db, ends)
    if number is not None:
        return Verdict(rows=last.number, number=number, why=Break.CHANGED)
    if head is None or (ends is not None and ends.may_be(last)):
        return Verdict(rows=last.number)
    if ends is None or ends == NOTHING_YET:
        return Verdict(rows=last.number, number=last.number + 1, why=Break.HEAD_MISSING)
    return _judge_end(db, last, ends)


def _look(db: Session, head: AuditHead | None) -> tuple[Link, Ends | None]:
    """Take the end of one view of the database, and what the head said at that moment.

    Others go on writing: a head that is the same before and after belongs to what is between.
    """
    for _ in range(MOST_LOOKS):
        ends = head.read() if head else None
        last = find_last(db)
        if head is None or head.read() == ends:
            break
        db.rollback()  # and look at what there is by now
    return last, ends


def _judge_end(db: Session, last: Link, ends: Ends) -> Verdict:
    if last.number < ends.last.number:
        return Verdict(rows=last.number, number=last.number + 1, why=Break.CUT_OFF)
    known = db.get(AuditRow, ends.last.number)
    if ends.last.number and (known is None or known.hash != ends.last.hash):
        return Verdict(rows=last.number, number=ends.last.number, why=Break.CHANGED)
    return Verdict(rows=last.number, number=ends.last.number + 1, why=Break.ADDED)


def _find_break(db: Session, ends: Ends | None) -> int | None:
    """Follow the chain; the first row that does not stand where and as it was written."""
    earlier: OrderedDict[str, int] = OrderedDict([(BEFORE_ALL, 0)])
    number, before = 0, BEFORE_ALL
    rows = _rows(db)
    for row in rows:
        number += 1
        is_next, is_itself = row.number == number, hash_row(row) == row.hash
        if is_next and is_itself and row.previous == before:
            before = row.hash
            earlier[before] = number
            if len(earlier) > REMEMBERED:
                earlier.popitem(last=False)
            continue
        if not is_next or row.previous == before:
            return number
        if row.previous in earlier:
            # It follows a row further up: what stands between was put there.
            return earlier[row.previous] + 1
        # It knows another row before it. Is that one's word, or its own, the false one?
        if is_itself and number > 1 and _is_vouched_for(row, next(rows, None), ends):
            return number - 1
        return number
    return None


def _is_vouched_for(row: Row[Any], following: Row[Any] | None, ends: Ends | None) -> bool:
    if following is not None:
        return bool(following.previous == row.hash)
    return ends is not None and ends.may_be(Link(row.number, row.hash))


def _rows(db: Session) -> Iterator[Row[Any]]:
    columns = AuditRow.__table__.columns
    query = select(*columns).order_by(AuditRow.number)
    with db.execute(query.execution_options(yield_per=ROWS_AT_ONCE)) as rows:
        yield from rows  # PostgreSQL keeps a cursor open until then, also for who stops early
