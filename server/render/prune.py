"""Making room on the shelf: what may go, and its going, the longest unused first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.store import (
    CourseLengths,
    Database,
    RenderRow,
    RenderState,
    Shelf,
    delete_render,
    find_render,
    find_stored_render,
    list_piles,
    list_protected_keys,
    list_renders,
    list_sittings,
    list_stored_clips,
    list_stored_lines,
    list_stored_renders,
    remove_unused_clip,
    remove_unused_line,
)
from server.units import Bytes

IN_USE_FOR = timedelta(hours=1)
"""What was used within this time is left alone: somebody may be in the middle of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prunable:
    """Something on the shelf that may go: it is made again when somebody asks for it."""

    key: str
    row: RenderRow | None
    """The finished render that it is; None for a clip or a line."""
    is_line: bool = False
    """True for a line of live sittings."""
    size_bytes: Bytes
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to go, and what there will be then."""

    going: tuple[Prunable, ...]
    left_bytes: Bytes
    """How big the shelf will be."""
    in_use_from_at: datetime
    """What is used from this moment on stays, chosen or not."""
    course_lengths: CourseLengths
    """What the feeds of courses announce stays as well."""


def why_kept(row: RenderRow, used_at: datetime, protected: dict[str, str], now_at: datetime) -> str:
    """Why a render must not be pruned, for people; empty where it may be."""
    if row.state in (RenderState.QUEUED, RenderState.RUNNING):
        return "being made"
    if row.key in protected:
        return protected[row.key]
    if row.is_private:
        return "own words have days of their own"
    return "used within the hour" if used_at >= now_at - IN_USE_FOR else ""


def choose(
    database: Database,
    shelf: Shelf,
    now_at: datetime,
    *,
    older_than: timedelta | None = None,
    most_bytes: Bytes | None = None,
    kept_lines: frozenset[str] = frozenset(),
    course_lengths: CourseLengths = frozenset(),
) -> Choice:
    """Choose what goes: all that was not used for so long, and more until so much is left.

    `kept_lines` are lines that would be made again at once; those of sittings stay anyway, and
    so does what the feeds announce, `course_lengths` among it.
    """
    left_bytes: int = sum(pile.size_bytes for pile in list_piles(shelf).values())
    going = []
    prunable = _prunable(database, shelf, now_at, kept_lines, course_lengths)
    for each in sorted(prunable, key=lambda each: each.used_at):
        is_old = older_than is not None and each.used_at < now_at - older_than
        is_too_much = most_bytes is not None and left_bytes > most_bytes
        if is_old or is_too_much:
            going.append(each)
            left_bytes -= each.size_bytes
    return Choice(
        going=tuple(going),
        left_bytes=Bytes(left_bytes),
        in_use_from_at=now_at - IN_USE_FOR,
        course_lengths=course_lengths,
    )


def prune(database: Database, shelf: Shelf, choice: Choice) -> Iterator[tuple[Prunable, bool]]:
    """Remove what was chosen, one by one; gives each with whether it went.

    What has come into use since it was chosen stays. Web and worker may go on meanwhile.
    """
    for each in choice.going:
        if each.is_line:
            yield each, remove_unused_line(shelf, each.key, choice.in_use_from_at)
        elif each.row is None:
            yield each, remove_unused_clip(shelf, each.key, choice.in_use_from_at)
        else:
            yield each, _remove_render(database, shelf, each.key, choice)


def _prunable(
    database: Database,
    shelf: Shelf,
    now_at: datetime,
    kept_lines: frozenset[str],
    course_lengths: CourseLengths,
) -> Iterator[Prunable]:
    with database.reading() as db:
        protected = list_protected_keys(db, now_at, course_lengths)
        rows = {row.key: row for row in list_renders(db)}
        sittings = list_sittings(db)
    for stored in list_stored_renders(shelf):
        row = rows.get(stored.key)
        is_done = row is not None and row.state == RenderState.DONE
        if row is not None and is_done and not why_kept(row, stored.used_at, protected, now_at):
            yield Prunable(
                key=row.key, row=row, size_bytes=stored.size_bytes, used_at=stored.used_at
            )
    private_keys = {key for row in rows.values() if row.is_private for key in row.clip_keys}
    for clip in list_stored_clips(shelf):
        if clip.key not in private_keys and clip.used_at < now_at - IN_USE_FOR:
            yield Prunable(key=clip.key, row=None, size_bytes=clip.size_bytes, used_at=clip.used_at)
    kept = kept_lines.union(*(row.lengths for row in sittings))
    for line in list_stored_lines(shelf):
        if line.key not in kept and line.used_at < now_at - IN_USE_FOR:
            yield Prunable(
                key=line.key,
                row=None,
                is_line=True,
                size_bytes=line.size_bytes,
                used_at=line.used_at,
            )


def _remove_render(database: Database, shelf: Shelf, key: str, choice: Choice) -> bool:
    """Delete files and row, unless something has happened to the render since it was chosen.

    All in one write transaction, in which nobody can order, claim or finish it. Files first:
    should we be killed before the row is gone, there is a finished render whose files are not
    all there, and the next order has it made anew. The other way round its folder would lie
    there with nobody to know of it. A listener in the middle is answered from the open file;
    the next request finds no file and then no row, and is told that there is no such recording.
    Where the folder is only a cache the row stays: what is in the store is fetched again.
    """
    with database.writing() as db:
        row, stored = find_render(db, key), find_stored_render(shelf, key)
        if row is None or stored is None or row.state != RenderState.DONE:
            return False
        chosen_at = choice.in_use_from_at + IN_USE_FOR
        protected = list_protected_keys(db, chosen_at, choice.course_lengths)
        if stored.used_at >= choice.in_use_from_at or key in protected:
            return False
        shelf.drop_render(key)
        if not shelf.is_cache:
            delete_render(db, key)
    return True
