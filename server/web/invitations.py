"""Links that work once: how they are written."""

from __future__ import annotations

from server.web.rooms import get_rooms


def link_to_join(token: str) -> str:
    """The whole address, by the name of the house that its operator gave it."""
    return f"{get_rooms().settings.public_url}/join/{token}"
