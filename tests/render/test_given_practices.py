"""A practice as it was given: what is kept of it becomes the same order, whatever has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.errors import InvalidOptions
from server.render import Giving, Workshop
from server.render.given_practices import (
    from_in,
    giving_of,
    greeting_of,
    minutes_of,
    options_of,
)
from server.script import Script
from server.store.care import AssignmentDetails
from server.timeline import Greeting, Options


@pytest.fixture
def script(workshop: Workshop) -> Script:
    return workshop.catalogue.get("small-step").script


def test_every_choice_is_in_the_order(script: Script):
    """Length, words, pace, bed, anchor and eyes, and what is said before it."""
    choices: dict[str, str | int] = {
        "minutes": 3, "pace": "slower", "bed": "none", "anchor": "hands", "eyes": "open",
    }  # fmt: skip
    greeting = Greeting(title="From Ada", text="For you.")
    details = AssignmentDetails(choices=choices, words={"obstacle": "the noise"})
    assert options_of(script, details, greeting) == Options(
        minutes=3,
        words={"obstacle": "the noise"},
        pace=1.1,
        bed="none",
        anchor="hands",
        eyes="open",
        greeting=greeting,
    )


def test_without_a_choice_all_is_as_usual(script: Script):
    """The usual length, and no words but the script's."""
    assert options_of(script, AssignmentDetails(), None) == Options(minutes=2)


def test_what_there_is_no_more_is_told_or_let_go(script: Script):
    """A pace of nobody's is refused; a word that is not asked for any more is not said."""
    with pytest.raises(InvalidOptions) as refused:
        options_of(script, AssignmentDetails(choices={"pace": "swift"}), None)
    assert refused.value.field == "pace"
    details = AssignmentDetails(words={"gone": "x", "obstacle": "y"})
    assert options_of(script, details, None).words == {"obstacle": "y"}


@pytest.mark.parametrize(
    ("wanted", "found"), [(0, 2), (1, 1), (2, 2), (3, 3), (4, 3), (60, 3), (-5, 1)]
)
def test_the_nearest_length_counts(script: Script, wanted: int, found: int):
    """The shorter one of two that are equally near."""
    assert minutes_of(script, wanted) == found
    assert minutes_of(replace(script, minutes=(5, 9)), 7) == 5


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "From Ada"), ("de", "Von Ada"), ("de-AT", "Von Ada"), ("fr", "From Ada")],
)
def test_who_it_is_from_is_said_in_its_language(language: str, said: str):
    """A language that we have no words for is greeted in English."""
    assert from_in(language, "Ada") == said


def test_a_message_is_said_where_it_is_to_be(script: Script):
    """And read alone otherwise."""
    details = AssignmentDetails(message="For you.", is_spoken=True)
    assert greeting_of(details, "From Ada") == Greeting(title="From Ada", text="For you.")
    assert greeting_of(replace(details, is_spoken=False), "From Ada") is None


def test_a_voice_that_is_gone_is_not_asked_for(workshop: Workshop, script: Script, tmp_path: Path):
    """In a house without that choice the usual voice speaks."""
    details = AssignmentDetails(choices={"voice": "gone"})
    assert giving_of(workshop.settings, script, "c" * 32, details) == Giving(client_id="c" * 32)
