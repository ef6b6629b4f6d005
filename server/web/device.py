"""The device's cookie: a random token that the phone keeps, and whose hash the house keeps."""

from __future__ import annotations

import base64
import hmac
import secrets

from flask import Request, Response

from server.store import hash_device
from server.web.addresses import is_token

COOKIE = "stepback_device"
KEPT_SECONDS = 400 * 24 * 60 * 60
"""400 days: the longest that browsers keep a cookie."""

TOKEN_BYTES = 32


def find_device(asked: Request) -> str | None:
    """Read the device's token; one that we cannot have made counts as none."""
    token = asked.cookies.get(COOKIE, "")
    return token if is_token(token) else None


def is_from_device(asked: Request, device_hash: str | None) -> bool:
    """True when a request carries the token whose hash this is."""
    token = find_device(asked)
    return token is not None and hash_device(token) == device_hash


def make_device() -> str:
    """Make the token of a device that has none yet."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def derive_device(secret: bytes, entry_id: str) -> str:
    """Make the token of a device whose first act is this entry.

    A phone that never got the answer sends the same entry again without a cookie. It has to get
    the same token then, or its own entry would look like a stranger's.
    """
    digest = hmac.digest(secret, f"device:{entry_id}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def keep_device(response: Response, token: str, *, is_https: bool) -> None:
    """Ask the browser to keep the token, out of reach of scripts and other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=KEPT_SECONDS,
        path="/",
        secure=is_https,
        httponly=True,
        samesite="Lax",
    )
