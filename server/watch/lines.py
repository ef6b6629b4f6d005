"""The log: one place where every line of a process is made, by structlog, for people or programs.

Everybody logs with the standard library; structlog adds what a line is about and writes it.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any

from structlog.contextvars import (
    bind_contextvars,
    bound_contextvars,
    merge_contextvars,
    unbind_contextvars,
)
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

from server.watch.masking import install_masking, mask
from server.watch.storms import CalmHandler

__all__ = ["about", "bind_contextvars", "make_formatter", "set_up_log", "unbind_contextvars"]

Event = MutableMapping[str, Any]

about = bound_contextvars
"""Within this block every line says what it is about: `with about(render=key): …`."""

_FIRST = ("timestamp", "level", "logger", "event", "exception", "stack")
"""What the text format writes in its own place; the rest follows the sentence."""


def set_up_log(*, level: str, is_json: bool) -> None:
    """Let this process log to standard error; what cannot be written there is let go."""
    _keep_standard_streams()
    install_masking()
    logging.raiseExceptions = False  # a full disk or a closed pipe costs lines, not the service
    atexit.register(_let_go)
    handler = CalmHandler()
    handler.setFormatter(make_formatter(is_json=is_json))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in ("alembic", "urllib3"):  # what they did is no news
        logging.getLogger(name).setLevel(logging.WARNING)


def make_formatter(*, is_json: bool) -> logging.Formatter:
    """Make the formatter that turns a record into one line, and its traceback into more."""
    stamp = TimeStamper(fmt="iso") if is_json else TimeStamper("%Y-%m-%d %H:%M:%S", utc=False)
    return ProcessorFormatter(
        foreign_pre_chain=[_add_context, add_log_level, add_logger_name, stamp, _add_fields],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            format_exc_info,
            _mask_all,
            JSONRenderer(ensure_ascii=False) if is_json else _as_text,
        ],
    )


def _add_context(logger: Any, name: str, event: Event) -> Event:  # noqa: ANN401 - structlog's
    """Say what the line is about; what sums up many lines is about none of them."""
    return event if hasattr(event["_record"], "is_sum") else merge_contextvars(logger, name, event)


def _add_fields(_logger: Any, _name: str, event: Event) -> Event:  # noqa: ANN401 - structlog's
    """Take what was handed over as `extra={"fields": {…}}`, and nothing else of a record."""
    event.update(getattr(event["_record"], "fields", {}))
    if stack := event.pop("stack_info", None):
        event["stack"] = stack
    return event


def _mask_all(_logger: Any, _name: str, event: Event) -> Event:  # noqa: ANN401 - structlog's
    """Mask each text before it is written: in JSON, quotes and backslashes would be in the way."""
    return {name: mask(said) if isinstance(said, str) else said for name, said in event.items()}


def _as_text(_logger: Any, _name: str, event: Event) -> str:  # noqa: ANN401 - structlog's
    """Write a line for people: when, how grave, who, what, and what it is about."""
    said = f"{event['timestamp']} {event['level'].upper()} {event['logger']}: {event['event']}"
    more = (f"{name}={value}" for name, value in event.items() if name not in _FIRST)
    below = (event[name] for name in ("exception", "stack") if name in event)
    return "\n".join([" ".join([said, *more]), *below])


def _let_go() -> None:
    """Forget at the end what could not be written: some Pythons would end with an error for it."""
    if sys.stderr.closed:
        return
    try:
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _keep_standard_streams() -> None:
    """Put nothing in the place of a stream that was closed before we began.

    Otherwise the next file that is opened, such as the database, would be the standard error of
    libraries in C.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest that is free: this one
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the process lives
