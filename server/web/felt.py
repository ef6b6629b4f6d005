"""What a listener says of the moment before and after: read, given back, and told as it is."""

from __future__ import annotations

from flask_babel import gettext

from server.store import Felt, SessionEntryRow
from server.web.schemas import FeltBody


def read_felt(body: FeltBody | None) -> Felt:
    """Read what came, which may be nothing."""
    return Felt() if body is None else Felt(kindness=body.kindness, willingness=body.willingness)


def felt_before(row: SessionEntryRow) -> FeltBody | None:
    """What was said before; None where both were left out."""
    return _body(row.kindness_before, row.willingness_before)


def felt_after(row: SessionEntryRow) -> FeltBody | None:
    """What was said afterwards; None where both were left out."""
    return _body(row.kindness_after, row.willingness_after)


def felt_texts(row: SessionEntryRow) -> tuple[str, ...]:
    """Say both in a line each, as numbers and no more; a line that says nothing is left out."""
    return felt_lines(felt_before(row), felt_after(row))


def felt_lines(before: FeltBody | Felt | None, after: FeltBody | Felt | None) -> tuple[str, ...]:
    """Say what was said before and afterwards in a line each; what is not there is left out."""
    lines = []
    if before:
        lines.append(gettext("Before: %(felt)s", felt=felt_text(before)))
    if after:
        lines.append(gettext("After: %(felt)s", felt=felt_text(after)))
    return tuple(lines)


def _body(kindness: int | None, willingness: int | None) -> FeltBody | None:
    if kindness is None and willingness is None:
        return None
    return FeltBody(kindness=kindness, willingness=willingness)


def felt_text(felt: FeltBody | Felt) -> str:
    """Say "kindness 3 of 10, willingness 5 of 10"; what was left out is left out."""
    parts = []
    if felt.kindness is not None:
        parts.append(gettext("kindness %(value)s of 10", value=felt.kindness))
    if felt.willingness is not None:
        parts.append(gettext("willingness %(value)s of 10", value=felt.willingness))
    return ", ".join(parts)
