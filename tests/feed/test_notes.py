"""The notes say what a listener should know, and nothing that a person typed becomes markup."""

from __future__ import annotations

import pytest
from lxml import etree

from server.feed import ChapterMark
from server.feed.notes import clock, show_notes
from server.units import Ms


@pytest.mark.parametrize(
    ("moment_ms", "written"),
    [
        (0, "0:00"),
        (59_999, "0:59"),
        (425_000, "7:05"),
        (3_600_000, "1:00:00"),
        (3_723_000, "1:02:03"),
    ],
)
def test_clock(moment_ms: int, written: str) -> None:
    """Moments are written in the form that apps make into links."""
    assert clock(Ms(moment_ms)) == written


def test_notes_say_that_the_voice_is_synthetic_and_stopping_is_fine(make_episode) -> None:
    """Both are said in the notes of every episode, also of one about which nothing else is said."""
    notes = show_notes(make_episode(summary="", credits="", voice="", stages=()), "en")
    assert notes == (
        "<p>You can stop or open your eyes at any time. That is part of the practice.</p>\n"
        "<p>The voice is synthetic.</p>"
    )


def test_nothing_typed_becomes_markup(make_episode) -> None:
    """Summary, stage titles, voice and credits are escaped; only p, ul and li are tags."""
    nasty = "<script>alert('x')</script> ]]> & more"
    stage = ChapterMark(title=nasty, start_ms=Ms(0), end_ms=Ms(1))
    episode = make_episode(summary=nasty, credits=nasty, voice=nasty, stages=(stage,))
    notes = show_notes(episode, "en")
    tree = etree.fromstring(f"<div>{notes}</div>")
    assert {element.tag for element in tree.iter()} == {"div", "p", "ul", "li"}
    assert "".join(tree.itertext()).count(nasty) == 4
    assert "]]>" not in notes


def test_a_practice_that_can_be_had_live_says_where(make_episode) -> None:
    """The notes lead to the page where the practice asks; the address is written as HTML wants."""
    notes = show_notes(make_episode(live_url="https://a.example/live?a=1&b=2"), "en")
    address = "https://a.example/live?a=1&amp;b=2"
    assert f'<a href="{address}">{address}</a></p>' in notes
    assert "<a " not in show_notes(make_episode(), "en")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Die Stimme ist synthetisch: joe."),
        ("de-AT", "Du kannst jederzeit aufhören"),
        ("fr", "The voice is synthetic: joe."),
        ("en-us", "You can stop or open your eyes"),
    ],
)
def test_notes_are_in_the_language_of_the_episode(make_episode, language: str, said: str) -> None:
    """All that is ours in them; where we do not know a language, English."""
    live = "https://a.example/live"
    notes = show_notes(make_episode(voice="joe", live_url=live), language)
    assert said in notes
    is_german = language.startswith("de")
    for english in ("The voice is", "You can stop", "You can also sit"):
        assert (english in notes) is not is_german


def test_terms_that_end_with_a_full_stop_have_one(make_episode) -> None:
    """A voice's terms are sentences; the notes add no second full stop."""
    notes = show_notes(make_episode(voice="Joe. The recordings are CC0."), "en")
    assert "<p>The voice is synthetic: Joe. The recordings are CC0.</p>" in notes
