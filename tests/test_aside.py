"""What takes a while keeps no other request of its process waiting."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from server.aside import aside

UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import os, gevent
from server.errors import SoundRefused
from server.aside import aside

has_begun, goes_on = os.pipe(), os.pipe()

def work():
    os.write(has_begun[1], b"x")
    return os.read(goes_on[0], 9)  # waits as the processor would: gevent knows nothing of it

def fail():
    raise SoundRefused("in there")

long = gevent.spawn(aside, work, at_once=1)
short = gevent.spawn(aside, lambda: "after it", at_once=1)
gevent.sleep(0)
os.read(has_begun[0], 1)
assert not short.ready()
os.write(goes_on[1], b"an answer")
print(long.get(), short.get())
try:
    aside(fail, SoundRefused, at_once=1)
except SoundRefused as error:
    print(error)
"""


def test_others_go_on_meanwhile():
    """It is waited for by who asked for it alone; what goes wrong in it is raised, and not said."""
    ran = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("b'an answer' after it\nin there\n", "")


def test_where_nobody_else_waits_it_is_done_at_once():
    """As in a command, and in the tests."""
    assert aside(lambda: "done", at_once=1) == "done"
    with pytest.raises(LookupError, match="wrong"):
        aside(_go_wrong, at_once=1)


def _go_wrong() -> None:
    raise LookupError("wrong")
