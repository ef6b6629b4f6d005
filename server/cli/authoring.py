"""render and worksheet-script: what an author types to hear a practice, or to begin one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.frame import main, progress_bar, read_settings
from server.errors import InvalidScript, StepbackError

if TYPE_CHECKING:
    from server.render import OnProgress, Progress
    from server.script import Script


@main.command()
@click.argument("script", type=click.Path(path_type=Path))
@click.option("--minutes", type=int, help="One of the script's lengths; else its usual one.")
@click.option("--word", "words", multiple=True, metavar="NAME=TEXT", help="Your own word.")
@click.option("--voice", default="", help="Another voice; `silent` drafts without one.")
@click.option(
    "--pace",
    type=click.Choice(["quicker", "as-written", "slower"]),
    default="as-written",
    help="A little quicker or slower.",
)
@click.option("--bed", default="as-written", help="A bed under all of it, or `none`.")
@click.option("--anchor", default="any", help="breath, sound, hands, feet or sight.")
@click.option("--eyes", default="any", help="open or closed.")
@click.option("--seed", type=int, default=0, help="Another telling: 0 to 3.")
@click.option(
    "--takes",
    type=click.IntRange(1, 9),
    default=1,
    show_default=True,
    help="Speak each new sentence so often and keep the best; what is on the shelf stays.",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The MP3 file."
)
def render(
    script: Path,
    minutes: int | None,
    words: tuple[str, ...],
    voice: str,
    pace: str,
    bed: str,
    anchor: str,
    eyes: str,
    seed: int,
    takes: int,
    out: Path,
) -> None:
    """Speak SCRIPT and write it as an MP3, with its report beside it.

    Sentences that were spoken before are taken from the shelf, so that a second render of a
    changed script speaks only what changed.
    """
    from server.render.once import render_once
    from server.timeline import Options, pace_named

    parsed, source = read_script(script)
    options = Options(
        minutes=minutes or parsed.default_minutes,
        words=dict(_split_word(word) for word in words),
        pace=pace_named(pace),
        bed=bed,
        anchor=anchor,
        eyes=eyes,
        seed=seed,
    )
    with _render_progress() as on_progress:
        product = render_once(
            read_settings(),
            parsed,
            source,
            options=options,
            voice_name=voice,
            takes=takes,
            out=out,
            on_progress=on_progress,
        )
    length_s = product.duration_ms // 1000
    click.echo(f"{out}: {length_s // 60} min {length_s % 60:02} s")


@main.command("worksheet-script")
@click.argument("name")
@click.option("--voice", default="joe", show_default=True, help="Who is to speak it.")
def worksheet_script(name: str, voice: str) -> None:
    """Print the script of a practice that asks what the worksheet NAME asks.

    It leaves time to write after each question. Put it into a file among the practices, change
    what you like, and it is one of them.
    """
    from server.care import find_spoken_script
    from server.render import get_worksheet

    script = find_spoken_script(get_worksheet(read_settings().scripts_path, name), voice=voice)
    if script is None:
        raise StepbackError(
            "This worksheet cannot be spoken: there are no words in its language for what stands "
            "between the questions, or it would take more than two hours."
        )
    click.echo(script, nl=False)


def read_script(path: Path) -> tuple[Script, str]:
    """Read a script's file: parsed, and as it is."""
    source = read_text(path)
    return _parse(source, path), source


def read_text(path: Path) -> str:
    """Read a file of text; raises StepbackError where it is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise StepbackError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StepbackError(
            f"{path} is not UTF-8 text. Save it as UTF-8 in your editor."
        ) from error


def _parse(source: str, path: Path) -> Script:
    """Parse a script; only one that is not right by itself has the house's own sounds looked up.

    So most scripts are checked without loading what a house is made of.
    """
    from server.render.passages import find_passages
    from server.script import parse_script

    passages = find_passages(path)
    try:
        return parse_script(source, path=str(path), passages=passages)
    except InvalidScript:
        from server.render import find_additions

        own_sounds = frozenset(find_additions(read_settings()).sounds)
        return parse_script(source, path=str(path), own_sounds=own_sounds, passages=passages)


def _split_word(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals:
        raise click.BadParameter(f"'{word}' should be NAME=TEXT.", param_hint="--word")
    return name, text


@contextmanager
def _render_progress() -> Iterator[OnProgress]:
    shares = {"speaking": (0.0, 0.9), "checking": (0.9, 0.1)}
    with progress_bar() as advance:

        def show(progress: Progress) -> None:
            start, share = shares[progress.phase]
            done = progress.done_ms / max(1, progress.total_ms)
            advance(start + share * done, progress.phase.capitalize())

        yield show
