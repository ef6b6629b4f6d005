"""Feeds: how often an episode was fetched, private feeds, and sound as Opus beside the MP3"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""

TABLES = (
    "download_parts",
    "download_salts",
    "downloads",
    "feed_watches",
    "private_feeds",
    "private_feed_renders",
    "private_feed_networks",
    "sign_in_failures",
    "handovers",
)
"""In the order in which they name one another."""

KINDS_BEFORE = "kind IN ('mp3', 'vtt', 'srt', 'json', 'report')"
KINDS = "kind IN ('mp3', 'opus', 'vtt', 'srt', 'json', 'report')"


def upgrade() -> None:
    _create_download_parts()
    _create_download_salts()
    _create_downloads()
    _create_feed_watches()
    _create_private_feeds()
    _create_private_feed_renders()
    _create_private_feed_networks()
    _create_sign_in_failures()
    _create_handovers()
    _allow(KINDS, "mp3, opus, vtt, srt, json (chapters) or report")
    _extend_feeds()
    _extend_renders()
    _keep_every_review()


def _keep_every_review() -> None:
    """A review that is written anew stands beside the one before it, which stays.

    Those that are there keep their submission's id for their own: they are sealed to it.
    """
    _remake_reviews(
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="128 random bits in hexadecimal; of an older Stepback's, its submission's id",
        ),
        sa.Column(
            "made_at",
            sa.DateTime(),
            nullable=False,
            comment="When it was written; the latest of a submission counts",
        ),
        primary="id",
        filling="INSERT INTO reviews (id, submission_id, client_id, therapist_id, sealed_text,"
        " made_at) SELECT submission_id, submission_id, client_id, therapist_id, sealed_text,"
        " changed_at FROM older_reviews",
    )
    op.create_index(op.f("ix_reviews_submission_id"), "reviews", ["submission_id"])


def _keep_one_review() -> None:
    """An older Stepback opens a review at its submission's id alone: later ones are lost to it."""
    op.drop_index(op.f("ix_reviews_submission_id"), "reviews")
    _remake_reviews(
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was first written"),
        sa.Column("changed_at", sa.DateTime(), nullable=False, comment="When it was last changed"),
        primary="submission_id",
        filling="INSERT INTO reviews (submission_id, client_id, therapist_id, sealed_text,"
        " made_at, changed_at) SELECT submission_id, client_id, therapist_id, sealed_text,"
        " made_at, made_at FROM older_reviews WHERE id = submission_id",
    )


def _remake_reviews(*own: sa.Column[Any], primary: str, filling: str) -> None:
    op.drop_index(op.f("ix_reviews_client_id"), "reviews")
    op.rename_table("reviews", "older_reviews")
    if op.get_bind().dialect.name != "sqlite":  # an index's name is taken, whatever its table
        op.drop_constraint(op.f("pk_reviews"), "older_reviews", type_="primary")
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
        *own,
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
        sa.PrimaryKeyConstraint(primary, name=op.f("pk_reviews")),
    )
    op.execute(filling)
    op.drop_table("older_reviews")
    op.create_index(op.f("ix_reviews_client_id"), "reviews", ["client_id"])


def _extend_feeds() -> None:
    op.add_column(
        "feeds",
        sa.Column(
            "made_at",
            sa.DateTime(),
            nullable=True,
            comment="When it was first asked for; empty for one of an older Stepback",
        ),
    )
    op.add_column(
        "feeds",
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256 of its bytes when last built; empty until then",
        ),
    )
    op.add_column(
        "feeds",
        sa.Column(
            "changed_at",
            sa.DateTime(),
            nullable=True,
            comment="When these bytes were first built: its Last-Modified",
        ),
    )


def _extend_renders() -> None:
    op.add_column(
        "renders",
        sa.Column(
            "is_plain",
            sa.Boolean(),
            nullable=False,
            server_default="0",
            comment="True where nothing but the length was chosen: for the feeds of courses",
        ),
    )
    op.execute("UPDATE renders SET is_plain = is_default")
    op.add_column(
        "renders",
        sa.Column(
            "announced_at",
            sa.DateTime(),
            nullable=True,
            comment="When an older recording was wanted for the feeds again; empty otherwise",
        ),
    )


