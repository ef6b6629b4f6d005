"""Runs migrations on the connection that server.store.schema hands over; logs as it is told."""

from typing import Literal

from alembic import context

from server.store import feed_tables, models, sitting_tables
from server.store.care import (
    case_tables,
    loudspeaker_tables,
    people_tables,
    private_feed_tables,
)
from server.store.columns import Base, UtcDateTime


def plain_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """Write our own column types as SQLAlchemy's, so that old migrations need none of our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


# The tables must be declared by now.
for row in (
    *(models.RenderRow, sitting_tables.SittingRow),
    *(people_tables.TherapistRow, case_tables.AssignmentRow),
    loudspeaker_tables.LoudspeakerRow,
    *(feed_tables.DownloadRow, private_feed_tables.PrivateFeedRow),
):
    assert row.metadata is Base.metadata  # noqa: S101

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plain_type,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
