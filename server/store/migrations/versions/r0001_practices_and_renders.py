"""Practices and their renders"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""


def upgrade() -> None:
    op.create_table(
        "practices",
        sa.Column(
            "slug", sa.String(length=80), nullable=False, comment="The practice's name in addresses"
        ),
        sa.Column(
            "guid",
            sa.String(length=36),
            nullable=False,
            comment="UUID of its episode in the feed; never changes",
        ),
        sa.Column(
            "title", sa.String(length=200), nullable=False, comment="Its title when last ordered"
        ),
        sa.Column(
            "language", sa.String(length=35), nullable=False, comment="BCP 47 tag of its text"
        ),
        sa.Column(
            "track", sa.String(length=40), nullable=False, comment="Its track of the library"
        ),
        sa.Column("added_at", sa.DateTime(), nullable=False, comment="When it was first ordered"),
        sa.Column(
            "published_at",
            sa.DateTime(),
            nullable=True,
            comment="When its first episode was finished; empty until then",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_practices")),
        sa.UniqueConstraint("guid", name=op.f("uq_practices_guid")),
    )
    op.create_table(
        "renders",
        sa.Column(
            "key",
            sa.String(length=64),
            nullable=False,
            comment="Content key; an HMAC for private renders",
        ),
        sa.Column("slug", sa.String(length=80), nullable=False, comment="The practice"),
        sa.Column(
            "title",
            sa.String(length=200),
            nullable=False,
            comment="The practice's title when ordered",
        ),
        sa.Column("minutes", WHOLE, nullable=False, comment="The length that was chosen"),
        sa.Column(
            "voice", sa.String(length=80), nullable=False, comment="Name of the voice that speaks"
        ),
        sa.Column(
            "is_default",
            sa.Boolean(),
            nullable=False,
            comment="True at the default length with no words of a listener: for the feed",
        ),
        sa.Column(
            "is_private",
            sa.Boolean(),
            nullable=False,
            comment="True when it holds a listener's own words",
        ),
        sa.Column(
            "device_hash",
            sa.String(length=64),
            nullable=True,
            comment="Whose it is, when private: SHA-256 of the device's token",
        ),
        sa.Column(
            "order",
            sa.JSON(),
            nullable=False,
            comment="What to make: source, path, minutes, words; own words go when it ends",
        ),
        sa.Column(
            "state",
            sa.String(length=9),
            nullable=False,
            comment="queued, running, done, failed or cancelled",
        ),
        sa.Column(
            "owner",
            sa.String(length=200),
            nullable=True,
            comment="Who is making it: host:pid:nonce, a new nonce for every claim",
        ),
        sa.Column(
            "heartbeat_at", sa.DateTime(), nullable=True, comment="When its owner last showed life"
        ),
        sa.Column(
            "attempts",
            WHOLE,
            nullable=False,
            comment="How many times a worker has stopped in the middle of it",
        ),
        sa.Column(
            "phase",
            sa.String(length=20),
            nullable=False,
            comment="speaking, mixing or checking; empty before the start",
        ),
        sa.Column(
            "stage",
            sa.String(length=200),
            nullable=False,
            comment="The stage of the practice that is being made",
        ),
        sa.Column("done_ms", WHOLE, nullable=False, comment="How much of total_ms is made"),
        sa.Column(
            "total_ms",
            WHOLE,
            nullable=False,
            comment="How much there is to make; 0: unknown",
        ),
        sa.Column(
            "reason",
            sa.String(length=500),
            nullable=False,
            comment="Why it failed, as a sentence for people",
        ),
        sa.Column("report", sa.JSON(), nullable=True, comment="The report of the finished sound"),
        sa.Column("duration_ms", WHOLE, nullable=True, comment="Length of the finished sound"),
        sa.Column(
            "clip_keys",
            sa.JSON(),
            nullable=False,
            comment="Its private clips, to be deleted with it",
        ),
        sa.Column("created_at", sa.DateTime(), nullable=False, comment="When it was ordered"),
        sa.Column(
            "queued_at", sa.DateTime(), nullable=False, comment="When it was last put in the queue"
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(),
            nullable=True,
            comment="When it was done, failed or was cancelled",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_renders_state_known"),
        ),
        sa.CheckConstraint(
            "NOT is_private OR NOT is_default", name=op.f("ck_renders_private_is_never_default")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_renders")),
    )
    with op.batch_alter_table("renders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_renders_slug_is_default_finished_at"),
            ["slug", "is_default", "finished_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_renders_state_queued_at"), ["state", "queued_at"], unique=False
        )

    op.create_table(
        "worker_beats",
        sa.Column(
            "owner", sa.String(length=200), nullable=False, comment="The process: host:pid:nonce"
        ),
        sa.Column("beat_at", sa.DateTime(), nullable=False, comment="When it last showed life"),
        sa.Column(
            "voice_ok", sa.Boolean(), nullable=False, comment="True once its voice can speak"
        ),
        sa.Column("started_at", sa.DateTime(), nullable=False, comment="When it started"),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_worker_beats")),
    )
    with op.batch_alter_table("worker_beats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worker_beats_beat_at"), ["beat_at"], unique=False)

    op.create_table(
        "renditions",
        sa.Column("render_key", sa.String(length=64), nullable=False, comment="Its render"),
        sa.Column(
            "kind",
            sa.String(length=6),
            nullable=False,
            comment="mp3, vtt, srt, json (chapters) or report",
        ),
        sa.Column(
            "file_name",
            sa.String(length=200),
            nullable=False,
            comment="Path of the file under the render's folder",
        ),
        sa.Column("content_type", sa.String(length=80), nullable=False, comment="Its media type"),
        sa.Column(
            "sha256", sa.String(length=64), nullable=False, comment="Hash of its bytes; its ETag"
        ),
        sa.Column("size_bytes", WHOLE, nullable=False, comment="Its size"),
        sa.CheckConstraint(
            "kind IN ('mp3', 'vtt', 'srt', 'json', 'report')", name=op.f("ck_renditions_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["render_key"],
            ["renders.key"],
            name=op.f("fk_renditions_render_key_renders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("render_key", "kind", name=op.f("pk_renditions")),
    )


def downgrade() -> None:
    op.drop_table("renditions")
    with op.batch_alter_table("worker_beats", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_worker_beats_beat_at"))

    op.drop_table("worker_beats")
    with op.batch_alter_table("renders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_renders_state_queued_at"))
        batch_op.drop_index(batch_op.f("ix_renders_slug_is_default_finished_at"))

    op.drop_table("renders")
    op.drop_table("practices")
