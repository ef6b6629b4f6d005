"""The two lines of a worksheet and the distance between them, and the reviews to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from server.care import Answered, AnsweredPair, Shared, Submitted, read_submitted
from server.errors import CaseNotFound
from server.render import SubmissionView
from server.store.care import Review, list_reviews
from server.web.case_reading import PREFIX, note_each_read, own_name, own_seal, read_case
from server.web.people import get_own_case
from server.web.rooms import get_rooms
from server.web.trend_picture import Names, draw_trend
from server.web.wording import date_text

LONGEST_SITUATION = 140

Row = dict[str, object]
"""What a situation's row shows."""

case_over_time = Blueprint("case_over_time", __name__, url_prefix=PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One pair of answers, with what it was about."""

    id: str
    at: datetime
    is_marked: bool
    submitted: Submitted
    pair: AnsweredPair

    @property
    def first_rating(self) -> int:
        """0 to 10."""
        return self.pair.first.rating

    @property
    def second_rating(self) -> int:
        """0 to 10."""
        return self.pair.second.rating

    @property
    def text(self) -> str:
        """The beginning of what it was about."""
        lines = (
            line
            for part in self.submitted.before_pair
            if isinstance(part, Answered)
            for line in part.lines
        )
        text = " ".join(" ".join(lines).split())
        if len(text) <= LONGEST_SITUATION:
            return text
        return f"{text[:LONGEST_SITUATION].rpartition(' ')[0] or text[:LONGEST_SITUATION]}…"


@case_over_time.get("/over-time")
def index(client_id: str) -> str:
    """Show every worksheet with two answers in its own picture, and all reviews in their order."""
    with get_rooms().database.writing() as db:
        view = read_case(db, Shared.WORKSHEETS)
        if not view.consent.may_see(Shared.WORKSHEETS):
            raise CaseNotFound
        situations = _situations(view.submissions)
        reviews = list_reviews(db, own_seal(), get_own_case().id)
        note_each_read(db, "read-worksheet", situations)
    rows = {each.id: _row(each) for each in situations.values()}
    by_template: dict[str, list[Situation]] = {}
    for each in view.submissions[::-1]:
        if each.id in situations:
            by_template.setdefault(each.template, []).append(situations[each.id])
    return render_template(
        "case/over_time.html",
        client_id=client_id,
        name=own_name(),
        worksheets=[_worksheet(own, rows) for own in by_template.values()],
        reviews=_reviews(reviews, situations, rows),
    )


def _situations(submissions: Iterable[SubmissionView]) -> dict[str, Situation]:
    found = {}
    for each in submissions:
        submitted = read_submitted(each.content)
        if submitted.pair is not None:
            found[each.id] = Situation(
                id=each.id,
                at=each.answered_at,
                is_marked=each.is_marked,
                submitted=submitted,
                pair=submitted.pair,
            )
    return found


def _worksheet(situations: list[Situation], rows: Mapping[str, Row]) -> dict[str, object]:
    """Tell of one worksheet: it is called as it was the last time."""
    last = situations[-1]
    names = Names(first=last.pair.first.title, second=last.pair.second.title)
    drawn = [each for each in situations if not each.is_marked]
    return {
        "title": last.submitted.title,
        "language": last.submitted.language,
        "names": names,
        "picture": draw_trend(drawn, names) if drawn else Markup(""),
        "rows": [rows[each.id] for each in situations],
        "left_out": len(situations) - len(drawn),
    }


def _row(situation: Situation) -> Row:
    return {
        "address": url_for(
            "case_submission.show", client_id=get_own_case().id, submission_id=situation.id
        ),
        "day": date_text(situation.at),
        "at": situation.at,
        "text": situation.text,
        "first": situation.first_rating,
        "second": situation.second_rating,
        "distance": abs(situation.first_rating - situation.second_rating),
        "is_marked": situation.is_marked,
    }


def _reviews(
    reviews: Iterable[Review], situations: Mapping[str, Situation], rows: Mapping[str, Row]
) -> list[dict[str, object]]:
    """What came of each worksheet, by its moment; of what may not be seen nothing is told."""
    seen = [each for each in reviews if each.submission_id in situations]
    seen.sort(key=lambda each: situations[each.submission_id].at)
    return [
        {
            "row": rows[each.submission_id],
            "names": situations[each.submission_id].pair,
            "language": situations[each.submission_id].submitted.language,
            "text": each.text,
            "earlier": each.earlier,
        }
        for each in seen
    ]
