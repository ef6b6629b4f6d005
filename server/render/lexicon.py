"""The house's lexicon: the file beside the practices, read again when it changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from server.errors import InvalidScript, Problem
from server.script import Respelling, parse_lexicon

LEXICON_NAME = "lexicon.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """A lexicon as it was read; one with mistakes in it counts as empty."""

    respellings: tuple[Respelling, ...] = ()
    problems: tuple[Problem, ...] = ()


def find_lexicon(scripts_path: Path) -> tuple[Respelling, ...]:
    """The respellings for every practice of a folder; none where there is no lexicon."""
    return read_lexicon(scripts_path / LEXICON_NAME).respellings


def read_lexicon(path: Path) -> Lexicon:
    """Read a lexicon's file, or give what was read of it before, as long as it is the same.

    A file that is not there is an empty lexicon.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return Lexicon()
    except OSError as error:
        return _broken(path, f"The lexicon cannot be read: {error.strerror}.")
    return _read(path, (status.st_ino, status.st_size, status.st_mtime_ns))


def lexicon_line(word: str, spoken: str) -> str:
    """Write a respelling as a lexicon's line. Raises InvalidScript where none may hold it."""
    line = yaml.safe_dump({word: spoken}, allow_unicode=True, width=10_000).strip()
    parse_lexicon(line, path=LEXICON_NAME)
    return line


@lru_cache(maxsize=16)
def _read(path: Path, _stamp: tuple[int, ...]) -> Lexicon:
    try:
        text = path.read_text(encoding="utf-8")
        return Lexicon(respellings=parse_lexicon(text, path=_name(path)))
    except InvalidScript as error:
        return Lexicon(problems=error.problems)
    except UnicodeDecodeError:
        return _broken(path, "The file is not UTF-8 text.")
    except OSError as error:
        return _broken(path, f"The lexicon cannot be read: {error.strerror}.")


def _name(path: Path) -> str:
    """Name the file as problems of practices do, from the folder of the practices on."""
    return f"{path.parent.name}/{path.name}"


def _broken(path: Path, message: str) -> Lexicon:
    return Lexicon(problems=(Problem(path=_name(path), line=1, column=1, message=message),))
