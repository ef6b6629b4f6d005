"""What has its place in an episode's time: stages, captions and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.units import Ms


class TimedTitle(Protocol):
    """A named stretch of time, such as a Chapter of the timeline."""

    @property
    def title(self) -> str:
        """Its name; empty for a silent mark."""

    @property
    def start_ms(self) -> Ms:
        """Where it begins."""

    @property
    def end_ms(self) -> Ms:
        """Where it ends."""


class TimedWord(Protocol):
    """One word and its moment, such as a CaptionWord of the timeline."""

    @property
    def text(self) -> str:
        """The word as it was spoken."""

    @property
    def start_ms(self) -> Ms:
        """Where it begins."""


class TimedText(Protocol):
    """Words spoken in a stretch of time, such as a Caption of the timeline."""

    @property
    def text(self) -> str:
        """The words, as a person reads them."""

    @property
    def start_ms(self) -> Ms:
        """Where they begin."""

    @property
    def end_ms(self) -> Ms:
        """Where they end."""

    @property
    def words(self) -> Sequence[TimedWord]:
        """The moment of each word, in order; empty where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterMark:
    """A stage of an episode in its place: one entry of `<podcast:chapters>`' file."""

    title: str
    """Empty for a mark that no table of contents shows (`toc: false`)."""
    start_ms: Ms
    end_ms: Ms
