"""Queries for a listener's own words in a sitting, and for the lines that somebody waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from server.store.columns import JsonObject
from server.store.engines import insert_once
from server.store.sitting_tables import LineWantRow, SittingWordsRow


class WordsState(StrEnum):
    """Where the lines with somebody's words stand."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    VOICED = "voiced"
    FAILED = "failed"


def add_words(db: Session, sitting_id: str, texts: Mapping[str, str], now_at: datetime) -> int:
    """Keep words that are to be said; gives their number.

    The first ones of a sitting have the number 1 when they are given before it begins; those
    that are given later begin at 2, whether or not there were any before.
    """
    last = _newest_number(db, sitting_id)
    return _add(db, sitting_id, max(last, 1) + 1, texts, now_at)


def add_first_words(
    db: Session, sitting_id: str, texts: Mapping[str, str], now_at: datetime
) -> int:
    """Keep the words that were given before a sitting begins: they have the number 1."""
    return _add(db, sitting_id, 1, texts, now_at)


def _newest_number(db: Session, sitting_id: str) -> int:
    query = select(func.max(SittingWordsRow.number))
    return db.scalar(query.where(SittingWordsRow.sitting_id == sitting_id)) or 0


def _add(
    db: Session, sitting_id: str, number: int, texts: Mapping[str, str], now_at: datetime
) -> int:
    db.add(
        SittingWordsRow(
            sitting_id=sitting_id,
            number=number,
            texts=dict(texts),
            state=WordsState.WAITING.value,
            given_at=now_at,
        )
    )
    db.flush()
    return number


def list_words(db: Session, sitting_id: str) -> tuple[SittingWordsRow, ...]:
    """All words that were given in a sitting, in their order."""
    return tuple(
        db.scalars(
            select(SittingWordsRow)
            .where(SittingWordsRow.sitting_id == sitting_id)
            .order_by(SittingWordsRow.number)
        )
    )


def has_waiting_words(db: Session) -> bool:
    """True while words wait to be said; light enough for many times a second."""
    query = select(SittingWordsRow.number)
    waiting = query.where(SittingWordsRow.state == WordsState.WAITING.value).limit(1)
    return db.scalar(waiting) is not None


def claim_words(db: Session) -> SittingWordsRow | None:
    """Take the words that have waited longest; None where none wait.

    Nobody else gets them then. A worker that stops in the middle leaves them unsaid: what was
    not said within seconds is not missed, since the neutral line has been heard.
    """
    row = db.scalars(
        select(SittingWordsRow)
        .where(SittingWordsRow.state == WordsState.WAITING.value)
        .order_by(SittingWordsRow.given_at)
        .limit(1)
    ).one_or_none()
    if row is not None:
        row.state = WordsState.SPEAKING.value
        db.flush()
    return row


def end_words(db: Session, sitting_id: str, number: int, state: WordsState) -> bool:
    """Say what became of words; False where they were taken away meanwhile."""
    row = db.get(SittingWordsRow, (sitting_id, number))
    if row is None:
        return False
    row.state = state.value
    db.flush()
    return True


def want_lines(db: Session, key: str, *, slug: str, choices: JsonObject, now_at: datetime) -> None:
    """Ask for the lines that a practice needs with these choices; again and again is no harm."""
    values = {"key": key, "slug": slug, "choices": choices, "wanted_at": now_at}
    db.execute(
        insert_once(db, LineWantRow)
        .values(**values, asked_at=now_at)
        .on_conflict_do_update(index_elements=["key"], set_={"asked_at": now_at})
    )


def list_line_wants(db: Session, asked_since_at: datetime) -> tuple[LineWantRow, ...]:
    """What somebody still waits for, the longest first: whoever waits asks again and again."""
    query = select(LineWantRow).where(LineWantRow.asked_at >= asked_since_at)
    return tuple(db.scalars(query.order_by(LineWantRow.wanted_at)))


def drop_line_want(db: Session, key: str) -> None:
    """Nobody has to wait for these lines any more."""
    db.execute(delete(LineWantRow).where(LineWantRow.key == key))


def drop_old_line_wants(db: Session, asked_before_at: datetime) -> None:
    """Forget what nobody has asked for since a moment."""
    db.execute(delete(LineWantRow).where(LineWantRow.asked_at < asked_before_at))


def fail_forsaken_words(db: Session, given_before_at: datetime) -> None:
    """Give up words that were given before a moment and are still waiting or being said."""
    unsaid = (WordsState.WAITING.value, WordsState.SPEAKING.value)
    db.execute(
        update(SittingWordsRow)
        .where(SittingWordsRow.state.in_(unsaid), SittingWordsRow.given_at < given_before_at)
        .values(state=WordsState.FAILED.value)
        .execution_options(synchronize_session=False)
    )
