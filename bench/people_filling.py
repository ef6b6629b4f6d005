"""A house in which a therapist and a client have met for weeks, for the pictures of their pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from server.care import write_worksheet
from server.render import get_worksheet
from server.store import SessionEntryRow
from server.store.care import (
    AssignmentDetails,
    ClientDeviceRow,
    ClientRow,
    KeptLadderRow,
    NewAssignment,
    NewReview,
    PracticeRoomRow,
    ReviewText,
    TherapistRow,
    Whose,
    add_assignment,
    add_note,
    keep_review,
)
from server.store.care.handing_over import offer_handover
from tests.web.case_house import allow, keep_ladder, practise, submit
from tests.web.people_house import People

SITUATIONS = (
    (
        "I forgot my sister's birthday.",
        "Anybody can. You are still her sister.",
        8,
        1,
    ),
    ("I was late for the train.", "Then take the next one, and a tea.", 7, 2),
    ("The talk went badly.", "You stood there and said it. That was brave.", 8, 3),
    ("I shouted at my son.", "You are tired. You will say sorry, and he will hear it.", 7, 3),
    ("I did not answer the letter.", "It is one letter. Tomorrow is a day, too.", 8, 5),
    ("Nobody asked me along.", "I would have. Come and eat with us.", 8, 6),
)
TO_MYSELF = (
    "Of course you did. You always do.",
    "You cannot even manage a train.",
    "Everybody saw it.",
    "What kind of mother are you.",
    "Well. It lies there. Tomorrow, perhaps.",
    "It hurts, and that is allowed.",
)
RULES = {0: "Who forgets has not earned it.", 3: "First I make up for it, then I may be sad."}
PRACTISED = (
    ("stepping-back", "Stepping back", 12),
    ("three-breaths", "Three breaths", 3),
    ("as-i-am", "As I am", 9),
    ("someone-easy-to-like", "Someone easy to like", 8),
)


def fill(people: People) -> list[str]:
    """Weeks of practice and writing; gives the ids of the worksheets that came back."""
    now_at, ines, seal = datetime.now(UTC), people.ines, people.keys.get(people.ines)
    began_at = now_at - timedelta(weeks=12)
    settings = people.app.extensions["stepback"].settings
    worksheet = write_worksheet(get_worksheet(settings.scripts_path, "friend-and-self"))
    with people.database.writing() as db:
        db.get_one(TherapistRow, people.ada).name = "Dr Ada Holm"
        db.get_one(TherapistRow, people.bo).name = "Bo Lindqvist"
        db.get_one(PracticeRoomRow, people.rooms[0]).name = "Practice in Linden Street"
        for row in db.query(ClientRow).filter_by(therapist_id=people.ada):
            row.made_at = row.joined_at = began_at
        for device in db.query(ClientDeviceRow).filter_by(client_id=ines):
            device.joined_at, device.browser = began_at, "Firefox, Android"
    allow(people, ines)
    submissions = []
    for number, (what, to_friend, first, second) in enumerate(SITUATIONS):
        answers = {
            "situation": what,
            "answers": {
                "first": {"text": to_friend, "rating": first},
                "second": {"text": TO_MYSELF[number], "rating": second},
            },
        }
        at = began_at + timedelta(days=3 + 13 * number)
        submissions.append(submit(people, ines, at=at, worksheet=worksheet, answers=answers))
    for number in range(17):
        at = began_at + timedelta(days=2 + 5 * number - (number % 3))
        practise(people, ines, at=at, note="It was quieter than I thought." if number == 3 else "")
    with people.database.writing() as db:
        for number, row in enumerate(
            db.query(SessionEntryRow).order_by(SessionEntryRow.started_at)
        ):
            row.slug, row.title, minutes = PRACTISED[number % len(PRACTISED)]
            row.practised_ms, row.is_live = minutes * 60_000, number % 4 == 0
            row.kindness_before, row.kindness_after = 3 + number // 5, 5 + number // 5
        client, bo = db.get_one(ClientRow, ines), people.bo
        for number, rule in RULES.items():
            text = ReviewText(question="What is different about the friend?", answer="", rule=rule)
            review = NewReview(submission_id=submissions[number], client_id=ines,
                               therapist_id=people.ada, text=text)  # fmt: skip
            keep_review(db, seal, review, now_at)
        for kind, subject, message in (
            (
                "practice",
                "stepping-back",
                "For the evenings. Three minutes are enough.",
            ),
            ("worksheet", "friend-and-self", "One hard moment, whenever there is one."),
        ):
            details = AssignmentDetails(message=message)
            new = NewAssignment(kind=kind, subject=subject, rhythm="twice-a-week", details=details)
            add_assignment(db, client, seal, new, now_at - timedelta(days=9))
        whose = Whose(therapist_id=people.ada, client_id=ines, seal=seal)
        add_note(db, whose, "Ask about the garden.", now_at)
        offer_handover(db, client, db.get_one(TherapistRow, people.ada), bo, now_at)
    ladder = keep_ladder(people, ines)
    rungs = [{"words": "this is a waste of time", "outcome": "stepped-back"},
             {"words": "I am so tired of it", "outcome": "met"}]  # fmt: skip
    told = {"title": "Stepping back", "language": "en", "practice": "stepping-back", "rungs": rungs}
    with people.database.writing() as db:
        row = db.get_one(KeptLadderRow, ladder)
        row.sealed_ladder = seal.close(json.dumps(told), f"kept_ladders:{ladder}")
        row.sat_at = row.kept_at = now_at - timedelta(days=5)
    return submissions
