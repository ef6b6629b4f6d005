"""Live sittings: what was chosen and done in them, and the lines that are waited for"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""


def upgrade() -> None:
    op.create_table(
        "line_wants",
        sa.Column(
            "key",
            sa.String(length=64),
            nullable=False,
            comment="Content key of practice and choices",
        ),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="The practice"),
        sa.Column("choices", sa.JSON(), nullable=False, comment="As in sittings"),
        sa.Column("wanted_at", sa.DateTime(), nullable=False, comment="When somebody first asked"),
        sa.Column("asked_at", sa.DateTime(), nullable=False, comment="When somebody asked last"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_line_wants")),
    )
    _create_sittings()
    _create_events()
    _create_words()


def _create_sittings() -> None:
    op.create_table(
        "sittings",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="32 hexadecimal digits made on the phone",
        ),
        sa.Column(
            "device_hash",
            sa.String(length=64),
            nullable=False,
            comment="Whose it is: SHA-256 of the device's token",
        ),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="The practice"),
        sa.Column(
            "title",
            sa.String(length=200),
            nullable=False,
            comment="The practice's title when it began",
        ),
        sa.Column(
            "voice", sa.String(length=80), nullable=False, comment="Name of the voice that speaks"
        ),
        sa.Column(
            "choices",
            sa.JSON(),
            nullable=False,
            comment="minutes, anchor, eyes, pace, seed; whether there are buttons and first words",
        ),
        sa.Column(
            "order",
            sa.JSON(),
            nullable=False,
            comment="source, path, passages, additions and voice_key: the script as it was then",
        ),
        sa.Column(
            "lengths",
            sa.JSON(),
            nullable=False,
            comment="The length in milliseconds of each shared line, by the line's key",
        ),
        sa.Column("began_at", sa.DateTime(), nullable=False, comment="From when its clock runs"),
        sa.Column(
            "ended_at",
            sa.DateTime(),
            nullable=True,
            comment="When it was seen to be over; empty until then",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(),
            nullable=False,
            comment="When all of it is deleted, whether or not it is over",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
    )
    with op.batch_alter_table("sittings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sittings_device_hash_ended_at"),
            ["device_hash", "ended_at"],
            unique=False,
        )


def _create_events() -> None:
    op.create_table(
        "sitting_events",
        sa.Column("sitting_id", sa.String(length=32), nullable=False, comment="Its sitting"),
        sa.Column("number", WHOLE, nullable=False, comment="Counts up from 0"),
        sa.Column(
            "event_id",
            sa.String(length=32),
            nullable=True,
            comment="Made on the phone: twice the same is one event; or empty",
        ),
        sa.Column(
            "kind",
            sa.String(length=9),
            nullable=False,
            comment="A move, pause, resume, danger or voiced",
        ),
        sa.Column("at_ms", WHOLE, nullable=False, comment="When, by the clock of the sitting"),
        sa.Column(
            "words",
            WHOLE,
            nullable=False,
            comment="The number of the listener's words that it is about; 0 for none",
        ),
        sa.Column(
            "lengths",
            sa.JSON(),
            nullable=True,
            comment="Of voiced: the length in milliseconds of each line, by its place",
        ),
        sa.CheckConstraint(
            "kind IN ('met', 'step-back', 'stay', 'too-much', 'go-back', 'end', 'pause', 'resume',"
            " 'danger', 'voiced')",
            name=op.f("ck_sitting_events_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["sittings.id"],
            name=op.f("fk_sitting_events_sitting_id_sittings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "number", name=op.f("pk_sitting_events")),
        sa.UniqueConstraint(
            "sitting_id", "event_id", name=op.f("uq_sitting_events_sitting_id_event_id")
        ),
    )


def _create_words() -> None:
    op.create_table(
        "sitting_words",
        sa.Column("sitting_id", sa.String(length=32), nullable=False, comment="Their sitting"),
        sa.Column(
            "number",
            WHOLE,
            nullable=False,
            comment="1 for the first ones given, and then counting up",
        ),
        sa.Column(
            "texts", sa.JSON(), nullable=False, comment="Text by the name of the script's word"
        ),
        sa.Column(
            "state",
            sa.String(length=8),
            nullable=False,
            comment="waiting, speaking, voiced, or failed: then the neutral line is heard",
        ),
        sa.Column("given_at", sa.DateTime(), nullable=False, comment="When the listener gave them"),
        sa.CheckConstraint(
            "state IN ('waiting', 'speaking', 'voiced', 'failed')",
            name=op.f("ck_sitting_words_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["sittings.id"],
            name=op.f("fk_sitting_words_sitting_id_sittings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "number", name=op.f("pk_sitting_words")),
    )
    with op.batch_alter_table("sitting_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_words_state"), ["state"], unique=False)


def downgrade() -> None:
    for table, index in (
        ("sitting_words", "ix_sitting_words_state"),
        ("sittings", "ix_sittings_device_hash_ended_at"),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(index))
    for table in ("sitting_words", "sitting_events", "sittings", "line_wants"):
        op.drop_table(table)
