"""demo: a house of sample data to look around in, thrown away when it stops, however it stops.

The command starts a keeper, and the keeper web and worker. Between command and keeper is a pipe of
which nothing is ever read but its end, and that comes also when the command is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import click

from server.cli.doctor import is_this_machine
from server.cli.frame import main, read_settings
from server.errors import SettingsError, StepbackError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from server.config import Settings

HOST = "127.0.0.2"
"""An address of this machine's own, so that browsers keep the demo's cookies apart from those of a
house at 127.0.0.1; they do not look at ports."""

TAKEN_OVER = (
    *("PORT", "TITLE", "COLOURS", "VOICE", "VOICE_PROCESSES", "WEB_WORKERS"),
    *("LOG_LEVEL", "LOG_FORMAT"),
)
"""What the environment may say of a demo."""

FOLDERS = ("DATA", "KEYS", "CACHE", "SCRIPTS", "SOUNDS")
"""Each in the demo's own folder; the practices are copied, since they can be written on."""

STOPPED_WITHIN_S = 3

_spawning = multiprocessing.get_context("spawn")


@main.command()
def demo() -> None:
    """Look around in a practice room of sample data, without an account. Runs until Ctrl-C.

    All of it is in a folder of its own, which is deleted at the end. Of your house only the
    practices are read, and nothing is changed. It answers this machine alone, sends no mail and
    has no feeds.
    """
    scripts = check_demo(read_settings(), os.environ)
    end, ours = _spawning.Pipe(duplex=False)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: ours.close())
    folder = Path(tempfile.mkdtemp(prefix="stepback-demo-"))
    click.echo(f"Demo: sample data in {folder}, thrown away at stop. Ctrl-C stops it.")
    settings = demo_settings(os.environ, folder)
    keeper = _spawning.Process(target=_keep, args=(settings, end, scripts))
    keeper.start()
    end.close()
    keeper.join()
    shutil.rmtree(folder, ignore_errors=True)  # where the keeper was killed
    if not ours.closed:
        raise StepbackError("The demo ended by itself. The lines above say why.")


def check_demo(told: Settings, environ: Mapping[str, str]) -> Path:
    """Refuse what others than this machine would reach; gives the folder of the practices.

    Raises SettingsError.
    """
    public_host = urlsplit(told.public_url).hostname or ""
    for name, host in (("STEPBACK_HOST", told.host), ("STEPBACK_PUBLIC_URL", public_host)):
        if environ.get(name) and not is_this_machine(host):
            raise SettingsError(
                "The demo signs anybody in, so it answers this machine alone. Start it without "
                f"{name}, which is '{environ[name]}'."
            )
    if not told.scripts_path.is_dir():
        raise SettingsError(
            f"There is no folder {told.scripts_path}. Start the demo in Stepback's own folder, or "
            "say with STEPBACK_SCRIPTS where the practices are."
        )
    return told.scripts_path


def demo_settings(environ: Mapping[str, str], folder: Path) -> Settings:
    """The settings of a demo: of the environment only what could reach nothing of a house."""
    from server.config import Settings
    from server.environ import PREFIX

    taken = {PREFIX + name: environ.get(PREFIX + name, "") for name in TAKEN_OVER}
    own = {PREFIX + name: f"{folder}/{name.lower()}" for name in FOLDERS}
    host, port = environ.get("STEPBACK_HOST") or HOST, environ.get("STEPBACK_PORT") or "8000"
    place = f"[{host}]" if ":" in host else host
    return Settings.from_environment(
        {
            **taken,
            **own,
            "STEPBACK_HOST": host,
            "STEPBACK_PUBLIC_URL": f"http://{place}:{port}",
            "STEPBACK_RENDER_AHEAD": "no",
        }
    )


def _keep(settings: Settings, end: Connection, scripts: Path) -> None:
    """Fill the house, run it until the pipe ends, and delete it.

    In a session of its own, so that Ctrl-C in a terminal reaches the command alone.
    """
    os.setsid()
    try:
        people = _fill(settings, scripts)
        if not end.poll():  # nobody has stopped it meanwhile
            _run_parts(end, partial(_work, settings), partial(_serve, settings, people))
    finally:
        shutil.rmtree(settings.data_path.parent)


def _run_parts(end: Connection, *calls: Callable[[], None]) -> None:
    """Run each in a process of its own until one of them ends, or the pipe does."""
    parts = [_spawning.Process(target=call) for call in calls]
    for part in parts:
        part.start()
    wait([end, *(part.sentinel for part in parts)])
    for part in parts:
        part.terminate()
    for part in parts:
        part.join(STOPPED_WITHIN_S)
        with suppress(ProcessLookupError):
            os.killpg(cast(int, part.pid), signal.SIGKILL)  # nothing of it is to be kept


def _fill(settings: Settings, scripts: Path) -> dict[str, Any]:
    """Make the database and the people; gives them as plain values."""
    from server.render.sample import House, fill
    from server.store import Database, migrate
    from server.store.care import KeyRing

    shutil.copytree(scripts, settings.scripts_path)
    settings.data_path.mkdir()
    migrate(settings.database_path)
    database = Database(settings.database_path)
    house = House(database=database, keys=KeyRing(settings.keys_path), now_at=datetime.now(UTC))
    people = fill(house, settings.scripts_path)
    database.close()
    return asdict(people)


def _work(settings: Settings) -> None:
    os.setsid()
    os.nice(5)  # the voice takes what time the pages leave it
    from server.render.worker import run_worker
    from server.watch.lines import set_up_log

    set_up_log(level=settings.log_level, is_json=settings.log_format == "json")
    run_worker(settings)


def _serve(settings: Settings, people: Mapping[str, Any]) -> None:
    os.setsid()
    from server.web.serve import serve

    serve(settings, partial(_make_application, people), first_page="/demo")


def _make_application(people: Mapping[str, Any], settings: Settings) -> WSGIApplication:
    """Make the application; imports here, so that gevent has patched before anything loads."""
    from server.app import create_demo_app
    from server.render.sample import Cast

    return create_demo_app(settings, Cast(**people))
