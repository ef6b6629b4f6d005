"""What somebody else says to this listener before a practice: a stage of its own, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from server.errors import InvalidOptions
from server.script import split_sentences
from server.timeline.lexicon import Lexicon
from server.timeline.model import PlannedStage, SilenceStep, SpeechStep, Step, Utterance
from server.timeline.options import Greeting
from server.units import Ms

BEFORE_MS = Ms(1_000)
BETWEEN_MS = Ms(900)
"""Between two sentences: it is talk, and no practice yet."""
PARAGRAPH_MS = Ms(2_000)
AFTER_MS = Ms(4_000)
"""Then the practice begins."""


def plan_greeting(greeting: Greeting, pace: float, lexicon: Lexicon) -> PlannedStage:
    """Put a greeting in order. Every sentence is private: its clip is never shared.

    Raises InvalidOptions where it holds nothing that can be spoken.
    """
    steps = list(_steps(greeting.text, pace, lexicon))
    if not steps:
        raise InvalidOptions("message", "Please use at least one letter or digit.")
    opening, closing = SilenceStep(length_ms=BEFORE_MS), SilenceStep(length_ms=AFTER_MS)
    return PlannedStage(title=greeting.title, steps=(opening, *steps[1:], closing))


def _steps(text: str, pace: float, lexicon: Lexicon) -> Iterator[Step]:
    """Each sentence with the silence before it."""
    for paragraph in text.split("\n"):
        pause_ms = PARAGRAPH_MS
        for sentence in split_sentences(paragraph):
            if not any(letter.isalnum() for letter in sentence):
                continue  # a smile cannot be spoken, and is read on the page
            yield SilenceStep(length_ms=pause_ms)
            yield SpeechStep(
                utterance=Utterance(
                    text=sentence, pace=pace, is_private=True, spoken=lexicon.respell(sentence)
                )
            )
            pause_ms = BETWEEN_MS
