"""The command `stepback`: thin, one function per command, nothing loaded that is not needed.

Exit codes: 0 when it was done, 1 when it could not be, 2 when the command was typed wrong.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from server import __version__
from server.errors import InvalidScript, StepbackError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from server.config import Settings
    from server.render import OnProgress
    from server.script import Script


class Command(click.Command):
    """A command whose failures are one calm sentence on standard error, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - what click gives
        """Run it; a StepbackError is told, never traced."""
        try:
            return super().invoke(ctx)
        except StepbackError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


class Commands(click.Group):
    """The group, whose commands are all of our kind."""

    command_class = Command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stepback")
def main() -> None:
    """Voice-guided meditation on your own machine.

    `./run` starts everything. These commands are its parts, and the tools of an author:

    \b
      stepback check scripts/obstacles/stepping-back.md
      stepback render scripts/obstacles/stepping-back.md --minutes 10 --out stepping-back.mp3
      stepback doctor

    Settings are environment variables, STEPBACK_PORT and its like; the README lists them.
    """


migrating = click.option(
    "--migrate", "is_migrating", is_flag=True, help="Bring the database up to date first."
)


@main.command()
@migrating
def serve(is_migrating: bool) -> None:
    """Answer the web: pages, audio, feed and API. Runs until Ctrl-C."""
    from server.web.serve import serve as serve_web

    settings = _settings()
    _ready_database(settings, is_migrating=is_migrating)
    serve_web(settings, _make_application)


def _make_application(settings: Settings) -> WSGIApplication:
    """Make the web application; imports it here, so that gevent has patched before it loads."""
    from server.app import create_app

    return create_app(settings)


@main.command()
@migrating
def worker(is_migrating: bool) -> None:
    """Make recordings: speak, mix, check and publish what listeners ask for. Runs until Ctrl-C."""
    from server.render.worker import run_worker

    settings = _settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    _ready_database(settings, is_migrating=is_migrating)
    run_worker(settings)


@main.command()
def migrate() -> None:
    """Make the database, or bring it to this version's shape. Harmless to repeat."""
    _ready_database(_settings(), is_migrating=True)


def _ready_database(settings: Settings, *, is_migrating: bool) -> None:
    """Migrate, or refuse to go on with a database of another version's shape.

    Web and worker may both be told to migrate: the second finds nothing left to do.
    """
    from server.store import check_schema
    from server.store import migrate as migrate_database

    if is_migrating:
        settings.data_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        migrate_database(settings.database_path)
    else:
        check_schema(settings.database_path)


@main.command()
@click.argument("scripts", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(scripts: tuple[Path, ...]) -> None:
    """Read SCRIPTS and tell every mistake with its line and column.

    A folder stands for every .md file below it. Exit code 1 when there is a mistake.
    """
    mistakes = 0
    for path in _script_files(scripts):
        try:
            script, _ = _read_script(path)
        except InvalidScript as error:
            mistakes += len(error.problems)
            click.echo(str(error), err=True)
        else:
            click.echo(f"{path}: {script.title}, {_lengths(script)}: no mistakes")
    if mistakes:
        raise StepbackError(f"{mistakes} mistake{'s' if mistakes > 1 else ''}.")


@main.command()
@click.argument("script", type=click.Path(path_type=Path))
@click.option("--minutes", type=int, help="One of the script's lengths; else its usual one.")
@click.option("--word", "words", multiple=True, metavar="NAME=TEXT", help="Your own word.")
@click.option("--voice", default="", help="Another voice; `silent` drafts without one.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The MP3 file."
)
def render(
    script: Path, minutes: int | None, words: tuple[str, ...], voice: str, out: Path
) -> None:
    """Speak SCRIPT and write it as an MP3, with its report beside it.

    Sentences that were spoken before are taken from the shelf, so that a second render of a
    changed script speaks only what changed.
    """
    from server.render.once import render_once

    with _progress_bar() as on_progress:
        product = render_once(
            _settings(),
            *_read_script(script),
            minutes=minutes,
            words=dict(_split_word(word) for word in words),
            voice_name=voice,
            out=out,
            on_progress=on_progress,
        )
    length_s = product.duration_ms // 1000
    click.echo(f"{out}: {length_s // 60} min {length_s % 60:02} s")


@main.command()
def doctor() -> None:
    """Look whether everything is in order, and say what to do where it is not."""
    from server.render import Catalogue, run_checks
    from server.store import Database

    settings = _settings()
    checks = run_checks(
        settings,
        Database(settings.database_path),
        Catalogue(settings.scripts_path),
        datetime.now(UTC),
    )
    for each in checks:
        click.echo(f"{'ok ' if each.ok else 'NOT'} {each.name}: {each.detail}")
        if not each.ok:
            click.echo(f"    {each.what_to_do}")
    if not all(each.ok for each in checks):
        raise StepbackError("Not everything is in order; see above.")


# ── what the commands are made of ────────────────────────────────────────────────────────────


def _settings() -> Settings:
    from server.config import Settings

    return Settings.from_environment(os.environ)


def _read_script(path: Path) -> tuple[Script, str]:
    """Read a script's file: parsed, and as it is."""
    from server.script import parse_script

    try:
        source = path.read_text(encoding="utf-8")
        return parse_script(source, path=str(path)), source
    except OSError as error:
        raise StepbackError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StepbackError(f"{path} is not UTF-8 text.") from error


def _script_files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.md"))
        else:
            yield path


def _lengths(script: Script) -> str:
    return f"{', '.join(str(minutes) for minutes in script.minutes)} minutes"


def _split_word(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals:
        raise click.BadParameter(f"'{word}' should be NAME=TEXT.", param_hint="--word")
    return name, text


@contextmanager
def _progress_bar() -> Iterator[OnProgress]:
    """Show how far a render is, on standard error, where someone is watching."""
    with click.progressbar(length=1000, file=sys.stderr, show_eta=False) as bar:
        shares = {"speaking": (0, 700), "mixing": (700, 250), "checking": (950, 50)}

        def show(progress: Any) -> None:  # noqa: ANN401 - a Progress, not loaded for its name
            start, share = shares[progress.phase]
            position = start + share * progress.done_ms // max(1, progress.total_ms)
            bar.label = f"{progress.phase.capitalize():9}"
            bar.update(max(0, min(1000, position) - bar.pos), progress.stage)

        yield show
        bar.update(1000 - bar.pos)


if __name__ == "__main__":
    main()
