"""Files in a folder that people look into: put there whole or not at all, and durably."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from server.errors import StepbackError


def put_file(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a file beside `path`, then move it there.

    Raises StepbackError where that cannot be done; nothing is left behind then.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            fill(part)
            _sync(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise StepbackError(f"{path} cannot be written: {error.strerror}.") from error


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
