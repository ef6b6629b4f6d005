"""backup, restore, backup-key: all that is kept, in files that nobody reads who should not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.frame import counting_bar, main, open_database, quiet, read_settings
from server.cli.table import say_count
from server.errors import BackupRefused, StepbackError

if TYPE_CHECKING:
    from server.render.restoring import Restored
    from server.store.backup import Closer, Opener

FILE = click.Path(path_type=Path)
THERE = click.Path(exists=True, dir_okay=False, path_type=Path)

passphrase = click.option(
    "--passphrase-file",
    type=THERE,
    help="Read the passphrase from the first line of this file; otherwise it is asked for.",
)


@main.command()
@click.argument("to", metavar="FILE_OR_FOLDER", type=FILE)
@click.option(
    *("--keys", "keys_to"),
    metavar="FILE_OR_FOLDER",
    type=FILE,
    help="Back up the clients' keys as well, there: never beside the first.",
)
@click.option(
    *("--recipient", "recipients"),
    metavar="age1…",
    multiple=True,
    help="Encrypt for the holder of this key instead of with a passphrase; may be repeated.",
)
@passphrase
@click.option(
    *("--keep", "most"),
    metavar="NUMBER",
    type=click.IntRange(min=1),
    help="In a folder: afterwards delete the oldest backups, but for so many.",
)
@quiet
def backup(
    to: Path,
    keys_to: Path | None,
    recipients: tuple[str, ...],
    passphrase_file: Path | None,
    most: int | None,
    is_quiet: bool,
) -> None:
    """Back up the house into one encrypted file; Stepback may run meanwhile.

    It holds the database as it is at one moment, the secret, the scripts and the sounds of your
    own, and no recordings: they are made again. The clients' keys are not in it. Without them
    nobody reads what clients wrote, you included, so back them up too, with --keys, to another
    place. A folder gets a file with a name of its own. The format is age's.
    """
    from server.render.backing_up import HOUSE, KEYS, back_up, measure_house, refuse_a_server

    refuse_a_server(read_settings())
    settings, _ = open_database()
    closers = _closers(recipients, passphrase_file)
    now_at = datetime.now(UTC)
    out, keys_out = _name(to, HOUSE, now_at), _name(keys_to, KEYS, now_at) if keys_to else None
    with counting_bar(is_quiet=is_quiet) as begin:
        advance = begin(measure_house(settings))
        done = back_up(settings, out, closers, keys_out=keys_out, advance=advance)
    if not is_quiet:
        clients = say_count(done.clients, "client")
        click.echo(f"{out}: {done.files} files, {clients}, in {done.took_s:.1f} s.")
        where = keys_out or "not backed up; see --keys"
        click.echo(f"The clients' keys: {where}.")
    if done.keyless:
        raise StepbackError(
            f"Of {say_count(done.clients, 'client')} {done.keyless} without a key in "
            f"{settings.keys_path}: what they wrote can be read by nobody. Is it the right "
            "folder? No old backup was deleted."
        )
    for folder, kind in ((to, HOUSE), (keys_to, KEYS)):
        if most is not None and folder is not None and folder.is_dir():
            _prune(folder, kind, most)


@main.command()
@click.argument("house", metavar="FILE", type=THERE)
@click.option("--keys", type=THERE, help="The backup of the clients' keys.")
@click.option(
    *("--identity", "identity_file"),
    type=THERE,
    help="The file of `stepback backup-key`, for a backup that was made with --recipient.",
)
@passphrase
@click.option(
    "--database",
    type=THERE,
    help="A newer database of this house, such as Litestream's, in place of the backup's.",
)
@click.option("--without-keys", is_flag=True, help="Go on where clients' keys are missing.")
@click.option("--check", "is_trial", is_flag=True, help="Only look whether it could be put back.")
@quiet
def restore(
    house: Path,
    keys: Path | None,
    identity_file: Path | None,
    passphrase_file: Path | None,
    database: Path | None,
    without_keys: bool,
    is_trial: bool,
    is_quiet: bool,
) -> None:
    """Put a backup back, into an empty data folder.

    All of it is looked at before anything is put in its place: every byte, the database, the
    audit, and whether each client's key opens what they wrote. Whoever was erased since is
    erased again. Without --keys the folder of the keys is taken as it is. Stepback must not run.
    """
    from server.render.restoring import restore as put_back
    from server.render.restoring import try_restoring
    from server.render.staging import Unpacking

    settings = read_settings()
    openers = _openers(identity_file, passphrase_file)
    total = sum(path.stat().st_size for path in (house, keys) if path)
    with counting_bar(is_quiet=is_quiet) as begin:
        unpacking = Unpacking(
            house=house, keys=keys, openers=openers, advance=begin(total), database=database
        )
        act = try_restoring if is_trial else put_back
        done = act(settings, unpacking, may_lack_keys=without_keys)
    if not is_quiet:
        for line in _say_restored(done, is_trial=is_trial):
            click.echo(line)


@main.command("backup-key")
@click.argument("file", type=FILE)
def backup_key(file: Path) -> None:
    """Make a pair of keys for backups: the secret half into FILE, the other one is printed.

    A machine that has only the half that is printed makes backups with `stepback backup
    --recipient`, and cannot open them. Keep FILE where the machine is not, and on paper: without
    it no such backup can ever be opened. It is a key of age, as of `age-keygen`.
    """
    from server.store.backup import Identity
    from server.store.once_file import write_once

    identity = Identity.make()
    if file.exists():
        raise StepbackError(f"{file} is there already. Name another file.")
    if not file.parent.is_dir():
        raise StepbackError(f"There is no folder {file.parent}. Make it first, or name another.")
    write_once(file, f"# public key: {identity.recipient}\n{identity.write()}\n".encode())
    click.echo(str(identity.recipient))


def _closers(recipients: tuple[str, ...], passphrase_file: Path | None) -> list[Closer]:
    from server.store.backup import Passphrase, Recipient

    if recipients and passphrase_file:
        raise click.UsageError("A backup has a passphrase or recipients, not both.")
    if recipients:
        return [Recipient.parse(each) for each in recipients]
    return [Passphrase(_passphrase(passphrase_file, is_new=True))]


def _openers(identity_file: Path | None, passphrase_file: Path | None) -> list[Opener]:
    from server.store.backup import Identity, Passphrase

    if identity_file is None:
        return [Passphrase(_passphrase(passphrase_file, is_new=False))]
    lines = identity_file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [Identity.parse(line) for line in lines if line.strip() and not line.startswith("#")]


def _passphrase(path: Path | None, *, is_new: bool) -> str:
    if path is not None:
        text = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    elif sys.stdin.isatty():
        text = click.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new, err=True)
    else:
        raise BackupRefused("Nobody is here to be asked for the passphrase; see --passphrase-file.")
    if not text:
        raise BackupRefused("The passphrase is empty. Please choose one.")
    return str(text)


def _name(to: Path, kind: str, now_at: datetime) -> Path:
    """A file as it was named, or one of today's in a folder."""
    return to / f"stepback-{kind}-{now_at:%Y%m%dT%H%M%SZ}.age" if to.is_dir() else to


