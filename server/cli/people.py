"""people: who works in this house, for its operator. What opens an account is a link, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from server.cli.frame import Commands, main, open_database
from server.cli.table import print_table
from server.errors import NotFound, StepbackError

if TYPE_CHECKING:
    from server.store.care import TherapistRow


@main.group(cls=Commands)
def people() -> None:
    """Add therapists, help them back in, and say that one has left.

    No account has a password that somebody else has chosen: these commands print links that work
    once.
    """


@people.command("add-therapist")
@click.argument("email")
@click.option("--name", required=True, help="As their clients read it.")
@click.option(
    "--room", "room_name", required=True, help="The practice room; made if there is none."
)
@click.option("--head", is_flag=True, help="They may invite and end colleagues; the first may.")
def add_therapist(email: str, name: str, room_name: str, head: bool) -> None:
    """Add a therapist, and print the link that leads them in, once and within 7 days."""
    from server.store.care import invitations
    from server.store.care.accounts import list_colleagues, read_email

    settings, database = open_database()
    now_at, wanted = datetime.now(UTC), read_email(email)
    with database.writing() as db:
        room = invitations.find_room(db, _line(room_name)) or invitations.add_room(
            db, _line(room_name), now_at
        )
        therapist = invitations.add_therapist(
            db,
            room_id=room.id,
            email=wanted,
            name=_line(name),
            is_head=head or not list_colleagues(db, room.id),
            now_at=now_at,
        )
        token = invitations.add_link(db, "therapist", now_at, therapist=therapist)
        _note(db, "add-therapist", therapist, now_at)
    _print_link(settings.public_url, token)


@people.command("list")
def list_people() -> None:
    """List the practice rooms and their therapists."""
    from server.store.care.accounts import list_therapists

    _, database = open_database()
    with database.reading() as db:
        found = list_therapists(db)
    if not found:
        click.echo("Nobody yet: stepback people add-therapist EMAIL --name … --room …")
        return
    print_table(
        ("room", "name", "e-mail", "since", "how it is"),
        [
            (room.name, row.name, row.email, f"{row.added_at:%Y-%m-%d}", _how_it_is(row))
            for row, room in found
        ],
        right=set(),
    )


@people.command("reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Print a link to a new password, once and within a day. The second factor stays."""
    from server.store.care.invitations import add_link

    settings, database = open_database()
    now_at = datetime.now(UTC)
    with database.writing() as db:
        therapist = _get(db, email)
        token = add_link(db, "password", now_at, therapist=therapist)
        _note(db, "reset-password", therapist, now_at)
    _print_link(settings.public_url, token)


@people.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Forget a therapist's app, recovery codes and passkeys, and sign them out.

    The next sign-in with their password sets up a new second factor. Make sure that it is them
    who asks for it.
    """
    from server.store.care import accounts

    _, database = open_database()
    now_at = datetime.now(UTC)
    with database.writing() as db:
        therapist = _get(db, email)
        accounts.reset_second_factor(db, therapist.id, now_at)
        _note(db, "reset-second-factor", therapist, now_at)
    click.echo(f"{therapist.email} sets up a second factor at the next sign-in.")


@people.command()
@click.argument("email")
def end(email: str) -> None:
    """Say that a therapist has left: they are signed out at once and can never sign in again."""
    from server.store.care.accounts import let_go

    _, database = open_database()
    now_at = datetime.now(UTC)
    with database.writing() as db:
        therapist = _get(db, email)
        let_go(db, therapist.id, now_at)
        _note(db, "end-therapist", therapist, now_at)
    click.echo(f"{therapist.email} cannot sign in any more.")


def _get(db: Any, email: str) -> TherapistRow:  # noqa: ANN401 - what writing() gives
    """The therapist of an address who has not left. Raises NotFound."""
    from server.store.care.accounts import find_account

    therapist = find_account(db, "email", email)
    if therapist is None or therapist.left_at is not None:
        raise NotFound(f"Nobody here has the address '{email}'. See `stepback people list`.")
    return therapist


def _line(text: str) -> str:
    line = " ".join(text.split())
    if not line or len(line) > 120 or not line.isprintable():
        raise StepbackError("A name is one line of at most 120 characters.")
    return line


def _note(db: Any, action: str, therapist: TherapistRow, now_at: datetime) -> None:  # noqa: ANN401
    from server.store.care import Deed, add_deed

    deed = Deed(actor="operator", action=action, room_id=therapist.room_id, subject=therapist.id)
    add_deed(db, deed, now_at)


def _print_link(public_url: str, token: str) -> None:
    click.echo(f"{public_url}/welcome/{token}")


def _how_it_is(row: TherapistRow) -> str:
    if row.left_at is not None:
        return f"left {row.left_at:%Y-%m-%d}"
    if row.password is None:
        return "invited"
    factor = "" if row.tf_totp_secret else ", no second factor yet"
    return ("may invite" if row.is_head else "works here") + factor
