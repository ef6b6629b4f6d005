"""The tables of private feeds: a client's own, one for each device or app that follows it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Base
from server.store.models import KEY_LENGTH
from server.store.sitting_tables import ID_LENGTH


class PrivateFeedRow(Base):
    """One private feed: whoever has its address may read it, until it is revoked."""

    __tablename__ = "private_feeds"
    __table_args__ = (
        CheckConstraint("revoked_by IN ('client', 'therapist', 'disuse')", name="revoker_known"),
    )

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits; stands in its files' names"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Whose it is"
    )
    token_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), unique=True, comment="SHA-256 of the token in its address"
    )
    guid: Mapped[str] = mapped_column(
        String(36), unique=True, comment="podcast:guid, random; stays when the token changes"
    )
    sealed_name: Mapped[bytes] = mapped_column(
        LargeBinary, comment="What its owner calls it, such as My phone"
    )
    is_neutral: Mapped[bool] = mapped_column(
        comment="True where titles and pictures are to tell nothing, such as Practice 3"
    )
    made_at: Mapped[datetime] = mapped_column(comment="When it was made")
    used_at: Mapped[datetime | None] = mapped_column(
        comment="When it or a file of it was last fetched, within five minutes; empty until then"
    )
    alerted_at: Mapped[datetime | None] = mapped_column(
        comment="When more networks than usual last fetched it; empty while none did"
    )
    client_settled_at: Mapped[datetime | None] = mapped_column(
        comment="When its owner said of this alert that all is well; empty until then"
    )
    therapist_settled_at: Mapped[datetime | None] = mapped_column(
        comment="When their therapist said so; empty until then"
    )
    revoked_at: Mapped[datetime | None] = mapped_column(
        comment="From when on it is gone; empty as long as it stands"
    )
    revoked_by: Mapped[str | None] = mapped_column(
        String(9), comment="client, therapist or disuse; empty as long as it stands"
    )


class PrivateFeedRenderRow(Base):
    """A recording that is, was, or is about to be in a client's private feeds."""

    __tablename__ = "private_feed_renders"

    assignment_id: Mapped[str] = mapped_column(
        ForeignKey("assignments.id", ondelete="CASCADE"),
        primary_key=True,
        comment="What was given",
    )
    place: Mapped[str] = mapped_column(
        String(100),
        primary_key=True,
        comment="Which sitting of a course, such as soft-ground:1; empty for a practice",
    )
    render_key: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, index=True, comment="The recording"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Whose feeds"
    )
    ordered_at: Mapped[datetime] = mapped_column(comment="When it was last asked for")
    replaced_at: Mapped[datetime | None] = mapped_column(
        comment="When a newer one took its place; empty until then"
    )


class PrivateFeedNetworkRow(Base):
    """A network that a private feed was fetched from on one day; kept for two days."""

    __tablename__ = "private_feed_networks"

    feed_id: Mapped[str] = mapped_column(
        ForeignKey("private_feeds.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Which private feed",
    )
    day: Mapped[date] = mapped_column(primary_key=True, comment="The day, UTC")
    network_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH),
        primary_key=True,
        comment="HMAC of the network with the day's salt: tells nobody where it was",
    )
