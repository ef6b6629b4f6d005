"""Runs migrations on the connection that server.store.schema hands over; logs as it is told."""

import logging
from typing import Literal

from alembic import context
from alembic.runtime.migration import MigrationInfo

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


def tell_step(ctx: object, step: MigrationInfo, heads: object, run_args: object) -> None:
    """Say how far an upgrade is. What a new database is made of is no news."""
    reached = None if context.config.attributes["is_new"] else step.up_revision_id
    if reached and (done := context.script.get_revision(reached)):
        logging.getLogger("server.store").info("The database is at %s: %s", done.revision, done.doc)


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
    on_version_apply=tell_step,
)
with context.begin_transaction():
    context.run_migrations()