def _prune(folder: Path, kind: str, most: int) -> None:
    """Delete the oldest backups of a kind, whose names are their moments, and broken-off ones."""
    whole = sorted(folder.glob(f"stepback-{kind}-*.age"))
    for path in (*whole[:-most], *folder.glob(f".stepback-{kind}-*.age.*.part")):
        path.unlink(missing_ok=True)


def _say_restored(done: Restored, *, is_trial: bool) -> Iterator[str]:
    staged = done.staged
    there = len(staged.clients - staged.erased)
    verb = "could be put back" if is_trial else "put back"
    yield (
        f"The backup of {staged.made_at} {verb}: {staged.files} files, "
        f"{say_count(there, 'client')}, in {done.took_s:.1f} s."
    )
    if staged.keyless:
        lacking = say_count(len(staged.keyless), "client")
        yield f"There is no key of {lacking}: what was written cannot be read."
    if staged.returning:
        yield f"Erased again, since they were erased after the backup: {len(staged.returning)}."
    yield from (f"It was there and is another one, now {path}" for path in done.kept)
    if not is_trial:
        yield (
            "Everything is as it was then. Who was erased after the newest of these files is not "
            "known here: give `stepback client erase` once more for each. What was taken back "
            "since is allowed again, such as consent, devices and private feeds: tell those whom "
            "it concerns. All sign in anew. Now start Stepback, and look with `stepback doctor`."
        )
