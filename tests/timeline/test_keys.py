"""Content keys: alike for alike contents, and for no others."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from server.script import Bed, Bell, Fill
from server.timeline import Additions, Options, OwnSound, content_key, plan, plan_key
from server.units import Ms


def test_a_key_never_changes():
    """The key of a content is the same in every version: clips on disk stay found."""
    assert content_key("clip", "joe", "1.300", "Sit down.") == (
        "5cf58d2f456d10a74ea77cb99ccb9a14cff5efed204494538fdf9cebacd19d94"
    )


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_have_different_keys(one, two):
    """Where parts are cut matters: ("ab", "c") is not ("a", "bc")."""
    assert (content_key(*one) == content_key(*two)) == (one == two)


def test_a_plan_is_known_by_all_that_is_heard(script, say, at):
    """Another length, sentence, order or voice is another render; the same is the same."""
    script_a = script((Bell(at=at), say("Sit down."), Fill(at=at)))
    script_b = script((say("Sit down."), Bell(at=at), Fill(at=at)))
    base = plan(script_a, Options(minutes=1))
    slower = plan(dataclasses.replace(script_a, pace=1.4), Options(minutes=1))
    others = [plan(script_a, Options(minutes=2)), plan(script_b, Options(minutes=1)), slower]
    keys = {plan_key(base, "joe"), plan_key(base, "ann"), *(plan_key(o, "joe") for o in others)}
    assert len(keys) == 5
    assert plan_key(plan(script_a, Options(minutes=1)), "joe") == plan_key(base, "joe")


def test_the_key_of_a_plan_never_changes(script, say, at):
    """Nor does it when the code is written anew: finished renders stay found.

    Where this fails, a field was added or its form changed: raise KEY_VERSION, and write the new
    key down here.
    """
    temple = OwnSound(name="temple", key="a" * 64, length_ms=Ms(9000))
    cues = (Bed(name="rain", level="low", at=at), Bell(kind="temple", at=at), say("Sit down."))
    made = plan(
        script((*cues, Fill(at=at), Bed(name="", at=at))),
        Options(minutes=1),
        Additions(sounds={"temple": temple}, recordings={"Sit down.": "b" * 64}),
    )
    assert plan_key(made, "joe") == (
        "a268d486abd9eccbadb59164fc43ad0d4fa102f56bb1bac98293097355e88b9d"
    )


def test_another_file_of_the_same_name_is_another_render(script, at):
    """Sounds of the house's own are known by their content."""
    practice = script((Bell(kind="temple", at=at), Bed(name="temple", at=at)))
    keys = set()
    for key in ("a" * 64, "b" * 64):
        sound = OwnSound(name="temple", key=key, length_ms=Ms(9000))
        made = plan(practice, Options(minutes=1), Additions(sounds={"temple": sound}))
        keys.add(plan_key(made, "joe"))
    assert len(keys) == 2


def test_choices_that_change_nothing_are_the_same_render(script, say, at):
    """No bed, where there is none, and quieter beds, where there are none, are as written."""
    plain = script((say("Sit down."), Fill(at=at)))
    wishes = [{}, {"bed": "none"}, {"bed_level": "low"}]
    keys = {plan_key(plan(plain, Options(minutes=1, **wish)), "joe") for wish in wishes}
    assert len(keys) == 1
    other = plan(plain, Options(minutes=1, bed="rain"))
    assert plan_key(other, "joe") not in keys
