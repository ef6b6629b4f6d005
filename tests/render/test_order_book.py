"""The order book: what was ordered is what is made, whatever happens to the house meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.errors import InvalidScript
from server.render import Catalogue, Workshop
from server.render.order_book import read_order
from server.script import Respelling
from server.store import RenderRow
from server.timeline import NOTHING_ADDED, Additions, Options, OwnSound, plan, plan_key
from server.units import Ms
from server.voice import SILENT

from .conftest import SCRIPT

RowOf = Callable[[str], RenderRow]
SECRET = bytes(32)
TEMPLE = OwnSound(name="temple", key="a" * 64, length_ms=Ms(9000))
ADDED = Additions(
    sounds={"temple": TEMPLE},
    lexicon=(Respelling(word="way", spoken="weigh"),),
    recordings={"That was all.": "b" * 64, "Nobody says this.": "c" * 64},
)


class House:
    """A house whose additions can change."""

    def __init__(self, workshop: Workshop) -> None:
        self.added = ADDED
        path = workshop.settings.scripts_path
        (path / "small-step.md").write_text(SCRIPT.replace("[bell]", "[bell temple] [bed rain]"))
        self.workshop = replace(workshop, catalogue=Catalogue(path, lambda _slug: self.added))


@pytest.fixture
def house(workshop: Workshop) -> House:
    return House(workshop)


@pytest.mark.parametrize(
    "options",
    [
        Options(minutes=2),
        Options(minutes=3, pace=1.1, bed="temple", bed_level="high"),
        Options(minutes=3, pace=0.92, bed="none"),
        Options(minutes=2, words={"obstacle": "my own way"}, bed_level="low"),
        Options(minutes=2, anchor="hands", eyes="open", seed=3),
    ],
)
def test_what_is_made_is_what_was_ordered(house: House, row_of: RowOf, options: Options) -> None:
    """All choices and additions are in the row; what the house adds later changes nothing."""
    row = house.workshop.order("small-step", options, "device")
    script = house.workshop.catalogue.get("small-step").script
    house.added = NOTHING_ADDED
    order = read_order(row_of(row.key), SECRET)
    assert order.plan == plan(script, options, ADDED)
    assert order.script == script
    assert (order.private_salt is not None) == row.is_private == bool(options.words)
    assert row.is_private or plan_key(order.plan, SILENT.key) == row.key


def test_only_the_recordings_that_are_heard_are_kept(house: House) -> None:
    """A row does not carry what others have recorded for other practices."""
    row: Any = house.workshop.order("small-step", Options(minutes=2), None)
    assert row.order["additions"]["recordings"] == {"That was all.": "b" * 64}


def test_what_the_house_adds_makes_another_render(house: House) -> None:
    """With another respelling, recording or sound the same wish is a new recording."""
    keys = {house.workshop.order("small-step", Options(minutes=2), None).key}
    other = replace(TEMPLE, key="d" * 64)
    for change in ({"lexicon": ()}, {"recordings": {}}, {"sounds": {"temple": other}}):
        house.added = replace(ADDED, **change)
        keys.add(house.workshop.order("small-step", Options(minutes=2), None).key)
    assert len(keys) == 4


def test_an_order_of_an_older_house_is_still_made(workshop: Workshop, row_of: RowOf) -> None:
    """A row that knows nothing of pace, bed and additions is made as it was meant."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    older = ("source", "path", "minutes", "words")
    with workshop.database.writing() as db:
        row = db.get(RenderRow, key)
        assert row is not None
        row.order = {name: row.order[name] for name in older}
    script = workshop.catalogue.get("small-step").script
    assert read_order(row_of(key), SECRET).plan == plan(script, Options(minutes=2))


def test_a_script_of_other_rules_is_refused(workshop: Workshop, row_of: RowOf) -> None:
    """What this version cannot read is an error with its reason, never half a practice."""
    key = workshop.order("small-step", Options(minutes=2), None).key
    with workshop.database.writing() as db:
        row = db.get(RenderRow, key)
        assert row is not None
        row.order = {**row.order, "source": SCRIPT.replace("[bell]", "[gong]")}
    with pytest.raises(InvalidScript, match="gong"):
        read_order(row_of(key), SECRET)
