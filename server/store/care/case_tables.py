"""The tables of a case file. All that people wrote is sealed with the client's own key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Base
from server.store.models import KEY_LENGTH
from server.store.sitting_tables import ID_LENGTH


class AssignmentRow(Base):
    """What a therapist gave a client to do, whenever they like."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("kind IN ('practice', 'worksheet', 'course')", name="kind_known"),
        Index(None, "client_id", "given_at"),
    )

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), comment="For whom"
    )
    therapist_id: Mapped[str] = mapped_column(ForeignKey("therapists.id"), comment="By whom")
    kind: Mapped[str] = mapped_column(String(9), comment="practice, worksheet or course")
    subject: Mapped[str] = mapped_column(
        String(80), comment="The slug of the practice or course, the name of the worksheet"
    )
    sealed_details: Mapped[bytes] = mapped_column(
        LargeBinary, comment="The personal message, the choices and words of a practice: JSON"
    )
    rhythm: Mapped[str] = mapped_column(
        String(40), comment="What is suggested, such as twice-a-week; never a deadline"
    )
    given_at: Mapped[datetime] = mapped_column(comment="When it was given")
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        comment="When it was taken back; empty as long as it stands"
    )


class SubmissionRow(Base):
    """A worksheet that came back, once."""

    __tablename__ = "submissions"
    __table_args__ = (Index(None, "client_id", "template", "answered_at"),)

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="32 hexadecimal digits made on the phone"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), comment="Who wrote it"
    )
    assignment_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), comment="What it answers, as the phone told; it may be withdrawn by now"
    )
    template: Mapped[str] = mapped_column(String(80), comment="The name of the worksheet")
    sealed_answers: Mapped[bytes] = mapped_column(
        LargeBinary, comment="The worksheet as it was and all answers: JSON"
    )
    is_marked: Mapped[bool] = mapped_column(
        comment="True where two answers are nearly the same: left out of the chart"
    )
    digest: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="HMAC of the content: equal ones are the same submission"
    )
    answered_at: Mapped[datetime] = mapped_column(comment="When it was done, by the phone's clock")
    received_at: Mapped[datetime] = mapped_column(comment="When it reached the server")


class SubmissionConflictRow(Base):
    """A different submission that came with an id already used: kept beside the first."""

    __tablename__ = "submission_conflicts"
    __table_args__ = (UniqueConstraint("submission_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Counts up")
    submission_id: Mapped[str] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), comment="The one that came first"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Who wrote this one"
    )
    digest: Mapped[str] = mapped_column(String(KEY_LENGTH), comment="HMAC of this content")
    sealed_body: Mapped[bytes] = mapped_column(LargeBinary, comment="This content, whole: JSON")
    received_at: Mapped[datetime] = mapped_column(comment="When it reached the server")


class ReviewRow(Base):
    """What came of reading a submission together, once: each saving that differs is a row."""

    __tablename__ = "reviews"

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH),
        primary_key=True,
        comment="128 random bits in hexadecimal; of an older Stepback's, its submission's id",
    )
    submission_id: Mapped[str] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True, comment="What was read"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Whose it is"
    )
    therapist_id: Mapped[str] = mapped_column(ForeignKey("therapists.id"), comment="Who asked")
    sealed_text: Mapped[bytes] = mapped_column(
        LargeBinary, comment="The question, the client's answer and the rule that it shows: JSON"
    )
    made_at: Mapped[datetime] = mapped_column(
        comment="When it was written; the latest of a submission counts"
    )


class NoteRow(Base):
    """A therapist's private note on a client."""

    __tablename__ = "notes"
    __table_args__ = (Index(None, "client_id", "made_at"),)

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), comment="On whom"
    )
    therapist_id: Mapped[str] = mapped_column(
        ForeignKey("therapists.id"), comment="Whose it is, and who alone reads it"
    )
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary, comment="The note")
    made_at: Mapped[datetime] = mapped_column(comment="When it was first written")
    changed_at: Mapped[datetime] = mapped_column(comment="When it was last changed")


class KeptLadderRow(Base):
    """A ladder that a client kept in their log after a live sitting."""

    __tablename__ = "kept_ladders"
    __table_args__ = (Index(None, "client_id", "kept_at"),)

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="The id of the sitting, made on the phone"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), comment="Whose it is"
    )
    sealed_ladder: Mapped[bytes] = mapped_column(LargeBinary, comment="What arose: JSON")
    sat_at: Mapped[datetime] = mapped_column(comment="When the sitting was, by the phone's clock")
    kept_at: Mapped[datetime] = mapped_column(comment="When it reached the server")


class EntryNoteRow(Base):
    """What a client wrote beside an entry of their log."""

    __tablename__ = "entry_notes"

    entry_id: Mapped[str] = mapped_column(
        ForeignKey("session_entries.id", ondelete="CASCADE"),
        primary_key=True,
        comment="Beside which entry",
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Whose it is"
    )
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary, comment="The note")
    changed_at: Mapped[datetime] = mapped_column(comment="When it was last changed")


class AuditRow(Base):
    """One thing that was done with what belongs to somebody else; chained, so that none is lost.

    It holds no words of anybody's and outlives whom it names.
    """

    __tablename__ = "audit"
    __table_args__ = (Index(None, "client_id", "at"),)

    number: Mapped[int] = mapped_column(primary_key=True, comment="Counts up by one from 1")
    at: Mapped[datetime] = mapped_column(comment="When it was done")
    room_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), comment="In which practice room; empty for what the operator did"
    )
    actor: Mapped[str] = mapped_column(String(80), comment="therapist:ID, client:ID or operator")
    action: Mapped[str] = mapped_column(String(40), comment="Such as read-worksheet or erase")
    client_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), comment="Whose words it was")
    subject: Mapped[str] = mapped_column(
        String(80), comment="The id of what was read or done; empty for a whole page"
    )
    previous: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="The hash of the row before; zeros for the first"
    )
    hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), comment="SHA-256 of this row and of the hash before it"
    )
