"""move: the database into another one, as often as it takes, until all of it is there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import click

from server.cli.backups import quiet
from server.cli.frame import main, read_settings
from server.errors import MoveRefused

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@main.command()
@click.option(
    "--to-database",
    required=True,
    metavar="URL",
    help="Where to: postgresql://name:word@host/database, which must be there and empty, or "
    "sqlite:////srv/new/stepback.db, which is made where it is missing.",
)
@quiet
def move(to_database: str, is_quiet: bool) -> None:
    """Copy the database into another one, and compare the two row by row.

    Stepback must be stopped. Where it was interrupted, give the same command again: it goes on,
    and where all is done it does nothing. No Stepback starts on the new database before it is
    whole. The old one stays as it is.
    """
    from server.render import server_secret
    from server.store import check_schema
    from server.store.moving import move_database

    settings = read_settings()
    check_schema(settings.database_address)
    target = _read_target(to_database)
    house = hashlib.sha256(server_secret(settings.secret_path)).hexdigest()[:12]
    moved = move_database(settings.database_address, target, house)
    if not is_quiet:
        click.echo(
            f"All {moved.rows} rows are there, and the same as here; {moved.written} were written "
            "now. Keep the old database until you have seen that the new one is lived in."
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
