"""One telling of a script: what somebody hears who is asked nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors import InvalidOptions
from server.script import ANCHORS, EYES, Say, Script, parse_script
from server.timeline import TELLINGS, Additions, Options, OwnSound, plan
from server.timeline.linear import linear_cues
from tests.random_scripts import OWN_SOUNDS, scripts

FRONT = """\
---
title: A practice
slug: a-practice
summary: It is short.
intention: To be tested.
track: ground
minutes: [5, 10, 20]
voice: joe
credits: Ours.
---
"""
WORDS = """words:
  thing: {ask: "What is it?", default: a cat}
  other: {ask: "What else?", default: a dog}
credits:"""
VARIANTS = """\
:::when given=thing
A thing was given.
:::
:::when given=thing,other
One of two.
:::
:::when given=nothing
And nothing else.
:::
:::when given=nothing,thing
Nothing, or a thing.
:::

"""
PASSAGES = {"settle": "Sit as you like.\n"}


@pytest.fixture
def heard() -> Callable[..., list[str]]:
    """Tell a body, and list what is said of it, each stage with its name before it."""

    def tell(body: str, minutes: int = 5, front: str = FRONT, **choices: object) -> list[str]:
        script = parse_script(front + body, path="x.md", passages=PASSAGES)
        told = linear_cues(script, Options(minutes=minutes, **choices))  # type: ignore[arg-type]
        lines = []
        for each in told:
            lines.append(f"# {each.stage.title}")
            lines += [str(cue.parts[0]) for cue in each.cues if isinstance(cue, Say)]
        return lines

    return tell


@pytest.mark.parametrize(
    ("condition", "choices", "is_heard"),
    [
        ("anchor=any", {}, True),
        ("anchor=sound", {}, False),
        ("anchor=sound,hands", {"anchor": "hands"}, True),
        ("anchor=sound,hands", {"anchor": "feet"}, False),
        ("eyes=open", {"eyes": "open"}, True),
        ("eyes=any", {"eyes": "open"}, False),
        ("eyes=open", {"anchor": "sight"}, True),
        ("eyes=any", {"anchor": "sight"}, False),
        ("anchor=sound eyes=open", {"anchor": "sound"}, False),
        ("anchor=sound eyes=open", {"anchor": "sound", "eyes": "open"}, True),
        ("voice=joe", {}, True),
        ("voice=ann", {}, False),
        ("minutes>=10", {"minutes": 5}, False),
        ("minutes>=10", {"minutes": 10}, True),
        ("minutes<10", {"minutes": 5}, True),
        ("minutes<10", {"minutes": 10}, False),
        ("minutes>=10 minutes<20", {"minutes": 10}, True),
        ("minutes>=10 minutes<20", {"minutes": 20}, False),
    ],
)
def test_a_variant_is_for_those_it_names(heard, condition, choices, is_heard):
    """All of its conditions have to hold; whoever has not chosen is nobody's but 'any'."""
    body = f"# A\n\nBe here now.\n\n:::when {condition}\nThis is for you.\n:::\n"
    assert heard(body, **choices) == ["# A", "Be here now.", "This is for you."][: 2 + is_heard]


def test_own_words_are_heard_until_the_first_question(heard):
    """After it something else is meant; and who gives none, or the default, gave nothing."""
    asking = FRONT.replace("credits:", WORDS)
    body = (
        "# A\n\nBe here now.\n\n{v}:::ask Is it so?\n- Yes -> next\n- No -> next\n:::\n\n"
        "And now?\n\n{v}"
    ).replace("{v}", VARIANTS)
    neutral = ["And nothing else.", "Nothing, or a thing."]

    def after(**words: str) -> list[str]:
        lines = heard(body, front=asking, words=words)
        assert lines[:2] == ["# A", "Be here now."]
        asked = lines.index("Is it so?")
        assert lines[asked:] == ["Is it so?", "And now?", *neutral]
        return lines[2:asked]

    assert after() == after(thing="  ") == after(thing="a cat") == neutral
    assert after(thing="a dog") == ["A thing was given.", "One of two.", "Nothing, or a thing."]
    assert after(other="me") == ["One of two."]
    assert after(thing="a dog", other="me") == after(thing="a dog")


def test_a_recording_is_not_live(heard):
    """What is said in live sittings alone is not heard in one."""
    body = (
        "# A\n\n:::when live=yes\nI hear you.\n:::\n:::when live=no\nI cannot hear you.\n:::\n"
        ":::when live=yes,no\nBoth of us.\n:::\n"
    )
    assert heard(body) == ["# A", "I cannot hear you.", "Both of us."]


def test_alternatives_take_turns(heard):
    """The seed says with which the telling begins; each further one goes on from there."""
    body = "# A\n\n:::repeat 3\n:::one-of\nThis is one.\n\nThis is two.\n:::\n:::\n"
    one, two = "This is one.", "This is two."
    assert heard(body) == ["# A", one, two, one]
    assert heard(body, seed=1) == ["# A", two, one, two]
    assert [heard(body, seed=seed) for seed in (2, 3)] == [heard(body, seed=s) for s in (0, 1)]


LOOP = """\
# A

:::until met, at most 4{usually}
What is here now?

- It is met -> met{met}
- Round once more -> again{again}
- To the end of it -> C{away}
:::

After the loop.

# B

This is B.

# C

This is C.
"""


