"""A disk that fails while one file is read: strace has the calls of a process fail, really."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READS = "read,pread64"


@contextmanager
def failing_reads(pid: int, *paths: Path, when: str = "1+") -> Iterator[None]:
    """Have a process's main thread fail with EIO when it reads one of these files.

    `when` is strace's: `3` for the third read alone, `3+` for it and all later ones. Skips where
    strace is not installed, or may not look into a process that it has not begun.
    """
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    of = [word for path in paths for word in ("-P", str(path.resolve()))]
    rule = f"inject={READS}:error=EIO:when={when}"
    words = ["strace", "-p", str(pid), *of, "-e", rule, "-o", "/dev/null"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        while "attached" not in (line := strace.stderr.readline()):
            if "not permitted" in line:
                pytest.skip(f"strace may not attach here: {line.strip()}")
            assert line, "strace has ended"
        try:
            yield
        finally:
            strace.terminate()  # it lets go of whom it has traced
            strace.communicate()
