"""Opening a workshop as the settings say, in the same way for the web and for a worker."""

from __future__ import annotations

from server.config import Settings
from server.render.catalogue import open_catalogue
from server.render.orders import Workshop
from server.render.queue import RenderQueue
from server.store.care import open_audited
from server.store.shelves import open_shelf


def open_workshop(settings: Settings) -> Workshop:
    """Open database, shelf, catalogue and queue; what is done is kept in the audit's head."""
    return Workshop(
        settings=settings,
        database=open_audited(settings.database_address, settings.keys_path),
        shelf=open_shelf(settings),
        catalogue=open_catalogue(settings),
        queue=RenderQueue(settings.queue_address),
    )
