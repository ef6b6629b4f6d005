"""What is in a client's private feeds: what stands given to them as practice, and its sound."""

from __future__ import annotations

import base64
import hmac
import logging
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from server.errors import KeyGone, PracticeNotFound, SealBroken, StepbackError
from server.render.given_practices import minutes_of, sitting_details
from server.render.guides import read_guides
from server.render.orders import Workshop
from server.script import Course, Script
from server.store import RenderRow
from server.store.care import (
    AssignmentDetails,
    AssignmentRow,
    ClientRow,
    KeyRing,
    Seal,
    list_assignments,
    read_details,
)
from server.store.care.feed_renders import list_feed_renders
from server.store.care.private_feed_tables import PrivateFeedRow

logger = logging.getLogger(__name__)

GUIDS = uuid.UUID("0b0d8a58-2c6e-4f0e-9d5f-6f6b5d1c7a42")
"""The namespace of all items' guids. It never changes: an app would take all for new ones."""

ACCIDENTS = (StepbackError, OSError, TypeError, ValueError, LookupError)
"""What a broken course, script or row may raise: it keeps nothing else back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item of a client's feeds."""

    guid: str
    """For ever: it survives a new render, title, length, voice, and a new token of the feed."""
    number: int
    """From 1, in the order given. What was taken back keeps its number; where sittings come to a
    course or go, what was given after it is counted anew."""
    title: str
    """The practice's."""
    minutes: int
    """Of the sound that is there; of what is on its way, where there is none."""
    slug: str
    message: str
    """The therapist's own words to it, which the sound begins with where they are to be spoken;
    of a course, with its first sitting. Empty where there are none."""
    given_at: datetime
    render: RenderRow | None
    """The newest finished sound whose files are there, with its renditions, or None. Two items may
    have the same: what tells their enclosures apart has to be added to the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedItem:
    """One item before its sound is looked for."""

    assignment: AssignmentRow
    place: str
    number: int
    slug: str
    details: AssignmentDetails

    @property
    def key(self) -> tuple[str, str]:
        """Which of the client's items it is."""
        return self.assignment.id, self.place


def item_guid(assignment_id: str, place: str = "") -> str:
    """Name an item for ever: an assignment, or one sitting of a course that was given."""
    return str(uuid.uuid5(GUIDS, f"{assignment_id}:{place}" if place else assignment_id))


def file_signature(secret: bytes, feed: PrivateFeedRow, name: str) -> str:
    """Sign the name of a file of one feed: 43 characters of base64url.

    The hash of the feed's token goes into it: with a new token all old addresses open nothing.
    """
    key = hmac.digest(secret, b"private feed files", "sha256")
    signed = f"{feed.id}:{feed.token_hash}:{name}".encode()
    digest = hmac.digest(key, signed, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def list_feed_items(workshop: Workshop, keys: KeyRing, client_id: str) -> tuple[FeedItem, ...]:
    """What is in all of a client's feeds, in the order given, also what is not made yet.

    Nothing is ordered or planned by it. Empty for who has left or is being erased.
    """
    with workshop.database.reading() as db:
        client = db.get(ClientRow, client_id)
        if client is None or client.left_at is not None:
            return ()
        given = list_assignments(db, client, with_withdrawn=True)
        renders = list_feed_renders(db, client_id)
    items = (
        _item(workshop, wanted, renders.get(wanted.key, []))
        for wanted in list_wanted_items(workshop, keys, client_id, given)
    )
    return tuple(item for item in items if item is not None)


def list_wanted_items(
    workshop: Workshop, keys: KeyRing, client_id: str, given: Iterable[AssignmentRow]
) -> Iterator[WantedItem]:
    """Every item in the order given, counted from 1; of what was taken back its number alone."""
    try:
        seal = keys.get(client_id)
    except KeyGone:
        return
    oldest_first = sorted(given, key=lambda row: (row.given_at, row.id))
    has_courses = any(row.kind == "course" for row in oldest_first)
    courses = _courses(workshop) if has_courses else {}
    number = 0
    for row in oldest_first:
        for place, slug, details in _sittings_of(row, seal, courses):
            number += 1
            if row.withdrawn_at is None:
                yield WantedItem(
                    assignment=row, place=place, number=number, slug=slug, details=details
                )


def _courses(workshop: Workshop) -> dict[str, Course]:
    guides = read_guides(workshop.settings.scripts_path, workshop.catalogue.scripts())
    return {course.slug: course for course in guides.written}


def _sittings_of(
    row: AssignmentRow, seal: Seal, courses: dict[str, Course]
) -> Iterator[tuple[str, str, AssignmentDetails]]:
    """Place, practice and details of everything that one assignment puts into a feed."""
    if row.kind not in ("practice", "course"):
        return
    try:
        details = read_details(row, seal)
    except SealBroken:
        logger.warning("assignment cannot be opened id=%s", row.id)
        return
    if details.is_in_app_only:
        return
    if row.kind == "practice":
        yield "", row.subject, details
    elif course := courses.get(row.subject):
        yield from _course_sittings(course, details)


def _course_sittings(
    course: Course, details: AssignmentDetails
) -> Iterator[tuple[str, str, AssignmentDetails]]:
    """A sitting is known by its practice, and the how-many-eth of it it is: so it stays what it
    is where another one is put before it.
    """
    seen: Counter[str] = Counter()
    for lead in course.sittings:
        is_first = not seen
        seen[lead.practice] += 1
        own = sitting_details(details, lead, is_first=is_first)
        yield f"{lead.practice}:{seen[lead.practice]}", lead.practice, own


def _item(workshop: Workshop, wanted: WantedItem, renders: list[RenderRow]) -> FeedItem | None:
    """Tell what an item is; None for a practice that is gone and was never recorded."""
    render = next((each for each in renders if not workshop.is_lost(each)), None)
    script = _find_script(workshop, wanted.slug)
    if script is None and render is None:
        return None
    if render is not None:
        minutes = render.minutes
    elif script is not None:
        minutes = minutes_of(script, int(wanted.details.choices.get("minutes", 0)))
    return FeedItem(
        guid=item_guid(*wanted.key),
        number=wanted.number,
        title=script.title if script is not None else render.title if render is not None else "",
        minutes=minutes,
        slug=wanted.slug,
        message=wanted.details.message,
        given_at=wanted.assignment.given_at,
        render=render,
    )


def _find_script(workshop: Workshop, slug: str) -> Script | None:
    try:
        return workshop.catalogue.get(slug).script
    except PracticeNotFound:
        return None
