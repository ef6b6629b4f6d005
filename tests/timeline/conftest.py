"""Scripts built by hand, as small as a test needs them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.script import Cue, Curve, Position, Say, Script, Stage, Word
from server.units import Db, Ms

AT = Position(line=1, column=1)


@pytest.fixture
def script() -> Callable[..., Script]:
    """Make a script of the stages that are given, each a tuple of cues; its curve is flat."""

    def make(*stages: tuple[Cue, ...], minutes: tuple[int, ...] = (1, 2, 3)) -> Script:
        return Script(
            slug="a-practice",
            title="A practice",
            summary="It is short.",
            intention="To be tested.",
            track="ground",
            minutes=minutes,
            language="en",
            voice="joe",
            pace=1.3,
            words=(
                Word(name="obstacle", ask="What is it?", default="there is no time", longest=40),
            ),
            credits="Ours.",
            curve=Curve(slower=0.0, softer_db=Db(0.0)),
            stages=tuple(
                Stage(title=f"Stage {number}", cues=cues, at=AT)
                for number, cues in enumerate(stages, 1)
            ),
        )

    return make


@pytest.fixture
def say() -> Callable[[str], Say]:
    """Make a cue that says a plain text."""
    return lambda text: Say(parts=(text,), at=AT)


@pytest.fixture
def at() -> Position:
    """A place in a file, where the place does not matter."""
    return AT


@pytest.fixture
def second() -> Ms:
    """The length of a second."""
    return Ms(1000)
