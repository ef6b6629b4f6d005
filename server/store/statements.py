"""A span for each statement, where spans are wished: its text, and never its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext, ExecutionContext

from server.watch.spans import begin_statement_span

_SPAN = "stepback_span"
"""Where a statement's execution carries its span."""

_OURS_TO_BEGIN = ("PRAGMA", "BEGIN", "SET TRANSACTION")
"""What opens a connection or a transaction, and says nothing of the time that something takes."""


def trace_statements() -> None:
    """Begin and end a span for each statement of any engine of this process."""
    for name, hear in HEARD.items():
        event.listen(Engine, name, hear)


def _begin(
    connection: Connection, _cursor: object, statement: str, _parameters: object,
    context: ExecutionContext | None, _many: bool,
) -> None:  # fmt: skip
    if context is not None and not statement.startswith(_OURS_TO_BEGIN):
        span = begin_statement_span(connection.dialect.name, statement)
        setattr(context, _SPAN, span)


def _end(
    _connection: Connection, _cursor: object, _statement: str, _parameters: object,
    context: ExecutionContext | None, _many: bool,
) -> None:  # fmt: skip
    _close(context)


def _fail(told: ExceptionContext) -> None:
    _close(told.execution_context)


def _close(context: Any) -> None:  # noqa: ANN401 - it carries what we hung on it
    if span := getattr(context, _SPAN, None):
        span.end()


HEARD: dict[str, Callable[..., None]] = {
    "before_cursor_execute": _begin,
    "after_cursor_execute": _end,
    "handle_error": _fail,
}
"""What of SQLAlchemy's events is heard, by whom."""
