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
    with mounted("tmpfs", mount, f"size={size}"):
        yield mount


@contextmanager
def mounted(kind: str, mount: Path, options: str) -> Iterator[Path]:
    """Mount something at a folder that is made; skips where nothing can be mounted."""
    if os.geteuid() != 0:
        pytest.skip(f"only root can mount a {kind}")
    mount.mkdir()
    how = ["mount", "-t", kind, "-o", options, kind, mount]
    made = subprocess.run(how, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"a {kind} cannot be mounted here: {made.stderr.strip()}")
    try:
        yield mount
    finally:
        # Lazily: the kernel lets go of a disk in it a moment after that was unmounted.
        subprocess.run(["umount", "--lazy", mount], check=True)
