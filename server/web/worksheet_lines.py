"""A worksheet that came back, as questions and answers in the order in which they were asked."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext

from server.care import Answered, AnsweredPair, Submitted


def lines_of(submitted: Submitted) -> list[tuple[str, str]]:
    """Each question with what was answered; of a pair both sides. What was left out is left out."""
    return [line for part in submitted.parts for line in _lines(part)]


def _lines(part: Answered | AnsweredPair) -> Iterator[tuple[str, str]]:
    if isinstance(part, Answered):
        yield part.ask, ", ".join(part.lines)
        return
    for side in (part.first, part.second):
        rating = gettext("Kindness, by your own measure: %(value)s of 10", value=side.rating)
        yield side.title, f"{side.text}\n{rating}"
