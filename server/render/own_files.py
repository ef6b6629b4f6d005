"""Files in a folder that people look into: put there whole or not at all, and durably."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from server.errors import StepbackError
from server.store.once_file import make_durable


def check_folder(path: Path) -> None:
    """Raise StepbackError where a file that somebody asks for has no folder to be in."""
    if not path.parent.is_dir():
        raise StepbackError(f"There is no folder {path.parent}. Make it first, or name another.")


def put_file(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a file beside `path`, then move it there.

    Raises StepbackError where that cannot be done; nothing is left behind then.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            fill(part)
            make_durable(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        make_durable(path.parent)
    except OSError as error:
        raise StepbackError(f"{path} cannot be written: {error.strerror}.") from error
