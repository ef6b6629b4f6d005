"""client: what the operator does for one client: a copy of all there is, or all of it deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.auditing import read_id
from server.cli.frame import Commands, main, open_database, waiting, yes
from server.cli.table import say_count
from server.errors import StepbackError

if TYPE_CHECKING:
    from server.store.care import Belongings


@main.group(cls=Commands)
def client() -> None:
    """Copy all there is of one client, or delete it."""


@client.command()
@click.argument("client_id", metavar="CLIENT-ID", callback=read_id)
@yes
def erase(client_id: str, is_sure: bool) -> None:
    """Delete all of a client: what they wrote, what was written about them, what they practised.

    It cannot be taken back, and takes less than a minute. The key goes first, so that copies of
    the database cannot be read either. The audit keeps the client's id, and no words. Where it
    was cut short, the same command finishes it. Stepback may run meanwhile.
    """
    from server.render import Sittings, open_catalogue
    from server.render.erasing import erase_client
    from server.store.care import Deed, KeyRing, count_belongings, get_any_client, was_erased
    from server.store.shelves import open_shelf

    settings, database = open_database()
    with database.reading() as db:
        if not was_erased(db, client_id):
            get_any_client(db, client_id)
        found = count_belongings(db, client_id)
    click.echo(say_belongings(found))
    if not is_sure:
        click.confirm("Delete all of it for good?", abort=True, err=True)
    sittings = Sittings(
        settings=settings,
        database=database,
        shelf=open_shelf(settings),
        catalogue=open_catalogue(settings),
    )
    deed = Deed(actor="operator", action="erase", client_id=client_id)
    with waiting("Deleting it"):
        erased = erase_client(sittings, KeyRing(settings.keys_path), deed)
    click.echo(f"Erased, in {erased.took_s:.1f} s.")
    if not erased.is_log_empty:
        raise StepbackError(
            "Somebody is reading the database, so that its log could not be emptied yet. Please "
            "give the same command again; where Litestream runs, while it is stopped."
        )


@client.command()
@click.argument("client_id", metavar="CLIENT-ID", callback=read_id)
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The zip to write; it must not be there yet.",
)
def export(client_id: str, out: Path) -> None:
    """Write all there is of a client into a zip: JSON, tables, and the sound that is left.

    It holds everything, opened, what the therapist wrote for themselves included; for a therapist
    the page of the client makes a copy of what the client lets them see. That it was made stands
    in the audit.
    """
    from server.render.exporting import Copying
    from server.render.own_files import check_folder
    from server.store.care import Deed, KeyRing
    from server.store.shelves import open_shelf

    settings, database = open_database()
    if out.exists():
        raise StepbackError(f"{out} is there already. Name another file.")
    check_folder(out)
    copying = Copying(
        database=database, shelf=open_shelf(settings), keys=KeyRing(settings.keys_path)
    )
    deed = Deed(actor="operator", action="export", client_id=client_id)
    with waiting("Copying it"):
        made = copying.export_client(deed, out, datetime.now(UTC), is_whole=True)
    recordings = say_count(made.recordings, "recording")
    click.echo(f"{out}: {made.records} records and {recordings}.")
    if made.unreadable:
        raise StepbackError(
            f"{made.unreadable} of them were changed by another hand and cannot be opened; "
            "client.json names them."
        )


def say_belongings(found: Belongings) -> str:
    """How much there is of a client, in one sentence."""
    said = (
        say_count(found.submissions, "worksheet"),
        say_count(found.entries, "entry of the log", "entries of the log"),
        say_count(found.recordings, "recording of their own", "recordings of their own"),
        say_count(found.sittings, "live sitting"),
    )
    return f"There is of this client: {', '.join(said)}."
