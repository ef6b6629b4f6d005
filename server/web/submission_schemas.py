"""The bodies of the API for worksheets: what comes in from a phone, and what goes out to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictStr

from server.care import LONGEST_TEXT, MOST_FIELDS
from server.web.schemas import Given, Id, Incoming, Moment, Slug


class PairTextsIn(Incoming):
    """The two answers of a pair, to be held against one another."""

    first: Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]
    second: Annotated[StrictStr, Field(max_length=LONGEST_TEXT)]


class GuidedIn(Incoming):
    """Nothing has to be said."""

    given: Given = None


class CheckOut(BaseModel):
    """Whether two answers say nearly the same."""

    is_nearly_identical: bool


class SubmissionIn(Incoming):
    """A worksheet that was answered, as the phone tells it."""

    id: Id
    template: Annotated[Slug, Field(description="The name of the worksheet.")]
    assignment: Annotated[Id | None, Field(description="What it answers; null for none.")] = None
    answers: Annotated[
        dict[Annotated[StrictStr, Field(max_length=80)], Any],
        Field(
            max_length=MOST_FIELDS,
            description=(
                "By the name of the field: text, a number, a list of ready answers, or of a pair"
                " first and second, each with its text and rating."
            ),
        ),
    ]
    answered_at: Moment


class SubmissionOut(BaseModel):
    """A worksheet that is kept; its words are not told again."""

    id: str
    template: str
    assignment: str | None
    is_marked: Annotated[bool, Field(description="True where two answers are nearly the same.")]
    answered_at: datetime
    received_at: datetime


class OwnSubmissionOut(SubmissionOut):
    """A worksheet for whoever wrote it."""

    worksheet: Annotated[dict[str, Any], Field(description="As it was when it was taken.")]
    answers: dict[str, Any]


class OwnSubmissionsOut(BaseModel):
    """What a client has written, the latest first."""

    submissions: list[OwnSubmissionOut]
