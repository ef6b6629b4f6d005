"""A disk of its own, so small that it is really full: only root can mount one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(mount: Path, size: str) -> Iterator[Path]:
    """Mount a disk of this size, such as 64k, at a folder that is made; skips where none can be."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mount.mkdir()
    how = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", mount]
    made = subprocess.run(how, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    try:
        yield mount
    finally:
        # Lazily: the kernel lets go of a disk in it a moment after that was unmounted.
        subprocess.run(["umount", "--lazy", mount], check=True)