@pytest.mark.parametrize(
    ("usually", "default", "said"),
    [
        ("", "again", ["What is here now?"] * 2 + ["After the loop.", "# B", "This is B."]),
        (
            ", usually 3",
            "again",
            ["What is here now?"] * 3 + ["After the loop.", "# B", "This is B."],
        ),
        (", usually 4", "met", ["What is here now?", "After the loop.", "# B", "This is B."]),
        (", usually 4", "away", ["What is here now?"]),
    ],
)
def test_a_loop_goes_round_until_it_is_left(heard, usually, default, said):
    """As often as it usually does, unless the default answer leaves it, or leaves the stage."""
    marks = {name: " [default]" if name == default else "" for name in ("met", "again", "away")}
    body = LOOP.format(usually=usually, **marks)
    assert heard(body) == ["# A", *said, "# C", "This is C."]


def test_a_question_is_heard_and_its_default_is_taken(heard):
    """Its words are for all; its answers are not spoken."""
    body = (
        "# A\n\n:::ask Can it be met? [8s]\n- Yes -> next\n- No -> C [default]\n:::\n\n"
        "It is met.\n\n# B\n\nThis is B.\n\n# C\n\nThis is C.\n"
    )
    assert heard(body) == ["# A", "Can it be met?", "# C", "This is C."]
    assert heard(body.replace(" [default]", ""))[1:3] == ["Can it be met?", "It is met."]


def test_an_arrow_goes_to_its_stage_or_to_the_end(heard):
    """What stands between is not heard; a stage of which nothing is heard is left out."""
    body = (
        "# A\n\n-> b\n\n# B\n\n:::when minutes<10\n-> C\n:::\n\nThis is B.\n\n"
        "- On -> next\n- To the end -> end [default]\n\n# C\n\nThis is C.\n"
    )
    assert heard(body) == ["# C", "This is C."]
    assert heard(body, minutes=10) == ["# B", "This is B."]


def test_a_passage_is_heard_where_it_is_taken_in(heard):
    """Wherever a cue may stand."""
    body = "# A\n\nBe here now.\n[include settle]\nAnd then go on.\n"
    assert heard(body) == ["# A", "Be here now.", "Sit as you like.", "And then go on."]


@pytest.mark.parametrize(
    ("body", "choices"),
    [
        (":::when anchor=sound\nThis is sound.\n:::\n", {}),
        (":::when anchor=sound\nThis is sound.\n:::\n[bed rain]\n", {}),
        (":::when anchor=sound\nThis is sound.\n:::\n[bed rain]\n", {"bed": "none"}),
    ],
)
def test_choices_that_leave_nothing_are_refused(body, choices):
    """Nobody waits for a recording in which there is nothing."""
    script = parse_script(f"{FRONT}# A\n\n{body}", path="x.md")
    with pytest.raises(InvalidOptions, match="nothing of this practice is left"):
        plan(script, Options(minutes=5, **choices))
    assert plan(script, Options(minutes=5, anchor="sound")).utterances


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"anchor": "nose"}, "anchor"),
        ({"eyes": "shut"}, "eyes"),
        ({"anchor": "sight", "eyes": "closed"}, "eyes"),
        ({"seed": TELLINGS}, "seed"),
    ],
)
def test_a_choice_that_there_is_not_names_its_field(choices, field):
    """So that the page can say beside it what would be possible."""
    script = parse_script(f"{FRONT}# A\n\nBe here now.\n", path="x.md")
    with pytest.raises(InvalidOptions) as caught:
        plan(script, Options(minutes=5, **choices))
    assert caught.value.field == field


ADDITIONS = Additions(
    sounds={name: OwnSound(name=name, key=name, length_ms=3000) for name in OWN_SOUNDS}
)


@pytest.mark.no_cover
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    script=scripts(),
    anchor=st.sampled_from(ANCHORS),
    eyes=st.sampled_from(EYES),
    seed=st.integers(0, TELLINGS - 1),
)
def test_every_telling_can_be_planned(script: Script, anchor: str, eyes: str, seed: int):
    """Whatever the script and the choices, there is a plan; and twice the same one."""
    eyes = "any" if anchor == "sight" else eyes
    options = Options(minutes=script.minutes[0], anchor=anchor, eyes=eyes, seed=seed)
    made = plan(script, options, ADDITIONS)
    assert made == plan(script, options, ADDITIONS)
    assert all(each.text for each in made.utterances)
    titles = [stage.title for stage in script.stages]
    told = [titles.index(stage.title) for stage in made.stages]
    assert told == sorted(set(told))


def test_the_same_alternatives_are_never_told_twice_in_a_row(heard: Callable[..., list[str]]):
    """Each group goes on by itself, so that two of them in a loop do not keep in step."""
    body = "# One\n:::repeat 4\n:::one-of\nA.\n\nB.\n:::\n:::one-of\nC.\n\nD.\n:::\n:::\n"
    assert heard(body)[1:] == ["A.", "D.", "B.", "C.", "A.", "D.", "B.", "C."]
    again = "# One\n:::one-of\nA.\n\nB.\n:::\nAnd.\n:::one-of\nA.\n\nB.\n:::\n"
    assert heard(again)[1:] == ["A.", "And.", "B."]
