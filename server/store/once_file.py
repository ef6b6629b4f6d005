"""A file that is written once: whole, durable, readable by its owner alone."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import StorageFull

UNFINISHED = ".once-"
"""So begins the name of what is being written; one that stays was left by a killed process."""


@contextmanager
def naming_full(path: Path) -> Iterator[None]:
    """Say by its name that a disk has no room, or no more for this account: raises StorageFull.

    Any other trouble stays what it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(path) from error
        raise


def write_once(path: Path, content: bytes) -> None:
    """Write a file unless it is there; however many do it at once, one content is kept.

    Its folder is made where it is missing, for its owner alone, and is as durable as the file.
    """
    if path.exists():
        return
    _make_folder(path.parent)
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)  # mkstemp: mode 0600
    try:
        os.write(fd, content)
        os.fsync(fd)
        path.hardlink_to(name)  # fails where it exists: made once, and whole
    except FileExistsError:
        return  # another process was quicker; its content is the content
    finally:
        os.close(fd)
        Path(name).unlink()
    make_durable(path.parent)


def _make_folder(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in missing or (folder,):  # it may be another process's, and as new
        make_durable(each.parent)


def make_durable(path: Path) -> None:
    """Let a file's bytes, or what was named or unnamed in a folder, survive a power cut."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
