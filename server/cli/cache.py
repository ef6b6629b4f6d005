"""cache: what the shelf of recordings holds, and how to make room on it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from server.cli.frame import Commands, as_json, main, open_database, progress_bar, waiting, yes
from server.cli.table import print_table, say_age, say_count, say_mb
from server.errors import StepbackError
from server.units import BYTES_PER_MB, Bytes

if TYPE_CHECKING:
    from server.render.prune import Choice, Prunable
    from server.render.stock import Recordings, Stock
    from server.store import Database, Shelf

HEAD = ("practice", "minutes", "voice", "recordings", "MB", "newest", "last used", "why it stays")
HOURS = {"h": 1, "d": 24, "w": 7 * 24}
SIZES = {"MB": BYTES_PER_MB, "GB": 1000 * BYTES_PER_MB, "TB": 1_000_000 * BYTES_PER_MB}


def _read_age(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """Read 12h, 30d or 8w."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})([hdw])", value.strip().lower())
    if found is None:
        raise click.BadParameter(f"'{value}' should be a time such as 12h, 30d or 8w.")
    return timedelta(hours=int(found[1]) * HOURS[found[2]])


def _read_size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Bytes | None:
    """Read 500MB or 2.5GB."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(MB|GB|TB)", value.strip().upper())
    if found is None:
        raise click.BadParameter(f"'{value}' should be a size such as 500MB or 2GB.")
    return Bytes(round(float(found[1]) * SIZES[found[2]]))


@main.group(cls=Commands, invoke_without_command=True)
@as_json
@click.pass_context
def cache(context: click.Context, is_json: bool) -> None:
    """Show what the shelf of recordings holds: by practice, by kind, and what must stay.

    Everything on it is made again when somebody asks for it.
    """
    if context.invoked_subcommand is not None:
        return
    from server.render import course_lengths, open_catalogue
    from server.render.stock import take_stock
    from server.store.shelves import open_shelf

    settings, database = open_database()
    now_at = datetime.now(UTC)
    lengths = course_lengths(settings, open_catalogue(settings))
    with waiting("Looking at the shelf"):
        stock = take_stock(database, open_shelf(settings), now_at, lengths)
    if is_json:
        click.echo(json.dumps(_as_json(stock), indent=2, ensure_ascii=False))
    else:
        _print_stock(stock, now_at)


@cache.command()
@click.option(
    "--older-than",
    metavar="TIME",
    callback=_read_age,
    help="What was not used for so long: 12h, 30d, 8w.",
)
@click.option(
    "--to",
    "most_bytes",
    metavar="SIZE",
    callback=_read_size,
    help="As much as it takes to come to this size: 500MB, 2GB.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@yes
def prune(
    older_than: timedelta | None, most_bytes: Bytes | None, dry_run: bool, is_sure: bool
) -> None:
    """Remove recordings and spoken sentences, the longest unused first.

    Never what a feed points at, or did until 30 days ago, what is being made, what was used within
    the hour, what live sittings need, or what holds somebody's own words: that goes by itself.
    Stepback may run meanwhile.
    Exit code 1 where the size cannot be reached.
    """
    if older_than is None and most_bytes is None:
        raise click.UsageError("Say --older-than, --to or both.")
    from server.render import course_lengths, open_catalogue
    from server.render.prune import choose
    from server.render.sitting_offer import line_keys_in_use
    from server.store.shelves import open_shelf

    settings, database = open_database()
    shelf, now_at = open_shelf(settings), datetime.now(UTC)
    catalogue = open_catalogue(settings)
    with waiting("Looking at the shelf"):
        choice = choose(
            database,
            shelf,
            now_at,
            older_than=older_than,
            most_bytes=most_bytes,
            kept_lines=line_keys_in_use(settings, catalogue),
            course_lengths=course_lengths(settings, catalogue),
        )
    if dry_run:
        _print_going(choice, now_at)
        return
    left_bytes = choice.left_bytes
    if choice.going:
        if not is_sure:
            click.confirm(f"Remove {_say(choice.going)}?", abort=True, err=True)
        left_bytes = _prune(database, shelf, choice)
    else:
        click.echo("There is nothing to remove.")
    click.echo(f"The shelf holds {say_mb(left_bytes)} MB.")
    if most_bytes is not None and left_bytes > most_bytes:
        raise StepbackError("It could not be made smaller: what is left has to stay for now.")


def _prune(database: Database, shelf: Shelf, choice: Choice) -> Bytes:
    """Remove what was chosen, showing how far it is; gives the size that is left."""
    from server.render.prune import prune

    gone: list[Prunable] = []
    left_bytes = sum(each.size_bytes for each in choice.going) + choice.left_bytes
    with progress_bar() as advance:
        for number, (each, went) in enumerate(prune(database, shelf, choice), 1):
            if went:
                gone.append(each)
                left_bytes -= each.size_bytes
            advance(number / len(choice.going), "Removing")
    click.echo(f"Removed {_say(gone)}.")
    return Bytes(left_bytes)


def _print_going(choice: Choice, now_at: datetime) -> None:
    rows = []
    for each in choice.going:
        if each.row is not None:
            age = _since(each.used_at, now_at)
            rows.append((each.row.title, str(each.row.minutes), say_mb(each.size_bytes), age))
    if rows:
        print_table(("practice", "minutes", "MB", "last used"), rows, right={"minutes", "MB"})
    click.echo(f"{_say(choice.going)} would go, and {say_mb(choice.left_bytes)} MB be left.")


def _say(things: Sequence[Prunable]) -> str:
    """How many of what, and how big: `2 recordings (9.6 MB) and no spoken sentences`."""
    lines = [each for each in things if each.is_line]
    kinds = [
        ("recording", [each for each in things if each.row is not None]),
        ("spoken sentence", [each for each in things if each.row is None and not each.is_line]),
        *([("line", lines)] if lines else []),
    ]
    return " and ".join(_count(name, found) for name, found in kinds)


def _count(name: str, things: Sequence[Prunable]) -> str:
    if not things:
        return f"no {name}s"
    size = say_mb(sum(each.size_bytes for each in things))
    return f"{say_count(len(things), name)} ({size} MB)"


def _print_stock(stock: Stock, now_at: datetime) -> None:
    from server.render.stock import KINDS

    if stock.recordings:
        rows = [_cells(each, now_at) for each in stock.recordings]
        print_table(HEAD, rows, right={"minutes", "recordings", "MB"})
        click.echo()
    kinds = [
        (KINDS.get(name, name), str(files), say_mb(size_bytes))
        for name, (files, size_bytes) in stock.kinds.items()
    ]
    total = sum(files for files, _ in stock.kinds.values())
    kinds.append(("in all", str(total), say_mb(stock.total_bytes)))
    print_table(("kind", "files", "MB"), kinds, right={"files", "MB"})
    if stock.left_over_bytes:
        click.echo(f"{say_mb(stock.left_over_bytes)} MB are left over; a worker removes them.")
    click.echo(f"{say_mb(stock.free_bytes)} MB of the disk are free.")


def _cells(each: Recordings, now_at: datetime) -> tuple[str, ...]:
    return (
        each.title,
        str(each.minutes),
        each.voice,
        str(each.count),
        say_mb(each.size_bytes),
        each.newest_at.strftime("%Y-%m-%d") if each.newest_at else "-",
        _since(each.used_at, now_at),
        ", ".join(each.kept),
    )


def _since(moment_at: datetime, now_at: datetime) -> str:
    age = say_age(now_at - moment_at)
    return age if age == "just now" else f"{age} ago"


def _as_json(stock: Stock) -> dict[str, object]:
    return {
        "recordings": [
            {
                "practice": each.slug,
                "title": each.title,
                "minutes": each.minutes,
                "voice": each.voice,
                "number": each.count,
                "bytes": each.size_bytes,
                "newest_at": each.newest_at.isoformat() if each.newest_at else None,
                "used_at": each.used_at.isoformat(),
                "why_it_stays": list(each.kept),
            }
            for each in stock.recordings
        ],
        "kinds": {
            name: {"files": files, "bytes": size_bytes}
            for name, (files, size_bytes) in stock.kinds.items()
        },
        "left_over_bytes": stock.left_over_bytes,
        "total_bytes": stock.total_bytes,
        "free_bytes": stock.free_bytes,
    }
