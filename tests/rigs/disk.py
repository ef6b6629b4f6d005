"""A disk whose power can be cut: ext4 in a file, in memory, whose every state can be copied.

What a program wrote and did not sync is in the kernel's cache and not in the file. So a copy of
the file is what would be on the disk had the power gone at that moment. It is a disk that keeps
its word: what it has said to be written is written, in that order.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 24
OPTIONS = "loop,commit=300,noauto_da_alloc"
"""The journal is written when a program syncs, and not by itself: every moment is a bad one. And
ext4 does not guess what a program should have synced, since other file systems do not either."""

MOST_COPIES = 20


def make_image(path: Path) -> None:
    """Make an empty disk."""
    with path.open("wb") as file:
        file.truncate(MEGABYTES * 2**20)
    # All is laid out now, since the kernel would do it later and in the middle of a copy.
    lazily = "lazy_itable_init=0,lazy_journal_init=0"
    subprocess.run(["mkfs.ext4", "-q", "-J", "size=4", "-E", lazily, path], check=True)


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    """Use a disk. Where its power was cut, its journal is played first."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", OPTIONS, image, folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def copy_at_rest(image: Path, copy: Path) -> None:
    """Copy a disk that nobody is writing to; again, if the kernel wrote to it meanwhile."""
    for _ in range(MOST_COPIES):
        content = image.read_bytes()
        if content == image.read_bytes():
            copy.write_bytes(content)
            return
    raise AssertionError("the disk never came to rest")
