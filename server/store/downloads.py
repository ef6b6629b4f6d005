"""Counts of downloads: an episode counts once for a listener to whom all of it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.store.engines import insert_once
from server.store.feed_tables import DownloadPartRow, DownloadRow, DownloadSaltRow
from server.store.network_hashes import day_of, hash_listener

KEPT_DAYS = 30
"""Counts of so many days are kept, today's among them."""

MOST_GAPS = 256
"""Of a file that comes in more pieces than this, the smallest are forgotten."""

MOST_PARTS = 50_000
"""So many files and listeners are followed on one day; what comes then is not counted."""

Piece = tuple[int, int]
"""The first byte and the one past the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPart:
    """Bytes of a file that were sent to somebody."""

    guid: str
    """The episode that the file is of."""
    file_hash: str
    """SHA-256 of the file."""
    size_bytes: int
    """Of the whole file."""
    piece: Piece
    address: str
    """Whose they were; hashed and never kept, as the next."""
    user_agent: str


def note_sent(db: Session, sent: SentPart, now_at: datetime) -> bool:
    """Add bytes to what a listener has of a file; True where that made a download of it.

    An episode counts once for a listener and day, whichever of its files they have.
    """
    day = day_of(now_at)
    listener = hash_listener(db, sent.address, sent.user_agent, now_at)
    row = db.get(DownloadPartRow, (listener, sent.file_hash))
    if row is None:
        if _count_parts(db, day) >= MOST_PARTS:
            return False
        row = DownloadPartRow(
            listener_hash=listener,
            file_hash=sent.file_hash,
            guid=sent.guid,
            day=day,
            covered=[],
            is_counted=False,
        )
        db.add(row)
    if row.is_counted:
        return False
    merged = merge((*map(_as_piece, row.covered), sent.piece))
    row.covered = [list(piece) for piece in merged]
    row.is_counted = merged == ((0, sent.size_bytes),)
    db.flush()
    if not row.is_counted or _has_another(db, row):
        return False
    _count(db, sent.guid, day)
    return True


def list_downloads(db: Session, now_at: datetime) -> tuple[DownloadRow, ...]:
    """The counts of the last KEPT_DAYS days, by day and then by episode."""
    first = day_of(now_at) - timedelta(days=KEPT_DAYS - 1)
    return tuple(
        db.scalars(
            select(DownloadRow)
            .where(DownloadRow.day >= first)
            .order_by(DownloadRow.day, DownloadRow.guid)
        )
    )


def forget_downloads(db: Session, now_at: datetime) -> bool:
    """Delete the salts and parts of days that are over, and counts that are too old.

    True where there was something to delete.
    """
    today = day_of(now_at)
    gone = (
        delete(DownloadSaltRow).where(DownloadSaltRow.day < today),
        delete(DownloadPartRow).where(DownloadPartRow.day < today),
        delete(DownloadRow).where(DownloadRow.day <= today - timedelta(days=KEPT_DAYS)),
    )
    return sum(db.execute(each).rowcount for each in gone) > 0  # type: ignore[attr-defined]


def merge(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Join pieces that touch or overlap; ascending, empty ones left out, MOST_GAPS at most."""
    merged: list[Piece] = []
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    longest = sorted(merged, key=lambda piece: piece[0] - piece[1])[:MOST_GAPS]
    return tuple(sorted(longest))


def _as_piece(kept: list[int]) -> Piece:
    return (kept[0], kept[1])


def _count_parts(db: Session, day: date) -> int:
    parts = select(func.count()).select_from(DownloadPartRow).where(DownloadPartRow.day == day)
    return db.scalar(parts) or 0


def _has_another(db: Session, row: DownloadPartRow) -> bool:
    """True where the same listener has another file of the episode: MP3 and Opus, old and new."""
    others = select(DownloadPartRow.file_hash).where(
        DownloadPartRow.listener_hash == row.listener_hash,
        DownloadPartRow.guid == row.guid,
        DownloadPartRow.file_hash != row.file_hash,
        DownloadPartRow.is_counted,
    )
    return db.scalars(others.limit(1)).first() is not None


def _count(db: Session, guid: str, day: date) -> None:
    one_more = insert_once(db, DownloadRow).values(guid=guid, day=day, count=1)
    db.execute(
        one_more.on_conflict_do_update(
            index_elements=["guid", "day"], set_={"count": DownloadRow.count + 1}
        )
    )
