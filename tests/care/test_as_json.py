"""Worksheets and answers in the form in which they are kept and sent."""

from server.care import (
    ChoiceField,
    PairAnswer,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
    answers_as_json,
    worksheet_as_json,
)


def test_everything_of_a_worksheet_is_told():
    """Every field says of which kind it is."""
    side = Side(title="To a friend", ask="What would you say?")
    fields = (
        TextField(name="what", ask="What happened?"),
        ChoiceField(name="where", ask="Where?", options=("in", "out")),
        ScaleField(name="how", ask="How much?", most=5),
        PairField(name="both", first=side, second=side),
    )
    told = worksheet_as_json(
        Worksheet(name="n", title="T", language="en", summary="S", message="M", fields=fields)
    )
    assert [(each["kind"], each["name"]) for each in told["fields"]] == [
        ("text", "what"),
        ("choice", "where"),
        ("scale", "how"),
        ("pair", "both"),
    ]
    assert told["fields"][3]["first"]["title"] == "To a friend"
    assert (told["title"], told["fields"][2]["most"]) == ("T", 5)


def test_answers_are_plain_values():
    """Several choices are a list, and a pair is an object."""
    pair = PairAnswer(first="a", second="b", first_rating=3, second_rating=1)
    assert answers_as_json({"what": "x", "how": 4, "where": ("in", "out"), "both": pair}) == {
        "what": "x",
        "how": 4,
        "where": ["in", "out"],
        "both": {"first": "a", "second": "b", "first_rating": 3, "second_rating": 1},
    }
