"""What a listener says of the moment before and after, and which entries were live sittings"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Any whole number: SQLite has one size of them, PostgreSQL two."""

COMMENTS = {
    "kindness_before": "0 to 10, by the listener's own measure; empty where it was left out",
    "willingness_before": "Likewise: how willing they were",
    "kindness_after": "The same when it was over",
    "willingness_after": "The same when it was over",
}


def upgrade() -> None:
    # SQLite adds no check to a table that is there: all of it is made anew, with what it had.
    with op.batch_alter_table("session_entries") as batch:
        batch.add_column(
            sa.Column(
                "is_live",
                sa.Boolean(),
                nullable=False,
                server_default="0",
                comment="True for a live sitting: it has no render",
            )
        )
        for name, comment in COMMENTS.items():
            batch.add_column(sa.Column(name, WHOLE, nullable=True, comment=comment))
            batch.create_check_constraint(
                batch.f(f"ck_session_entries_{name}_within"), f"{name} BETWEEN 0 AND 10"
            )


def downgrade() -> None:
    with op.batch_alter_table("session_entries") as batch:
        for name in COMMENTS:
            batch.drop_constraint(batch.f(f"ck_session_entries_{name}_within"), type_="check")
            batch.drop_column(name)
        batch.drop_column("is_live")
