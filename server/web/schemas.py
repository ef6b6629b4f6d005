"""The bodies of the API: what comes in, with nothing but what is expected, and what goes out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)

from server.timeline import TELLINGS

DAY_MS = 24 * 60 * 60 * 1000
LONGEST_MINUTES = 180
MOST_WORDS = 32

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _only_timestamps(value: object) -> object:
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        raise ValueError("This must be a time with its zone, such as 2026-03-01T07:30:00+01:00.")
    return value


def _only_this_age(value: datetime) -> datetime:
    """Keep out years that cannot be written in every zone, and clocks that were never set."""
    if not 2000 <= value.year < 2200:
        raise ValueError("This must be a time between the years 2000 and 2200.")
    return value.astimezone(UTC)


Pace = Literal["quicker", "as-written", "slower"]
BedLevel = Literal["as-written", "low", "medium", "high"]
Anchor = Literal["any", "breath", "sound", "hands", "feet", "sight"]
Eyes = Literal["any", "open", "closed"]
State = Literal["queued", "running", "done", "failed", "cancelled"]
Outcome = Literal["completed", "stopped"]

Slug = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Id = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
Minutes = Annotated[StrictInt, Field(ge=1, le=LONGEST_MINUTES)]
Moment = Annotated[AwareDatetime, BeforeValidator(_only_timestamps), AfterValidator(_only_this_age)]
OwnWords = Annotated[
    dict[Annotated[StrictStr, Field(max_length=80)], StrictStr], Field(max_length=MOST_WORDS)
]
Given = Annotated[
    Id | None,
    Field(description="What a therapist gave to this device's owner; others' ids are none."),
]
RungOutcome = Literal["", "stepped-back", "met", "grounded", "rested"]
"""What became of a rung of a ladder; empty while it is still here."""


class Incoming(BaseModel):
    """A body from outside: a field that is not expected is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RenderIn(Incoming):
    """What a listener would like to hear."""

    practice: Slug
    minutes: Minutes
    words: Annotated[OwnWords, Field(description="Words of the listener's own, by name.")] = Field(
        default_factory=dict
    )
    pace: Pace = "as-written"
    bed: Annotated[
        StrictStr,
        Field(
            max_length=40,
            description="The name of a bed for the whole practice, `none`, or `as-written`.",
        ),
    ] = "as-written"
    bed_level: BedLevel = "as-written"
    anchor: Anchor = "any"
    eyes: Eyes = "any"
    seed: Annotated[
        StrictInt,
        Field(ge=0, lt=TELLINGS, description="Which of its alternatives it is told with."),
    ] = 0
    given: Given = None


Measure = Annotated[StrictInt, Field(ge=0, le=10)]


class FeltBody(Incoming):
    """What the listener says of the moment, each by their own measure; null where left out."""

    kindness: Annotated[
        Measure | None, Field(description="How much kindness there is for what is here.")
    ] = None
    willingness: Annotated[
        Measure | None, Field(description="How willing they are to be with it.")
    ] = None


class SessionEntryIn(Incoming):
    """One occasion of practising, as the phone tells it."""

    id: Id
    practice: Slug
    render: Key | None = None
    minutes: Minutes
    started_at: Moment
    practised_ms: Annotated[StrictInt, Field(ge=0, le=DAY_MS)]
    outcome: Outcome
    is_live: Annotated[StrictBool, Field(description="True for a live sitting.")] = False
    before: FeltBody | None = None
    after: FeltBody | None = None


class AudioOut(BaseModel):
    """Where the files of a finished render are."""

    mp3: str
    vtt: str
    srt: str
    chapters: str


class StreamOut(BaseModel):
    """Where a render can be heard while it is being made, and afterwards."""

    playlist: str
    captions: Annotated[str | None, Field(description="Null until the first words are known.")]
    chapters: Annotated[str | None, Field(description="Null until the first stage is known.")]


class RenderOut(BaseModel):
    """Where a render stands."""

    key: str
    practice: str
    title: str
    minutes: int
    state: State
    phase: str | None
    stage: str | None
    done_seconds: float
    total_seconds: float
    reason: str | None
    duration_seconds: float | None
    audio: AudioOut | None
    stream: Annotated[
        StreamOut | None, Field(description="There as soon as a first piece can be heard.")
    ]
    streamed_seconds: Annotated[float, Field(description="How much of it can be heard so far.")]
    is_private: bool


class KeepableOut(BaseModel):
    """What an app has to know of a practice to keep it."""

    slug: str
    title: str
    language: str
    cover: str


class OfflinePracticeOut(BaseModel):
    """A practice that an app keeps by itself; null where there is none."""

    practice: KeepableOut | None
    render: Annotated[RenderOut | None, Field(description="Null until it has been recorded.")]


class SessionEntryOut(BaseModel):
    """An entry of the log."""

    id: str
    practice: str
    title: str
    render: str | None
    minutes: int
    started_at: datetime
    practised_ms: int
    outcome: Outcome
    is_live: bool
    before: FeltBody | None
    after: FeltBody | None


class SessionEntriesOut(BaseModel):
    """This device's log, newest first."""

    entries: list[SessionEntryOut]


class WordOut(BaseModel):
    """A word that a practice asks the listener for."""

    name: str
    ask: str
    default: str
    longest: int


class PracticeOut(BaseModel):
    """A practice of the catalogue."""

    slug: str
    title: str
    summary: str
    intention: str
    track: str
    language: str
    minutes: list[int]
    default_minutes: int
    words: list[WordOut]
    for_whom: str
    not_when: str
    voice_trouble: Annotated[
        Literal["missing", "other-language"] | None,
        Field(description="Why it cannot be spoken as it should be; null where it can."),
    ]


class PracticesOut(BaseModel):
    """The whole catalogue."""

    practices: list[PracticeOut]


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)


class GivenOut(BaseModel):
    """Whether this device's owner has a therapist here, and how much stands given."""

    is_joined: bool
    count: int
