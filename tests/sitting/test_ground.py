"""The ground by itself: what a phone plays when it is too much and nobody can be reached."""

from __future__ import annotations

from server.sitting import Kind, lay_ground
from server.sitting.ground import FILL_MS
from server.timeline import Utterance
from tests.sitting.small import BODY, SENTENCE_MS, hear, lengths, move, program

BEFORE, _, GROUND = BODY.partition("# Ground\n")


def said(body: str = BODY, **choices: object) -> tuple[list[str], int]:
    made = program(body, **choices)
    lines, length_ms = lay_ground(made, lengths(made))
    names = [s.text if isinstance(s, Utterance) else str(s) for s in (x.sound for x in lines)]
    return names, length_ms


def with_ground(ground: str) -> str:
    return f"{BEFORE}# Ground\n{ground}"


def test_it_is_what_a_sitting_says_when_it_is_too_much():
    """The same lines at the same distances, from the first to the last."""
    made = program()
    alone, length_ms = lay_ground(made, lengths(made))
    live = hear(made, [move(Kind.TOO_MUCH, 3_000)]).performance
    begins = live.applied[0].starts_ms
    there = [line for line in live.lines if line.start_ms >= begins]
    assert [(x.sound, x.start_ms, x.length_ms, x.sound_ms, x.place) for x in alone] == [
        (x.sound, x.start_ms - begins, x.length_ms, x.sound_ms, x.place) for x in there
    ]
    assert length_ms == alone[-1].start_ms + alone[-1].length_ms


def test_variants_for_words_are_not_for_a_phone_that_keeps_it_for_anybody():
    """Nobody's words are in it; alternatives are told as the seed says."""
    body = with_ground(
        """
:::when given=obstacle
It said: {obstacle}.
:::
:::when given=nothing
It said something.
:::
:::one-of
There is a floor.

There is a wall.
:::
"""
    )
    assert said(body)[0] == ["It said something.", "There is a floor."]
    assert said(body, seed=1)[0] == ["It said something.", "There is a wall."]


def test_it_ends_where_it_leads_elsewhere_or_asks():
    """A jump out of the stage ends it, and so does a question; a silence that fills is short."""
    assert said(with_ground("Feet.\n\n[silence fill]\n\n-> end\n")) == (
        ["Feet."],
        SENTENCE_MS + FILL_MS,
    )
    asking = """Feet.

:::ask Is it enough?
- Yes -> end
- No -> next [default]
:::

More of it.
"""
    assert said(with_ground(asking))[0] == ["Feet.", "Is it enough?"]


def test_a_script_without_a_ground_has_none():
    """Nothing is laid out, and that takes no time."""
    assert said(BEFORE.replace("- Too much -> Ground\n", "")) == ([], 0)
