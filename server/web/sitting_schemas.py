"""The bodies of the API of live sittings: what comes in, and what goes out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool

from server.web.schemas import (
    Anchor,
    Eyes,
    Id,
    Incoming,
    Minutes,
    OwnWords,
    Pace,
    RungOutcome,
    Slug,
)

Move = Literal["met", "step-back", "stay", "too-much", "go-back", "end", "pause", "resume"]
StationName = Literal["guided", "asking", "ground", "returning", "over"]
LineKind = Literal["speech", "bell", "breath-in", "breath-out"]


class SittingIn(Incoming):
    """What a listener would like to sit with."""

    id: Annotated[Id, Field(description="Made on the phone, at random: the same is begun once.")]
    practice: Slug
    minutes: Annotated[Minutes, Field(description="The most that it may take.")]
    anchor: Anchor = "any"
    eyes: Eyes = "any"
    pace: Pace = "as-written"
    has_buttons: Annotated[
        StrictBool, Field(description="True where the guide is to tell of a headset's buttons.")
    ] = False
    words: Annotated[OwnWords, Field(description="Words of the listener's own, by name.")] = Field(
        default_factory=dict
    )


class MoveIn(Incoming):
    """One thing that a listener does in a sitting."""

    id: Annotated[Id, Field(description="Made on the phone, at random: the same is done once.")]
    move: Move
    words: Annotated[
        OwnWords, Field(description="With a step back: what is here now, by the word's name.")
    ] = Field(default_factory=dict)


class CrisisNumberOut(BaseModel):
    """Somebody who can be rung."""

    who: str
    call: Annotated[str, Field(description="The number as people write it.")]
    dial: Annotated[str, Field(description="The number as a phone is given it.")]
    when: str


class CrisisOut(BaseModel):
    """What a page shows when somebody's words speak of danger."""

    language: str
    title: str
    text: str
    numbers: list[CrisisNumberOut]


class QuestionOut(BaseModel):
    """What the guide has asked."""

    text: str
    answers: Annotated[
        list[str], Field(description="Met, not yet, and too much where the practice has it.")
    ]


class LineOut(BaseModel):
    """Something that is heard, between silences."""

    start_seconds: float
    end_seconds: float
    text: Annotated[str, Field(description="Empty for what is no speech.")]
    kind: LineKind
    is_own: Annotated[bool, Field(description="True where it holds the listener's own words.")]


class StationOut(BaseModel):
    """Where in the sitting somebody is from a moment on, until the next one."""

    start_seconds: float
    station: StationName
    question: QuestionOut | None


class RungOut(BaseModel):
    """One step of the ladder: what came, and what became of it."""

    words: Annotated[str | None, Field(description="The listener's own; null where none are.")]
    outcome: Annotated[RungOutcome, Field(description="Empty while it is still here.")]


class SittingOut(BaseModel):
    """A sitting as it is at the moment of the answer."""

    id: str
    practice: str
    title: str
    language: str
    heard_seconds: Annotated[
        float, Field(description="Where somebody is who has missed nothing and waited for nothing.")
    ]
    certain_seconds: Annotated[float, Field(description="What lies before this is never changed.")]
    total_seconds: Annotated[float | None, Field(description="Null until the end is certain.")]
    is_paused: bool
    station: StationName
    question: QuestionOut | None
    lines: Annotated[list[LineOut], Field(description="From a minute ago to what is certain.")]
    stations: list[StationOut]
    ladder: list[RungOut]
    playlist: str
    ground: Annotated[str | None, Field(description="A file for the phone to keep.")]


class PreparingOut(BaseModel):
    """How many lines are ready, of those without which a sitting cannot begin."""

    done: int
    total: int


class NotBegunOut(BaseModel):
    """Why a sitting has not begun: it is being made ready, or the words speak of danger."""

    preparing: PreparingOut | None = None
    danger: CrisisOut | None = None


class MovedOut(BaseModel):
    """What came of a move."""

    starts_seconds: Annotated[
        float | None,
        Field(
            description="Where its answer begins: a page may jump there as soon as it is listed. "
            "Null where everything goes on as it was."
        ),
    ]
    danger: Annotated[
        CrisisOut | None,
        Field(description="There where the words speak of danger. They are not kept."),
    ]
    sitting: SittingOut
