"""A file that is written once: whole, durable, readable by its owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """Write a file unless it is there; however many do it at once, one content is kept.

    Its folder is made where it is missing, for its owner alone.
    """
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=".once-")  # mkstemp: mode 0600
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


def make_durable(folder: Path) -> None:
    """Let what was named or unnamed in a folder survive a power cut."""
    folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder_fd)
    finally:
        os.close(folder_fd)
