"""Links that work once: how they are written, and drawn as a code that a phone reads."""

from __future__ import annotations

import segno
from markupsafe import Markup

from server.web.rooms import get_rooms


def link_to_join(token: str) -> str:
    """The whole address, by the name of the house that its operator gave it."""
    return f"{get_rooms().settings.public_url}/join/{token}"


def draw_code(link: str) -> Markup:
    """Draw a link as a QR code, dark on light whatever the page's colours: readers expect that."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - squares, and nothing of the link's text
