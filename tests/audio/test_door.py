"""The door of the sound room: every name is there, and is loaded when it is asked for."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import server.audio

LATE = """
import sys, server.audio
print("numpy" in sys.modules)
from server.audio import gain_for
print("numpy" in sys.modules, gain_for.__module__)
"""


@pytest.mark.parametrize("name", server.audio.__all__)
def test_each_name_is_there(name):
    """What the door promises can be taken from it, and comes from this room."""
    assert getattr(server.audio, name).__module__.startswith("server.audio.")


def test_no_name_is_that_of_a_file():
    """A file that is loaded becomes an attribute of the room, and would stand in the name's way."""
    files = {module.name for module in pkgutil.iter_modules(server.audio.__path__)}
    assert files & set(server.audio.__all__) == set()


def test_nothing_is_loaded_before_it_is_asked_for():
    """Entering the room costs nothing; taking a name from it loads what it needs."""
    done = subprocess.run(
        [sys.executable, "-c", LATE],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["False", "True", "server.audio.level"], done.stderr


def test_an_unknown_name_is_none_of_the_door_s():
    """Python's own error, as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'loudness_of_the_moon'"):
        _ = server.audio.loudness_of_the_moon
