"""Reads a submission back from how it was kept: the worksheet as it was then, with its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question and what was answered to it; several lines where several were chosen."""

    name: str
    ask: str
    lines: tuple[str, ...]
    most: int | None = None
    """Of a number, the highest that could be given; None of words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredSide:
    """One of two answers that are read side by side."""

    title: str
    text: str
    rating: int
    """0 to 10, by the client's own measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPair:
    """Both of them."""

    name: str
    first: AnsweredSide
    second: AnsweredSide


Part: TypeAlias = Answered | AnsweredPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A worksheet that came back, as it was asked then."""

    title: str
    language: str
    parts: tuple[Part, ...]
    """In the order of the questions; what was left out is not among them."""

    @property
    def pair(self) -> AnsweredPair | None:
        """The two answers to be read side by side; the first ones where there are several."""
        return next((each for each in self.parts if isinstance(each, AnsweredPair)), None)

    @property
    def before_pair(self) -> tuple[Part, ...]:
        """What is read first: all that was asked before the two answers."""
        pair = self.pair
        return self.parts[: self.parts.index(pair)] if pair else self.parts

    @property
    def after_pair(self) -> tuple[Part, ...]:
        """What was asked after the two answers."""
        pair = self.pair
        return self.parts[self.parts.index(pair) + 1 :] if pair else ()


def read_submitted(content: Mapping[str, Any]) -> Submitted:
    """Read the worksheet and the answers that were kept together."""
    worksheet, answers = content["worksheet"], content["answers"]
    return Submitted(
        title=worksheet["title"],
        language=worksheet["language"],
        parts=tuple(
            _part(field, answers[field["name"]])
            for field in worksheet["fields"]
            if field["name"] in answers
        ),
    )


def _part(field: Mapping[str, Any], answer: object) -> Part:
    if isinstance(answer, Mapping):
        return AnsweredPair(
            name=field["name"],
            first=_side(field, answer, "first"),
            second=_side(field, answer, "second"),
        )
    lines = answer if isinstance(answer, list) else [answer]
    return Answered(
        name=field["name"],
        ask=field["ask"],
        lines=tuple(str(line) for line in lines),
        most=field["most"] if isinstance(answer, int) else None,
    )


def _side(field: Mapping[str, Any], answer: Mapping[str, Any], side: str) -> AnsweredSide:
    return AnsweredSide(
        title=field[side]["title"], text=answer[side]["text"], rating=answer[side]["rating"]
    )