def _create_download_parts() -> None:
    op.create_table(
        "download_parts",
        sa.Column(
            "listener_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC of network and app with the day's salt: tells nobody who it was",
        ),
        sa.Column(
            "file_hash",
            sa.String(length=64),
            nullable=False,
            comment="The file: SHA-256 of its bytes",
        ),
        sa.Column(
            "guid", sa.String(length=36), nullable=False, comment="The episode that it is of"
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="The day, UTC"),
        sa.Column(
            "covered",
            sa.JSON(),
            nullable=False,
            comment="The bytes that were sent: first and one past the last, merged, ascending",
        ),
        sa.Column(
            "is_counted", sa.Boolean(), nullable=False, comment="True once all of it was sent"
        ),
        sa.PrimaryKeyConstraint("listener_hash", "file_hash", name=op.f("pk_download_parts")),
    )
    with op.batch_alter_table("download_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_download_parts_day"), ["day"], unique=False)


def _create_download_salts() -> None:
    op.create_table(
        "download_salts",
        sa.Column("day", sa.Date(), nullable=False, comment="The day, UTC"),
        sa.Column("salt", sa.LargeBinary(), nullable=False, comment="32 random bytes"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_download_salts")),
    )


def _create_downloads() -> None:
    op.create_table(
        "downloads",
        sa.Column(
            "guid",
            sa.String(length=36),
            nullable=False,
            comment="The episode, whatever its file was",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="The day, UTC"),
        sa.Column("count", WHOLE, nullable=False, comment="Listeners who fetched all of it"),
        sa.PrimaryKeyConstraint("guid", "day", name=op.f("pk_downloads")),
    )


def _create_feed_watches() -> None:
    op.create_table(
        "feed_watches",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column("feed_name", sa.String(length=80), nullable=False, comment="Which feed"),
        sa.Column(
            "network_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC of the network they look from, with the day's salt",
        ),
        sa.Column("until_at", sa.DateTime(), nullable=False, comment="When it is forgotten"),
        sa.Column(
            "fetched_at",
            sa.DateTime(),
            nullable=True,
            comment="When something fetched the feed from there; empty until then",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_watches")),
    )
    with op.batch_alter_table("feed_watches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_watches_until_at"), ["until_at"], unique=False)


def _create_private_feeds() -> None:
    op.create_table(
        "private_feeds",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="128 random bits; stands in its files' names",
        ),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Whose it is"),
        sa.Column(
            "token_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the token in its address",
        ),
        sa.Column(
            "guid",
            sa.String(length=36),
            nullable=False,
            comment="podcast:guid, random; stays when the token changes",
        ),
        sa.Column(
            "sealed_name",
            sa.LargeBinary(),
            nullable=False,
            comment="What its owner calls it, such as My phone",
        ),
        sa.Column(
            "is_neutral",
            sa.Boolean(),
            nullable=False,
            comment="True where titles and pictures are to tell nothing, such as Practice 3",
        ),
        sa.Column("made_at", sa.DateTime(), nullable=False, comment="When it was made"),
        sa.Column(
            "used_at",
            sa.DateTime(),
            nullable=True,
            comment="When it or a file of it was last fetched, within five minutes;"
            " empty until then",
        ),
        sa.Column(
            "alerted_at",
            sa.DateTime(),
            nullable=True,
            comment="When more networks than usual last fetched it; empty while none did",
        ),
        sa.Column(
            "client_settled_at",
            sa.DateTime(),
            nullable=True,
            comment="When its owner said of this alert that all is well; empty until then",
        ),
        sa.Column(
            "therapist_settled_at",
            sa.DateTime(),
            nullable=True,
            comment="When their therapist said so; empty until then",
        ),
        sa.Column(
            "revoked_at",
            sa.DateTime(),
            nullable=True,
            comment="From when on it is gone; empty as long as it stands",
        ),
        sa.Column(
            "revoked_by",
            sa.String(length=9),
            nullable=True,
            comment="client, therapist or disuse; empty as long as it stands",
        ),
        sa.CheckConstraint(
            "revoked_by IN ('client', 'therapist', 'disuse')",
            name=op.f("ck_private_feeds_revoker_known"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_private_feeds_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_feeds")),
        sa.UniqueConstraint("guid", name=op.f("uq_private_feeds_guid")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_private_feeds_token_hash")),
    )
    with op.batch_alter_table("private_feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_private_feeds_client_id"), ["client_id"], unique=False)


def _create_private_feed_renders() -> None:
    op.create_table(
        "private_feed_renders",
        sa.Column("assignment_id", sa.String(length=32), nullable=False, comment="What was given"),
        sa.Column(
            "place",
            sa.String(length=100),
            nullable=False,
            comment="Which sitting of a course, such as soft-ground:1; empty for a practice",
        ),
        sa.Column("render_key", sa.String(length=64), nullable=False, comment="The recording"),
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Whose feeds"),
        sa.Column(
            "ordered_at", sa.DateTime(), nullable=False, comment="When it was last asked for"
        ),
        sa.Column(
            "replaced_at",
            sa.DateTime(),
            nullable=True,
            comment="When a newer one took its place; empty until then",
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignments.id"],
            name=op.f("fk_private_feed_renders_assignment_id_assignments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_private_feed_renders_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "assignment_id", "place", "render_key", name=op.f("pk_private_feed_renders")
        ),
    )
    with op.batch_alter_table("private_feed_renders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_private_feed_renders_client_id"), ["client_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_private_feed_renders_render_key"), ["render_key"], unique=False
        )


def _create_private_feed_networks() -> None:
    op.create_table(
        "private_feed_networks",
        sa.Column("feed_id", sa.String(length=32), nullable=False, comment="Which private feed"),
        sa.Column("day", sa.Date(), nullable=False, comment="The day, UTC"),
        sa.Column(
            "network_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC of the network with the day's salt: tells nobody where it was",
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["private_feeds.id"],
            name=op.f("fk_private_feed_networks_feed_id_private_feeds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "feed_id", "day", "network_hash", name=op.f("pk_private_feed_networks")
        ),
    )


def _create_sign_in_failures() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("id", WHOLE, nullable=False, comment="Counts up"),
        sa.Column(
            "key_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC of account, network and form with the server's secret: tells nobody who",
        ),
        sa.Column("failed_at", sa.DateTime(), nullable=False, comment="When it was"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_failures_failed_at"), ["failed_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sign_in_failures_key_hash_failed_at"),
            ["key_hash", "failed_at"],
            unique=False,
        )


def _create_handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("client_id", sa.String(length=32), nullable=False, comment="Who is asked"),
        sa.Column("by_id", sa.String(length=32), nullable=False, comment="Who offers it"),
        sa.Column("to_id", sa.String(length=32), nullable=False, comment="To whom"),
        sa.Column("offered_at", sa.DateTime(), nullable=False, comment="When it was offered"),
        sa.Column(
            "declined_at",
            sa.DateTime(),
            nullable=True,
            comment="When the client said no; with a yes the row is gone",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["therapists.id"], name=op.f("fk_handovers_by_id_therapists")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_handovers_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["therapists.id"], name=op.f("fk_handovers_to_id_therapists")
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_handovers")),
    )


def _allow(kinds: str, comment: str) -> None:
    with op.batch_alter_table("renditions") as batch:
        batch.drop_constraint(op.f("ck_renditions_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_renditions_kind_known"), kinds)
        batch.alter_column("kind", existing_type=sa.String(length=6), comment=comment)


def downgrade() -> None:
    _keep_one_review()
    for column in ("announced_at", "is_plain"):
        op.drop_column("renders", column)
    for column in ("changed_at", "digest", "made_at"):
        op.drop_column("feeds", column)
    op.execute("DELETE FROM renditions WHERE kind = 'opus'")
    _allow(KINDS_BEFORE, "mp3, vtt, srt, json (chapters) or report")
    for table in reversed(TABLES):
        op.drop_table(table)
