"""One telling of a practice: what is read on its page is what is heard."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server.render.order_book import read_order
from server.store import find_render
from tests.web.conftest import SCRIPT

VARIANTS = """# Arriving

You are in {place}.

:::when eyes=open
Let your eyes stay open.
:::

:::when eyes=closed
Let your eyes be closed.
:::

:::when anchor=sound
Listen for a while.
:::

:::one-of
This is the first way.

This is the second way.
:::

:::when minutes>=3
There is more time.
:::

[silence fill]

- Go on -> next [default]
- This is too much -> Ground

-> end

# Ground

Nobody falls in here.
"""


@pytest.fixture(autouse=True)
def _variants(house) -> None:
    text = SCRIPT.partition("# Arriving")[0] + VARIANTS
    (house.settings.scripts_path / "soft-ground.md").write_text(text)


@pytest.mark.parametrize(
    ("query", "heard"),
    [
        ("", {"first way"}),
        ("eyes=open", {"first way", "stay open"}),
        ("eyes=closed&anchor=sound", {"first way", "be closed", "Listen"}),
        ("anchor=sight&eyes=closed", {"first way", "stay open"}),
        ("seed=1", {"second way"}),
        ("seed=4&eyes=shut&anchor=nose&minutes=3", {"first way", "more time"}),
    ],
)
def test_choices_change_what_is_read_and_what_is_heard_alike(client, house, query, heard):
    """The fragment for the page holds the sentences of the plan that would be ordered."""
    answer = client.get(f"/practices/soft-ground/telling?{query}")
    assert answer.status_code == 200
    optional = {"first way", "second way", "stay open", "be closed", "Listen", "more time"}
    assert {words for words in optional if words in answer.text} == heard
    assert "You are in “this room”." in answer.text
    assert "Ground" not in answer.text
    assert "in one stage" in answer.text
    assert "score-speech" in answer.text


def test_the_page_begins_with_the_telling_of_somebody_who_has_not_chosen(client: FlaskClient):
    """Whatever the address says but for the length: the choices are the form's."""
    page = client.get("/practices/soft-ground?minutes=3&eyes=closed&seed=1").text
    assert "There is more time." in page
    assert "first way" in page
    assert "Let your eyes" not in page


def test_what_is_ordered_is_what_was_chosen(client: FlaskClient, house):
    """Anchor, eyes and telling come through to the worker; each is a recording of its own."""
    made = set()
    for chosen in ({}, {"eyes": "closed", "anchor": "sound"}, {"seed": 1}, {"seed": 2}):
        body = {"practice": "soft-ground", "minutes": 2, **chosen}
        key = client.post("/api/renders", json=body).get_json()["key"]
        with house.database.reading() as db:
            row = find_render(db, key)
            assert row is not None
            order = read_order(row, b"")
            assert row.is_default == (chosen in ({}, {"seed": 2}))
        said = " ".join(each.text for each in order.plan.utterances)
        assert ("closed" in said, "Listen" in said) == (("eyes" in chosen),) * 2
        assert ("second way" in said) == (chosen.get("seed") == 1)
        made.add(key)
    assert len(made) == 3


def test_a_practice_that_is_too_short_can_still_be_read(client: FlaskClient, house):
    """It has no picture then, and says so when it is ordered."""
    path = house.settings.scripts_path / "soft-ground.md"
    path.write_text(path.read_text().replace("Listen", "[silence 5m] Listen"))
    answer = client.get("/practices/soft-ground/telling?anchor=sound")
    assert "for a while." in answer.text
    assert "score-speech" not in answer.text
