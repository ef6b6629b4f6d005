"""What the files of the scripts once held"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""


def upgrade() -> None:
    op.create_table(
        "script_versions",
        sa.Column("id", WHOLE, nullable=False, comment="Counts up: later is larger"),
        sa.Column(
            "path",
            sa.String(length=1000),
            nullable=False,
            comment="The file, from the scripts folder on, with slashes",
        ),
        sa.Column(
            "sha256",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the file's bytes: what the editor had read",
        ),
        sa.Column(
            "text", sa.String(), nullable=False, comment="The whole text, its lines ended by LF"
        ),
        sa.Column(
            "saved_at",
            sa.DateTime(),
            nullable=False,
            comment="When it was saved here or found on disk",
        ),
        sa.Column(
            "origin",
            sa.String(length=5),
            nullable=False,
            comment="saved: on the author's page; found: on disk, by whatever hand",
        ),
        sa.CheckConstraint(
            "origin IN ('saved', 'found')", name=op.f("ck_script_versions_origin_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_versions")),
    )
    with op.batch_alter_table("script_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_script_versions_path_id"), ["path", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("script_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_script_versions_path_id"))

    op.drop_table("script_versions")
