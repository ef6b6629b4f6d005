"""Timeline → captions: what is being said, from which moment to which."""

from __future__ import annotations

from server.timeline.model import Caption, SpeechSegment, Timeline
from server.units import Ms


def captions(timeline: Timeline) -> tuple[Caption, ...]:
    """One caption for each sentence, in order, never overlapping."""
    return tuple(
        Caption(
            start_ms=segment.start_ms,
            end_ms=Ms(segment.start_ms + segment.length_ms),
            text=segment.utterance.text,
        )
        for segment in timeline.segments
        if isinstance(segment, SpeechSegment)
    )
