"""A submission is read back as it was asked and answered."""

from __future__ import annotations

from server.care import Answered, AnsweredPair, AnsweredSide, Submitted, read_submitted

FIELDS = [
    {"name": "situation", "ask": "What happened?"},
    {
        "name": "answers",
        "first": {"title": "To a friend"},
        "second": {"title": "To myself"},
    },
    {"name": "tired", "ask": "How tired?", "most": 5},
    {"name": "many", "ask": "Which?"},
    {"name": "left-out", "ask": "And?"},
]
ANSWERS = {
    "situation": "It rained.",
    "answers": {
        "first": {"text": "Oh.", "rating": 7},
        "second": {"text": "So what.", "rating": 0},
    },
    "tired": 0,
    "many": ["this", "that"],
}
PAIR = AnsweredPair(
    name="answers",
    first=AnsweredSide(title="To a friend", text="Oh.", rating=7),
    second=AnsweredSide(title="To myself", text="So what.", rating=0),
)
SITUATION = Answered(name="situation", ask="What happened?", lines=("It rained.",))
TIRED = Answered(name="tired", ask="How tired?", lines=("0",), most=5)
MANY = Answered(name="many", ask="Which?", lines=("this", "that"))


def read(answers: dict[str, object]) -> Submitted:
    worksheet = {"title": "A friend, and you", "language": "en", "fields": FIELDS}
    return read_submitted({"worksheet": worksheet, "answers": answers})


def test_what_was_answered_is_in_the_order_of_the_questions():
    """Words, a number, several choices and a pair; what was left out is not there."""
    submitted = read(dict(reversed(ANSWERS.items())))
    assert (submitted.title, submitted.language) == ("A friend, and you", "en")
    assert submitted.parts == (SITUATION, PAIR, TIRED, MANY)


def test_the_pair_parts_what_is_read_before_from_what_is_read_after():
    """The situation stands above the two answers."""
    submitted = read(ANSWERS)
    assert submitted.pair == PAIR
    assert submitted.before_pair == (SITUATION,)
    assert submitted.after_pair == (TIRED, MANY)


def test_a_worksheet_may_have_no_pair():
    """Then all of it is read, in its order."""
    submitted = read({"tired": 0})
    assert submitted.pair is None
    assert submitted.before_pair == (TIRED,)
    assert submitted.after_pair == ()
