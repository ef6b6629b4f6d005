"""Devices: known by the hash of a token that only the device has."""

from __future__ import annotations

import hashlib


def hash_device(token: str) -> str:
    """Turn a device's token into what the database may hold: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
