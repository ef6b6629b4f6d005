"""What is read of the case that an address names: by consent alone, and each time with a deed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from server.care import Consent, Shared, Submitted, read_submitted
from server.errors import CaseNotFound
from server.render import CaseView, LadderView, SubmissionView, visible_case
from server.store import Session
from server.store.care import Seal, add_deeds, consent_of, open_name
from server.web.people import deed_of_therapist, get_own_case, hold_own_case
from server.web.rooms import get_rooms

PREFIX = "/room/clients/<client_id>"
"""Where everything of one client is."""


def own_seal() -> Seal:
    """The key of the client whom the address names. Raises KeyGone."""
    return get_rooms().keys.get(get_own_case().id)


def own_name() -> str:
    """What the therapist calls the client whom the address names."""
    return open_name(get_own_case(), own_seal())


def read_case(db: Session, *kinds: Shared) -> CaseView:
    """What the client lets be seen, by what they decided last; of these kinds alone, if any.

    What is not asked for is not opened.
    """
    client = hold_own_case(db)
    consent = consent_of(db, client.id)
    if kinds:
        consent = Consent(given=consent.given & frozenset(kinds))
    return visible_case(db, get_rooms().keys, client, consent)


def get_submission(view: CaseView, submission_id: str) -> tuple[SubmissionView, Submitted]:
    """One submission, as it is and read. Raises CaseNotFound for what may not be seen."""
    for each in view.submissions:
        if each.id == submission_id:
            return each, read_submitted(each.content)
    raise CaseNotFound


def get_ladder(view: CaseView, ladder_id: str) -> LadderView:
    """One ladder. Raises CaseNotFound for what may not be seen."""
    for each in view.ladders:
        if each.id == ladder_id:
            return each
    raise CaseNotFound


def note_read(db: Session, action: str, subject: str = "") -> None:
    """Note that the asking therapist reads words of the client's, in this very transaction."""
    note_each_read(db, action, [subject])


def note_each_read(db: Session, action: str, subjects: Iterable[str]) -> None:
    """The same for all that one page shows, however many there are."""
    client_id = get_own_case().id
    deeds = (deed_of_therapist(action, client_id=client_id, subject=each) for each in subjects)
    add_deeds(db, deeds, datetime.now(UTC))
