"""Timeline → captions: what is being said, from which moment to which."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.timeline.model import Caption, CaptionWord, SpeechSegment, Timeline, Utterance
from server.units import Ms

WordsOf = Callable[[Utterance], Sequence[CaptionWord]]
"""The words of a sentence in time, counted from its own beginning; none where nobody knows."""


def no_words(_utterance: Utterance) -> tuple[CaptionWord, ...]:
    """Nobody knows when each word is said."""
    return ()


def captions(timeline: Timeline, words_of: WordsOf = no_words) -> tuple[Caption, ...]:
    """One caption for each sentence, in order, never overlapping."""
    return tuple(
        _caption(segment, words_of(segment.utterance))
        for segment in timeline.segments
        if isinstance(segment, SpeechSegment)
    )


def _caption(segment: SpeechSegment, words: Sequence[CaptionWord]) -> Caption:
    return Caption(
        start_ms=segment.start_ms,
        end_ms=Ms(segment.start_ms + segment.length_ms),
        text=segment.utterance.text,
        words=tuple(
            CaptionWord(text=word.text, start_ms=Ms(segment.start_ms + word.start_ms))
            for word in words
        ),
    )
