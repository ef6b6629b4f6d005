"""renders: what is being made just now, and how to stop it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from server.cli.frame import Commands, as_json, main, open_database
from server.cli.table import print_table, say_age

if TYPE_CHECKING:
    from server.store import RenderRow

KEY_SHOWN = 12
LET_GO_SECONDS = 3.0
HEAD = ("key", "practice", "minutes", "voice", "how far", "who waits", "for")


@main.group(cls=Commands, invoke_without_command=True)
@as_json
@click.pass_context
def renders(context: click.Context, is_json: bool) -> None:
    """Show the recordings that are being made or wait to be, and who waits for them."""
    if context.invoked_subcommand is not None:
        return
    from server.render.under_way import list_under_way

    _, database = open_database()
    now_at, rows = datetime.now(UTC), list_under_way(database)
    if is_json:
        click.echo(json.dumps([_as_json(row, now_at) for row in rows], indent=2))
    elif rows:
        print_table(HEAD, [_cells(row, now_at) for row in rows], right={"minutes"})
    else:
        click.echo("Nothing is being made just now.")


@renders.command()
@click.argument("key")
def cancel(key: str) -> None:
    """Stop the recording whose KEY begins like this, whoever waits for it.

    What was made of it goes, but for the sentences that are finished; whoever waits is told.
    The next press of Begin starts it again.
    """
    from server.render.under_way import cancel, find_by_beginning, is_let_go
    from server.store.shelves import open_shelf

    settings, database = open_database()
    row = find_by_beginning(database, key)
    cancel(database, open_shelf(settings), row.key)
    click.echo(f"Cancelled: {row.title}, {row.minutes} minutes.")
    until_s = time.monotonic() + LET_GO_SECONDS
    while not is_let_go(database, row.key) and time.monotonic() < until_s:
        time.sleep(0.05)
    if not is_let_go(database, row.key):
        click.echo("Its worker has not answered yet. What it leaves is removed within two hours.")


def _cells(row: RenderRow, now_at: datetime) -> tuple[str, ...]:
    waiting = row.wanted_at is not None
    return (
        row.key[:KEY_SHOWN],
        row.title,
        str(row.minutes),
        row.voice,
        _how_far(row),
        "a listener" if waiting else "nobody: made ahead",
        say_age(now_at - (row.wanted_at or row.created_at)),
    )


def _how_far(row: RenderRow) -> str:
    if row.state == "queued":
        return "waits for its turn"
    share = f", {100 * row.done_ms // row.total_ms} %" if row.total_ms else ""
    return f"{row.phase or 'begins'}{share}"


def _as_json(row: RenderRow, now_at: datetime) -> dict[str, object]:
    return {
        "key": row.key,
        "practice": row.slug,
        "title": row.title,
        "minutes": row.minutes,
        "voice": row.voice,
        "state": row.state,
        "phase": row.phase or None,
        "stage": row.stage or None,
        "done_ms": row.done_ms,
        "total_ms": row.total_ms,
        "is_private": row.is_private,
        "is_wanted": row.wanted_at is not None,
        "age_seconds": round((now_at - (row.wanted_at or row.created_at)).total_seconds()),
        "stops": row.attempts,
    }
