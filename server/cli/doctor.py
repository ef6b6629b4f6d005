"""doctor: looks at everything, and says of each red line what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from server.cli.frame import main, read_settings, waiting
from server.errors import StepbackError

if TYPE_CHECKING:
    from server.config import Settings
    from server.render import Check
    from server.store import Database


@main.command()
def doctor() -> None:
    """Look whether everything is in order, and say what to do where it is not."""
    with waiting("Looking at everything"):
        checks = look_at_all(read_settings())
    for each in checks:
        click.echo(f"{'ok ' if each.ok else 'NOT'} {each.name}: {each.detail}")
        if not each.ok:
            click.echo(f"    {each.what_to_do}")
    if not all(each.ok for each in checks):
        raise StepbackError("Not everything is in order; see above.")


def look_at_all(settings: Settings) -> tuple[Check, ...]:
    """What /ready knows, and what takes too long for whoever asks that every few seconds."""
    from server.render import check_queue, open_catalogue, run_checks
    from server.render.store_check import check_cdn, check_store
    from server.store.care import open_audited

    database = open_audited(settings.database_address, settings.keys_path)
    checks = run_checks(settings, database, open_catalogue(settings), datetime.now(UTC))
    checks = (*checks, check_queue(settings.queue_address), *check_store(settings))
    checks = (*checks, *check_cdn(settings))
    if settings.smtp_url:
        checks = (*checks, _check_mail(settings))
    if all(each.ok for each in checks if each.name in ("database", "schema")):
        checks = (*checks, _check_audit(database), _check_address(settings, database))
    return checks


def _check_audit(database: Database) -> Check:
    from server.cli.auditing import say_break
    from server.render import Check
    from server.store.care import check_audit

    with database.reading() as db:
        verdict = check_audit(db)
    if verdict.number is None:
        return Check(name="audit", ok=True, detail="The audit is as it was written.")
    what_to_do = "See `stepback audit show`, and docs/safety.md."
    return Check(name="audit", ok=False, detail=say_break(verdict), what_to_do=what_to_do)


def _check_mail(settings: Settings) -> Check:
    from server.render import Check
    from server.web.mail import greet

    trouble = greet(settings)
    if not trouble:
        return Check(name="mail", ok=True, detail="The mail server lets us in.")
    return Check(
        name="mail",
        ok=False,
        detail=f"The mail server does not let us in: {trouble}.",
        what_to_do="Look at STEPBACK_SMTP_URL. Until it is right, make links with "
        "`stepback people`, and hand them over yourself.",
    )


def _check_address(settings: Settings, database: Database) -> Check:
    """Whoever is invited by a link needs one that their phone can open."""
    from server.render import Check
    from server.store.care import has_clients

    with database.reading() as db:
        is_needed = has_clients(db)
    if not (is_needed and is_this_machine(urlsplit(settings.public_url).hostname or "")):
        return Check(name="address", ok=True, detail=f"Links begin with {settings.public_url}.")
    return Check(
        name="address",
        ok=False,
        detail=f"Links for clients begin with {settings.public_url}: no phone can open that.",
        what_to_do="Set STEPBACK_PUBLIC_URL to the address at which phones reach this machine, "
        "and start Stepback again (docs/running.md).",
    )


def is_this_machine(host: str) -> bool:
    """True for a name or an address that no other machine can open."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
