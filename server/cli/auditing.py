"""audit: who did what with whose words, and whether that is as it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from server.cli.frame import Commands, as_json, main, open_database, waiting, yes
from server.cli.table import print_table, say_count
from server.errors import StepbackError

if TYPE_CHECKING:
    from server.store.care import AuditRow, TherapistRow, Verdict

HEAD = ("number", "when (UTC)", "who", "did what", "with whose", "which")
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Moment(click.ParamType[datetime]):
    """A day, or a day and a time: 2026-03-01, 2026-03-01T14:30, 2026-03-01T14:30+01:00."""

    name = "moment"

    def __init__(self, *, is_end: bool) -> None:
        self.is_end = is_end

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it; a day alone is its beginning, or its end where an end is asked for."""
        text = str(value).strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"'{value}' should be a day such as 2026-03-01, or 2026-03-01T14:30.")
        if self.is_end and len(text) <= len("2026-03-01") and moment.time() == time():
            moment += timedelta(days=1)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_id(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Read a client's id: 32 hexadecimal digits."""
    if value is None or _ID.fullmatch(value):
        return value
    raise click.BadParameter(f"'{value}' should be 32 hexadecimal digits.")


@main.group(cls=Commands)
def audit() -> None:
    """Tell who read or did what with a client's words, and whether that is as it was written."""


@audit.command()
def verify() -> None:
    """Read the whole audit, and name the first row that is not as it was written.

    Exit code 1 where there is one: something was changed, added or taken away by another hand,
    or an older backup was put back.
    """
    from server.store.care import check_audit

    _, database = open_database()
    with database.reading() as db, waiting("Reading the audit"):
        verdict = check_audit(db)
    if verdict.number is not None:
        raise StepbackError(f"{say_break(verdict)} docs/safety.md says what to do.")
    click.echo(f"The audit is as it was written: {say_count(verdict.rows, 'row')}.")


@audit.command()
@click.option(
    *("--client", "client_id"),
    metavar="ID",
    callback=read_id,
    help="What was done with this client's alone.",
)
@click.option(
    *("--since", "since_at"),
    metavar="MOMENT",
    type=Moment(is_end=False),
    help="From then on: 2026-03-01, or 2026-03-01T14:30 (UTC unless it says +01:00).",
)
@click.option(
    *("--until", "until_at"),
    metavar="MOMENT",
    type=Moment(is_end=True),
    help="Before then; a day alone counts to its end.",
)
@as_json
def show(
    client_id: str | None, since_at: datetime | None, until_at: datetime | None, is_json: bool
) -> None:
    """Show what was done, by whom and when: "who read client X between these days".

    It holds ids, not words; a client who was erased stays in it as an id.
    """
    from server.store.care import TherapistRow, list_deeds

    _, database = open_database()
    with database.reading() as db:
        found = list_deeds(db, client_id=client_id, since_at=since_at, until_at=until_at)
        if is_json:
            _print_json(found)
        else:
            _print_deeds(found, lambda therapist_id: db.get(TherapistRow, therapist_id))


@audit.command()
@yes
def accept(is_sure: bool) -> None:
    """Go on from an audit whose end is not as it should be, after a backup was put back.

    That it was is noted in the audit itself. A row that was changed stays broken.
    """
    from server.store.care import Deed, accept_end, add_deed, check_audit

    _, database = open_database()
    with database.reading() as db, waiting("Reading the audit"):
        verdict = check_audit(db)
    if verdict.number is None:
        click.echo("The audit is as it was written; there is nothing to accept.")
        return
    click.echo(say_break(verdict))
    if not is_sure:
        click.confirm("Go on from what is there?", abort=True, err=True)
    with database.writing() as db:
        accept_end(db)
        deed = Deed(actor="operator", action="accept-audit", subject=str(verdict.number))
        row = add_deed(db, deed, datetime.now(UTC))
    click.echo(f"Noted as row {row.number}.")


def say_break(verdict: Verdict) -> str:
    """What is wrong with the audit, and from where on, in one sentence."""
    from server.store.care import Break

    number = verdict.number
    said = {
        Break.CHANGED: f"Row {number} of the audit is not as it was written.",
        Break.CUT_OFF: f"The audit's end is missing, from row {number} on.",
        Break.ADDED: f"The audit has rows that Stepback did not write, from row {number} on.",
        Break.HEAD_MISSING: (
            "audit.head, in the folder of the keys, is missing or cannot be read: nobody knows "
            f"whether there was a row {number}."
        ),
    }
    return said[verdict.why or Break.CHANGED]


def _print_deeds(
    found: Iterator[AuditRow], find_therapist: Callable[[str], TherapistRow | None]
) -> None:
    names: dict[str, str] = {}

    def say_who(actor: str) -> str:
        kind, _, actor_id = actor.partition(":")
        if kind == "therapist" and actor not in names:
            row = find_therapist(actor_id)
            names[actor] = f"{row.name} ({actor_id[:8]})" if row else actor
        return names.get(actor, actor)

    rows = [
        (
            str(row.number),
            row.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            say_who(row.actor),
            row.action,
            row.client_id or "-",
            row.subject or "-",
        )
        for row in found
    ]
    if rows:
        print_table(HEAD, rows, right={"number"})
    else:
        click.echo("Nothing was done.")


def _print_json(found: Iterator[AuditRow]) -> None:
    """One array, a row on each line, written as it is read."""
    click.echo("[", nl=False)
    for index, row in enumerate(found):
        said = {
            "number": row.number,
            "at": row.at.isoformat(),
            "room_id": row.room_id,
            "actor": row.actor,
            "action": row.action,
            "client_id": row.client_id,
            "subject": row.subject,
            "hash": row.hash,
        }
        click.echo(f"{',' if index else ''}\n{json.dumps(said)}", nl=False)
    click.echo("\n]")
