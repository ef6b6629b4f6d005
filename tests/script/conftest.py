"""Fixtures of the script room: a front matter to put before a body, and readable results."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass

import pytest

from server.errors import InvalidScript
from server.script import Script, parse_script

FRONT = """\
---
title: Stepping back
slug: stepping-back
summary: For the days when something says no.
intention: To greet what is in the way.
track: obstacles
minutes: [5, 10]
voice: joe
words:
  obstacle: {ask: "What is here?", default: a thought}
credits: Our own words.
---
"""


@pytest.fixture(scope="session")
def front() -> str:
    """A front matter of twelve lines without a mistake: a body after it begins on line 13."""
    return FRONT


@pytest.fixture(scope="session")
def read() -> Callable[[str], Script]:
    """Parse a body under that front matter."""
    return lambda body: parse_script(FRONT + body, path="x.md")


@pytest.fixture(scope="session")
def mistakes() -> Callable[[str], list[str]]:
    """The mistakes of a whole text as people see them, without the file's name."""

    def find(text: str) -> list[str]:
        try:
            parse_script(text, path="x.md")
        except InvalidScript as error:
            return [str(problem).removeprefix("x.md:") for problem in error.problems]
        return []

    return find


@pytest.fixture(scope="session")
def as_data() -> Callable[[object], object]:
    """Turn a script into what JSON can hold; places become 'line:column'."""
    return _as_data


def _as_data(value: object) -> object:
    if isinstance(value, tuple):
        return [_as_data(item) for item in value]
    if not is_dataclass(value):
        return value
    name = type(value).__name__
    if name == "Position":
        return f"{value.line}:{value.column}"  # type: ignore[attr-defined]
    return {"is": name} | {f.name: _as_data(getattr(value, f.name)) for f in fields(value)}
