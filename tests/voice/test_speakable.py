"""speakable(): what people read becomes what a voice can say."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.voice import speakable

CASES = {
    "Sit down.": "Sit down.",
    "Sit down": "Sit down.",
    "Can it be met?": "Can it be met?",
    "*Really* sit": "Really sit.",
    "4-7-8 breathing": "4, 7, 8 breathing.",
    "Dr. Smith says so.": "Doctor Smith says so.",
    "Good. Stay with that.": "Good, Stay with that.",
    "It is the thought: I hate this.": "It is the thought, I hate this.",
    "I can’t do this": "I can't do this.",
    "[[nˈiːdɹə]] here": "nˈiːdɹə here.",
    "work & family": "work and family.",
    "and/or": "and or or.",
    "tired 😴 of it": "tired of it.",
    "wait … what": "wait. what.".replace(". w", ", w"),
    "a thought — and another": "a thought, and another.",
    "well-known": "well-known.",
    "I am “fine”": "I am fine.",
    "line\none": "line one.",
    "Why me? I hate it!": "Why me? I hate it!",
    "…": "",
    "—": "",
    "😀👍🏽": "",
    "   ": "",
    "": "",
}


@pytest.mark.parametrize("text", CASES)
def test_known_surprises(text):
    """Each surprise that Piper was measured to have is taken out of the text."""
    assert speakable(text) == CASES[text]


@given(st.text(max_size=300))
def test_any_text_becomes_safe_or_nothing(text):
    """Whatever a person typed, no raw phonemes, markup or controls reach the voice."""
    spoken = speakable(text)
    assert spoken == "" or any(letter.isalnum() for letter in spoken)
    assert not set("[]{}<>*_#|~`\\@^=+$") & set(spoken)
    assert not any(unicodedata.category(letter)[0] == "C" for letter in spoken)
    assert spoken == spoken.strip()
    assert spoken == "" or spoken[-1] in ".!?"
