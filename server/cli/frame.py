"""What every command stands in: the group, its failures as calm sentences, the settings."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from server import __version__
from server.errors import StepbackError

if TYPE_CHECKING:
    from server.config import Settings
    from server.store import Database

TELL_EVERY_S = 1.0
"""How long a wait may be before it is told, and how often it is told then."""

Advance = Callable[[float, str], None]
"""Moves a progress bar: what part is done, 0 to 1, and at what."""
Begin = Callable[[int], Callable[[int], None]]
"""Is told how much there is in all, and gives what is told of so much more."""

as_json = click.option("--json", "is_json", is_flag=True, help="As JSON, for programs.")
quiet = click.option("--quiet", "-q", "is_quiet", is_flag=True, help="Say only what went wrong.")
yes = click.option("--yes", "is_sure", is_flag=True, help="Do not ask first.")


class Commands(click.Group):
    """A group whose failures are one calm sentence on standard error, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - what click gives
        """Run the command that was typed; a StepbackError is told, never traced."""
        try:
            return super().invoke(ctx)
        except StepbackError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nStopped; nothing more was done.", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stepback")
def main() -> None:
    """Voice-guided meditation on your own machine.

    `./run` starts everything. These commands are its parts, and the tools of an author:

    \b
      stepback check scripts/obstacles/stepping-back.md
      stepback render scripts/obstacles/stepping-back.md --minutes 10 --out stepping-back.mp3
      stepback doctor

    Settings are environment variables, STEPBACK_PORT and its like; docs/running.md lists them.
    """


def read_settings() -> Settings:
    """Read the settings of this installation."""
    from server.config import Settings

    return Settings.from_environment(os.environ)


def open_database() -> tuple[Settings, Database]:
    """Read the settings and open the database; raises SchemaMismatch where there is none yet."""
    from server.store import check_schema
    from server.store.care import open_audited

    settings = read_settings()
    check_schema(settings.database_address)
    return settings, open_audited(settings.database_address, settings.keys_path)


@contextmanager
def progress_bar() -> Iterator[Advance]:
    """Show how far something is, on standard error, where someone is watching."""
    with click.progressbar(length=1000, file=sys.stderr, show_eta=False) as bar:

        def advance(share: float, label: str) -> None:
            bar.label = f"{label:9}"
            bar.update(max(0, min(1000, round(share * 1000)) - bar.pos))

        yield advance
        bar.update(1000 - bar.pos)


@contextmanager
def counting_bar(*, is_quiet: bool) -> Iterator[Begin]:
    """Show how much is done of what there is, where somebody is watching."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _total: lambda _more: None
        return
    with progress_bar() as show:
        yield lambda total: _count_up(show, total)


def _count_up(show: Advance, total: int) -> Callable[[int], None]:
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        show(done / max(total, 1), "")

    return advance


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is waited for and how long by now, on standard error, where someone is watching.

    For what cannot say how far it is. What is there within a second is not announced.
    """
    if not sys.stderr.isatty():
        yield
        return
    is_over = threading.Event()
    teller = threading.Thread(target=_tell_waiting, args=(what, is_over), daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def _tell_waiting(what: str, is_over: threading.Event) -> None:
    began_s, line = time.monotonic(), ""
    while not is_over.wait(TELL_EVERY_S):
        line = f"{what}: {time.monotonic() - began_s:.0f} s (Ctrl-C stops it)"
        click.echo(f"\r{line}", nl=False, err=True)
    if line:
        click.echo(f"\r{' ' * len(line)}\r", nl=False, err=True)
