"""What serve and worker begin with: the log, and, where wished, faults and spans for elsewhere."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.config import Settings

logger = logging.getLogger(__name__)


def set_up_watch(settings: Settings) -> None:
    """Set up the log, and refuse what is wished and cannot be: raises SettingsError."""
    from server.watch.faults import check_faults
    from server.watch.lines import set_up_log
    from server.watch.spans import check_spans

    check_faults(settings.sentry_dsn)
    check_spans(os.environ)
    set_up_log(level=settings.log_level, is_json=settings.log_format == "json")


def tell_elsewhere(settings: Settings) -> Callable[[], None]:
    """Begin to send faults and spans, where that is wished; in each process that works.

    Gives what sends the last spans at the end, within a second.
    """
    from server import __version__
    from server.watch.faults import open_faults
    from server.watch.spans import open_spans

    open_faults(settings.sentry_dsn, f"stepback@{__version__}")
    end = open_spans(os.environ, __version__)
    if end is None:
        return lambda: None
    from server.store.statements import trace_statements

    trace_statements()
    return end


@contextmanager
def open_worker_meters(settings: Settings) -> Iterator[None]:
    """Let a worker's meters be read at the port behind the web's, where one is set.

    Where it is taken, by a second worker perhaps, that is told, and the work goes on.
    """
    if not settings.metrics_port:
        yield
        return
    from server.render.standing import read_house
    from server.store import Database
    from server.store.shelves import open_shelf
    from server.watch.scrape import listen_for_scrapes

    host, port = settings.metrics_host, settings.metrics_port + 1
    read = partial(read_house, Database(settings.database_address), open_shelf(settings))
    try:
        end = listen_for_scrapes(host, port, read)
    except OSError as error:
        logger.error("no meters at %s:%d: %s", host, port, error.strerror)  # noqa: TRY400
        yield
        return
    try:
        yield
    finally:
        end()
