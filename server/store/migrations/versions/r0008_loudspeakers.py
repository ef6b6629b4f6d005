"""A second loudspeaker for the therapist's page"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""


def upgrade() -> None:
    op.create_table(
        "loudspeakers",
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="128 random bits in hexadecimal"
        ),
        sa.Column(
            "therapist_id",
            sa.String(length=32),
            nullable=False,
            comment="Whose page controls it",
        ),
        sa.Column(
            "code_hash",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256 of the code; empty once it was used",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(),
            nullable=False,
            comment="From when on the code opens nothing",
        ),
        sa.Column(
            "misses",
            WHOLE,
            nullable=False,
            comment="Wrong codes that anybody gave while this one was open",
        ),
        sa.Column(
            "token_hash",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256 of what the loudspeaker's cookie holds; empty until it joined",
        ),
        sa.Column(
            "made_at", sa.DateTime(), nullable=False, comment="When the therapist asked for it"
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(),
            nullable=False,
            comment="When the therapist's page last asked",
        ),
        sa.Column(
            "version",
            WHOLE,
            nullable=False,
            comment="Counts up with each thing that it is told",
        ),
        sa.Column(
            "render_key",
            sa.String(length=64),
            nullable=True,
            comment="The one render that it may have; empty until it is told",
        ),
        sa.Column(
            "plan",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="Where in the render it is at which moment of the server's clock;"
            " holds no words",
        ),
        sa.Column(
            "ready_key",
            sa.String(length=64),
            nullable=True,
            comment="The render that it has fetched; empty until it has one",
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"],
            ["therapists.id"],
            name=op.f("fk_loudspeakers_therapist_id_therapists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loudspeakers")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_loudspeakers_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_loudspeakers_token_hash")),
    )
    with op.batch_alter_table("loudspeakers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_loudspeakers_therapist_id"), ["therapist_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("loudspeakers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_loudspeakers_therapist_id"))

    op.drop_table("loudspeakers")
