"""Is the far store in order? What `stepback doctor` tries out; too much for /ready."""

from __future__ import annotations

from server.config import Settings
from server.errors import StoreUnavailable
from server.render.checks import Check
from server.store.shelves import open_shelf

MOST_SAID = 300
"""So much of what a store said is shown."""


def check_store(settings: Settings) -> tuple[Check, ...]:
    """Put, read, list and remove a file; nothing where there is no far store."""
    if not settings.store_url:
        return ()
    shelf = open_shelf(settings)
    try:
        shelf.try_out()
    except StoreUnavailable as error:
        said = str(error.__cause__ or "").partition("\n")[0][:MOST_SAID]
        detail = f"{shelf.place}: {error} {said}".strip()
        advice = (
            "Look whether STEPBACK_STORE_URL leads to a bucket of this house's alone, and whether "
            "AWS_ACCESS_KEY_ID may read, write, delete and list there. What is on this machine "
            "still plays; nothing has to be restarted."
        )
        return (Check(name="store", ok=False, detail=detail, what_to_do=advice),)
    return (Check(name="store", ok=True, detail=f"{shelf.place} keeps what it is given."),)
