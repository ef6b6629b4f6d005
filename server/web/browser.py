"""A browser in two words, so that its owner knows it again. Nothing else of it is kept."""

from __future__ import annotations

from flask import Request

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrom", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser says and what it is called; the first that fits, as most name others as well."""

SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_words(asked: Request) -> str:
    """Say "Firefox, Linux"; what is not known is left out, and may be all of it."""
    said = asked.headers.get("User-Agent", "")
    words = (
        next((word for sign, word in known if sign in said), "") for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, words))
