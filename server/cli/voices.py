"""voices, pronounce: who speaks in this house, and how a word is said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.frame import Commands, as_json, main, read_settings, waiting
from server.cli.table import say_count

if TYPE_CHECKING:
    from server.config import Settings
    from server.voice import Commercial, ListedVoice

wav_file = click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The WAV file."
)


@main.group(cls=Commands, invoke_without_command=True)
@as_json
@click.pass_context
def voices(context: click.Context, is_json: bool) -> None:
    """List the voices: licence, use, and whether they can speak."""
    if context.invoked_subcommand is not None:
        return
    from server.render import house_voices

    settings = read_settings()
    practices = _count_practices(settings)
    rows = [_row(each, practices[each.name]) for each in house_voices(settings).list_voices()]
    click.echo(json.dumps(rows, indent=2, ensure_ascii=False) if is_json else _table(rows))


@voices.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", default="", help="How scripts will call it; else its file's name says.")
@click.option("--licence", default="", help="Its terms, in a sentence; else a card beside it says.")
@click.option(
    "--commercial",
    type=click.Choice(["allowed", "unclear", "forbidden"]),
    default="unclear",
    show_default=True,
    help="Whether its terms let money be made with what it speaks.",
)
@click.option("--replace", "is_replacing", is_flag=True, help="In place of the one of this name.")
def install(
    path: Path, name: str, licence: str, commercial: Commercial, is_replacing: bool
) -> None:
    """Try the Piper voice in PATH, and install it.

    PATH is a .onnx file with its .onnx.json beside it, or a folder that holds one such pair. It
    is loaded and has to say a sentence first. A voice that does not pass leaves nothing behind.
    """
    from server.audio import finish_clip
    from server.voice.install import install_voice

    settings = read_settings()
    with waiting("Trying the voice"):
        record = install_voice(
            path,
            settings.voices_path,
            name=name,
            licence=licence,
            commercial=commercial,
            is_replacing=is_replacing,
            finish=finish_clip,
            now_at=datetime.now(UTC),
        )
    click.echo(f"{record.title} is installed. Scripts call it `{record.name}`.")
    click.echo(f"Commercial use: {record.commercial}. Licence: {record.licence}")


@voices.command()
@click.argument("name")
def remove(name: str) -> None:
    """Take the installed voice NAME away. What it spoke stays."""
    from server.voice.install import remove_voice

    settings = read_settings()
    remove_voice(name, settings.voices_path)
    click.echo(f"The voice {name} is removed.")
    if count := _count_practices(settings)[name]:
        click.echo(f"Practices that name it: {count}. They cannot be recorded until that changes.")


@voices.command()
@click.argument("name")
@wav_file
@click.option("--text", default="", help="What it is to say; else a few sentences of ours.")
@click.option(
    "--pace",
    type=click.FloatRange(0.5, 2.0),
    default=1.3,
    show_default=True,
    help="How slowly; 1.0 is the voice's own pace.",
)
def preview(name: str, out: Path, text: str, pace: float) -> None:
    """Let the voice NAME say something."""
    from server.render.audition import preview_voice

    with waiting("Speaking"):
        length_ms = preview_voice(read_settings(), name, text=text, pace=pace, out=out)
    click.echo(f"{out}: {length_ms / 1000:.1f} s")


@main.command()
@click.argument("word")
@click.argument("respelling")
@click.option("--voice", default="joe", show_default=True, help="Whose way of saying it.")
@click.option("--sentence", default="", help="A sentence with {word} where the word belongs.")
@wav_file
def pronounce(word: str, respelling: str, voice: str, sentence: str, out: Path) -> None:
    """Say WORD as it is written and then as RESPELLING, and show both in sounds.

    Prints the line that keeps the respelling in the lexicon, scripts/lexicon.yaml.
    """
    from server.render import LEXICON_NAME
    from server.render.audition import WORD_SENTENCE, compare_spellings

    settings = read_settings()
    with waiting("Speaking"):
        said = compare_spellings(
            settings,
            voice,
            word=word,
            respelling=respelling,
            sentence=sentence or WORD_SENTENCE,
            out=out,
        )
    click.echo(f"as written  {said.written}")
    click.echo(f"respelled   {said.respelled}")
    if said.written == said.respelled:
        click.echo("Both are the same sounds: this respelling changes nothing.")
    click.echo(f"{out}: {said.length_ms / 1000:.1f} s, first as written, then respelled")
    click.echo(f"To keep it, put this line into {settings.scripts_path / LEXICON_NAME}:")
    click.echo(f"    {said.line}")


def _count_practices(settings: Settings) -> Counter[str]:
    """Count the practices that each voice speaks."""
    from server.render import Catalogue

    scripts = Catalogue(settings.scripts_path).scripts()
    return Counter(settings.voice or script.voice for script in scripts)


def _row(listed: ListedVoice, practices: int) -> dict[str, object]:
    voice = listed.voice
    return {
        "name": listed.name,
        "title": voice.title if voice else None,
        "language": voice.language if voice else None,
        "licence": voice.licence if voice else None,
        "commercial": voice.commercial if voice else None,
        "usable": not listed.trouble,
        "trouble": listed.trouble or None,
        "practices": practices,
    }


def _table(rows: Iterable[dict[str, object]]) -> str:
    return "\n".join(line for row in rows for line in _lines(row))


def _lines(row: dict[str, object]) -> Iterable[str]:
    yield (
        f"{'ok ' if row['usable'] else 'NOT'} {row['name']}: {row['title'] or 'not known'}, "
        f"speaks in {say_count(int(str(row['practices'])), 'practice')}"
    )
    if row["trouble"]:
        yield f"    {row['trouble']}"
    if row["title"]:
        language = "" if row["language"] == "und" else f"Language {row['language']}. "
        yield f"    {language}Commercial use: {row['commercial']}."
        yield f"    {row['licence']}"
