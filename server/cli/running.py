"""serve, worker, migrate: what runs, and what it begins with."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from server.cli.frame import main, read_settings, waiting
from server.cli.watching import open_worker_meters, set_up_watch, tell_elsewhere
from server.errors import StepbackError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from server.config import Settings

migrating = click.option(
    "--migrate", "is_migrating", is_flag=True, help="Bring the database up to date first."
)


@main.command()
@migrating
def serve(is_migrating: bool) -> None:
    """Answer the web: pages, audio, feed and API. Runs until Ctrl-C."""
    settings = read_settings()
    set_up_watch(settings)
    with _share_meters(settings):
        from server.web.serve import serve as serve_web

        _ready_database(settings, is_migrating=is_migrating)
        offer_first_link(settings)
        serve_web(settings, _make_application)


def _share_meters(settings: Settings) -> AbstractContextManager[None]:
    """Before anything is loaded that counts: let the web's processes be added up."""
    from server.watch.scrape import shared_meters

    return shared_meters() if settings.metrics_port else nullcontext()


def offer_first_link(settings: Settings) -> None:
    """Print the link by which the first therapist comes in, as long as there is none."""
    from server.store import Database
    from server.store.care.accounts import is_anybody_here
    from server.store.care.invitations import add_link

    database = Database(settings.database_address)
    with database.writing() as db:
        token = None if is_anybody_here(db) else add_link(db, "first", datetime.now(UTC))
    database.close()
    if token is None:
        return
    with suppress(OSError):  # nobody reads it; the next start makes another one
        click.echo("No therapist works here yet. The first one comes in by this, once, in 7 days:")
        click.echo(f"  {settings.public_url}/welcome/{token}")


def _make_application(settings: Settings) -> WSGIApplication:
    """Make the web application; imports it here, so that gevent has patched before it loads."""
    from server.app import create_app, scraped_beside

    tell_elsewhere(settings)
    application = create_app(settings)
    return scraped_beside(application, settings) if settings.metrics_port else application


@main.command()
@migrating
def worker(is_migrating: bool) -> None:
    """Make recordings: speak, mix, check and publish what listeners ask for. Runs until Ctrl-C."""
    settings = read_settings()
    set_up_watch(settings)
    from server.render.worker import run_worker

    _ready_database(settings, is_migrating=is_migrating)
    end = tell_elsewhere(settings)
    with open_worker_meters(settings):
        run_worker(settings)
    end()


@main.command()
def migrate() -> None:
    """Make the database, or bring it to this version's shape. Harmless to repeat."""
    with waiting("Bringing the database up to date"):
        _ready_database(read_settings(), is_migrating=True)


def _ready_database(settings: Settings, *, is_migrating: bool) -> None:
    """Migrate, or refuse to go on with a database of another version's shape.

    Web and worker may both be told to migrate: the second finds nothing left to do.
    """
    from server.store import check_schema
    from server.store import migrate as migrate_database

    if is_migrating:
        try:
            settings.data_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StepbackError(
                f"The folder {settings.data_path} cannot be made ({error.strerror}). Make it and "
                "give it to the user that runs Stepback, or name another one in STEPBACK_DATA."
            ) from error
        migrate_database(settings.database_address)
    else:
        check_schema(settings.database_address)
