"""The authorisation matrix: everybody asks for everything, and only who may is answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgresql import closed_afterwards
from tests.web.conftest import house_in
from tests.web.matrix import METHODS, deviations, leaks, rules, who_gets_in
from tests.web.matrix_bodies import body_leaks
from tests.web.matrix_filling import filled_house
from tests.web.matrix_house import MatrixHouse
from tests.web.matrix_requests import asked_of


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatrixHouse]:
    """One filled house for all."""
    folder = tmp_path_factory.mktemp("matrix")
    with closed_afterwards(), filled_house(house_in(folder)) as made:
        yield made


def test_the_table_knows_every_endpoint(filled: MatrixHouse):
    """A new route is not in until somebody has thought about who may come in."""
    listed = who_gets_in()
    assert {rule.endpoint for rule, _ in rules(filled)} == listed.keys()
    assert len(listed) > 120


def test_everybody_gets_in_where_they_may_and_nowhere_else(filled: MatrixHouse):
    """Every rule, every method, everybody."""
    assert list(deviations(filled)) == []


def test_another_method_is_nobodys(filled: MatrixHouse):
    """What no rule of an address knows is answered to nobody."""
    known: dict[str, set[str]] = {}
    for rule, method in rules(filled):
        known.setdefault(asked_of(filled, rule, method).path, set()).add(method)
    found = [
        (who, method, path, answer.status_code)
        for path, methods in known.items()
        for method in METHODS
        if method not in methods
        for who in ("nobody", "ines", "ada", "operator")
        for answer in [filled.ask(who, method, path, {})]
        if answer.status_code not in (404, 405, 415) or filled.is_changed
    ]
    assert found == []


def test_what_is_somebody_elses_is_answered_like_nothing(filled: MatrixHouse):
    """Another client's, another therapist's, another room's: the same body, and no change."""
    assert list(leaks(filled)) == []


def test_what_is_named_in_a_body_has_to_be_ones_own(filled: MatrixHouse):
    """Ids of somebody else's change nothing of theirs, and tell nothing."""
    assert list(body_leaks(filled)) == []
