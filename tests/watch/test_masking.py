"""What is secret in an address is in no line of the log, whoever writes it and however."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from server.watch.masking import MASK, MaskedRecord, install_masking, mask

TOKEN = "fixed-Words-that_look-like_a-token_0123456789x"[:43]
FILE = f"/feed/private/files/{'0' * 32}/{TOKEN}/{'a' * 64}.mp3"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"GET /feed/private/{TOKEN}", f"GET /feed/private/{MASK}"),
        (f'"GET {FILE} HTTP/1.1" 200', f'"GET /feed/private/{MASK} HTTP/1.1" 200'),
        (
            f"https://h.example/feed/private/{TOKEN}?x=1 end",
            f"https://h.example/feed/private/{MASK} end",
        ),
        (f"/feed%2Fprivate%2f{TOKEN}", f"/feed%2Fprivate%2f{MASK}"),
        ("/FEED/Private/abc", f"/FEED/Private/{MASK}"),
        (f"/x?next=%252Ffeed%252Fprivate%252F{TOKEN}", f"/x?next=%252Ffeed%252Fprivate%252F{MASK}"),
        (f"GET /%66eed/private/%41{TOKEN[1:]} HTTP", f"GET /feed/private/{MASK} HTTP"),
        (f"GET /%2566eed/p%2572ivate/{TOKEN[:-1]}%4a HTTP", f"GET /feed/private/{MASK} HTTP"),
        (f"//feed//private//%41{TOKEN[1:]}", f"//feed//private//{MASK}"),
        ("a?q=100%25&r=%2Ffeed", "a?q=100%25&r=%2Ffeed"),
        (f"values {{'token': '{TOKEN}'}}", f"values {{'token': '{MASK}'}}"),
        (f"render {'a' * 64} is done", f"render {'a' * 64} is done"),
        ("/feed and /feed/tracks/ground", "/feed and /feed/tracks/ground"),
    ],
)
def test_what_is_secret_is_masked_and_nothing_else(text: str, masked: str):
    """Everything behind /feed/private/, and whatever looks like a token; keys stay readable."""
    assert mask(text) == masked


def test_every_logger_handler_and_format_is_masked(monkeypatch: pytest.MonkeyPatch):
    """Arguments, exceptions with their causes, and stacks, in a logger that knows nothing of us."""
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    install_masking()
    assert logging.getLogRecordFactory() is MaskedRecord
    written = io.StringIO()
    logger = logging.getLogger("of.a.library")
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logger.addHandler(handler)
    try:
        logger.warning("asked for %s", FILE)
        try:
            try:
                raise ValueError(f"no {TOKEN}")
            except ValueError as error:
                raise LookupError(FILE) from error
        except LookupError:
            logger.exception("at %s", FILE, stack_info=True)
            logger.error("again", exc_info=sys.exc_info())
    finally:
        logger.removeHandler(handler)
    text = written.getvalue()
    assert "LookupError: /feed/private/" in text
    assert "ValueError: no " in text
    assert TOKEN not in text
    assert text.count(MASK) >= 6
