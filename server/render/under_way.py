"""Renders that are under way: for an operator to look at, and to stop."""

from __future__ import annotations

from datetime import UTC, datetime

from server.errors import RenderNotFound, StepbackError
from server.store import (
    Database,
    RenderRow,
    Shelf,
    cancel_render,
    find_render,
    get_render,
    list_on_their_way,
)


def list_under_way(database: Database) -> tuple[RenderRow, ...]:
    """All that is queued or being made, the longest under way first."""
    with database.reading() as db:
        return list_on_their_way(db)


def find_by_beginning(database: Database, beginning: str) -> RenderRow:
    """Find the one render under way whose key begins like this.

    Raises RenderNotFound, or a StepbackError where several do.
    """
    found = [row for row in list_under_way(database) if row.key.startswith(beginning)]
    if not found:
        raise RenderNotFound(f"Nothing that is under way has a key that begins with {beginning}.")
    if len(found) > 1:
        raise StepbackError(f"{len(found)} keys begin with {beginning}. Give more of it.")
    return found[0]


def cancel(database: Database, shelf: Shelf, key: str) -> None:
    """Stop a render, whoever waits for it; what was made of it goes, but for finished clips.

    Where a worker has it in hand, that worker stops and removes its files; see is_let_go().
    Raises RenderNotFound where it is not under way any more.
    """
    with database.writing() as db:
        if not cancel_render(db, key, datetime.now(UTC)):
            raise RenderNotFound("It is not under way any more.")
        if get_render(db, key).owner is None:
            shelf.drop_render(key)


def is_let_go(database: Database, key: str) -> bool:
    """True when no worker has a cancelled render in hand any more."""
    with database.reading() as db:
        row = find_render(db, key)
    return row is None or row.owner is None
