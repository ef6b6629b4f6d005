"""What was given to the client whose device asks, by the id that an address or an order names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Response, request

from server.errors import KeyGone
from server.render import Giving
from server.render.given_practices import giving_of, greeting_of, sitting_details
from server.script import Script
from server.store import hash_device
from server.store.care import (
    AssignmentDetails,
    TherapistRow,
    find_assignment,
    find_client,
    read_details,
)
from server.timeline import Greeting
from server.web.addresses import is_id
from server.web.device import find_device
from server.web.givable import from_text, rhythm_text
from server.web.giving_sound import SAID
from server.web.guide_book import find_guides
from server.web.rooms import get_rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """An assignment of the asking client's, opened."""

    id: str
    kind: str
    """practice, worksheet or course."""
    client_id: str
    therapist: str
    """The name of who gave it."""
    rhythm: str
    details: AssignmentDetails

    @property
    def choices(self) -> Mapping[str, str | int]:
        """How a practice is to be."""
        return self.details.choices

    @property
    def from_text(self) -> str:
        """Whom it is from."""
        return from_text(self.therapist)

    @property
    def rhythm_text(self) -> str:
        """What is suggested, in kind words."""
        return rhythm_text(self.rhythm)

    @property
    def said_text(self) -> str:
        """Where the message is said as well, if it is."""
        return str(SAID[self.kind]) if self.details.is_spoken else ""

    @property
    def greeting(self) -> Greeting | None:
        """What is said at the beginning of the sound."""
        return greeting_of(self.details, self.from_text)

    def giving(self, script: Script) -> Giving:
        """What it adds to an order of this script; a voice that is gone is not asked for."""
        return giving_of(get_rooms().settings, script, self.client_id, self.details)


def kept_by_none(response: Response, given: Assigned | None) -> Response:
    """What was written for one person is kept by no cache."""
    if given is not None:
        response.headers["Cache-Control"] = "no-store"
    return response


def find_assigned(assignment_id: str | None, kind: str, subject: str) -> Assigned | None:
    """What an id stands for, where it was given to the client who asks, and stands.

    Of everybody else's, and of what was taken back, nothing is said: it is as if no id were there.
    """
    device, rooms = find_device(request), get_rooms()
    if device is None or assignment_id is None or not is_id(assignment_id):
        return None
    with rooms.database.reading() as db:
        client = find_client(db, hash_device(device))
        row = find_assignment(db, client, assignment_id) if client else None
        if client is None or row is None or (row.kind, row.subject) != (kind, subject):
            return None
        therapist = db.get(TherapistRow, row.therapist_id)
    try:
        details = read_details(row, rooms.keys.get(client.id))
    except KeyGone:
        return None  # they are being erased just now
    return Assigned(
        id=row.id,
        kind=kind,
        client_id=client.id,
        therapist=therapist.name if therapist else "",
        rhythm=row.rhythm,
        details=details,
    )


def find_assigned_practice(assignment_id: str | None, slug: str) -> Assigned | None:
    """As find_assigned(), for a practice by itself or as the first sitting of a course."""
    found = find_assigned(assignment_id, "practice", slug)
    if assignment_id is None or found is not None:
        return found
    for course in find_guides().courses:
        first = course.sittings[0]
        if first.practice == slug and (
            given := find_assigned(assignment_id, "course", course.slug)
        ):
            details = sitting_details(given.details, first, is_first=True)
            return replace(given, kind="practice", details=details)
    return None
