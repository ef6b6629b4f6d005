"""A script and a listener's choices → a program: what is heard in order, and where moves lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.errors import NotLive
from server.script import Script
from server.sitting.model import Choices, Extras
from server.timeline import NOTHING_ADDED, Additions, Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A script as a flat list of steps, for one listener's choices."""

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        """Every shared line that may be heard, whatever the moves; each once."""
        raise NotImplementedError

    @property
    def ground(self) -> tuple[int, ...]:
        """The places of the ground's steps in order, for a phone to keep."""
        raise NotImplementedError

    def private_lines(self, words: Mapping[str, str], number: int) -> dict[int, Utterance]:
        """The lines that say these words of the listener's, by their places in the program.

        `words` holds each word's text by its name; `number` is 1 for the first ones given.
        Raises InvalidOptions as choose_words() does.
        """
        raise NotImplementedError


def compile_sitting(
    script: Script, choices: Choices, extras: Extras, additions: Additions = NOTHING_ADDED
) -> Program:
    """Make the program of a sitting. Raises NotLive for a script that asks nothing, and
    InvalidOptions for a choice that cannot be met.
    """
    raise NotLive
