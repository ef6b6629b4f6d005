"""Backing up and putting back, killed at each step: nothing is half there, and it goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.errors import BackupRefused
from server.render.restoring import restore, try_restoring
from tests.full_case import MARKER
from tests.render.home import IDENTITY, Home, back, unpacking

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.rig,
    pytest.mark.sqlite,  # a server is backed up by its own means
]


DYING = """
import os, signal, sys
from pathlib import Path
import tests.render.home as rehearsal
from server.render.restoring import restore
from tests.render.home import Home, Identity, back, unpacking
rehearsal.IDENTITY = Identity.parse(sys.argv[3])
home, safe = Home(Path(sys.argv[1])), Path(sys.argv[2])
def step(event, arguments):
    global left
    if event in ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        left = int(line)
        sys.addaudithook(step)
        {act}
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""Does something for each line that is read, killed before the so-manieth name given or taken."""


@contextmanager
def dying_in(act: str, home: Home, safe: Path) -> Iterator[Callable[[int], bool]]:
    """Give what does it, killed at a step; False where it came to its end."""
    program = subprocess.Popen(
        (
            *(sys.executable, "-c", DYING.replace("{act}", act)),
            *(str(home.root), str(safe), IDENTITY.write()),
        ),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    asked, told = program.stdin, program.stdout

    def is_killed(step: int) -> bool:
        asked.write(f"{step}\n")
        code = int(told.readline())
        assert code in (0, -signal.SIGKILL)
        return code != 0

    with program:
        yield is_killed
        asked.close()


def test_a_killed_backup_leaves_nothing_that_looks_like_one(home: Home, safe: Path) -> None:
    """A file of the right name is whole; the next backup is made, and takes the rest away."""
    home.settle()
    with dying_in("back(home, safe)", home, safe) as is_killed:
        assert 5 < _try_killed_backups(home, safe, is_killed) < 199


def _try_killed_backups(home: Home, safe: Path, is_killed: Callable[[int], bool]) -> int:
    """At each step in turn; gives the one at which none was left."""
    for step in range(1, 200):
        has_died = is_killed(step)
        if (safe / "keys" / "1.age").exists():
            assert try_restoring(home.settings, unpacking(safe)).staged.keyless == set()
        elif (safe / "1.age").exists():
            assert try_restoring(home.settings, unpacking(safe, keys=None)).staged.files == 4
        back(home, safe, f"{step}-again")
        assert {path.name for path in home.settings.data_path.iterdir()} == {
            *("backup.lock", "secret.key", "stepback.db")
        }
        for path in safe.rglob("1.age"):
            path.unlink()
        if not has_died:
            break
    return step


def test_killed_anywhere_it_is_begun_anew(
    home: Home, new_home: Home, safe: Path, tmp_path: Path
) -> None:
    """Before each name that is given or taken: there is no house until there is a whole one."""
    ines = home.settle()
    back(home, safe)
    with dying_in("restore(home.settings, unpacking(safe))", new_home, safe) as is_killed:
        for step in range(1, 200):
            has_died = is_killed(step)
            if new_home.settings.database_path.exists():
                with pytest.raises(BackupRefused, match="is not empty"):
                    restore(new_home.settings, unpacking(safe))
            else:
                restore(new_home.settings, unpacking(safe))
            assert new_home.judge()[0] is None
            assert MARKER in new_home.words_of(ines)[0]
            shutil.rmtree(new_home.root)
            if not has_died:
                break
    assert 5 < step < 199
