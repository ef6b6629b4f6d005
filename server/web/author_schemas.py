"""The bodies of the author's API: texts come in; marks, pictures and versions go out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr

from server.web.schemas import Anchor, Eyes, Incoming, Minutes

MOST_CHARACTERS = 250_000

Text = Annotated[StrictStr, Field(max_length=MOST_CHARACTERS)]
FilePath = Annotated[StrictStr, Field(max_length=1000)]
Line = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class NewScriptIn(Incoming):
    """A practice or a passage that is to be begun."""

    title: Annotated[StrictStr, Field(min_length=1, max_length=80)]
    folder: Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    like: Annotated[
        StrictStr,
        Field(max_length=200, description="The practice whose words it begins with; empty: none."),
    ] = ""
    text: Annotated[
        Text, Field(description="Its words as they were changed and are in no file; empty: none.")
    ] = ""


class SaveIn(Incoming):
    """A text that is to be the file's."""

    text: Text
    known: Annotated[
        StrictStr,
        Field(pattern=r"^([0-9a-f]{64})?$", description="The version that was read; empty: none."),
    ]


class CheckIn(Incoming):
    """A text as it stands in the editor, and for whom it is laid out."""

    path: FilePath
    text: Text
    minutes: Minutes | None = None
    anchor: Anchor = "any"
    eyes: Eyes = "any"


class HearIn(CheckIn):
    """What of the text is to be heard."""

    first_line: Line
    last_line: Line
    is_stage: StrictBool = False


class CompareIn(Incoming):
    """Two texts of one script."""

    before: Text
    after: Text


class ScriptOut(BaseModel):
    """A file as it is on disk."""

    path: str
    version: str
    text: Annotated[str | None, Field(description="Null where it is the version that is known.")]


class MarkOut(BaseModel):
    """Something to be said of a place in the text."""

    severity: Literal["error", "warning", "hint"]
    line: int
    column: Annotated[int, Field(description="Counted from 1, in characters (code points).")]
    end_line: int
    end_column: int
    rule: Annotated[str, Field(description="Empty for a mistake in the language.")]
    message: str
    better: Annotated[str, Field(description="How it could be written; mostly empty.")]


class WayOut(BaseModel):
    """A way from one stage to another."""

    start: str
    label: str
    goes: str
    is_default: Annotated[bool, Field(description="Whoever is asked nothing may come this way.")]


class CheckOut(BaseModel):
    """What was found in a text, and how it goes in time."""

    title: str
    has_mistakes: bool
    marks: list[MarkOut]
    minutes: list[int]
    chosen: int | None
    picture: Annotated[str, Field(description="An SVG; empty where it cannot be laid out.")]
    picture_note: str
    ways: list[WayOut]


class VersionOut(BaseModel):
    """What a file once held."""

    number: int
    saved_at: datetime
    origin: Literal["saved", "found"]


class VersionsOut(BaseModel):
    """All that is kept of a file, newest first."""

    versions: list[VersionOut]


class VersionTextOut(BaseModel):
    """The text of a version."""

    text: str


class PieceOut(BaseModel):
    """Words of a line, which the other side has or has not."""

    text: str
    is_changed: bool


class SideOut(BaseModel):
    """One line on one side of a comparison."""

    line: int
    pieces: list[PieceOut]


class RowOut(BaseModel):
    """Two lines beside each other; a side is null where there is none."""

    kind: Literal["same", "changed", "left-out"]
    before: SideOut | None
    after: SideOut | None
    left_out: Annotated[int, Field(description="How many equal lines are not shown here.")]


class CompareOut(BaseModel):
    """What differs between two texts, with a little around it."""

    rows: list[RowOut]
