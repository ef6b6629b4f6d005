"""Queries for what the scripts' files once held: kept, listed, looked up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from server.errors import VersionNotFound
from server.store.models import ScriptVersionRow

MOST_VERSIONS = 200
"""So many are kept of one file; the oldest go first."""


class Origin(StrEnum):
    """How a version came to be."""

    SAVED = "saved"
    FOUND = "found"


def add_script_version(
    db: Session, *, path: str, sha256: str, text: str, origin: Origin, now_at: datetime
) -> ScriptVersionRow:
    """Keep what a file holds now; where that is what was kept last, nothing is added."""
    newest = find_newest_version(db, path)
    if newest is not None and newest.sha256 == sha256:
        return newest
    row = ScriptVersionRow(
        path=path, sha256=sha256, text=text, origin=origin.value, saved_at=now_at
    )
    db.add(row)
    db.flush()
    _forget_oldest(db, path)
    return row


def find_newest_version(db: Session, path: str) -> ScriptVersionRow | None:
    """Look up what was kept last of a file."""
    query = select(ScriptVersionRow).where(ScriptVersionRow.path == path)
    return db.scalars(query.order_by(ScriptVersionRow.id.desc()).limit(1)).first()


def list_script_versions(db: Session, path: str) -> tuple[ScriptVersionRow, ...]:
    """All that is kept of a file, the newest first; the texts are not read."""
    query = select(ScriptVersionRow).where(ScriptVersionRow.path == path)
    rows = query.order_by(ScriptVersionRow.id.desc()).options(defer(ScriptVersionRow.text))
    return tuple(db.scalars(rows))


def get_script_version(db: Session, path: str, version_id: int) -> ScriptVersionRow:
    """Look a version of a file up; raises VersionNotFound."""
    row = db.get(ScriptVersionRow, version_id)
    if row is None or row.path != path:
        raise VersionNotFound
    return row


def _forget_oldest(db: Session, path: str) -> None:
    kept = (
        select(ScriptVersionRow.id)
        .where(ScriptVersionRow.path == path)
        .order_by(ScriptVersionRow.id.desc())
        .limit(MOST_VERSIONS)
    )
    db.execute(
        delete(ScriptVersionRow)
        .where(ScriptVersionRow.path == path, ScriptVersionRow.id.not_in(kept))
        .execution_options(synchronize_session=False)
    )
