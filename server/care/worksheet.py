"""What a worksheet is: a few questions, asked one at a time, whose answers are read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

LONGEST_TEXT = 4_000
"""Characters of an answer, where the worksheet does not say less."""

MOST_FIELDS = 20

HIGHEST_RATING = 10
"""Of a pair's two answers; the lowest is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A question that is answered in words."""

    name: str
    ask: str
    hint: str = ""
    """Said more quietly below the question."""
    longest: int = LONGEST_TEXT
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """A question with ready answers."""

    name: str
    ask: str
    options: tuple[str, ...]
    hint: str = ""
    is_many: bool = False
    """True where several may be chosen."""
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleField:
    """A question that is answered by a number, by the client's own measure."""

    name: str
    ask: str
    hint: str = ""
    least: int = 0
    most: int = 10
    least_means: str = ""
    most_means: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two answers of a pair."""

    title: str
    """What stands above the answer when both are read side by side."""
    ask: str
    hint: str = ""
    rate: str = ""
    """The question for its rating, 0 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairField:
    """Two answers that are read side by side, each with a rating by the client's own measure.

    The distance between the ratings is what is seen over time; nearly identical answers are left
    out of it, see `are_nearly_identical()`.
    """

    name: str
    first: Side
    """To a friend."""
    second: Side
    """To oneself."""
    longest: int = LONGEST_TEXT


Field: TypeAlias = TextField | ChoiceField | ScaleField | PairField


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """A worksheet, as its file says."""

    name: str
    """Its name in addresses; the file's name without `.yaml`."""
    title: str
    language: str
    """BCP 47 tag of its text."""
    summary: str
    """One or two sentences for whoever chooses it."""
    message: str
    """What a therapist may begin their personal message with."""
    fields: tuple[Field, ...]
    closing: str = ""
    """What is said when all of it was answered and read."""
    credits: str = ""

    @property
    def pair(self) -> PairField | None:
        """Its pair, of which there is one at most; None where there is none."""
        return next((field for field in self.fields if isinstance(field, PairField)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """Both sides of a pair."""

    first: str
    second: str
    first_rating: int
    """0 to 10."""
    second_rating: int
    """0 to 10."""


Answer: TypeAlias = str | int | tuple[str, ...] | PairAnswer
"""Of a text or a single choice, a scale, a choice of several, a pair."""
