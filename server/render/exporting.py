"""A copy of one client: everything opened, as JSON and as tables, with the sound that is left."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from server.config import Settings
from server.errors import StepbackError
from server.store import Database, RenderRow, Shelf
from server.store.care import (
    Contents,
    Deed,
    KeyRing,
    Record,
    add_deed,
    consent_of,
    get_any_client,
)
from server.store.once_file import make_durable, naming_full

PIECE_BYTES = 1 << 20
LEFT_BEHIND_SECONDS = 3600

COMPRESSED = zipfile.ZIP_DEFLATED

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins like this is a formula to a spreadsheet, whoever wrote it and in whatever words."""

READ_ME = """This is a copy of what is kept of one client, made on {made_at}.

  client.json    everything in one file, for programs
  tables/        the same as tables, one for each kind of thing, for a spreadsheet
{audio}
Moments are written in UTC. In the tables an apostrophe stands before whatever a spreadsheet would
take for a formula; in client.json everything stands as it was written. A table is not there where
{missing}.
{scope}
{unreadable}
It holds what somebody wrote in confidence, and it is not encrypted. Keep it where nobody else
reads it, and delete it when it is not needed any more.
"""

AUDIO_OF_ALL = (
    "  audio/         recordings with words for this client alone, where they are still kept\n"
)
AUDIO_OF_SEEN = "  audio/         what you gave, as it was recorded for the client's podcast app\n"

OF_ALL = """
It holds all that there is, what the therapist wrote for themselves included. Think about whether
that is to be handed on.
"""

OF_SEEN = """
It holds what the client lets their therapist see, as it was when this copy was made, and what the
therapist gave and wrote. Of what is the client's the day is told, and not the hour. The operator
of this Stepback can make a copy of everything for the client:
stepback client export {client_id} --out FILE
"""

