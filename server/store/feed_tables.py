"""The tables of what is known of public feeds: how often an episode was fetched, and no more."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Base
from server.store.models import KEY_LENGTH
from server.store.sitting_tables import ID_LENGTH

GUID_LENGTH = 36


class DownloadRow(Base):
    """How many listeners fetched the whole of an episode on one day."""

    __tablename__ = "downloads"

    guid: Mapped[str] = mapped_column(
        String(GUID_LENGTH), primary_key=True, comment="The episode, whatever its file was"
    )
    day: Mapped[date] = mapped_column(primary_key=True, comment="The day, UTC")
    count: Mapped[int] = mapped_column(comment="Listeners who fetched all of it")


class DownloadPartRow(Base):
    """What one listener has fetched of one file on one day; deleted with the day's salt."""

    __tablename__ = "download_parts"

    listener_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH),
        primary_key=True,
        comment="HMAC of network and app with the day's salt: tells nobody who it was",
    )
    file_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, comment="The file: SHA-256 of its bytes"
    )
    guid: Mapped[str] = mapped_column(String(GUID_LENGTH), comment="The episode that it is of")
    day: Mapped[date] = mapped_column(index=True, comment="The day, UTC")
    covered: Mapped[list[list[int]]] = mapped_column(
        JSON, comment="The bytes that were sent: first and one past the last, merged, ascending"
    )
    is_counted: Mapped[bool] = mapped_column(comment="True once all of it was sent")


class DownloadSaltRow(Base):
    """The salt of one day, after which nobody can tell whom that day's hashes meant."""

    __tablename__ = "download_salts"

    day: Mapped[date] = mapped_column(primary_key=True, comment="The day, UTC")
    salt: Mapped[bytes] = mapped_column(LargeBinary, comment="32 random bytes")


class FeedWatchRow(Base):
    """Somebody who looks at the page for subscribing, and waits for their app to fetch a feed."""

    __tablename__ = "feed_watches"

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    feed_name: Mapped[str] = mapped_column(String(80), comment="Which feed")
    network_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="HMAC of the network they look from, with the day's salt"
    )
    until_at: Mapped[datetime] = mapped_column(index=True, comment="When it is forgotten")
    fetched_at: Mapped[datetime | None] = mapped_column(
        comment="When something fetched the feed from there; empty until then"
    )
