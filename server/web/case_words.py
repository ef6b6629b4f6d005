"""How a case file says things: what may be seen of a client, what was given, and on which day."""

from __future__ import annotations

from babel.lists import format_list
from flask_babel import gettext, lazy_gettext

from server.care import SHARED, Consent, Shared
from server.store.care import AssignmentRow, ClientRow
from server.web.givable import Givable
from server.web.language import get_phrasebook

KINDS = {
    Shared.PRACTISED: lazy_gettext("the days and the practices"),
    Shared.MINUTES: lazy_gettext("the minutes"),
    Shared.FELT: lazy_gettext("kindness and willingness, before and after"),
    Shared.WORKSHEETS: lazy_gettext("worksheets"),
    Shared.LADDERS: lazy_gettext("ladders"),
    Shared.NOTES: lazy_gettext("notes beside the log"),
}
"""What may be seen, as it stands in a list."""


def consent_text(client: ClientRow, name: str, consent: Consent) -> str:
    """Say in one plain line what a client lets their therapist see."""
    if client.left_at is not None:
        return gettext("%(name)s has left. Nothing of theirs is shown.", name=name)
    if client.joined_at is None:
        return gettext("%(name)s has not joined yet.", name=name)
    seen = [str(KINDS[kind]) for kind in SHARED if consent.may_see(kind)]
    unseen = [str(KINDS[kind]) for kind in SHARED if not consent.may_see(kind)]
    if not seen:
        return gettext("%(name)s lets you see nothing of theirs.", name=name)
    if not unseen:
        return gettext("%(name)s lets you see: %(seen)s.", name=name, seen=_listed(seen))
    return gettext(
        "%(name)s lets you see: %(seen)s. You see nothing of: %(unseen)s.",
        name=name,
        seen=_listed(seen),
        unseen=_listed(unseen),
    )


def given_title(given: AssignmentRow, found: Givable | None) -> str:
    """What something that was given is called; what is not in the house any more, by its name."""
    return found.title if found else given.subject.replace("-", " ").capitalize()


def _listed(parts: list[str]) -> str:
    return format_list(parts, locale=get_phrasebook().locale)
