"""A worksheet that came back: both answers side by side, and the review that is made together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from pydantic import StringConstraints
from werkzeug.wrappers import Response

from server.care import AnsweredPair, Shared, Submitted
from server.errors import CaseNotFound
from server.store.care import (
    NewReview,
    Review,
    ReviewText,
    find_review,
    keep_review,
    list_written,
)
from server.web.case_reading import (
    PREFIX,
    get_submission,
    note_read,
    own_name,
    own_seal,
    read_case,
)
from server.web.forms import Form, read_form
from server.web.people import get_own_case, get_therapist
from server.web.rooms import get_rooms
from server.web.schemas import Incoming
from server.web.wording import date_text

LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_RULE = 1_000, 3_000, 500

case_submission = Blueprint("case_submission", __name__, url_prefix=f"{PREFIX}/submissions")


class ReviewIn(Incoming):
    """A review as it is written."""

    question: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION),
    ]
    answer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_ANSWER)] = ""
    rule: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_RULE)] = ""


@case_submission.get("/<submission_id>")
def show(client_id: str, submission_id: str) -> str:
    """Show what was asked and answered, and the review."""
    return _show(submission_id)


@case_submission.post("/<submission_id>/review")
def review(client_id: str, submission_id: str) -> Response | tuple[str, int]:
    """Keep the review."""
    form = read_form(ReviewIn)
    if form.value is None:
        return _show(submission_id, form), 422
    with get_rooms().database.writing() as db:
        _, submitted = get_submission(read_case(db, Shared.WORKSHEETS), submission_id)
        _get_pair(submitted)
        new = NewReview(
            submission_id=submission_id,
            client_id=get_own_case().id,
            therapist_id=get_therapist().id,
            text=ReviewText(**form.value.model_dump()),
        )
        keep_review(db, own_seal(), new, datetime.now(UTC))
    return redirect(
        url_for(
            "case_submission.show",
            client_id=client_id,
            submission_id=submission_id,
            _anchor="review",
        )
    )


@case_submission.get("/<submission_id>/together")
def together(client_id: str, submission_id: str) -> str:
    """Show the two answers alone, large, for a screen that both look at: no name is on it."""
    with get_rooms().database.writing() as db:
        _, submitted = get_submission(read_case(db, Shared.WORKSHEETS), submission_id)
        pair = _get_pair(submitted)
        note_read(db, "read-worksheet", submission_id)
    return render_template(
        "case/together.html",
        client_id=client_id,
        submission_id=submission_id,
        pair=pair,
        language=submitted.language,
    )


@case_submission.get("/<submission_id>/together/question")
def ask(client_id: str, submission_id: str) -> str:
    """Show the question alone."""
    with get_rooms().database.reading() as db:
        _, submitted = get_submission(read_case(db, Shared.WORKSHEETS), submission_id)
        _get_pair(submitted)
        found = find_review(db, own_seal(), get_own_case().id, submission_id)
    return render_template(
        "case/question.html",
        client_id=client_id,
        submission_id=submission_id,
        question=found.text.question if found else gentle_question(),
    )


def gentle_question() -> str:
    """What a therapist might ask when both answers were read; they may change it."""
    return gettext(
        "Your friend hears these words from you. What is it about your friend that makes that "
        "right? And what is different when it is you?"
    )


def _show(submission_id: str, form: Form[ReviewIn] | None = None) -> str:
    with get_rooms().database.writing() as db:
        submission, submitted = get_submission(read_case(db, Shared.WORKSHEETS), submission_id)
        written = list_written(db, own_seal(), get_own_case().id, submission_id)
        note_read(db, "read-worksheet", submission_id)
    return render_template(
        "case/submission.html",
        client_id=get_own_case().id,
        submission_id=submission_id,
        name=own_name(),
        day=date_text(submission.answered_at),
        at=submission.answered_at,
        submitted=submitted,
        is_marked=submission.is_marked,
        typed=form.typed if form else _typed(written[0] if written else None),
        problems=_problems(form),
        longest={"question": LONGEST_QUESTION, "answer": LONGEST_ANSWER, "rule": LONGEST_RULE},
        reviewed=_told(written[0]) if written else None,
        earlier=[_told(each) for each in written[1:]],
    )


def _told(review: Review) -> dict[str, object]:
    """What the page tells of a review: when and by whom it was written, and what it says."""
    return {
        "day": date_text(review.made_at),
        "at": review.made_at,
        "therapist": review.therapist,
        "text": review.text,
    }


def _get_pair(submitted: Submitted) -> AnsweredPair:
    if submitted.pair is None:
        raise CaseNotFound
    return submitted.pair


def _typed(found: Review | None) -> dict[str, str]:
    if found is None:
        return {"question": gentle_question(), "answer": "", "rule": ""}
    text = found.text
    return {"question": text.question, "answer": text.answer, "rule": text.rule}


def _problems(form: Form[ReviewIn] | None) -> dict[str, str]:
    said = {
        "question": gettext("Please write at least one word, and at most 1,000 characters."),
        "answer": gettext("Please write at most 3,000 characters here."),
        "rule": gettext("Please write at most 500 characters here."),
    }
    return {name: text for name, text in said.items() if form and name in form.errors}
