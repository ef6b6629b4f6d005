"""The server's secret: 32 random bytes behind private renders, cookies and accounts."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from server.errors import SettingsError
from server.store.once_file import naming_full, write_once

SECRET_BYTES = 32


def server_secret(path: Path) -> bytes:
    """Read the secret, making it the first time, readable by its owner alone.

    However many processes start at once, all get the same one. Raises SettingsError for a
    damaged file: a new secret would orphan every private render. Raises StorageFull where there is
    no room to make it.
    """
    with naming_full(path.parent):
        write_once(path, secrets.token_bytes(SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise SettingsError(f"{path} is damaged: it holds {len(secret)} bytes, not {SECRET_BYTES}.")
    return secret


def cookie_secret(secret: bytes) -> bytes:
    """What the cookies of those who have signed in are signed with."""
    return hmac.digest(secret, b"cookies", "sha256")


def account_secret(secret: bytes, purpose: str) -> str:
    """A key for one purpose of therapists' accounts, as 64 hexadecimal digits."""
    return hmac.digest(secret, f"accounts:{purpose}".encode(), "sha256").hex()


def removed_key(secret: bytes) -> bytes:
    """What seals an entry of the log that was deleted, as long as its page may put it back."""
    return hmac.digest(secret, b"removed entries", "sha256")


def private_render_key(secret: bytes, device: str, plan_key: str) -> str:
    """Name a private render so that nobody can find it by guessing its words."""
    return hmac.digest(secret, f"render:{device}:{plan_key}".encode(), "sha256").hex()


def private_salt(secret: bytes, render_key: str) -> bytes:
    """The salt of a private render's clips: its own, so that they can be deleted with it."""
    return hmac.digest(secret, f"clips:{render_key}".encode(), "sha256")


def private_clip_key(salt: bytes, clip_key: str) -> str:
    """Name a clip that holds a listener's own words."""
    return hmac.digest(salt, clip_key.encode(), "sha256").hex()


def sitting_folder_key(secret: bytes, device_hash: str, sitting_id: str) -> str:
    """Name the folder of a sitting's own lines: each device and sitting has its own."""
    return hmac.digest(secret, f"sitting:{device_hash}:{sitting_id}".encode(), "sha256").hex()


def private_line_key(secret: bytes, folder_key: str, number: int, place: int) -> str:
    """Name the line that says a listener's words of this number at a place of the program.

    It says nothing of the words, and tells no two listeners' apart for anyone but the house.
    """
    return hmac.digest(secret, f"line:{folder_key}:{number}:{place}".encode(), "sha256").hex()