BROKEN = """
{count} could not be opened, because another hand has changed it: see "unreadable" in client.json.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What came of it."""

    records: int
    recordings: int
    unreadable: int
    """How many things were changed by another hand, and cannot be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copying:
    """What a copy is made from."""

    database: Database
    shelf: Shelf
    keys: KeyRing

    def export_client(
        self, by: Deed, out: Path, now_at: datetime, *, is_whole: bool = False
    ) -> Exported:
        """Write a copy of the client whom the deed names to a zip: whole or not at all, for its
        owner alone. It holds what the client lets their therapist see, or with `is_whole` all.

        That it was made is in the audit before the first word is opened. Raises CaseNotFound,
        KeyGone where the client was erased, StorageFull, and StepbackError where `out` cannot be
        written.
        """
        client_id = by.client_id or ""
        with self.database.writing() as db:
            get_any_client(db, client_id)
            self.keys.get(client_id)
            add_deed(db, by, now_at)
        with self.database.reading() as db:
            client = get_any_client(db, client_id)
            contents = Contents(
                db=db,
                seal=self.keys.get(client_id),
                client=client,
                consent=None if is_whole else consent_of(db, client_id),
            )
            try:
                with (
                    naming_full(out),
                    put_whole(out) as file,
                    zipfile.ZipFile(file, "w", COMPRESSED) as zipped,
                ):
                    return _Copy(zipped, contents, self.shelf, now_at).write()
            except OSError as error:
                raise StepbackError(f"{out} cannot be written: {error.strerror}.") from error


def copies_folder(settings: Settings) -> Path:
    """Where copies lie for as long as they are made to be sent; what was left behind is removed.

    It is for its owner alone, and a killed process's copy is gone an hour later at the latest
    that somebody makes another one.
    """
    folder = settings.data_path / "copies"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - LEFT_BEHIND_SECONDS:
                path.unlink()
    return folder


@contextmanager
def put_whole(path: Path) -> Iterator[IO[bytes]]:
    """Fill a file beside `path` and move it there when it is whole and on the disk.

    It is its owner's alone from its first byte on; nothing is left where that fails.
    """
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp: mode 0600
    try:
        with os.fdopen(fd, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    make_durable(path.parent)


@dataclass(frozen=True, slots=True)
class _Copy:
    zipped: zipfile.ZipFile
    contents: Contents
    shelf: Shelf
    now_at: datetime

    def write(self) -> Exported:
        """Fill the zip."""
        tables, recordings = [], self._write_sound()
        with self._file("client.json") as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            text.write(f'{{\n"made_at": {json.dumps(self.now_at.isoformat())}')
            for name, records in self.contents.tables():
                tables.append((name, records))
                lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in records)
                text.write(f',\n"{name}": [\n{lines}\n]')
            unreadable = self.contents.unreadable
            text.write(f',\n"recordings": {json.dumps(recordings, ensure_ascii=False)}')
            text.write(f',\n"unreadable": {json.dumps(unreadable)}\n}}\n')
            text.detach()
        for name, records in tables:
            if records:
                self._write_table(name, records)
        self._write_read_me(has_sound=bool(recordings))
        return Exported(
            records=sum(len(records) for _, records in tables),
            recordings=len(recordings),
            unreadable=len(unreadable),
        )

    @contextmanager
    def _file(self, name: str) -> Iterator[IO[bytes]]:
        described = zipfile.ZipInfo(name, self.now_at.timetuple()[:6])
        described.external_attr = 0o600 << 16
        is_sound = name.startswith("audio/")  # which is as small as it can be
        described.compress_type = zipfile.ZIP_STORED if is_sound else COMPRESSED
        with self.zipped.open(described, "w") as file:
            yield file

    def _write_table(self, name: str, records: Sequence[Record]) -> None:
        flat = [flatten(each) for each in records]
        columns = list(dict.fromkeys(column for each in flat for column in each))
        with self._file(f"tables/{name}.csv") as file:
            # The mark at its beginning tells spreadsheets that it is UTF-8.
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            rows = csv.writer(text)
            rows.writerow(quote_cell(column) for column in columns)
            for each in flat:
                rows.writerow(quote_cell(each.get(column)) for column in columns)
            text.flush()
            text.detach()

    def _write_sound(self) -> list[Record]:
        written: list[Record] = []
        for row in self.contents.recordings():
            name = f"audio/{len(written) + 1:03}-{row.slug}.mp3"
            if self._copy_sound(row, name):
                told: Record = {"file": name, "title": row.title}
                if self.contents.consent is None:
                    told["ordered_at"] = row.created_at.isoformat()
                written.append(told)
        return written

    def _copy_sound(self, row: RenderRow, name: str) -> bool:
        names = [each.file_name for each in row.renditions if each.kind == "mp3"]
        try:
            path = self.shelf.render_folder(row.key) / names[0]
            with (
                self.shelf.lend(path, is_own=row.is_private) as here,
                here.open("rb") as sound,
                self._file(name) as file,
            ):
                shutil.copyfileobj(sound, file, PIECE_BYTES)
        except (IndexError, FileNotFoundError):
            return False  # it has been pruned, or its days were over
        return True

    def _write_read_me(self, *, has_sound: bool) -> None:
        contents = self.contents
        is_whole, count = contents.consent is None, len(contents.unreadable)
        audio = AUDIO_OF_ALL if is_whole else AUDIO_OF_SEEN
        said = READ_ME.format(
            audio=audio if has_sound else "",
            made_at=self.now_at.strftime("%Y-%m-%d %H:%M UTC"),
            missing="there is nothing" if is_whole else "there is nothing, or it is not to be seen",
            scope=(OF_ALL if is_whole else OF_SEEN).format(client_id=contents.client.id).strip(),
            unreadable=BROKEN.format(count=count) if count else "",
        )
        with self._file("README.txt") as file:
            file.write(said.encode())


def quote_cell(value: object) -> object:
    """Write a cell so that no spreadsheet runs it."""
    if isinstance(value, str) and value.startswith(RUN_BY_SPREADSHEETS):
        return f"'{value}"
    return value


def flatten(record: Record) -> dict[str, object]:
    """Give what is in a record's objects columns of their own, such as answers.friend."""
    flat: dict[str, object] = {}
    for name, value in record.items():
        inner = value if isinstance(value, dict) else {"": value}
        for key, each in inner.items():
            is_plain = each is None or isinstance(each, str | int | float | bool)
            text = each if is_plain else json.dumps(each, ensure_ascii=False)
            flat[f"{name}.{key}" if key else name] = text
    return flat
