"""The tables of people: practice rooms, therapists, clients, and what a client decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Base
from server.store.models import KEY_LENGTH
from server.store.sitting_tables import ID_LENGTH

LONGEST_EMAIL = 254
LONGEST_NAME = 120


class PracticeRoomRow(Base):
    """A practice: therapists who work together. Nothing is ever shared between two of them."""

    __tablename__ = "practice_rooms"

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), comment="As its therapists call it")
    made_at: Mapped[datetime] = mapped_column(comment="When it was made")


class TherapistRow(Base):
    """Somebody who signs in. One who has left keeps the row, so that the audit can name them."""

    __tablename__ = "therapists"

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    room_id: Mapped[str] = mapped_column(
        ForeignKey("practice_rooms.id"), index=True, comment="The practice room they work in"
    )
    email: Mapped[str] = mapped_column(
        String(LONGEST_EMAIL), unique=True, comment="What they sign in with, normalised"
    )
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), comment="As their clients read it")
    password: Mapped[str | None] = mapped_column(
        String(255), comment="argon2id hash; empty until a password was chosen"
    )
    active: Mapped[bool] = mapped_column(comment="False once they have left: they cannot sign in")
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, comment="Names their signed cookies; a new one ends all of them"
    )
    tf_primary_method: Mapped[str | None] = mapped_column(
        String(64), comment="authenticator once a second factor was set up"
    )
    tf_totp_secret: Mapped[str | None] = mapped_column(
        String(255), comment="Secret of the authenticator app, sealed with the house's key"
    )
    tf_last_code: Mapped[int | None] = mapped_column(
        comment="Number of the latest code of the app that was used: none is used twice"
    )
    mf_recovery_codes: Mapped[list[str]] = mapped_column(
        default=list, comment="Hashes of the recovery codes that are left"
    )
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(
        String(64), unique=True, comment="What passkeys call them"
    )
    is_head: Mapped[bool] = mapped_column(comment="True for who may invite and end therapists")
    added_at: Mapped[datetime] = mapped_column(comment="When they were added")
    left_at: Mapped[datetime | None] = mapped_column(comment="When they left; empty until then")


class PasskeyRow(Base):
    """A passkey of a therapist, as WebAuthn describes it."""

    __tablename__ = "passkeys"

    credential_id: Mapped[bytes] = mapped_column(
        LargeBinary(1024), primary_key=True, comment="The credential's id"
    )
    therapist_id: Mapped[str] = mapped_column(
        ForeignKey("therapists.id", ondelete="CASCADE"), index=True, comment="Whose it is"
    )
    public_key: Mapped[bytes] = mapped_column(LargeBinary, comment="Its public key")
    sign_count: Mapped[int] = mapped_column(comment="How often it has signed, by its own count")
    transports: Mapped[list[str]] = mapped_column(default=list, comment="How it can be reached")
    backup_state: Mapped[bool] = mapped_column(comment="True when it is kept in more places")
    device_type: Mapped[str] = mapped_column(String(64), comment="single_device or multi_device")
    extensions: Mapped[str | None] = mapped_column(String(255), comment="What it told, as JSON")
    name: Mapped[str] = mapped_column(String(64), comment="As its owner calls it")
    usage: Mapped[str] = mapped_column(String(64), comment="first or secondary factor")
    made_at: Mapped[datetime] = mapped_column(comment="When it was registered")
    used_at: Mapped[datetime] = mapped_column(comment="When it was last used")


class SignInRow(Base):
    """One signed-in browser of a therapist, which can be listed and ended."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, comment="SHA-256 of what the cookie holds"
    )
    therapist_id: Mapped[str] = mapped_column(
        ForeignKey("therapists.id", ondelete="CASCADE"), index=True, comment="Who it is"
    )
    browser: Mapped[str] = mapped_column(
        String(80), comment="Browser and system in two words, so that its owner knows it again"
    )
    made_at: Mapped[datetime] = mapped_column(comment="When they signed in")
    seen_at: Mapped[datetime] = mapped_column(comment="When it last asked for something")
    ended_at: Mapped[datetime | None] = mapped_column(comment="When it was ended, by anybody")


