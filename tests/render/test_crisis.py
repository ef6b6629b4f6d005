"""The file of the crisis cards: read when it changes, and never without any care."""

from __future__ import annotations

from pathlib import Path

from server.render import Catalogue, find_crisis
from server.render.checks import check_scripts
from server.render.crisis import read_crisis
from server.script import PLAIN_CRISIS

SHIPPED = Path(__file__).parents[2] / "scripts"

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
    told = [str(problem) for problem in read_crisis(path).problems]
    assert told[0].startswith(f"{tmp_path.name}/crisis.yaml:2:3: The card 'en' has no 'phrases'.")


def test_nothing_that_is_offered_speaks_of_danger() -> None:
    """What a page itself offers leads to no card, nor does what is said by default."""
    words = [word for script in Catalogue(SHIPPED).scripts() for word in script.words]
    offered = [text for word in words for text in (word.default, *word.ready)]
    crisis = find_crisis(SHIPPED)
    assert crisis != PLAIN_CRISIS
    assert len(offered) > 50
    assert [text for text in offered if crisis.speaks_of_danger(text)] == []


def test_the_doctor_names_a_mistake_in_the_cards(tmp_path: Path) -> None:
    """Whoever runs the house is told, since only the plainest care is left then."""
    assert check_scripts(tmp_path, Catalogue(tmp_path)).ok
    (tmp_path / "crisis.yaml").write_text(CARD.replace("phrases", "frases"))
    check = check_scripts(tmp_path, Catalogue(tmp_path))
    assert not check.ok
    assert "crisis.yaml:2:3: The card 'en' has no 'phrases'." in check.detail
