"""Submissions and reviews: both answers side by side, the question, and the rule over time."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from server.care import Shared
from server.store.care import ReviewRow
from tests.web.case_house import (
    SITUATION,
    TO_A_FRIEND,
    TO_MYSELF,
    WORKSHEET,
    allow,
    deeds,
    submit,
)
from tests.web.people_house import People

REVIEW = {
    "question": "What does <she> have that you do not?",
    "answer": "She did nothing wrong.\r\nI did.",
    "rule": "Whoever errs has to pay.",
}
NO_PAIR = {**WORKSHEET, "name": "diary", "title": "A diary", "fields": [
    {"kind": "choice", "name": "obstacle", "ask": "What was it?", "options": ["Tiredness", "Anger"],
     "hint": "", "is_many": True, "is_optional": False}]}  # fmt: skip


@pytest.fixture(autouse=True)
def _open(people: People) -> None:
    """Ines lets her worksheets be seen."""
    allow(people, people.ines, (Shared.WORKSHEETS,))


def path_of(people: People, submission_id: str, client_id: str = "") -> str:
    return f"/room/clients/{client_id or people.ines}/submissions/{submission_id}"


def field(page: str, name: str) -> str:
    """What stands in a text field of a page."""
    found = re.search(rf'<textarea[^>]*id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main")[0]))


def test_both_answers_are_side_by_side(people: People):
    """The situation above, then both with the client's own ratings, then what else was asked."""
    page = people.signed_in(people.ada).get(path_of(people, submit(people, people.ines))).text
    assert "I &lt;i&gt;forgot&lt;/i&gt; her birthday." in page
    text = text_of(page)
    order = [SITUATION, "To a friend", TO_A_FRIEND, "8 of 10", "To myself", TO_MYSELF, "1 of 10",
             "How tired are you?", "4 of 5", "A gentle question"]  # fmt: skip
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert "nearly alike" not in text


def test_a_marked_pair_says_why(people: People):
    """In a neutral sentence."""
    submission_id = submit(people, people.ines, is_marked=True)
    page = people.signed_in(people.ada).get(path_of(people, submission_id)).text
    assert "The two answers are nearly alike" in text_of(page)


def test_a_worksheet_without_two_answers_has_no_review(people: People):
    """What was chosen is listed; there is nothing to read side by side."""
    submission_id = submit(
        people, people.ines, worksheet=NO_PAIR, answers={"obstacle": ["Tiredness", "Anger"]}
    )
    ada, path = people.signed_in(people.ada), path_of(people, submission_id)
    page = ada.get(path).text
    assert "Tiredness" in page
    assert "Anger" in page
    assert "A gentle question" not in page
    assert ada.post(f"{path}/review", data=REVIEW).status_code == 404
    assert ada.get(f"{path}/together").status_code == 404
    assert ada.get(f"{path}/together/question").status_code == 404


def test_a_review_is_kept_sealed_and_changed(people: People):
    """The question is ours until it was changed; then all three are as they were written."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    assert "friend" in field(ada.get(path).text, "question")
    assert ada.post(f"{path}/review", data=REVIEW).status_code == 302
    page = ada.get(path).text
    assert {name: field(page, name) for name in REVIEW} == {
        name: text.replace("\r\n", "\n") for name, text in REVIEW.items()
    }
    ada.post(f"{path}/review", data={**REVIEW, "rule": "Whoever errs may ask."})
    assert field(ada.get(path).text, "rule") == "Whoever errs may ask."
    with people.database.reading() as db:
        row = db.scalars(select(ReviewRow)).one()
    assert row.therapist_id == people.ada
    assert row.changed_at > row.made_at
    assert b"errs" not in row.sealed_text
    assert "errs" in people.keys.get(people.ines).open(row.sealed_text, f"reviews:{path[-32:]}")


def test_a_review_is_refused_with_nothing_lost(people: People):
    """What is wrong is said at its field, and all three still hold what was typed."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    for wrong in ({"question": " "}, {"answer": "a" * 3_001}, {"rule": "r" * 501}):
        sent = {**REVIEW, "answer": "She did nothing wrong.", **wrong}
        answer = ada.post(f"{path}/review", data=sent)
        assert answer.status_code == 422
        assert re.findall(r'id="(\w+)-problem"', answer.text) == list(wrong)
        assert {name: field(answer.text, name) for name in sent} == sent
    with people.database.reading() as db:
        assert db.scalars(select(ReviewRow)).first() is None


