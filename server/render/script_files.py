"""The files of the scripts folder as an author edits them: listed, read and written."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.errors import ScriptChanged, ScriptNotFound, ScriptNotWritten, StepbackError
from server.render.lexicon import LEXICON_NAME
from server.render.own_files import put_file

_NEW = re.compile(r"([a-z0-9][a-z0-9-]{0,59}/)?[a-z0-9][a-z0-9-]{0,59}\.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFile:
    """A file as it was read."""

    path: str
    """From the scripts folder on, with slashes."""
    text: str
    """Its lines ended by LF, whatever ends them on disk."""
    version: str
    """SHA-256 of its bytes: as long as it is the same, nothing was changed."""


class ScriptFiles:
    """The files of one scripts folder. They are the truth: each call looks at the disk.

    A path that comes from outside is looked up among those that are there; it is never joined
    to the folder unseen.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def list_paths(self) -> tuple[str, ...]:
        """Every script, passage and lexicon of the folder, by path."""
        return tuple(sorted(self._known()))

    def read(self, path: str) -> ScriptFile:
        """Read a file. Raises ScriptNotFound, or ScriptNotWritten where it is not UTF-8 text."""
        known = self._known()
        if path not in known:
            raise ScriptNotFound
        try:
            content = known[path].read_bytes()
            text = content.decode("utf-8")
        except FileNotFoundError as error:
            raise ScriptNotFound from error
        except UnicodeDecodeError as error:
            raise ScriptNotWritten(
                f"{path} is not UTF-8 text, so it cannot be edited here."
            ) from error
        return ScriptFile(path=path, text=_unix(text), version=hashlib.sha256(content).hexdigest())

    def write(self, path: str, text: str, *, known_version: str) -> ScriptFile:
        """Replace a file whose content is still the one that is known, whole or not at all.

        Raises ScriptNotFound, ScriptChanged, or ScriptNotWritten.
        """
        with self._alone():
            present = self.read(path)
            if present.version != known_version:
                raise ScriptChanged
            target = self._known()[path].resolve()  # of a link inside, what it leads to
            has_crlf = b"\r\n" in target.read_bytes()
            return self._put(path, target, text.replace("\n", "\r\n") if has_crlf else text)

    def add(self, path: str, text: str) -> ScriptFile:
        """Write a file that was not there.

        Its name and its folder's are made of lower-case letters, digits and hyphens. Raises
        ScriptChanged where there is one of this name, ScriptNotFound for a name that cannot be,
        or ScriptNotWritten.
        """
        if not _NEW.fullmatch(path):
            raise ScriptNotFound("The name of a script is made of letters a to z, 0 to 9 and '-'.")
        target = self._root / path
        if not self._is_inside(target):
            raise ScriptNotFound
        with self._alone():
            if target.exists():
                raise ScriptChanged(f"There is already a file {path}.")
            return self._put(path, target, text)

    def _put(self, path: str, target: Path, text: str) -> ScriptFile:
        content = text.encode("utf-8")

        def fill(part: Path) -> None:
            part.write_bytes(content)
            if target.exists():
                shutil.copymode(target, part)

        try:
            put_file(target, fill)
        except StepbackError as error:
            reason = getattr(error.__cause__, "strerror", "") or "no reason is known"
            raise ScriptNotWritten(
                f"{path} cannot be written on this machine ({reason}). The text is still in the "
                "editor, and kept on this device."
            ) from error
        return ScriptFile(path=path, text=_unix(text), version=hashlib.sha256(content).hexdigest())

    def _known(self) -> dict[str, Path]:
        """The files by path; one that leads out of the folder is not there."""
        lexicon = self._root / LEXICON_NAME
        found = [*self._root.rglob("*.md"), *([lexicon] if lexicon.exists() else [])]
        named = ((each.relative_to(self._root).as_posix(), each) for each in found)
        return {
            name: path
            for name, path in named
            if path.is_file() and self._is_inside(path) and "/." not in f"/{name}"
        }

    def _is_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self._root.resolve())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes of ours from writing between a look and a rename."""
        try:
            folder_fd = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise ScriptNotWritten(
                f"The folder of the scripts cannot be opened ({error.strerror})."
            ) from error
        try:
            fcntl.flock(folder_fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder_fd)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
