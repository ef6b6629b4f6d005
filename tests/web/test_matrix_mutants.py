"""Whether the authorisation matrix would notice: each check is taken out, and it has to fail."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from flask import request, session

from server.store.care import ClientRow, TherapistRow, people
from server.web import access
from server.web.access_table import ACCESS, Access
from server.web.people import SIGN_IN, Asking, keep_asking
from tests.web.conditions import Condition, find_conditions
from tests.web.conftest import house_in
from tests.web.matrix import deviations, leaks
from tests.web.matrix_bodies import body_leaks
from tests.web.matrix_conditions import OTHERWISE, WHERE, closest, is_left_to_others
from tests.web.matrix_filling import filled_house
from tests.web.matrix_house import MatrixHouse

pytestmark = [
    pytest.mark.long,
    pytest.mark.sqlite,  # each request finds the file as it was filled
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatrixHouse]:
    """One filled house for all."""
    with filled_house(house_in(tmp_path_factory.mktemp("mutants"))) as made:
        yield made


ROOT = Path(__file__).parents[2]

TWICE_LOCKED = frozenset({"spoken.show"})
"""A sound is found by the device that ordered it, whoever is let in."""


def test_each_line_of_the_table_of_access_counts(
    filled: MatrixHouse, monkeypatch: pytest.MonkeyPatch
):
    """Everybody is let in as if they were the rightful one, at one endpoint after the other."""
    admit = access.admit_to
    lifted = ""

    def admit_all(needed: Access | None) -> Any:
        if request.endpoint != lifted:
            return admit(needed)
        with filled.people.database.reading() as db:
            therapist = db.get(TherapistRow, filled.people.ada)
            client = db.get(ClientRow, filled.people.ines)
            case = db.get(ClientRow, str((request.view_args or {}).get("client_id")))
        session.update(
            {
                SIGN_IN: filled.more["token of ada"],
                "_user_id": therapist.fs_uniquifier if therapist else "",
                "fs_cc": "set",
            }
        )
        keep_asking(Asking(client=client, therapist=therapist, case=case))
        return None

    monkeypatch.setattr(access, "admit_to", admit_all)
    survivors = []
    for endpoint, needed in ACCESS.items():
        lifted = endpoint
        if needed != Access.ANYBODY and not any(
            said.startswith("in:") for *_, said in deviations(filled, frozenset({endpoint}))
        ):
            survivors.append(endpoint)
    assert set(survivors) == TWICE_LOCKED


CONDITIONS = {each.name: each for each in find_conditions()}
SEEN = {name: each for name, each in CONDITIONS.items() if not is_left_to_others(name)}


def is_noticed(house: MatrixHouse, where: str | None) -> bool:
    """Whether anybody gets in, or anything is told, that is not what the matrix expects."""
    starts = tuple((where or "").split())
    endpoints = frozenset(name for name in ACCESS if where is None or name.startswith(starts))
    noticed = (body_leaks(house), deviations(house, endpoints), leaks(house, endpoints))
    return next(chain(*noticed), None) is not None


@pytest.mark.parametrize("condition", SEEN.values(), ids=SEEN.keys())
def test_each_condition_counts(
    filled: MatrixHouse, monkeypatch: pytest.MonkeyPatch, condition: Condition
):
    """Who is let in or what is found without it is not what the matrix expects."""
    monkeypatch.setattr(condition.find_function(), "__code__", condition.code_without())
    line = closest(condition.name, WHERE)
    assert is_noticed(filled, WHERE[line] if line else None)


def test_where_to_look_is_known_of_what_there_is():
    """A line of either list without a condition is one that was forgotten."""
    for table, names in ((WHERE, SEEN), (OTHERWISE, CONDITIONS.keys() - SEEN.keys())):
        used = {closest(name, table) for name in names}
        assert table.keys() - used == set()


def test_what_is_left_to_other_tests_is_tested_there():
    """Each reason names a test that there is."""
    for reason in OTHERWISE.values():
        path, _, name = "".join(reason.rpartition("tests/")[1:]).replace("\n", "").partition("::")
        path, name = "".join(path.split()), "".join(name.split())
        assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8"), reason


def mutated(function: Callable[..., Any], old: str, new: str) -> Any:
    """The code of a function in which something stands instead of something else."""
    source = textwrap.dedent(inspect.getsource(function))
    assert old in source, f"{old!r} does not stand in {function.__qualname__}"
    assert isinstance(function, FunctionType)
    scope: dict[str, Any] = {}
    header = "from __future__ import annotations\n"
    exec(header + source.replace(old, new), function.__globals__, scope)
    return scope[function.__name__].__code__


@pytest.mark.parametrize(
    "line",
    [
        "SignInRow.token_hash == hash_token(sign_in),",
        "recently(SignInRow.made_at, now_at, SIGN_IN_LASTS),",
        "recently(SignInRow.seen_at, now_at, idle),",
    ],
)
def test_each_line_about_a_sign_in_counts(
    filled: MatrixHouse, monkeypatch: pytest.MonkeyPatch, line: str
):
    """What says neither whose it is nor whether it stands: the token itself, and its times."""
    monkeypatch.setattr(people.find_therapist, "__code__", mutated(people.find_therapist, line, ""))
    assert is_noticed(filled, "clients.")
