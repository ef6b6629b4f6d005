"""Ids of what was deleted, so that a phone's late sending brings nothing back"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deleted_ids",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="32 hexadecimal digits, once made on the phone",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deleted_ids")),
    )


def downgrade() -> None:
    op.drop_table("deleted_ids")
