"""Submissions and reviews: both answers side by side, the question, and the rule over time."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from server.care import Shared
from server.errors import SealBroken
from server.store.care import (
    NewReview,
    ReviewRow,
    ReviewText,
    find_review,
    keep_review,
    list_reviews,
    list_written,
)
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


def kept_reviews(people: People) -> list[ReviewRow]:
    with people.database.reading() as db:
        return list(db.scalars(select(ReviewRow).order_by(ReviewRow.made_at)))


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


def test_a_review_is_kept_sealed_and_written_anew(people: People):
    """The question is ours until it was changed; then all three are as they were last written."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    assert "friend" in field(ada.get(path).text, "question")
    assert ada.post(f"{path}/review", data=REVIEW).status_code == 302
    page = ada.get(path).text
    assert {name: field(page, name) for name in REVIEW} == {
        name: text.replace("\r\n", "\n") for name, text in REVIEW.items()
    }
    ada.post(f"{path}/review", data={**REVIEW, "rule": "Whoever errs may ask."})
    assert field(ada.get(path).text, "rule") == "Whoever errs may ask."
    rows, seal = kept_reviews(people), people.keys.get(people.ines)
    assert [row.therapist_id for row in rows] == [people.ada, people.ada]
    assert rows[0].made_at < rows[1].made_at
    for row, rule in zip(rows, (REVIEW["rule"], "Whoever errs may ask."), strict=True):
        assert b"errs" not in row.sealed_text
        assert json.loads(seal.open(row.sealed_text, f"reviews:{row.id}"))["rule"] == rule
        with pytest.raises(SealBroken):
            seal.open(row.sealed_text, f"reviews:{path[-32:]}")


def test_what_was_written_before_stays(people: People):
    """Folded beneath, the latest first, with the day and who wrote it; none is lost or doubled."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    rules = ("Rest is earned.", "Rest is <earned>, mostly.", "I may rest.")
    for rule in (*rules, rules[-1]):
        ada.post(f"{path}/review", data={**REVIEW, "rule": rule})
    assert len(kept_reviews(people)) == 3
    page = ada.get(path).text
    assert field(page, "rule") == rules[-1]
    folded = text_of("<main" + page.partition('id="earlier"')[2])
    assert "2 earlier versions" in folded
    assert folded.index("Rest is <earned>, mostly.") < folded.index("Rest is earned.")
    assert "I may rest." not in folded
    assert folded.count("Ada") == 2
    assert folded.count(REVIEW["question"]) == 2
    assert REVIEW["question"] in html.unescape(ada.get(f"{path}/together/question").text)


def test_a_first_review_has_nothing_before_it(people: People):
    """No fold where there is nothing in it."""
    ada, path = people.signed_in(people.ada), path_of(people, submit(people, people.ines))
    assert 'id="earlier"' not in ada.get(path).text
    ada.post(f"{path}/review", data=REVIEW)
    assert 'id="earlier"' not in ada.get(path).text


def test_the_latest_counts_whatever_the_clock_says(people: People):
    """Two in the same moment, or a clock that was set back, are still one after the other."""
    submission_id, at = submit(people, people.ines), datetime(2027, 3, 2, tzinfo=UTC)
    seal, answer = people.keys.get(people.ines), "It is not the same."
    moments = (at, at, at - timedelta(hours=1))
    for number, moment in enumerate(moments):
        new = NewReview(
            submission_id=submission_id,
            client_id=people.ines,
            therapist_id=people.ada,
            text=ReviewText(question="And you?", answer=answer, rule=f"Rule {number}"),
        )
        with people.database.writing() as db:
            keep_review(db, seal, new, moment)
    with people.database.reading() as db:
        written = list_written(db, seal, people.ines, submission_id)
        (latest,) = list_reviews(db, seal, people.ines)
        assert find_review(db, seal, people.ines, submission_id) == written[0]
        assert list_written(db, seal, people.jo, submission_id) == ()
    assert [each.text.rule for each in written] == ["Rule 2", "Rule 1", "Rule 0"]
    assert (latest, latest.earlier) == (written[0], 2)


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


def test_reviews_can_be_laid_side_by_side(people: People):
    """By the moment of the worksheet, whichever was written first: each with its situation, both
    ratings, question, answer and rule as they were last written.
    """
    ada = people.signed_in(people.ada)
    written = (
        (6, (8, 5), {"answer": "She was tired, too.", "rule": "I may rest when ill."}),
        (3, (8, 1), {"answer": "It was my fault.", "rule": "Rest is earned."}),
        (4, (7, 3), {"answer": "", "rule": ""}),
    )
    for month, ratings, said in written:
        at = datetime(2027, month, 2, tzinfo=UTC)
        path = path_of(people, submit(people, people.ines, at=at, ratings=ratings))
        ada.post(f"{path}/review", data={**REVIEW, "rule": "At first."})
        ada.post(f"{path}/review", data={**REVIEW, "question": f"And in {month}?", **said})
    submit(people, people.ines, at=datetime(2027, 5, 2, tzinfo=UTC))  # nobody has read it yet
    page = ada.get(f"/room/clients/{people.ines}/over-time").text
    cards = [
        " ".join(html.unescape(re.sub(r"<[^>]+>", " ", each)).split())
        for each in page.partition('class="case-reviews"')[2]
        .partition("</ol>")[0]
        .split("<li>")[1:]
    ]
    beginnings = [
        f"2 March 2027 {SITUATION} To a friend 8 of 10 To myself 1 of 10",
        f"2 April 2027 {SITUATION} To a friend 7 of 10 To myself 3 of 10",
        f"2 June 2027 {SITUATION} To a friend 8 of 10 To myself 5 of 10",
    ]
    assert [card[: len(each)] for card, each in zip(cards, beginnings, strict=True)] == beginnings
    for card, (month, _, said) in zip(cards, sorted(written), strict=True):
        assert f"And in {month}?" in card
        assert said["answer"] in card
        assert ("The rule that it shows" in card) == bool(said["rule"])
        assert said["rule"] in card
        assert "At first." not in card
        assert "One earlier version" in card


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
