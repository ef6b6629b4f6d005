"""Hashes of networks and listeners that nobody can read, and nobody can compare on another day."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, date, datetime
from hashlib import sha256
from ipaddress import ip_interface, ip_network

from sqlalchemy import delete
from sqlalchemy.orm import Session

from server.store.feed_tables import DownloadSaltRow

WIDTHS = {4: 24, 6: 48}
"""How many bits of an address are one network's: a house or a company, not one machine in it."""

UNKNOWN = "unknown"
SALT_BYTES = 32


def network_of(address: str) -> str:
    """The network of an address, or of a narrower network: its first 24 or 48 bits.

    What is no address is all one network, `unknown`.
    """
    try:
        ip = ip_interface(address).ip
    except ValueError:
        return UNKNOWN
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network(f"{ip}/{WIDTHS[ip.version]}", strict=False))


def hash_network(db: Session, network: str, now_at: datetime) -> str:
    """Hash a network with the day's salt: 64 hexadecimal digits, others tomorrow.

    The first of a day makes the salt, so it belongs into Database.writing().
    """
    return _hash(db, "network", network_of(network), now_at)


def hash_listener(db: Session, address: str, user_agent: str, now_at: datetime) -> str:
    """Hash who listens, a network and an app, in the same way."""
    return _hash(db, "listener", f"{network_of(address)}\0{user_agent}", now_at)


def day_of(moment: datetime) -> date:
    """The day of an aware moment, in UTC."""
    return moment.astimezone(UTC).date()


def _hash(db: Session, meaning: str, text: str, now_at: datetime) -> str:
    # The meaning is hashed too: a network's hash must not be found among the listeners'.
    message = f"{meaning}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.new(_salt_of(db, day_of(now_at)), message, sha256).hexdigest()


def _salt_of(db: Session, day: date) -> bytes:
    """The salt of a day; whoever makes it deletes those of the days before."""
    row = db.get(DownloadSaltRow, day)
    if row is None:
        db.execute(delete(DownloadSaltRow).where(DownloadSaltRow.day < day))
        row = DownloadSaltRow(day=day, salt=secrets.token_bytes(SALT_BYTES))
        db.add(row)
        db.flush()
    return row.salt
