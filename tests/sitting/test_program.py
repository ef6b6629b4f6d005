"""A script as a program: what it holds for one listener, and what it refuses."""

from __future__ import annotations

import pytest

from server.errors import InvalidOptions, NotLive
from server.script import Respelling, parse_script
from server.sitting import Choices, Extras, Kind, Program, compile_sitting
from server.timeline import Additions, Sound
from tests.sitting.small import BODY, EXTRAS, FRONT, hear, move, program, script


def _texts(made: Program) -> list[str]:
    return [utterance.text for utterance in made.utterances]


def test_its_lines_are_those_of_every_way() -> None:
    """Both alternatives, the ground and what is said in between; each once."""
    assert _texts(program()) == [
        "Here we are.", "It says: “there is no time”.", "Something may be here.",
        "Can it be met?", "One step back.", "This one says: “there is no time”.",
        "It may be tired.", "It may be cross.", "And this one?",
        "The first one said: “there is no time”.", "Now it is quiet.", "Here is the room.",
        "Your feet are here.", "Here is the room again.",
        "We can stay.", "We go back.", "Please find somebody.",
    ]  # fmt: skip


def test_own_words_stand_where_they_belong() -> None:
    """The first ones where they are named and remembered; later ones at their step back."""
    made = program(has_words=True)
    first = made.private_lines({"obstacle": "I am late"}, 1)
    later = made.private_lines({"obstacle": "I am cross"}, 2)
    assert [each.text for each in first.values()] == [
        "It says: “I am late”.",
        "The first one said: “I am late”.",
    ]
    assert [each.text for each in later.values()] == ["This one says: “I am cross”."]
    assert all(each.is_private for each in (*first.values(), *later.values()))
    assert not first.keys() & later.keys()


def test_words_that_cannot_be_said_are_refused() -> None:
    with pytest.raises(InvalidOptions, match="letter"):
        program().private_lines({"obstacle": "…"}, 1)


def test_variants_are_chosen_by_the_listener() -> None:
    body = BODY.replace(
        "Now it is quiet.", ":::when eyes=open\nLook.\n:::\n:::when minutes>=10\nLong.\n:::"
    )
    assert "Look." in _texts(program(body, eyes="open"))
    assert "Look." not in _texts(program(body))
    assert "Long." in _texts(program(body, minutes=10))


def test_sounds_a_listener_knows_are_heard_and_beds_are_not() -> None:
    body = BODY.replace("[bell]\nHere", "[bed rain]\n[bell singing x2 every=3s]\nHere").replace(
        "hold=1s ", ""
    )
    sounds = [line.sound for line in hear(program(body)).performance.lines[:3]]
    assert sounds[:2] == [Sound.BELL_SINGING, Sound.BELL_SINGING]


def test_a_bell_of_the_house_becomes_ours() -> None:
    own = frozenset({"our-gong"})
    text = FRONT + BODY.replace("[bell]\nHere", "[bell our-gong]\nHere")
    made = compile_sitting(
        parse_script(text, path="x.md", own_sounds=own), Choices(minutes=5), EXTRAS
    )
    assert hear(made).said[0] == "bell-small"


def test_what_is_repeated_and_taken_in_is_there() -> None:
    text = FRONT + BODY.replace("Now it is quiet.", ":::repeat 2\n[include once]\n:::")
    made = compile_sitting(
        parse_script(text, path="x.md", passages={"once": "Once.\n"}), Choices(minutes=5), EXTRAS
    )
    assert hear(made).said.count("Once.") == 2


def test_what_the_house_adds_is_heard_live_too() -> None:
    """Respellings, and a person's own recording of a line, but never of own words."""
    additions = Additions(
        lexicon=(Respelling(word="room", spoken="rooom"),),
        recordings={"Here we are.": "a" * 64, "It says: “there is no time”.": "b" * 64},
    )
    made = compile_sitting(script(), Choices(minutes=5), Extras(), additions)
    known = {each.text: each for each in made.utterances}
    assert known["Here is the room."].spoken == "Here is the rooom."
    assert known["Here we are."].recording == "a" * 64
    own = made.private_lines({"obstacle": "there is no room"}, 1)
    assert {each.recording for each in own.values()} == {""}
    assert all("rooom" in each.spoken for each in own.values())


def test_an_answer_may_lead_to_the_end_and_a_variant_elsewhere() -> None:
    body = BODY.replace("- Yes -> Resting", "- Yes -> end").replace(
        "# Stepping back\n", "# Stepping back\n\n:::when minutes>=10\n-> Resting\n:::\n"
    )
    assert "One step back." in hear(program(body)).said
    assert "One step back." not in hear(program(body, minutes=10)).said
    over = hear(program(body), [move(Kind.MET, 16_000)])
    assert over.said[-1] == "Can it be met?"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("# Arriving\n\nHere we are.\n", "asks nothing"),
        (BODY.partition("# Stepping back")[0].replace("-> Resting", "-> next")
         .replace("- Too much -> Ground\n", ""), "return"),
    ],
    ids=["no question", "no return"],
)  # fmt: skip
def test_a_script_that_cannot_be_sat_with_says_why(body: str, reason: str) -> None:
    with pytest.raises(NotLive, match=reason):
        program(body)


def test_choices_that_leave_no_question_are_refused() -> None:
    body = (
        "# Arriving\n\n:::when minutes>=10\n:::ask Well?\n- Yes -> next\n- No -> next [default]\n"
        ":::\n:::\n\n# Returning\n\nHere is the room.\n"
    )
    assert program(body, minutes=10).ground is None
    with pytest.raises(InvalidOptions, match="asks nothing"):
        program(body, minutes=5)
    with pytest.raises(InvalidOptions):
        program(minutes=7)
