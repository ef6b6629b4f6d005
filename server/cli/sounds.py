"""sounds, line: what an author types to bring sounds and recordings of their own."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.authoring import read_script
from server.cli.frame import Commands, main, read_settings, waiting
from server.errors import StepbackError

a_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@main.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def sounds(context: click.Context) -> None:
    """List the sounds of your own, and the files that cannot be used.

    Sounds are WAV, MP3, M4A, OGG or FLAC files in the folder `sounds/`; a script calls one by its
    file's name, as in `[bed sea]` or `[bell gong]`.
    """
    if context.invoked_subcommand is None:
        _list_sounds()


def _list_sounds() -> None:
    from server.render.own_sounds import import_sounds, list_own_sounds, list_refused_sounds
    from server.store.shelves import open_shelf

    settings = read_settings()
    with waiting("Taking in the sounds"):
        import_sounds(settings, open_shelf(settings))
    own, refused = list_own_sounds(settings), list_refused_sounds(settings)
    for sound in own:
        click.echo(f"{sound.name}: {_length(sound.length_ms)}")
    for file in refused:
        click.echo(f"{settings.sounds_path / file.file_name} cannot be used. {file.reason}")
    if not own and not refused:
        click.echo(
            f"There are no sounds of your own in {settings.sounds_path}. "
            "`stepback sounds add FILE` brings one."
        )


@sounds.command()
@click.argument("file", type=a_file)
@click.option("--name", help="How scripts shall call it; else the file's own name.")
def add(file: Path, name: str | None) -> None:
    """Check FILE and copy it into the folder of your sounds."""
    from server.render.own_sounds import add_sound
    from server.store.shelves import open_shelf

    settings = read_settings()
    with waiting("Taking in the sound"):
        sound = add_sound(settings, open_shelf(settings), file, name or file.stem)
    click.echo(f"{sound.name}: {_length(sound.length_ms)}")


@sounds.command()
@click.argument("name")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help=".wav or .mp3"
)
def preview(name: str, out: Path) -> None:
    """Write the sound NAME to a file, to hear it by itself.

    NAME is a bell (small, large, singing), a bed (rain, stream, wind, drone, brown) or a sound of
    your own, which is heard as a bed. A bed is louder here than it lies under a voice.
    """
    from server.render.own_sounds import import_sounds
    from server.render.preview import write_preview
    from server.store.shelves import open_shelf

    settings = read_settings()
    with waiting("Making the sound"):
        import_sounds(settings, open_shelf(settings))
        write_preview(settings, name, out)
    click.echo(str(out))


@main.command()
@click.argument("script", type=a_file, required=False)
@click.argument("line", type=click.IntRange(min=1), required=False)
@click.argument("file", type=a_file, required=False)
@click.option("--sentence", type=click.IntRange(min=1), help="Which one, if the line has several.")
@click.option("--remove", is_flag=True, help="Let the voice speak the sentence again.")
@click.option("--list", "is_list", is_flag=True, help="List all recordings.")
def line(
    script: Path | None,
    line: int | None,
    file: Path | None,
    sentence: int | None,
    remove: bool,
    is_list: bool,
) -> None:
    """Let your own recording FILE be heard in place of a sentence.

    It is the sentence that begins on LINE of SCRIPT. FILE is levelled and trimmed; it may be a
    minute long. It stands for this sentence wherever it is in this script, and for no other
    script, until the sentence is changed.
    """
    if is_list:
        _list_lines()
        return
    if script is None or line is None or (file is None) != remove:
        raise click.UsageError("Give SCRIPT LINE FILE, or --remove SCRIPT LINE, or --list.")
    _change_line(script, line, file, sentence)


def _change_line(script_path: Path, number: int, file: Path | None, nth: int | None) -> None:
    from server.render.own_lines import add_line, choose_sentence, remove_line
    from server.store.shelves import open_shelf

    settings = read_settings()
    shelf = open_shelf(settings)
    script, _ = read_script(script_path)
    text = choose_sentence(script, number, nth)
    if file is not None:
        with waiting("Taking in the recording"):
            added = add_line(settings, shelf, script.slug, text, file)
        click.echo(f"{_seconds(added.length_ms)} stand for: {text}")
    elif remove_line(settings, shelf, script.slug, text):
        click.echo(f"The voice speaks again: {text}")
    else:
        raise StepbackError(
            f"There is no recording of: {text}\n`stepback line --list` names all that there are."
        )


def _list_lines() -> None:
    from server.render.own_lines import list_lines

    found = list_lines(read_settings())
    for each in found:
        click.echo(f"{each.slug}: {_seconds(each.length_ms)}: {each.text}")
    if not found:
        click.echo(
            "There are no recordings of your own. `stepback line SCRIPT LINE FILE` brings one."
        )


def _length(length_ms: int) -> str:
    minutes, seconds = divmod(length_ms // 1000, 60)
    return f"{minutes} min {seconds:02} s" if minutes else _seconds(length_ms)


def _seconds(length_ms: int) -> str:
    return f"{length_ms / 1000:.1f} s"