class SignInFailureRow(Base):
    """Somebody was wrong at a sign-in; it is forgotten within the hour after the next one is."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index(None, "key_hash", "failed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Counts up")
    key_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH),
        comment="HMAC of account, network and form with the server's secret: tells nobody who",
    )
    failed_at: Mapped[datetime] = mapped_column(index=True, comment="When it was")


class ClientRow(Base):
    """A client of one therapist. Nobody else sees that they are one."""

    __tablename__ = "clients"
    __table_args__ = (Index(None, "room_id", "therapist_id"),)

    id: Mapped[str] = mapped_column(
        String(ID_LENGTH), primary_key=True, comment="128 random bits in hexadecimal"
    )
    room_id: Mapped[str] = mapped_column(
        ForeignKey("practice_rooms.id"), comment="The practice room of their therapist"
    )
    therapist_id: Mapped[str] = mapped_column(
        ForeignKey("therapists.id"), comment="Who invited them and sees to them"
    )
    sealed_name: Mapped[bytes] = mapped_column(
        LargeBinary, comment="As the therapist calls them, sealed with the client's key"
    )
    made_at: Mapped[datetime] = mapped_column(comment="When they were first invited")
    joined_at: Mapped[datetime | None] = mapped_column(comment="When they joined; empty until then")
    left_at: Mapped[datetime | None] = mapped_column(
        comment="When they left; nothing of theirs is shown from then on"
    )


class HandoverRow(Base):
    """That a client was offered to a colleague, who sees to them once they say yes."""

    __tablename__ = "handovers"

    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True, comment="Who is asked"
    )
    by_id: Mapped[str] = mapped_column(ForeignKey("therapists.id"), comment="Who offers it")
    to_id: Mapped[str] = mapped_column(ForeignKey("therapists.id"), comment="To whom")
    offered_at: Mapped[datetime] = mapped_column(comment="When it was offered")
    declined_at: Mapped[datetime | None] = mapped_column(
        comment="When the client said no; with a yes the row is gone"
    )


class ClientDeviceRow(Base):
    """A device that a client joined with: its cookie is all that a client needs."""

    __tablename__ = "client_devices"

    device_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, comment="SHA-256 of the device's token"
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Whose it is"
    )
    browser: Mapped[str] = mapped_column(
        String(80), comment="Browser and system in two words, so that its owner knows it again"
    )
    joined_at: Mapped[datetime] = mapped_column(
        comment="From when on what was practised with it is the client's"
    )
    seen_at: Mapped[datetime] = mapped_column(comment="When it last asked for something")
    removed_at: Mapped[datetime | None] = mapped_column(
        comment="When it was removed, lost ones too; what was practised before stays the client's"
    )


class InvitationRow(Base):
    """A link that works once: for a client, for one more device of theirs, for a therapist."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('client', 'device', 'therapist', 'first', 'password')", name="kind_known"
        ),
    )

    token_hash: Mapped[str] = mapped_column(
        String(KEY_LENGTH), primary_key=True, comment="SHA-256 of what the link holds"
    )
    kind: Mapped[str] = mapped_column(
        String(9), comment="client, device, therapist, first (of the house) or password (a new one)"
    )
    room_id: Mapped[str | None] = mapped_column(
        ForeignKey("practice_rooms.id", ondelete="CASCADE"),
        comment="The practice room that it leads to; empty for the first therapist",
    )
    therapist_id: Mapped[str | None] = mapped_column(
        ForeignKey("therapists.id", ondelete="CASCADE"),
        comment="Who invites a client; else whose account it opens, empty for the first",
    )
    client_id: Mapped[str | None] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Who is invited"
    )
    made_at: Mapped[datetime] = mapped_column(comment="When it was made")
    expires_at: Mapped[datetime] = mapped_column(comment="From when on it opens nothing")
    used_at: Mapped[datetime | None] = mapped_column(comment="When it was used; empty until then")


class ConsentRow(Base):
    """What a client said of one kind of what may be seen. None is changed; the latest counts."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Counts up: later is larger")
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True, comment="Who said it"
    )
    what: Mapped[str] = mapped_column(String(10), comment="A kind of server/care/consent.py")
    is_given: Mapped[bool] = mapped_column(comment="True for yes, false for no")
    decided_at: Mapped[datetime] = mapped_column(comment="When it was said")
