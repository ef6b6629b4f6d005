"""Requests by the ten thousand, made from the API's description and by hand: none is a 5xx."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import hypothesis
import pytest
from apiflask import APIFlask
from hypothesis import HealthCheck, Phase, given
from hypothesis.errors import Unsatisfiable
from schemathesis import BaseSchema, Case, GenerationMode, openapi
from schemathesis.schemas import APIOperation

from server.app import create_app
from server.render.covers import make_picture
from server.web.device import COOKIE
from tests.rigs.hostile import Hostile
from tests.web.conftest import house_in
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import People, settle_people

pytestmark = [pytest.mark.rig, pytest.mark.timeout(7200)]

REQUESTS = 10_000
A_ROUND = 60
"""So many of one kind for one operation, before the next one has its turn."""

HERE = "http://localhost"
WORKSHEET = "obstacle-diary"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """A house with people and worksheets, whose worker has drawn each cover."""
    monkeypatch.setattr("server.render.covers.read_picture", make_picture)
    house = house_in(tmp_path)
    bring_worksheets(house.settings.scripts_path)
    app = create_app(house.settings)
    yield settle_people(app)
    app.extensions["stepback"].database.close()
    app.extensions["stepback"].workshop.queue.close()


def test_the_api_by_its_description(people: People, times: int, seed: int, counted) -> None:
    """Valid and invalid bodies, by an author, a client's phone: no 5xx, no undescribed status."""
    operations = [each.ok() for each in _describe(people.app).get_all_operations()]
    answered: Counter[int] = Counter()
    wrong: set[str] = set()
    device = people.devices[people.ines]

    def ask(operation: APIOperation, case: Case) -> None:
        if answered.total() % 2:
            _aim(case)
        answer = case.call(headers={"Origin": HERE}, cookies={COOKIE: device})
        answered[answer.status_code] += 1
        known = operation.definition.raw["responses"]
        if answer.status_code >= 500 or str(answer.status_code) not in known:
            wrong.add(f"{operation.label}: {answer.status_code} for {case.as_curl_command()[:400]}")

    turn = seed
    while answered.total() < REQUESTS * times:
        for operation in operations:
            for mode in GenerationMode:
                _ask_round(operation, mode, ask, turn)
        turn += 1
    assert sorted(wrong) == []
    assert answered[200] + answered[201] + answered[204] > REQUESTS / 50, answered
    counted(f"{answered.total()} requests to {len(operations)} operations: {_told(answered)}")


def test_pages_with_whatever_comes(people: People, times: int, seed: int, counted) -> None:
    """Hostile addresses, headers and bodies, by strangers, a client and a therapist: no 5xx."""
    ids = ("soft-ground", people.ines, people.ada, people.rooms[0], "en", "1", "0")
    hostile = Hostile(people.app, random.Random(seed), ids)
    askers = (people.stranger(), people.phone_of(people.ines), people.signed_in(people.ada))
    answered: Counter[int] = Counter()
    wrong = []
    for number, request in enumerate(hostile.requests(REQUESTS * times)):
        answer = askers[number % 3].open(**request)
        answered[answer.status_code] += 1
        answer.close()
        is_ready_asked = request["path"].startswith("/ready")  # there is no worker: 503 is true
        if answer.status_code >= 500 and not is_ready_asked:
            wrong.append((answer.status_code, str(request)[:400]))
    assert wrong == []
    assert answered[200] > REQUESTS / 50
    counted(f"{answered.total()} hostile requests: {_told(answered)}")


def test_a_fault_would_be_seen(people: People) -> None:
    """A view that fails is a 500 here as well, and no exception that ends the count."""

    def fail() -> str:
        raise ZeroDivisionError

    endpoint, _ = people.app.url_map.bind("").match("/")
    people.app.view_functions[endpoint] = fail
    assert people.stranger().get("/").status_code == 500


def _aim(case: Case) -> None:
    """Name what is there: what was made up by chance leads nowhere, and no further."""
    there = {"practice": "soft-ground", "slug": "soft-ground", "name": WORKSHEET}
    for parts in (case.path_parameters, case.body):
        if isinstance(parts, dict):
            parts.update({name: there[name] for name in parts.keys() & there.keys()})
    if isinstance(case.body, dict) and "template" in case.body:
        case.body["template"] = WORKSHEET


def _describe(app: APIFlask) -> BaseSchema:
    schema = openapi.from_wsgi("/api/openapi.json", app)
    schema.config.update(base_url=HERE)
    return schema


def _ask_round(
    operation: APIOperation,
    mode: GenerationMode,
    ask: Callable[[APIOperation, Case], None],
    turn: int,
) -> None:
    @hypothesis.seed(turn)
    @hypothesis.settings(
        max_examples=A_ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def go(case: Case) -> None:
        ask(operation, case)

    with suppress(Unsatisfiable):  # where nothing is said there is nothing invalid to be said
        go()


def _told(answered: Counter[int]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(answered.items()))
