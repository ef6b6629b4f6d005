"""Content keys: alike for alike contents, and for no others."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from server.script import Bell, Fill
from server.timeline import Options, content_key, plan, plan_key


def test_a_key_never_changes():
    """The key of a content is the same in every version: clips on disk stay found."""
    assert content_key("clip", "joe", "1.300", "Sit down.") == (
        "f1111af4ff19b78a8a3fbb6fbff49d9fe33151df3ed45ff5413c775e8b8470db"
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
