"""Practice rooms, therapists, clients; what was given, what came back, and who read it"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""

TABLES = (
    "audit",
    "practice_rooms",
    "therapists",
    "clients",
    "passkeys",
    "sign_ins",
    "assignments",
    "client_devices",
    "consents",
    "entry_notes",
    "invitations",
    "kept_ladders",
    "notes",
    "submissions",
    "reviews",
    "submission_conflicts",
)
"""In the order in which they name one another."""


def upgrade() -> None:
    _create_audit()
    _create_practice_rooms()
    _create_therapists()
    _create_clients()
    _create_passkeys()
    _create_sign_ins()
    _create_assignments()
    _create_client_devices()
    _create_consents()
    _create_entry_notes()
    _create_invitations()
    _create_kept_ladders()
    _create_notes()
    _create_submissions()
    _create_reviews()
    _create_submission_conflicts()


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", WHOLE, nullable=False, comment="Counts up by one from 1"),
        sa.Column("at", sa.DateTime(), nullable=False, comment="When it was done"),
        sa.Column(
            "room_id",
            sa.String(length=32),
            nullable=True,
            comment="In which practice room; empty for what the operator did",
        ),
        sa.Column(
            "actor",
            sa.String(length=80),
            nullable=False,
            comment="therapist:ID, client:ID or operator",
        ),
        sa.Column(
            "action",
            sa.String(length=40),
            nullable=False,
            comment="Such as read-worksheet or erase",
        ),
        sa.Column("client_id", sa.String(length=32), nullable=True, comment="Whose words it was"),
        sa.Column(
            "subject",
            sa.String(length=80),
            nullable=False,
            comment="The id of what was read or done; empty for a whole page",
        ),
        sa.Column(
            "previous",
            sa.String(length=64),
            nullable=False,
            comment="The hash of the row before; zeros for the first",
        ),
        sa.Column(
            "hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of this row and of the hash before it",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_client_id_at"), "audit", ["client_id", "at"])


def _create_practice_rooms() -> None:
    op.create_table(
        "practice_rooms",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column(
            "name", sa.String(length=120), nullable=False, comment="As its therapists call it"
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was made"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_rooms")),
    )


def _create_therapists() -> None:
    op.create_table(
        "therapists",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column(
            "room_id",
            sa.String(length=32),
            nullable=False,
            comment="The practice room they work in",
        ),
        sa.Column(
            "email",
            sa.String(length=254),
            nullable=False,
            comment="What they sign in with, normalised",
        ),
        sa.Column(
            "name", sa.String(length=120), nullable=False, comment="As their clients read it"
        ),
        sa.Column(
            "password",
            sa.String(length=255),
            nullable=True,
            comment="argon2id hash; empty until a password was chosen",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            nullable=False,
            comment="False once they have left: they cannot sign in",
        ),
        sa.Column(
            "fs_uniquifier",
            sa.String(length=64),
            nullable=False,
            comment="Names their signed cookies; a new one ends all of them",
        ),
        sa.Column(
            "tf_primary_method",
            sa.String(length=64),
            nullable=True,
            comment="authenticator once a second factor was set up",
        ),
        sa.Column(
            "tf_totp_secret",
            sa.String(length=255),
            nullable=True,
            comment="Secret of the authenticator app, sealed with the house's key",
        ),
        sa.Column(
            "tf_last_code",
            WHOLE,
            nullable=True,
            comment="Number of the latest code of the app that was used: none is used twice",
        ),
        sa.Column(
            "mf_recovery_codes",
            sa.JSON(),
            nullable=False,
            comment="Hashes of the recovery codes that are left",
        ),
        sa.Column(
            "fs_webauthn_user_handle",
            sa.String(length=64),
            nullable=True,
            comment="What passkeys call them",
        ),
        sa.Column(
            "is_head",
            sa.Boolean(),
            nullable=False,
            comment="True for who may invite and end therapists",
        ),
        sa.Column("added_at", sa.DateTime(), nullable=False, comment="When they were added"),
        sa.Column(
            "left_at", sa.DateTime(), nullable=True, comment="When they left; empty until then"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["practice_rooms.id"], name=op.f("fk_therapists_room_id_practice_rooms")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_therapists")),
        sa.UniqueConstraint("email", name=op.f("uq_therapists_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_therapists_fs_uniquifier")),
        sa.UniqueConstraint(
            "fs_webauthn_user_handle", name=op.f("uq_therapists_fs_webauthn_user_handle")
        ),
    )
    op.create_index(op.f("ix_therapists_room_id"), "therapists", ["room_id"])


def _create_clients() -> None:
    op.create_table(
        "clients",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column(
            "room_id",
            sa.String(length=32),
            nullable=False,
            comment="The practice room of their therapist",
        ),
        sa.Column(
            "therapist_id",
            sa.String(length=32),
            nullable=False,
            comment="Who invited them and sees to them",
        ),
        sa.Column(
            "sealed_name",
            sa.LargeBinary(),
            nullable=False,
            comment="As the therapist calls them, sealed with the client's key",
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When they were first invited"),
        sa.Column(
            "joined_at", sa.DateTime(), nullable=True, comment="When they joined; empty until then"
        ),
        sa.Column(
            "left_at",
            sa.DateTime(),
            nullable=True,
            comment="When they left; nothing of theirs is shown from then on",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["practice_rooms.id"], name=op.f("fk_clients_room_id_practice_rooms")
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["therapists.id"], name=op.f("fk_clients_therapist_id_therapists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_index(op.f("ix_clients_room_id_therapist_id"), "clients", ["room_id", "therapist_id"])


def _create_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column(
            "credential_id",
            sa.LargeBinary(length=1024),
            nullable=False,
            comment="The credential's id",
        ),
        sa.Column("therapist_id", sa.String(length=32), nullable=False, comment="Whose it is"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="Its public key"),
        sa.Column(
            "sign_count",
            WHOLE,
            nullable=False,
            comment="How often it has signed, by its own count",
        ),
        sa.Column("transports", sa.JSON(), nullable=False, comment="How it can be reached"),
        sa.Column(
            "backup_state",
            sa.Boolean(),
            nullable=False,
            comment="True when it is kept in more places",
        ),
        sa.Column(
            "device_type",
            sa.String(length=64),
            nullable=False,
            comment="single_device or multi_device",
        ),
        sa.Column(
            "extensions", sa.String(length=255), nullable=True, comment="What it told, as JSON"
        ),
        sa.Column("name", sa.String(length=64), nullable=False, comment="As its owner calls it"),
        sa.Column(
            "usage", sa.String(length=64), nullable=False, comment="first or secondary factor"
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was registered"),
        sa.Column("used_at", sa.DateTime(), nullable=False, comment="When it was last used"),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_passkeys_therapist_id_therapists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_therapist_id"), "passkeys", ["therapist_id"])


def _create_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column(
            "token_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of what the cookie holds",
        ),
        sa.Column("therapist_id", sa.String(length=32), nullable=False, comment="Who it is"),
        sa.Column(
            "browser",
            sa.String(length=80),
            nullable=False,
            comment="Browser and system in two words, so that its owner knows it again",
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When they signed in"),
        sa.Column(
            "seen_at", sa.DateTime(), nullable=False, comment="When it last asked for something"
        ),
        sa.Column(
            "ended_at", sa.DateTime(), nullable=True, comment="When it was ended, by anybody"
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_sign_ins_therapist_id_therapists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_therapist_id"), "sign_ins", ["therapist_id"])


def _create_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="For whom"),
        sa.Column("therapist_id", sa.String(length=32), nullable=False, comment="By whom"),
        sa.Column(
            "kind", sa.String(length=9), nullable=False, comment="practice, worksheet or course"
        ),
        sa.Column(
            "subject",
            sa.String(length=80),
            nullable=False,
            comment="The slug of the practice or course, the name of the worksheet",
        ),
        sa.Column(
            "sealed_details",
            sa.LargeBinary(),
            nullable=False,
            comment="The personal message, the choices and words of a practice: JSON",
        ),
        sa.Column(
            "rhythm",
            sa.String(length=40),
            nullable=False,
            comment="What is suggested, such as twice-a-week; never a deadline",
        ),
        sa.Column("given_at", sa.DateTime(), nullable=False, comment="When it was given"),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(),
            nullable=True,
            comment="When it was taken back; empty as long as it stands",
        ),
        sa.CheckConstraint(
            "kind IN ('practice', 'worksheet', 'course')", name=op.f("ck_assignments_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_assignments_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["therapists.id"], name=op.f("fk_assignments_therapist_id_therapists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        op.f("ix_assignments_client_id_given_at"), "assignments", ["client_id", "given_at"]
    )


def _create_client_devices() -> None:
    op.create_table(
        "client_devices",
        sa.Column(
            "device_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the device's token",
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Whose it is"),
        sa.Column(
            "browser",
            sa.String(length=80),
            nullable=False,
            comment="Browser and system in two words, so that its owner knows it again",
        ),
        sa.Column(
            "joined_at",
            sa.DateTime(),
            nullable=False,
            comment="From when on what was practised with it is the client's",
        ),
        sa.Column(
            "seen_at", sa.DateTime(), nullable=False, comment="When it last asked for something"
        ),
        sa.Column(
            "removed_at",
            sa.DateTime(),
            nullable=True,
            comment="When it was removed, lost ones too; "
            "what was practised before stays the client's",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_devices_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("device_hash", name=op.f("pk_client_devices")),
    )
    op.create_index(op.f("ix_client_devices_client_id"), "client_devices", ["client_id"])


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", WHOLE, nullable=False, comment="Counts up: later is larger"),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Who said it"),
        sa.Column(
            "what", sa.String(length=10), nullable=False, comment="A kind of server/care/consent.py"
        ),
        sa.Column("is_given", sa.Boolean(), nullable=False, comment="True for yes, false for no"),
        sa.Column("decided_at", sa.DateTime(), nullable=False, comment="When it was said"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_consents_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_client_id"), "consents", ["client_id"])


def _create_entry_notes() -> None:
    op.create_table(
        "entry_notes",
        sa.Column("entry_id", sa.String(length=32), nullable=False, comment="Beside which entry"),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Whose it is"),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False, comment="The note"),
        sa.Column("changed_at", sa.DateTime(), nullable=False, comment="When it was last changed"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_entry_notes_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["session_entries.id"],
            name=op.f("fk_entry_notes_entry_id_session_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entry_notes")),
    )
    op.create_index(op.f("ix_entry_notes_client_id"), "entry_notes", ["client_id"])


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column(
            "token_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of what the link holds",
        ),
        sa.Column(
            "kind",
            sa.String(length=9),
            nullable=False,
            comment="client, device, therapist, first (of the house) or password (a new one)",
        ),
        sa.Column(
            "room_id",
            sa.String(length=32),
            nullable=True,
            comment="The practice room that it leads to; empty for the first therapist",
        ),
        sa.Column(
            "therapist_id",
            sa.String(length=32),
            nullable=True,
            comment="Who invites a client; else whose account it opens, empty for the first",
        ),
        sa.Column("client_id", sa.String(length=32), nullable=True, comment="Who is invited"),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was made"),
        sa.Column(
            "expires_at", sa.DateTime(), nullable=False, comment="From when on it opens nothing"
        ),
        sa.Column(
            "used_at", sa.DateTime(), nullable=True, comment="When it was used; empty until then"
        ),
        sa.CheckConstraint(
            "kind IN ('client', 'device', 'therapist', 'first', 'password')",
            name=op.f("ck_invitations_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_invitations_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["practice_rooms.id"],
            name=op.f("fk_invitations_room_id_practice_rooms"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_invitations_therapist_id_therapists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_client_id"), "invitations", ["client_id"])


def _create_kept_ladders() -> None:
    op.create_table(
        "kept_ladders",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="The id of the sitting, made on the phone",
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Whose it is"),
        sa.Column("sealed_ladder", sa.LargeBinary(), nullable=False, comment="What arose: JSON"),
        sa.Column(
            "sat_at",
            sa.DateTime(),
            nullable=False,
            comment="When the sitting was, by the phone's clock",
        ),
        sa.Column("kept_at", sa.DateTime(), nullable=False, comment="When it reached the server"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_kept_ladders_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_ladders")),
    )
    op.create_index(
        op.f("ix_kept_ladders_client_id_kept_at"), "kept_ladders", ["client_id", "kept_at"]
    )


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="On whom"),
        sa.Column(
            "therapist_id",
            sa.String(length=32),
            nullable=False,
            comment="Whose it is, and who alone reads it",
        ),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False, comment="The note"),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was first written"),
        sa.Column("changed_at", sa.DateTime(), nullable=False, comment="When it was last changed"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_notes_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["therapists.id"], name=op.f("fk_notes_therapist_id_therapists")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_client_id_made_at"), "notes", ["client_id", "made_at"])


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="32 hexadecimal digits made on the phone",
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Who wrote it"),
        sa.Column(
            "assignment_id",
            sa.String(length=32),
            nullable=True,
            comment="What it answers, as the phone told; it may be withdrawn by now",
        ),
        sa.Column(
            "template", sa.String(length=80), nullable=False, comment="The name of the worksheet"
        ),
        sa.Column(
            "sealed_answers",
            sa.LargeBinary(),
            nullable=False,
            comment="The worksheet as it was and all answers: JSON",
        ),
        sa.Column(
            "is_marked",
            sa.Boolean(),
            nullable=False,
            comment="True where two answers are nearly the same: left out of the chart",
        ),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="HMAC of the content: equal ones are the same submission",
        ),
        sa.Column(
            "answered_at",
            sa.DateTime(),
            nullable=False,
            comment="When it was done, by the phone's clock",
        ),
        sa.Column(
            "received_at", sa.DateTime(), nullable=False, comment="When it reached the server"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_submissions_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index(
        op.f("ix_submissions_client_id_template_answered_at"),
        "submissions",
        ["client_id", "template", "answered_at"],
    )


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("submission_id", sa.String(length=32), nullable=False, comment="What was read"),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Whose it is"),
        sa.Column("therapist_id", sa.String(length=32), nullable=False, comment="Who asked"),
        sa.Column(
            "sealed_text",
            sa.LargeBinary(),
            nullable=False,
            comment="The question, the client's answer and the rule that it shows: JSON",
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was first written"),
        sa.Column("changed_at", sa.DateTime(), nullable=False, comment="When it was last changed"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_reviews_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_reviews_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["therapists.id"], name=op.f("fk_reviews_therapist_id_therapists")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_client_id"), "reviews", ["client_id"])


def _create_submission_conflicts() -> None:
    op.create_table(
        "submission_conflicts",
        sa.Column("id", WHOLE, nullable=False, comment="Counts up"),
        sa.Column(
            "submission_id", sa.String(length=32), nullable=False, comment="The one that came first"
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Who wrote this one"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="HMAC of this content"),
        sa.Column(
            "sealed_body", sa.LargeBinary(), nullable=False, comment="This content, whole: JSON"
        ),
        sa.Column(
            "received_at", sa.DateTime(), nullable=False, comment="When it reached the server"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_submission_conflicts_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_conflicts_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_conflicts")),
        sa.UniqueConstraint(
            "submission_id", "digest", name=op.f("uq_submission_conflicts_submission_id_digest")
        ),
    )
    op.create_index(
        op.f("ix_submission_conflicts_client_id"), "submission_conflicts", ["client_id"]
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
