"""Files beside the practices: parsed, and read again when they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar, cast

from server.errors import InvalidScript, Problem

Content = TypeVar("Content")

Parse = Callable[..., Content]
"""Makes something of a file's text, given `path=` to name it by; raises InvalidScript for one
with mistakes. A function of a module, since what it made is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFile(Generic[Content]):
    """A file as it was read."""

    content: Content | None = None
    """None where there is no such file, or mistakes in it."""
    problems: tuple[Problem, ...] = ()


def read_side_file(path: Path, parse: Parse[Content], folder: Path) -> SideFile[Content]:
    """Read a file, or give what was read of it before, as long as it is the same.

    `folder` is that of the practices; problems name the file from there on.
    """
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        status = path.stat()
    except FileNotFoundError:
        return SideFile()
    except OSError as error:
        return _broken(name, f"The file cannot be read: {error.strerror}.")
    stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
    return cast("SideFile[Content]", _read(path, parse, name, stamp))


@lru_cache(maxsize=64)
def _read(path: Path, parse: Parse[object], name: str, _stamp: tuple[int, ...]) -> SideFile[object]:
    try:
        return SideFile(content=parse(path.read_text(encoding="utf-8"), path=name))
    except InvalidScript as error:
        return SideFile(problems=error.problems)
    except UnicodeDecodeError:
        return _broken(name, "The file is not UTF-8 text.")
    except OSError as error:
        return _broken(name, f"The file cannot be read: {error.strerror}.")


def _broken(name: str, message: str) -> SideFile[Content]:
    return SideFile(problems=(Problem(path=name, line=1, column=1, message=message),))
