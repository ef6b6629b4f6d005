"""What is remembered for listeners"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(length=80), nullable=False, comment="Its name in the house"),
        sa.Column(
            "guid", sa.String(length=36), nullable=False, comment="podcast:guid; never changes"
        ),
        sa.Column(
            "first_url", sa.String(length=2000), nullable=False, comment="Where it was first served"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeds")),
    )
    op.create_table(
        "session_entries",
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
            comment="The practice's title at the time",
        ),
        sa.Column("minutes", WHOLE, nullable=False, comment="The length that was chosen"),
        sa.Column(
            "render_key",
            sa.String(length=64),
            nullable=True,
            comment="The render that was heard, if known; it may be gone by now",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(),
            nullable=False,
            comment="When it began, by the phone's clock",
        ),
        sa.Column("practised_ms", WHOLE, nullable=False, comment="How long it was listened to"),
        sa.Column("outcome", sa.String(length=9), nullable=False, comment="completed or stopped"),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the content: equal digests are the same entry",
        ),
        sa.Column(
            "received_at", sa.DateTime(), nullable=False, comment="When it reached the server"
        ),
        sa.CheckConstraint(
            "outcome IN ('completed', 'stopped')", name=op.f("ck_session_entries_outcome_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_entries")),
    )
    with op.batch_alter_table("session_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_entries_device_hash_started_at"),
            ["device_hash", "started_at"],
            unique=False,
        )

    op.create_table(
        "entry_conflicts",
        sa.Column("id", WHOLE, nullable=False, comment="Counts up"),
        sa.Column(
            "entry_id", sa.String(length=32), nullable=False, comment="The entry that came first"
        ),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="SHA-256 of this content"
        ),
        sa.Column("body", sa.JSON(), nullable=False, comment="This content, whole"),
        sa.Column(
            "device_hash",
            sa.String(length=64),
            nullable=False,
            comment="Whose it is: SHA-256 of the device's token",
        ),
        sa.Column(
            "received_at", sa.DateTime(), nullable=False, comment="When it reached the server"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["session_entries.id"],
            name=op.f("fk_entry_conflicts_entry_id_session_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_conflicts")),
        sa.UniqueConstraint("entry_id", "digest", name=op.f("uq_entry_conflicts_entry_id_digest")),
    )


def downgrade() -> None:
    op.drop_table("entry_conflicts")
    with op.batch_alter_table("session_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_entries_device_hash_started_at"))

    op.drop_table("session_entries")
    op.drop_table("feeds")
