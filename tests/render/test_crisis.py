"""The file of the crisis cards: read when it changes, and never without any care."""

from __future__ import annotations

from pathlib import Path

from server.render import Catalogue, find_crisis
from server.render.crisis import read_crisis
from server.script import PLAIN_CRISIS

CARD = """en:
  title: You are not alone
  text: Please ring somebody.
  phrases: [into the sea]
"""


def test_a_house_without_cards_has_plain_ones(tmp_path: Path) -> None:
    """Nobody has to write any, and care is on all the same."""
    assert find_crisis(tmp_path / "nowhere") == PLAIN_CRISIS


def test_the_cards_are_those_of_the_file(tmp_path: Path) -> None:
    """They are read again when the file changes; with a mistake in it the plain ones hold."""
    path = tmp_path / "crisis.yaml"
    path.write_text(CARD)
    assert find_crisis(tmp_path).card("en").title == "You are not alone"
    assert find_crisis(tmp_path).speaks_of_danger("I walk into the sea")
    path.write_text(CARD.replace("phrases", "frases"))
    assert find_crisis(tmp_path) == PLAIN_CRISIS
    (first, *_) = read_crisis(path).problems
    assert str(first).startswith(f"{tmp_path.name}/crisis.yaml:4:3: The card 'en' has no field")


def test_nothing_that_is_offered_speaks_of_danger(scripts_path: Path) -> None:
    """What a page itself offers leads to no card, nor does what is said by default."""
    words = [word for script in Catalogue(scripts_path).scripts() for word in script.words]
    offered = [text for word in words for text in (word.default, *word.ready)]
    crisis = find_crisis(scripts_path)
    assert crisis != PLAIN_CRISIS
    assert len(offered) > 60
    assert [text for text in offered if crisis.speaks_of_danger(text)] == []
