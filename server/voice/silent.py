"""A voice that says nothing, for exactly as long as a voice would take to say it.

It runs the same path as Piper: for drafts, for tests, and for the first picture of a practice
before anyone has spoken it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from server.timeline import Utterance, content_key
from server.units import Ms, frames_from_ms
from server.voice.model import Spoken, Urgency, Voice, no_urgency
from server.voice.speakable import speakable

LETTER_MS = 35
"""Mean length of a letter at pace 1.0. All three were fitted to 4,690 sentences of the voice joe:
every one that the shipped scripts say, at every length."""

SENTENCE_MS = 304
"""What every sentence takes besides its letters."""

COMMA_MS = 336
"""What a comma or a colon within it takes."""

SILENT = Voice(
    name="silent",
    engine="silent",
    language="und",
    title="no voice (draft)",
    licence="It is silence, and belongs to everyone.",
    commercial="allowed",
    key=content_key("voice", "silent", str(LETTER_MS), str(SENTENCE_MS), str(COMMA_MS)),
)


def estimate_ms(utterance: Utterance) -> Ms:
    """Guess from its text how long an utterance will take to say."""
    text = speakable(utterance.spoken or utterance.text)
    commas = sum(text[:-1].count(mark) for mark in ",:;—")
    return Ms(round((SENTENCE_MS + LETTER_MS * len(text) + COMMA_MS * commas) * utterance.pace))


class SilentSpeaker:
    """Speaks silence of the estimated length."""

    voice = SILENT

    def speak(
        self,
        utterances: Sequence[Utterance],
        *,
        urgency: Urgency = no_urgency,
        on_wait: Callable[[], None] = lambda: None,
        is_needed: Callable[[Utterance], bool] = lambda _: True,
        takes: int = 1,
    ) -> Iterator[tuple[Utterance, Spoken]]:
        """Yield zeros for each utterance."""
        import numpy as np

        for utterance in utterances:
            on_wait()
            if not is_needed(utterance):
                continue
            frames = np.zeros(frames_from_ms(estimate_ms(utterance)), dtype=np.int16)
            yield utterance, Spoken(frames=frames)

    def warm(self) -> None:
        """There is nothing to load."""

    def close(self) -> None:
        """There is nothing to stop."""
