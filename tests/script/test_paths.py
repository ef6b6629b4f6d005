"""The ways through a script, and the passages that it takes in."""

from __future__ import annotations

import pytest

from server.script import Include, Say, Way, list_passages, list_ways, parse_passage, parse_script

BODY = """\
# Asking

:::repeat 2
:::until met, at most 3
Is it so?

- Yes -> met
- No -> again [default]
- Too much -> Ground
:::
:::

:::when eyes=open
:::one-of
Look around.

Look up.
:::
-> Resting
:::

# Resting

:::ask Is it well?
- Yes -> next
- Yes -> next
:::

-> end

# Ground

[include settle]
"""
PASSAGES = {"settle": "[include inner]\nSit as you like.\n", "inner": "Hello there you.\n"}


def test_every_way_is_listed_once_and_in_order(front):
    """Each answer and arrow, and what follows where nothing leads elsewhere."""
    script = parse_script(front + BODY, path="x.md", passages=PASSAGES)
    assert list_ways(script) == (
        Way(start="Asking", goes="met", label="Yes", is_default=False),
        Way(start="Asking", goes="again", label="No"),
        Way(start="Asking", goes="Ground", label="Too much", is_default=False),
        Way(start="Asking", goes="Resting"),
        Way(start="Resting", goes="next", label="Yes"),
        Way(start="Resting", goes="next", label="Yes", is_default=False),
        Way(start="Resting", goes="end"),
        Way(start="Ground", goes="end"),
    )


def test_passages_are_listed_however_deep_they_lie(front):
    """So that a change of any of them is a change of the practice."""
    script = parse_script(front + BODY, path="x.md", passages=PASSAGES)
    assert list_passages(script) == {"settle", "inner"}


def test_a_passage_is_read_by_itself():
    """Its cues, with those of the passages in it."""
    include, say = parse_passage(PASSAGES["settle"], path="passages/settle.md", passages=PASSAGES)
    assert isinstance(include, Include)
    assert isinstance(say, Say)
    assert (include.name, len(include.cues)) == ("inner", 1)
    assert (include.at.line, say.at.line) == (1, 2)


def test_passages_stand_on_lines_of_their_own(front):
    """Also between sentences, which keep their places."""
    body = "# A\n\nBe here now.\n  [include settle]  \n[include inner]\nAnd then go on.\n"
    (stage,) = parse_script(front + body, path="x.md", passages=PASSAGES).stages
    assert [type(cue) for cue in stage.cues] == [Say, Include, Include, Say]
    assert [(cue.at.line, cue.at.column) for cue in stage.cues] == [
        (15, 1),
        (16, 3),
        (17, 1),
        (18, 1),
    ]


@pytest.mark.parametrize("title", ["ask", "one-of", "when", "until", "repeat", "met"])
def test_a_stage_may_be_called_as_a_container_is(front, title):
    """Its name means nothing but itself."""
    body = (
        f"# {title}\n\nBe here now.\n\n:::repeat 2\n[include settle]\n:::\n\n"
        "- a -> next\n- b -> end\n\n:::one-of\nOne of two.\n\nTwo of two.\n:::\n"
    )
    (stage,) = parse_script(front + body, path="x.md", passages=PASSAGES).stages
    assert (stage.title, len(stage.cues)) == (title, 4)
