"""Who waits for a render: those that somebody wants go before those that are made ahead"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("renders") as batch:
        batch.add_column(
            sa.Column(
                "wanted_at",
                sa.DateTime(),
                nullable=True,
                comment="When a listener first asked for it; empty while it is only made ahead",
            )
        )
    op.execute("UPDATE renders SET wanted_at = queued_at")


def downgrade() -> None:
    with op.batch_alter_table("renders") as batch:
        batch.drop_column("wanted_at")
