"""What a phone kept without a network comes in any order, and more than once: it ends alike."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.store.care import make_id
from tests.web.filled_worksheets import bring_worksheets
from tests.web.people_house import People

STARTED_AT = datetime(2026, 11, 1, 7, 30, tzinfo=UTC).isoformat()
ORDERS = 60
TIMES_AT_MOST = 3
LISTS = {"session-entries": "entries", "ladders": "ladders", "submissions": "submissions"}

Deed = tuple[str, dict[str, Any]]


def deeds() -> tuple[Deed, ...]:
    """Six of one phone: where each is sent, and what. One refers to what is not here yet."""
    entry = {"practice": "soft-ground", "minutes": 2, "started_at": STARTED_AT}
    entry |= {"practised_ms": 60_000, "outcome": "completed"}
    ladder = {"practice": "soft-ground", "title": "A ladder", "language": "en"}
    ladder |= {"began_at": STARTED_AT, "rungs": [{"words": "no use", "outcome": "met"}]}
    side = {"text": "You are right to be tired.", "rating": 3}
    other = {"text": "Pull yourself together.", "rating": 1}
    answers = {"situation": "A long day.", "answers": {"first": side, "second": other}}
    sheet = {"template": "friend-and-self", "answers": answers, "answered_at": STARTED_AT}
    return (
        ("session-entries", {**entry, "id": make_id()}),
        ("session-entries", {**entry, "id": make_id(), "outcome": "stopped"}),
        ("ladders", {**ladder, "id": make_id()}),
        ("submissions", {**sheet, "id": make_id(), "assignment": None}),
        ("submissions", {**sheet, "id": make_id(), "assignment": make_id()}),
        ("submissions", {**sheet, "id": make_id(), "assignment": None}),
    )


def kept(phone: FlaskClient, sent: tuple[Deed, ...]) -> list[dict[str, Any]]:
    """What is there of these deeds, in their order, but for names and when it came."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, name in LISTS.items():
        for each in phone.get(f"/api/{path}").get_json()[name]:
            found.setdefault(each["id"], []).append(each)
    rows = [found[deed["id"]] for _, deed in sent]
    assert [len(each) for each in rows] == [1] * len(sent)
    passing = {"id", "received_at", "assignment"}
    return [{k: v for k, v in row.items() if k not in passing} for [row] in rows]


@pytest.fixture
def phone(people: People, house) -> FlaskClient:
    """Ines' phone, in a house with worksheets."""
    bring_worksheets(house.settings.scripts_path)
    for limiter in people.app.extensions["limiter"]:
        limiter.enabled = False  # that there are limits is tested elsewhere
    return people.phone_of(people.ines)


def test_any_order_ends_alike(phone: FlaskClient):
    """Sixty orders, each deed one to three times: every row once, and what it says the same."""
    in_turn = deeds()
    for path, deed in in_turn:
        assert phone.post(f"/api/{path}", json=deed).status_code == 201
    wanted = kept(phone, in_turn)
    for seed in range(ORDERS):
        chance, mixed = random.Random(seed), deeds()
        coming = [deed for deed in mixed for _ in range(chance.randint(1, TIMES_AT_MOST))]
        chance.shuffle(coming)
        answers = {}
        for path, deed in coming:
            answer = phone.post(f"/api/{path}", json=deed)
            assert answer.status_code == (200 if deed["id"] in answers else 201)
            assert answers.setdefault(deed["id"], answer.data) == answer.data
        assert kept(phone, mixed) == wanted, f"order {seed}"
