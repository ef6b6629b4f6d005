"""Worksheets on a phone: which there are, each asked question by question, and what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from server.care import (
    ChoiceField,
    Field,
    PairField,
    ScaleField,
    Side,
    Worksheet,
    write_worksheet,
)
from server.render import find_guided, get_worksheet, list_worksheets
from server.web.assigned import find_assigned, kept_by_none
from server.web.language import get_phrasebook
from server.web.people import find_asking_client
from server.web.rooms import get_rooms

worksheets = Blueprint("worksheets", __name__)

MOST_PILLS = 11
"""Numbers that fit on a phone as buttons; a wider scale is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked, alone on the page."""

    id: str
    """Names it in the page."""
    kind: str
    """text, choice, scale."""
    field: str
    """The name of the field that it belongs to."""
    part: str = ""
    """first, second, first_rating or second_rating of a pair; empty for all else."""
    ask: str
    hint: str = ""
    is_optional: bool = False
    longest: int = 0
    options: tuple[str, ...] = ()
    is_many: bool = False
    least: int = 0
    most: int = 10
    least_means: str = ""
    most_means: str = ""
    about: str = ""
    """The part whose answer is shown above, to be looked at while this is answered."""
    title: str = ""
    """What that answer is called."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of a scale; none where they are too many for buttons."""
        count = self.most - self.least + 1
        is_few = self.kind == "scale" and count <= MOST_PILLS
        return tuple(range(self.least, self.most + 1)) if is_few else ()


@worksheets.get("/worksheets")
def index() -> str:
    """Show which worksheets there are, those in the page's language first."""
    own = get_phrasebook().locale.language
    found = sorted(
        list_worksheets(get_rooms().settings.scripts_path),
        key=lambda each: each.language.partition("-")[0] != own,
    )
    return render_template("worksheets/index.html", worksheets=found, data=_page_data())


@worksheets.get("/worksheets/<slug:name>")
def show(name: str) -> Response:
    """Show one worksheet; the page's script asks one question after the other."""
    worksheet = get_worksheet(get_rooms().settings.scripts_path, name)
    given = find_assigned(request.args.get("given"), "worksheet", name)
    questions = list_questions(worksheet)
    guided = find_guided(get_rooms().settings, worksheet, given.greeting if given else None)
    data = {
        **_page_data(),
        "given": given.id if given else None,
        "worksheet": write_worksheet(worksheet),
        "cover": url_for("covers.house_cover"),
        "questions": [
            {"id": each.id, "kind": each.kind, "field": each.field, "part": each.part,
             "is_optional": each.is_optional, "is_many": each.is_many}
            for each in questions
        ],
    }  # fmt: skip
    page = render_template(
        "worksheets/show.html",
        worksheet=worksheet,
        given=given,
        questions=questions,
        guided_minutes=guided.script.default_minutes if guided else None,
        data=data,
    )
    return kept_by_none(Response(page), given)


@worksheets.get("/worksheets/mine")
def mine() -> str:
    """Show what was written on this device or by this client; the page's script fills it in."""
    return render_template("worksheets/mine.html", data=_page_data())


def list_questions(worksheet: Worksheet) -> tuple[Question, ...]:
    """All that a worksheet asks, one by one: of a pair both answers, and then both ratings."""
    return tuple(each for field in worksheet.fields for each in _questions_of(field))


def _questions_of(field: Field) -> tuple[Question, ...]:
    if isinstance(field, PairField):
        sides = (("first", field.first), ("second", field.second))
        texts = (_side(field, part, side) for part, side in sides)
        ratings = (_rating(field, part, side) for part, side in sides)
        return (*texts, *ratings)
    told: dict[str, Any] = {"id": f"q-{field.name}", "field": field.name, "ask": field.ask}
    told |= {"hint": field.hint, "is_optional": field.is_optional}
    if isinstance(field, ChoiceField):
        return (Question(kind="choice", options=field.options, is_many=field.is_many, **told),)
    if isinstance(field, ScaleField):
        return (_scale(field, told),)
    return (Question(kind="text", longest=field.longest, **told),)


def _scale(field: ScaleField, told: dict[str, Any]) -> Question:
    return Question(
        kind="scale",
        least=field.least,
        most=field.most,
        least_means=field.least_means,
        most_means=field.most_means,
        **told,
    )


def _side(field: PairField, part: str, side: Side) -> Question:
    return Question(
        id=f"q-{field.name}-{part}",
        kind="text",
        field=field.name,
        part=part,
        ask=side.ask,
        hint=side.hint,
        longest=field.longest,
    )


def _rating(field: PairField, part: str, side: Side) -> Question:
    return Question(
        id=f"q-{field.name}-{part}-rating",
        kind="scale",
        field=field.name,
        part=f"{part}_rating",
        ask=side.rate or gettext("How kind is this, by your own measure?"),
        least_means=gettext("not at all"),
        most_means=gettext("very"),
        about=part,
        title=side.title,
    )


def _page_data() -> dict[str, object]:
    return {"has_joined": find_asking_client() is not None}
