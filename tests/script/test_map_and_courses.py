"""The map's text and a course's: what they hold, and each mistake at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidScript
from server.script import MapAnswer, MapQuestion, parse_course, parse_map

MAP = """question: How is it?
answers:
  - answer: It is too much
    practice: too-much
    why: Feet first.
  - answer: Something hurts
    ask: Where?
    answers:
      - answer: In my body
        practice: the-body
        why: It is asked.
      - answer: In my thoughts
        practice: thoughts
        why: They are met.
none-of-this:
  answer: None of this
  practice: three-breaths
  why: Then begin small.
"""

COURSE = """slug: a-way
title: A way
summary: From here to there.
why: [Because., And because.]
sittings:
  - practice: first
    minutes: 10
    why: It is easy.
  - {practice: second, minutes: 5, why: It is next.}
"""


def mistakes(parse, text: str) -> list[str]:
    with pytest.raises(InvalidScript) as caught:
        parse(text, path="x")
    return [str(problem).removeprefix("x:") for problem in caught.value.problems]


def test_a_map_leads_from_answers_to_practices():
    """A plain answer leads at once, another asks once more; none of this comes last."""
    read = parse_map(MAP, path="x")
    assert read.text == "How is it?"
    assert [answer.text for answer in read.answers] == [
        *("It is too much", "Something hurts", "None of this")
    ]
    second = read.answers[1].then
    assert isinstance(second, MapQuestion)
    assert (second.text, second.answers[0].text) == ("Where?", "In my body")
    leads = list(read.leads())
    slugs = [lead.practice for lead in leads]
    assert slugs == ["too-much", "the-body", "thoughts", "three-breaths"]
    assert (leads[1].why, leads[1].at.line, leads[1].at.column) == ("It is asked.", 10, 19)


def test_answers_that_lead_nowhere_are_left_out():
    """So is a second question without any answer left, and a map without any."""
    read = parse_map(MAP, path="x")
    kept = read.keeping(frozenset({"thoughts", "three-breaths"}))
    assert kept is not None
    assert [answer.text for answer in kept.answers] == ["Something hurts", "None of this"]
    assert kept.answers[0] == MapAnswer(
        text="Something hurts",
        then=MapQuestion(text="Where?", answers=read.answers[1].then.answers[1:]),
    )
    assert [a.text for a in read.keeping(frozenset({"too-much"})).answers] == ["It is too much"]
    assert read.keeping(frozenset()) is None


def test_a_course_is_sittings_in_order():
    """Each with its length and why it comes now; those without a practice are left out."""
    read = parse_course(COURSE, path="x")
    assert (read.slug, read.title, read.summary) == ("a-way", "A way", "From here to there.")
    assert read.why == ("Because.", "And because.")
    told = [(lead.practice, lead.minutes, lead.why) for lead in read.leads()]
    assert told == [("first", 10, "It is easy."), ("second", 5, "It is next.")]
    kept = read.keeping(frozenset({"second"}))
    assert kept is not None
    assert kept.sittings == read.sittings[1:]
    assert read.keeping(frozenset({"third"})) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (MAP, "", "1:1: The map is empty."),
        (MAP, "- a", "1:1: The map must be names with values."),
        (MAP, "[[[[[[a]]]]]]", "1:6: This is nested too deeply."),
        ("question: How is it?", "", "2:1: The map has no 'question'. Expected 'question:'."),
        ("How is it?", "", "1:10: 'question' is empty."),
        ("none-of-this:", "non-of-this:", "15:1: The map has no field 'non-of-this'."),
        ("    ask: Where?", "    aks: Where?", "7:5: An answer that asks further has no field"),
        ("    ask: Where?\n", "", "6:5: An answer that asks further has no 'ask'."),
        ("    practice: too-much\n", "", "3:5: An answer has no 'practice'."),
        ("too-much\n", "Too Much\n", "4:15: 'Too Much' cannot be a practice. Expected lower"),
        ("why: Feet first.", "why: []", "5:10: 'why' must be text."),
        ("In my body", "x" * 81, "9:17: 'answer' is longer than 80 characters."),
        ("answer: Something hurts", "answer:", "6:12: 'answer' is empty."),
        ("ask: Where?", "ask:", "7:9: 'ask' is empty."),
        ("  - answer: It is too much\n    practice: too-much\n    why: Feet first.\n",
         "  - too much\n", "3:5: An answer must be names with values."),
        (MAP[MAP.index("answers"):MAP.index("none")], "answers: none\n",
         "2:10: 'answers' must be a list. Expected lines that begin with '- '."),
        (MAP[MAP.index("      - answer: In my t"):MAP.index("none")], "",
         "9:7: 'answers' must hold 2 to 7 things."),
    ],
)  # fmt: skip
def test_each_mistake_in_a_map_has_its_place(old, new, said):
    """Line, column, and what would have been right."""
    assert MAP.count(old) == 1
    found = mistakes(parse_map, MAP.replace(old, new))
    assert any(one.startswith(said) for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (COURSE, "\n# nothing\n", "1:1: The course is empty."),
        ("title: A way\n", "", "1:1: The course has no 'title'."),
        ("slug: a-way", "slug: A way", "1:7: 'A way' cannot be a slug."),
        ("title: A way", "title:", "2:7: 'title' is empty."),
        ("[Because., And because.]", "Because.", "4:6: 'why' must be a list."),
        ("[Because., And because.]", "[]", "4:6: 'why' must hold 1 to 6 things."),
        ("minutes: 10", "minutes: long", "7:14: 'minutes' must be a whole number."),
        ("minutes: 10", "length: 10", "7:5: A sitting has no field 'length'."),
        ("    why: It is easy.\n", "", "6:5: A sitting has no 'why'."),
        ("minutes: 10", "minutes: 10\n    name: A b", "8:11: 'A b' cannot be a name."),
    ],
)
def test_each_mistake_in_a_course_has_its_place(old, new, said):
    """Line, column, and what would have been right."""
    assert COURSE.count(old) == 1
    found = mistakes(parse_course, COURSE.replace(old, new))
    assert any(one.startswith(said) for one in found), found


def test_a_course_may_have_ended():
    """Only where its author says so, in one of two words."""
    assert not parse_course(COURSE, path="x").has_ended
    for word, has_ended in (("yes", True), ("no", False)):
        assert parse_course(f"{COURSE}ended: {word}\n", path="x").has_ended is has_ended
    (said,) = mistakes(parse_course, f"{COURSE}ended: soon\n")
    assert "'ended'" in said


def test_a_sitting_may_have_a_name_of_its_own():
    """By it feeds know it; so no two of a course have the same one."""
    named = COURSE.replace("minutes: 10", "minutes: 10\n    name: easy")
    assert [lead.name for lead in parse_course(named, path="x").leads()] == ["easy", ""]
    twice = named.replace("minutes: 5,", "minutes: 5, name: easy,")
    assert mistakes(parse_course, twice) == ["6:3: Two sittings have the name 'easy'."]


def test_all_mistakes_are_told_at_once():
    """Nobody has to run the check once for each."""
    text = MAP.replace("too-much\n", "Too Much\n").replace("It is asked.", "").replace("ask:", "a:")
    assert [one.partition(": ")[0] for one in mistakes(parse_map, text)] == ["4:15", "6:5", "7:5"]


@given(st.text(max_size=200) | st.text(alphabet="answers: -[]{}\nwhy", max_size=200))
def test_any_text_is_read_or_a_list_of_mistakes(text):
    """Whatever stands in the file, nothing else comes of it."""
    for parse in (parse_map, parse_course):
        assert mistakes(parse, text)
