"""The page of a live sitting: what it is told, and which practices have one."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from server.render.recent import Recent
from server.script import Script
from server.sitting import compile_sitting
from server.timeline import Additions
from server.web import live
from tests.web.live_house import SLUG, LiveHouse

ADDRESS = f"/practices/{SLUG}/live"


def data_of(live_house: LiveHouse, **headers: str) -> dict[str, Any]:
    """What the page's script is given."""
    answer = live_house.client.get(ADDRESS, headers=headers)
    assert answer.status_code == 200
    found = re.search(
        r'<script[^>]*type="application/json"[^>]*id="practice-data"[^>]*>(.*?)</script>',
        answer.text,
        re.DOTALL,
    )
    assert found, answer.text
    return json.loads(found[1])


def test_the_page_knows_what_can_be_chosen(live_house: LiveHouse):
    """Lengths, and the names of the words that are asked for; all of it from the script."""
    data = data_of(live_house)
    assert (data["slug"], data["title"]) == (SLUG, "A practice")
    assert (data["minutes"], data["chosen"]) == ([5, 10], 10)
    assert data["words"] == [{"name": "obstacle"}]
    assert data["practice"] == f"/practices/{SLUG}"


def test_the_crisis_card_is_on_the_page_before_anybody_needs_it(live_house: LiveHouse):
    """In the page's language, so that it can be shown without a network too."""
    assert data_of(live_house)["crisis"]["title"] == "You are not alone"
    german = data_of(live_house, **{"Accept-Language": "de"})
    assert german["crisis"]["title"] == "Du bist nicht allein"


def test_the_numbers_of_the_crisis_card_can_be_found_without_words_of_danger(
    live_house: LiveHouse,
):
    """On the page About, each to be rung by a press, in the page's language."""
    told = data_of(live_house)["crisis"]["numbers"]
    page = live_house.client.get("/about").text
    assert told
    for number in told:
        assert f'<a href="tel:{number["dial"]}" dir="ltr">{number["call"]}</a>' in page


def test_only_lengths_at_which_something_is_asked_are_offered(live_house: LiveHouse):
    """A length at which the script has no question would be no sitting."""
    path = live_house.settings.scripts_path / f"{SLUG}.md"
    source = path.read_text(encoding="utf-8")
    ask = re.search(r":::ask Can it.*?^:::\n", source, re.DOTALL | re.MULTILINE)
    loop = re.search(r":::until.*?^:::\n:::\n", source, re.DOTALL | re.MULTILINE)
    assert ask
    assert loop
    for asking in (ask[0], loop[0]):
        source = source.replace(asking, f":::when minutes>=10\n{asking}:::\n")
    path.write_text(source, encoding="utf-8")
    data = data_of(live_house)
    assert (data["minutes"], data["chosen"]) == ([10], 10)


def test_a_practice_that_asks_nothing_has_no_such_page(live_house: LiveHouse):
    """404, as for one that is not there."""
    for slug in ("soft-ground", "no-such"):
        assert live_house.client.get(f"/practices/{slug}/live").status_code == 404


def test_whether_it_asks_something_is_worked_out_once(
    live_house: LiveHouse, monkeypatch: pytest.MonkeyPatch
):
    """And again for a script that was read anew, and for another addition; a few are remembered."""
    looked: list[str] = []

    def compile_noted(script: Script, *rest: Any) -> object:
        looked.append(script.slug)
        return compile_sitting(script, *rest)

    monkeypatch.setattr(live, "compile_sitting", compile_noted)
    monkeypatch.setattr(live, "_known", Recent(1))
    catalogue = live_house.rooms.catalogue
    script, other = (catalogue.get(slug).script for slug in (SLUG, "soft-ground"))
    assert [live.is_live(script, Additions()) for _ in range(3)] == [True] * 3
    assert looked == [SLUG]
    assert live.is_live(script, Additions(recordings={"Hello.": "a" * 64}))
    assert live.is_live(script, Additions(recordings={"Hello.": "a" * 64}))
    assert live.is_live(replace(script), Additions(recordings={"Hello.": "a" * 64}))
    assert looked == [SLUG] * 3
    assert not live.is_live(other, Additions())
    assert not live.is_live(other, Additions())
    assert live.is_live(script, Additions())  # forgotten in favour of the other one
    assert [slug for slug in looked if slug == SLUG] == [SLUG] * 4
    assert len(looked) == 4 + len(other.minutes)
