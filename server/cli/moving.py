"""move: the database into another one, or recordings into a store, until all of it is there."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from server.cli.frame import Begin, counting_bar, main, quiet, read_settings
from server.environ import PREFIX, Reader
from server.errors import MoveRefused

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@main.command()
@click.option(
    "--to-database",
    metavar="URL",
    help="Where to: postgresql://name:word@host/database, which must be there and empty, or "
    "sqlite:////srv/new/stepback.db, which is made where it is missing.",
)
@click.option(
    "--to-store",
    metavar="URL",
    help="Where to: s3://bucket/prefix, as STEPBACK_STORE_URL is going to say.",
)
@quiet
def move(to_database: str | None, to_store: str | None, is_quiet: bool) -> None:
    """Copy the database into another one, or the recordings into a store, and compare.

    Stepback must be stopped. Where it was interrupted, give the same command again: it goes on,
    and where all is done it does nothing. No Stepback starts on the new database before it is
    whole. The old one stays as it is, and so does the folder of the recordings.
    """
    if (to_database is None) == (to_store is None):
        raise click.UsageError("Give either --to-database or --to-store.")
    with counting_bar(is_quiet=is_quiet) as begin:
        if to_database is None:
            said = _move_recordings(to_store or "", begin)
        else:
            said = _move_database(to_database, begin)
    if not is_quiet:
        click.echo(said)


def _move_database(to_database: str, begin: Begin) -> str:
    from server.render import server_secret
    from server.store import check_schema
    from server.store.moving import move_database

    settings = read_settings()
    check_schema(settings.database_address)
    target = _read_target(to_database)
    house = hashlib.sha256(server_secret(settings.secret_path)).hexdigest()[:12]
    moved = move_database(settings.database_address, target, house, begin)
    return (
        f"All {moved.rows} rows are there, and the same as here; {moved.written} were written "
        "now. Keep the old database until you have seen that the new one is lived in."
    )


def _move_recordings(to_store: str, begin: Begin) -> str:
    from server.render import server_secret
    from server.render.store_move import move_to_store
    from server.store import Database, check_schema
    from server.store.shelves import open_shelf

    url = Reader({f"{PREFIX}STORE_URL": to_store}).store("STORE_URL")
    if not url:
        raise MoveRefused("There should be an address such as s3://bucket/prefix.")
    settings = replace(read_settings(), store_url=url)
    check_schema(settings.database_address)
    server_secret(settings.secret_path)
    moved = move_to_store(open_shelf(settings), Database(settings.database_address), begin)
    return (
        f"All {moved.files} files are there, and the same as here; {moved.sent} were sent now. "
        "The folder stays, as the cache that it will be."
    )


def _read_target(url: str) -> Path | str:
    parts = urlsplit(url)
    if parts.scheme == POSTGRESQL:
        return url
    if parts.scheme == SQLITE and not parts.netloc and parts.path.startswith("//"):
        return Path(parts.path[1:])
    raise MoveRefused(
        "There should be an address such as postgresql://name:word@host/database or "
        "sqlite:////srv/new/stepback.db."
    )
