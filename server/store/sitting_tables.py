"""The tables of live sittings: what was chosen, what was done, whose words are to be said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Base, JsonObject
from server.store.models import KEY_LENGTH

ID_LENGTH = 32
"""Characters of an id that a phone has made."""


class SittingRow(Base):
    """One live practice. What it holds is never changed; what is done in it are its events."""

    __tablename__ = "sittings"
    __table_args__ = (Index(None, "device_hash", "ended_at"),)

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="32 hexadecimal digits made on the phone"
    )
    device_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="Whose it is: SHA-256 of the device's token"
    )
    slug: Mapped[str] = mapped_column(String(80), comment="The practice")
    title: Mapped[str] = mapped_column(String(200), comment="The practice's title when it began")
    voice: Mapped[str] = mapped_column(String(80), comment="Name of the voice that speaks")
    choices: Mapped[JsonObject] = mapped_column(
        comment="minutes, anchor, eyes, pace, seed; whether there are buttons and first words"
    )
    order: Mapped[JsonObject] = mapped_column(
        comment="source, path, passages, additions and voice_key: the script as it was then"
    )
    lengths: Mapped[JsonObject] = mapped_column(
        comment="The length in milliseconds of each shared line, by the line's key"
    )
    began_at: Mapped[datetime] = mapped_column(comment="From when its clock runs")
    ended_at: Mapped[datetime | None] = mapped_column(
        comment="When it was seen to be over; empty until then"
    )
    expires_at: Mapped[datetime] = mapped_column(
        comment="When all of it is deleted, whether or not it is over"
    )


class SittingEventRow(Base):
    """One thing that was recorded in a sitting, in the order of recording."""

    __tablename__ = "sitting_events"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('met', 'step-back', 'stay', 'too-much', 'go-back', 'end', 'pause', 'resume',"
            " 'danger', 'voiced')",
            name="kind_known",
        ),
        UniqueConstraint("sitting_id", "event_id"),
    )

    sitting_id: Mapped[str] = mapped_column(
        ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True, comment="Its sitting"
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="Counts up from 0")
    event_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), comment="Made on the phone: twice the same is one event; or empty"
    )
    kind: Mapped[str] = mapped_column(String(9), comment="A move, pause, resume, danger or voiced")
    at_ms: Mapped[int] = mapped_column(comment="When, by the clock of the sitting")
    words: Mapped[int] = mapped_column(
        default=0, comment="The number of the listener's words that it is about; 0 for none"
    )
    lengths: Mapped[JsonObject | None] = mapped_column(
        comment="Of voiced: the length in milliseconds of each line, by its place"
    )


class SittingWordsRow(Base):
    """Words that a listener gave in a sitting; they go with it."""

    __tablename__ = "sitting_words"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'speaking', 'voiced', 'failed')", name="state_known"),
        Index(None, "state"),
    )

    sitting_id: Mapped[str] = mapped_column(
        ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True, comment="Their sitting"
    )
    number: Mapped[int] = mapped_column(
        primary_key=True, comment="1 for the first ones given, and then counting up"
    )
    texts: Mapped[JsonObject] = mapped_column(comment="Text by the name of the script's word")
    state: Mapped[str] = mapped_column(
        String(8), comment="waiting, speaking, voiced, or failed: then the neutral line is heard"
    )
    given_at: Mapped[datetime] = mapped_column(comment="When the listener gave them")


class LineWantRow(Base):
    """Lines that a listener waits for, who cannot begin before they are there."""

    __tablename__ = "line_wants"

    key: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, comment="Content key of practice and choices"
    )
    slug: Mapped[str] = mapped_column(String(80), comment="The practice")
    choices: Mapped[JsonObject] = mapped_column(comment="As in sittings")
    wanted_at: Mapped[datetime] = mapped_column(comment="When somebody first asked")
    asked_at: Mapped[datetime] = mapped_column(comment="When somebody asked last")
