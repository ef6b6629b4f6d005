"""Addresses as codes that a camera reads."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_picture(text: str) -> Markup:
    """Draw a QR code for a page, dark on light whatever the page's colours: readers expect that."""
    drawn = _make(text).svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - squares, and nothing of the text


def qr_address(text: str) -> str:
    """Draw the same as a data: address, for an image."""
    return str(_make(text).svg_data_uri(scale=8, border=4, dark="#000", light="#fff"))


def _make(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
