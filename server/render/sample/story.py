"""Twelve weeks in which a made-up therapist and her clients have met."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from server.care import SHARED, Shared, write_worksheet
from server.render.sample.doings import Practised, allow, keep_ladder, practise, submit
from server.render.sample.people import Cast, House, settle_cast
from server.render.worksheets import get_worksheet
from server.store import JsonObject
from server.store.care import (
    AssignmentDetails,
    ClientDeviceRow,
    ClientRow,
    NewAssignment,
    NewReview,
    ReviewText,
    TherapistRow,
    Whose,
    add_assignment,
    add_client,
    add_invitation,
    add_note,
    close_name,
    keep_review,
    make_id,
)
from server.store.care.handing_over import offer_handover

WEEKS = timedelta(weeks=12)

SITUATIONS = (
    ("I forgot my sister's birthday.", "Anybody can. You are still her sister.", 8, 1),
    ("I was late for the train.", "Then take the next one, and a tea.", 7, 2),
    ("The talk went badly.", "You stood there and said it. That was brave.", 8, 3),
    ("I shouted at my son.", "You are tired. You will say sorry, and he will hear it.", 7, 3),
    ("I did not answer the letter.", "It is one letter. Tomorrow is a day, too.", 8, 5),
    ("Nobody asked me along.", "I would have. Come and eat with us.", 8, 6),
)
"""What happened, what would be said to a friend, and how kind both answers were."""

TO_MYSELF = (
    "Of course you did. You always do.",
    "You cannot even manage a train.",
    "Everybody saw it.",
    "What kind of mother are you.",
    "Well. It lies there. Tomorrow, perhaps.",
    "It hurts, and that is allowed.",
)

RULES = {0: "Who forgets has not earned it.", 3: "First I make up for it, then I may be sad."}
"""Of which worksheets there is a review, and the rule that it found."""

PRACTISED = (
    ("stepping-back", "Stepping back", 12),
    ("three-breaths", "Three breaths", 3),
    ("as-i-am", "As I am", 9),
    ("someone-easy-to-like", "Someone easy to like", 8),
)

LADDER = {
    "title": "Stepping back",
    "language": "en",
    "practice": "stepping-back",
    "rungs": [
        {"words": "this is a waste of time", "outcome": "stepped-back"},
        {"words": "I am so tired of it", "outcome": "met"},
    ],
}

GIVEN = (
    ("practice", "stepping-back", "For the evenings. Three minutes are enough."),
    ("worksheet", "friend-and-self", "One hard moment, whenever there is one."),
)


def fill(house: House, scripts_path: Path) -> Cast:
    """Put the people and all that they have done into an empty house."""
    people = settle_cast(house)
    tell_weeks(house, people, scripts_path)
    tell_beside(house, people)
    return people


def tell_weeks(house: House, cast: Cast, scripts_path: Path) -> list[str]:
    """Ines's weeks of practice and writing; gives the ids of the worksheets that came back."""
    _let_them_be_here_for_weeks(house, cast)
    allow(house, cast.ines, SHARED, house.now_at + timedelta(hours=1))
    submissions = _write(house, cast, scripts_path)
    _sit(house, cast)
    _review(house, cast, submissions)
    _give(house, cast.ines, GIVEN)
    keep_ladder(house, cast.ines, LADDER, house.now_at - timedelta(days=5))
    seal = house.keys.get(cast.ines)
    with house.database.writing() as db:
        client, ada = db.get_one(ClientRow, cast.ines), db.get_one(TherapistRow, cast.ada)
        whose = Whose(therapist_id=cast.ada, client_id=cast.ines, seal=seal)
        add_note(db, whose, "Ask about the garden.", house.now_at)
        offer_handover(db, client, ada, cast.bo, house.now_at)
    return submissions


def tell_beside(house: House, cast: Cast) -> None:
    """Jo's beginning, of which little may be seen; and Sam, who is invited and not here yet."""
    allow(house, cast.jo, (Shared.PRACTISED, Shared.MINUTES), house.now_at + timedelta(hours=1))
    _give(house, cast.jo, (("practice", "three-breaths", "Before you open the laptop."),))
    for number in range(3):
        at = house.now_at - timedelta(days=6 - 2 * number)
        practise(house, cast.jo, cast.devices[cast.jo], _practised(4 * number + 1), at)
    with house.database.writing() as db:
        ada, client_id = db.get_one(TherapistRow, cast.ada), make_id()
        name = close_name("Sam", client_id, house.keys.make(client_id))
        sam = add_client(db, ada, client_id, name, house.now_at)
        add_invitation(db, sam, "client", house.now_at)


def _let_them_be_here_for_weeks(house: House, cast: Cast) -> None:
    began_at = house.now_at - WEEKS
    with house.database.writing() as db:
        for row in db.query(ClientRow).filter_by(therapist_id=cast.ada):
            row.made_at = row.joined_at = began_at
        for device in db.query(ClientDeviceRow).filter(
            ClientDeviceRow.client_id.in_((cast.ines, cast.jo))
        ):
            device.joined_at, device.browser = began_at, "Firefox, Android"


def _write(house: House, cast: Cast, scripts_path: Path) -> list[str]:
    """Worksheets over the weeks, whose two answers come nearer to one another."""
    worksheet = write_worksheet(get_worksheet(scripts_path, "friend-and-self"))
    return [
        submit(house, cast.ines, worksheet, _answers(number), _day(house, 3 + 13 * number))
        for number in range(len(SITUATIONS))
    ]


def _answers(number: int) -> JsonObject:
    what, to_friend, to_friend_rating, to_self_rating = SITUATIONS[number]
    return {
        "situation": what,
        "answers": {
            "first": {"text": to_friend, "rating": to_friend_rating},
            "second": {"text": TO_MYSELF[number], "rating": to_self_rating},
        },
    }


def _sit(house: House, cast: Cast) -> None:
    """Seventeen sittings, kinder from one to the next."""
    for number in range(17):
        at = _day(house, 2 + 5 * number - (number % 3))
        note = "It was quieter than I thought." if number == 3 else ""
        practise(house, cast.ines, cast.devices[cast.ines], _practised(number), at, note)


def _practised(number: int) -> Practised:
    slug, title, minutes = PRACTISED[number % len(PRACTISED)]
    return Practised(
        slug=slug,
        title=title,
        minutes=15,
        practised_ms=minutes * 60_000,
        outcome="stopped",
        is_live=number % 4 == 0,
        kindness_before=3 + number // 5,
        kindness_after=5 + number // 5,
    )


def _review(house: House, cast: Cast, submissions: list[str]) -> None:
    for number, rule in RULES.items():
        text = ReviewText(question="What is different about the friend?", answer="", rule=rule)
        review = NewReview(
            submission_id=submissions[number],
            client_id=cast.ines,
            therapist_id=cast.ada,
            text=text,
        )
        with house.database.writing() as db:
            keep_review(db, house.keys.get(cast.ines), review, house.now_at)


def _give(house: House, client_id: str, given: tuple[tuple[str, str, str], ...]) -> None:
    seal = house.keys.get(client_id)
    with house.database.writing() as db:
        client = db.get_one(ClientRow, client_id)
        for kind, subject, message in given:
            details = AssignmentDetails(message=message)
            new = NewAssignment(kind=kind, subject=subject, rhythm="twice-a-week", details=details)
            add_assignment(db, client, seal, new, house.now_at - timedelta(days=9))


def _day(house: House, day: int) -> datetime:
    return house.now_at - WEEKS + timedelta(days=day)
