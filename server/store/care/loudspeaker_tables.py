"""The table of loudspeakers: a phone or laptop that plays what a therapist's page controls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Base, JsonObject
from server.store.models import KEY_LENGTH
from server.store.sitting_tables import ID_LENGTH


class LoudspeakerRow(Base):
    """One loudspeaker: the code that it joins with, then what it is to play and when."""

    __tablename__ = "loudspeakers"

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    therapist_id: Mapped[str] = mapped_column(
        ForeignKey("therapists.id", ondelete="CASCADE"),
        index=True,
        comment="Whose page controls it",
    )
    code_hash: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH),
        unique=True,
        comment="SHA-256 of the code; empty once it was used",
    )
    expires_at: Mapped[datetime] = mapped_column(comment="From when on the code opens nothing")
    misses: Mapped[int] = mapped_column(
        comment="Wrong codes that anybody gave while this one was open"
    )
    token_hash: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH),
        unique=True,
        comment="SHA-256 of what the loudspeaker's cookie holds; empty until it joined",
    )
    made_at: Mapped[datetime] = mapped_column(comment="When the therapist asked for it")
    seen_at: Mapped[datetime] = mapped_column(comment="When the therapist's page last asked")
    version: Mapped[int] = mapped_column(comment="Counts up with each thing that it is told")
    render_key: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH), comment="The one render that it may have; empty until it is told"
    )
    plan: Mapped[JsonObject | None] = mapped_column(
        comment="Where in the render it is at which moment of the server's clock; holds no words"
    )
    ready_key: Mapped[str | None] = mapped_column(
        String(KEY_LENGTH), comment="The render that it has fetched; empty until it has one"
    )
