"""What a client did and decided, for tests of what their therapist is shown of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from server.care import SHARED, Shared
from server.render import sample
from server.store.care import AuditRow
from tests.web.people_house import People

LATER = datetime.now(UTC) + timedelta(hours=1)
"""When everybody has joined."""

WORKSHEET = {
    "name": "friend-and-self",
    "title": "A friend, and you",
    "language": "en",
    "summary": "Two answers.",
    "message": "Only look.",
    "closing": "",
    "credits": "",
    "fields": [
        {
            "kind": "text",
            "name": "situation",
            "ask": "What happened?",
            "hint": "",
            "longest": 2000,
            "is_optional": False,
        },
        {
            "kind": "pair",
            "name": "answers",
            "longest": 2000,
            "first": {"title": "To a friend", "ask": "To them?", "hint": "", "rate": "How kind?"},
            "second": {"title": "To myself", "ask": "To you?", "hint": "", "rate": "How kind?"},
        },
        {
            "kind": "scale",
            "name": "tired",
            "ask": "How tired are you?",
            "hint": "",
            "least": 0,
            "most": 5,
            "least_means": "",
            "most_means": "",
            "is_optional": True,
        },
    ],
}

LADDER = {
    "title": "Stepping back",
    "language": "en",
    "rungs": [
        {"words": "it is <u>useless</u>", "outcome": "stepped-back"},
        {"words": None, "outcome": "met"},
    ],
}

SITUATION = "I <i>forgot</i> her birthday."
TO_A_FRIEND = "Anybody would have, after such a week."
TO_MYSELF = "You always do this."


def allow(people: People, client_id: str, kinds: Iterable[Shared] = SHARED) -> None:
    """A client decides that these may be seen, and nothing else."""
    sample.allow(_house(people), client_id, kinds, LATER)


def practise(people: People, client_id: str, *, at: datetime = LATER, note: str = "") -> None:
    """A client practises for 12 minutes, and may write a note beside it."""
    what = sample.Practised(
        slug="soft-ground",
        title="Soft ground",
        minutes=15,
        practised_ms=720_000,
        outcome="stopped",
        is_live=True,
        kindness_before=3,
        kindness_after=4,
    )
    sample.practise(_house(people), client_id, people.devices[client_id], what, at, note)


def submit(
    people: People,
    client_id: str,
    *,
    at: datetime = LATER,
    ratings: tuple[int, int] = (8, 1),
    is_marked: bool = False,
    worksheet: dict[str, object] | None = None,
    answers: dict[str, object] | None = None,
) -> str:
    """A worksheet comes back; gives its id."""
    pair = {
        "first": {"text": TO_A_FRIEND, "rating": ratings[0]},
        "second": {"text": TO_MYSELF, "rating": ratings[1]},
    }
    written = answers or {"situation": SITUATION, "answers": pair, "tired": 4}
    asked, house = worksheet or WORKSHEET, _house(people)
    return sample.submit(house, client_id, asked, written, at, is_marked=is_marked)


def keep_ladder(people: People, client_id: str) -> str:
    """A ladder is kept; gives its id."""
    return sample.keep_ladder(_house(people), client_id, LADDER, LATER)


def _house(people: People) -> sample.House:
    return sample.House(database=people.database, keys=people.keys, now_at=datetime.now(UTC))


def deeds(people: People) -> list[tuple[str, str, str | None, str]]:
    """All that the audit holds: who, what, whose, which."""
    with people.database.reading() as db:
        rows = db.scalars(select(AuditRow).order_by(AuditRow.number))
        return [(row.actor, row.action, row.client_id, row.subject) for row in rows]