def test_reading_together_shows_no_name(people: People):
    """First the two answers alone, then the question alone."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    ada.post(f"{path}/review", data=REVIEW)
    answers = ada.get(f"{path}/together").text
    question = ada.get(f"{path}/together/question").text
    for page in (answers, question):
        assert "Ines" not in page
        assert SITUATION[-9:] not in page
        assert "of 10" not in page
        assert "Whoever errs" not in page
        assert "<footer" not in page
    assert TO_A_FRIEND in answers
    assert TO_MYSELF in answers
    assert "What does" not in answers
    assert "What does &lt;she&gt; have that you do not?" in question
    assert TO_MYSELF not in question


def test_the_two_lines_over_time(people: People):
    """In the order of the situations; a marked pair is in the table, left out of the picture."""
    for month, ratings, is_marked in ((5, (9, 4), False), (3, (8, 1), False), (4, (7, 7), True)):
        submit(
            people,
            people.ines,
            at=datetime(2027, month, 2, tzinfo=UTC),
            ratings=ratings,
            is_marked=is_marked,
        )
    submit(people, people.ines, worksheet=NO_PAIR, answers={"obstacle": ["Anger"]})
    submit(people, people.jo)
    page = people.signed_in(people.ada).get(f"/room/clients/{people.ines}/over-time").text
    marks = re.findall(r'<circle[^>]*cx="([\d.]+)" cy="([\d.]+)"', page)
    assert [float(x) for x, _ in marks] == sorted(float(x) for x, _ in marks)
    assert [float(y) for _, y in marks] == [44.0, 28.0]  # 8, then 9
    assert re.findall(r"<td>(\d+)</td><td>(\d+)</td><td>(\d+)</td>", page) == [
        ("8", "1", "7"),
        ("9", "4", "5"),
    ]
    text = text_of(page)
    assert "One pair is left out of the picture" in text
    days = re.findall(r"2 \w+ 2027", text_of("<main" + page.partition("<tbody")[2]))
    assert days == ["2 March 2027", "2 April 2027", "2 May 2027"]
    assert "A diary" not in text
    for verdict in ("improved", "better", "worse", "progress"):
        assert verdict not in text


def test_marked_pairs_alone_make_no_picture(people: People):
    """The table says that they are left out."""
    submit(people, people.ines, is_marked=True)
    page = people.signed_in(people.ada).get(f"/room/clients/{people.ines}/over-time").text
    assert "<svg" not in page
    assert "left out: nearly alike" in page


def test_the_rules_stand_in_their_order(people: People):
    """By the moment of the worksheet, whichever review was written first; without a rule, none."""
    ada = people.signed_in(people.ada)
    for month, rule in ((6, "I may rest when ill."), (3, "Rest is earned."), (4, "")):
        submission_id = submit(people, people.ines, at=datetime(2027, month, 2, tzinfo=UTC))
        ada.post(f"{path_of(people, submission_id)}/review", data={**REVIEW, "rule": rule})
    page = ada.get(f"/room/clients/{people.ines}/over-time").text
    rules = page.partition('class="case-rules"')[2]
    assert re.findall(r"in (\w+ \d+)</a>\s*<p[^>]*>([^<]+)</p>", rules) == [
        ("March 2027", "Rest is earned."),
        ("June 2027", "I may rest when ill."),
    ]


def test_a_review_goes_with_its_worksheet(people: People):
    """What may not be seen any more takes its question, answer and rule along; and comes back."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    ada.post(f"{path}/review", data=REVIEW)
    allow(people, people.ines, (Shared.PRACTISED,))
    assert ada.get(path).status_code == 404
    assert ada.post(f"{path}/review", data=REVIEW).status_code == 404
    assert ada.post(f"{path}/review", data={}).status_code == 404
    assert ada.get(f"{path}/together/question").status_code == 404
    assert ada.get(f"/room/clients/{people.ines}/over-time").status_code == 404
    allow(people, people.ines, (Shared.WORKSHEETS,))
    assert field(ada.get(path).text, "rule") == REVIEW["rule"]


def test_nobody_else_reviews(people: People):
    """Not a colleague, and not through another client's address."""
    submission_id = submit(people, people.ines)
    path = path_of(people, submission_id)
    allow(people, people.jo, (Shared.WORKSHEETS,))
    of_jo = path_of(people, submission_id, people.jo)
    assert people.signed_in(people.ada).post(f"{of_jo}/review", data=REVIEW).status_code == 404
    for who in (people.bo, people.cy):
        assert people.signed_in(who).post(f"{path}/review", data=REVIEW).status_code == 404
    with people.database.reading() as db:
        assert db.scalars(select(ReviewRow)).first() is None
    assert deeds(people) == []
