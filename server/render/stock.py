"""What the cache holds, by practice and by kind, and what of it must stay."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from server.render.prune import why_kept
from server.store import (
    CourseLengths,
    Database,
    RenderRow,
    RenderState,
    Shelf,
    StoredRender,
    list_piles,
    list_protected_keys,
    list_renders,
    list_stored_renders,
)
from server.units import Bytes

KINDS = {
    "renders": "recordings",
    "streams": "streams of recordings",
    "clips": "spoken sentences",
    "lines": "lines of live sittings",
    "sittings": "own words in live sittings",
    "sounds": "sounds of your own",
    "covers": "covers",
    "voices": "levels of voices",
    "tmp": "work in progress",
}
"""What people call the folders of the shelf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The recordings of one practice at one length by one voice."""

    slug: str
    title: str
    minutes: int
    voice: str
    count: int
    size_bytes: Bytes
    newest_at: datetime | None
    """When the youngest of them was finished; None while none is."""
    used_at: datetime
    """When one of them was last heard or made."""
    kept: tuple[str, ...]
    """Why some of them must stay; empty where all of them may go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Everything on the shelf."""

    recordings: tuple[Recordings, ...]
    kinds: dict[str, tuple[int, Bytes]]
    """Files and bytes by kind, each file counted once."""
    left_over_bytes: Bytes
    """Of recordings that failed, were cancelled or are not known; the worker removes them."""
    free_bytes: Bytes

    @property
    def total_bytes(self) -> Bytes:
        """Of everything."""
        return Bytes(sum(size_bytes for _, size_bytes in self.kinds.values()))


def take_stock(
    database: Database,
    shelf: Shelf,
    now_at: datetime,
    course_lengths: CourseLengths = frozenset(),
) -> Stock:
    """Look at every file on the shelf and at every row of a render."""
    stored = {each.key: each for each in list_stored_renders(shelf)}
    with database.reading() as db:
        protected = list_protected_keys(db, now_at, course_lengths)
        rows = list_renders(db)
    over = (RenderState.FAILED, RenderState.CANCELLED)
    groups: dict[tuple[str, int, str], list[RenderRow]] = defaultdict(list)
    for row in rows:
        if row.key in stored and row.state not in over:
            groups[row.slug, row.minutes, row.voice].append(row)
    known = {row.key for group in groups.values() for row in group}
    return Stock(
        recordings=tuple(_recordings(each, stored, protected, now_at) for each in groups.values()),
        kinds=_kinds(shelf, stored),
        left_over_bytes=Bytes(sum(s.size_bytes for s in stored.values() if s.key not in known)),
        free_bytes=shelf.free_bytes(),
    )


def _recordings(
    rows: list[RenderRow],
    stored: dict[str, StoredRender],
    protected: dict[str, str],
    now_at: datetime,
) -> Recordings:
    lying = [stored[row.key] for row in rows]
    reasons = (why_kept(row, stored[row.key].used_at, protected, now_at) for row in rows)
    return Recordings(
        slug=rows[0].slug,
        title=rows[0].title,
        minutes=rows[0].minutes,
        voice=rows[0].voice,
        count=len(rows),
        size_bytes=Bytes(sum(each.size_bytes for each in lying)),
        newest_at=max((row.finished_at for row in rows if row.finished_at), default=None),
        used_at=max(each.used_at for each in lying),
        kept=tuple(dict.fromkeys(reason for reason in reasons if reason)),
    )


def _kinds(shelf: Shelf, stored: dict[str, StoredRender]) -> dict[str, tuple[int, Bytes]]:
    """Files and bytes by folder, the streams apart from the recordings that they belong to."""
    kinds = {name: (pile.files, pile.size_bytes) for name, pile in list_piles(shelf).items()}
    if "renders" in kinds:
        files, size_bytes = kinds["renders"]
        stream_files = sum(each.stream_files for each in stored.values())
        stream_bytes = sum(each.stream_bytes for each in stored.values())
        kinds["renders"] = (files - stream_files, Bytes(size_bytes - stream_bytes))
        kinds["streams"] = (stream_files, Bytes(stream_bytes))
    return {name: kinds[name] for name in (*KINDS, *sorted(kinds.keys() - KINDS)) if name in kinds}
