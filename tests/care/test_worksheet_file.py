"""A worksheet's file: what it holds, and each mistake at its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.care import (
    ChoiceField,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
    parse_worksheet,
)
from server.errors import InvalidScript

WORKSHEET = """title: Two answers
language: en
summary: A hard moment.
message: To look, not to improve.
fields:
  - kind: text
    name: situation
    ask: What happened?
    hint: A small one will do.
    longest: 200
  - kind: choice
    name: door
    ask: Who was there?
    options: [Nobody, Somebody]
    several: yes
    optional: no
  - {kind: scale, name: warmth, ask: "How warm?", most: 5, least-means: cold, optional: true}
  - kind: pair
    name: answers
    first: {title: To a friend, ask: "What then?", rate: "How kind?"}
    second:
      title: To myself
      ask: What did you say?
      hint: As it was.
      rate: How kind was it?
closing: That is all.
credits: Ours.
"""


def mistakes(text: str, name: str = "two-answers") -> list[str]:
    with pytest.raises(InvalidScript) as caught:
        parse_worksheet(text, path=f"{name}.yaml")
    return [str(problem).removeprefix(f"{name}.yaml:") for problem in caught.value.problems]


def test_a_worksheet_is_its_questions_in_order():
    """Every kind of field, with what was written of it and what holds where nothing was."""
    assert parse_worksheet(WORKSHEET, path="scripts/worksheets/two-answers.yaml") == Worksheet(
        name="two-answers",
        title="Two answers",
        language="en",
        summary="A hard moment.",
        message="To look, not to improve.",
        fields=(
            TextField(
                name="situation",
                ask="What happened?",
                hint="A small one will do.",
                longest=200,
            ),
            ChoiceField(
                name="door", ask="Who was there?", options=("Nobody", "Somebody"), is_many=True
            ),
            ScaleField(
                name="warmth", ask="How warm?", most=5, least_means="cold", is_optional=True
            ),
            PairField(
                name="answers",
                first=Side(title="To a friend", ask="What then?", rate="How kind?"),
                second=Side(
                    title="To myself",
                    ask="What did you say?",
                    hint="As it was.",
                    rate="How kind was it?",
                ),
            ),
        ),
        closing="That is all.",
        credits="Ours.",
    )


def test_texts_are_in_composed_form():
    """Answers come in it, and an answer is compared with the options."""
    read = parse_worksheet(WORKSHEET.replace("Nobody", "Cafe\u0301"), path="a.yaml")
    assert isinstance(read.fields[1], ChoiceField)
    assert read.fields[1].options[0] == "Caf\u00e9"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (WORKSHEET, "", "1:1: The worksheet is empty."),
        (WORKSHEET, "[a]", "1:1: The worksheet must be names with values."),
        ("summary: A hard moment.\n", "", "1:1: The worksheet has no 'summary'."),
        ("closing:", "closng:", "26:1: The worksheet has no field 'closng'."),
        ("language: en", "language: English", "2:11: 'English' cannot be a language."),
        ("title: Two answers", "title:", "1:7: 'title' is empty."),
        (WORKSHEET[WORKSHEET.index("fields"):WORKSHEET.index("closing")], "fields: none\n",
         "5:9: 'fields' must be a list."),
        (WORKSHEET[WORKSHEET.index("fields"):WORKSHEET.index("closing")], "fields: []\n",
         "5:9: 'fields' must hold 1 to 20 things."),
        ("- kind: text", "- knd: text", "6:5: A field has no field 'knd'."),
        ("- kind: text", "- knd: text", "6:5: A field has no 'kind'. Expected 'kind:'."),
        ("- kind: text", "- kind: txt", "6:11: There is no kind named 'txt'. Expected text, "
         "choice, scale or pair. Did you mean 'text'?"),
        ("- kind: text", "- kind: []", "6:11: 'kind' must be text."),
        ("- {kind: scale", "- scale\n  - {kind: scale", "17:5: A field must be names with values."),
        ("    ask: What happened?\n", "", "6:5: A text field has no 'ask'."),
        ("hint: A small", "hnt: A small", "9:5: A text field has no field 'hnt'. Expected kind, "
         "name, ask, hint, longest or optional. Did you mean 'hint'?"),
        ("name: situation", "name: The Situation", "7:11: 'The Situation' cannot be a name."),
        ("name: situation", "name: answers", "18:5: There is a field 'answers' already."),
        ("longest: 200", "longest: 5000", "10:14: 'longest' must be a whole number."),
        ("[Nobody, Somebody]", "[Nobody]", "14:14: 'options' must hold 2 to 20 things."),
        ("[Nobody, Somebody]", "[Nobody, Nobody]", "14:23: The option 'Nobody' is given twice."),
        ("[Nobody, Somebody]", "[Nobody, []]", "14:23: 'option' must be text."),
        ("several: yes", "several: often", "15:14: 'several' must be yes or no."),
        ("most: 5", "most: 5, least: 5", "17:57: 'most' must be more than 'least'."),
        ("most: 5", "least: 10", "17:58: 'most' must be more than 'least'."),
        ("most: 5", "most: 0", "17:57: 'most' must be a whole number."),
        (', rate: "How kind?"}', "}", "20:12: The side 'first' has no 'rate'."),
        ("      hint: As", "      hnt: As", "24:7: The side 'second' has no field 'hnt'."),
        ('{title: To a friend, ask: "What then?", rate: "How kind?"}', "A friend",
         "20:12: The side 'first' must be names with values."),
        ("  - kind: choice", "  - kind: pair\n    name: others\n    first: &a {title: a, ask: a, "
         "rate: a}\n    second: {title: a, ask: a, rate: a}\n  - kind: choice",
         "22:5: A worksheet has one pair at most: its ratings are seen over time."),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place(old, new, said):
    """Line, column, what would have been right, and the nearest word."""
    assert WORKSHEET.count(old) == 1
    found = mistakes(WORKSHEET.replace(old, new))
    assert any(one.startswith(said) for one in found), found


def test_all_mistakes_are_told_at_once():
    """Nobody has to run the check once for each."""
    text = WORKSHEET.replace("longest: 200", "longest: x").replace("title: To my", "tile: To my")
    assert [one.partition(": ")[0] for one in mistakes(text)] == ["10:14", "22:7", "22:7"]


def test_the_name_is_the_files():
    """It stands in addresses, so not every file's name can be one."""
    (told,) = mistakes(WORKSHEET, name="Two Answers")
    assert told.startswith("1:1: The file's name cannot be a worksheet's. Expected lower-case")


@settings(deadline=None)
@given(
    st.text(max_size=200)
    | st.text(alphabet="fields: -[]{}\nkdaeptx", max_size=200)
    | st.tuples(st.integers(0, 900), st.integers(0, 40), st.text(max_size=20)).map(
        lambda cut: WORKSHEET[: cut[0]] + cut[2] + WORKSHEET[cut[0] + cut[1] :]
    )
)
def test_any_text_is_a_worksheet_or_a_list_of_mistakes(text):
    """Whatever stands in the file, nothing else comes of it."""
    try:
        found = parse_worksheet(text, path="a.yaml").fields
    except InvalidScript as error:
        found = error.problems
    assert found
