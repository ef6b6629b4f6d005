"""A script that is printed and parsed is the same script, whatever it is made of."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from server.script import Script, parse_script, print_script
from tests.random_scripts import OWN_SOUNDS, PASSAGES, scripts


def parse(text: str) -> Script:
    return parse_script(text, path="x.md", own_sounds=OWN_SOUNDS, passages=PASSAGES)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(script=scripts())
def test_what_is_printed_is_read_again(script):
    """Every field and cue comes back, and printing once more changes nothing."""
    text = print_script(script)
    found = parse(text)
    assert found == script
    assert print_script(found) == text
