"""All that a house tells its operator: lines as JSON, meters, faults, and spans, as they go out."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import prometheus_client
import pytest
import sentry_sdk
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from server.store import statements
from server.watch import faults, spans
from server.watch.lines import make_formatter
from server.watch.meters import count_request
from server.watch.scrape import make_registry
from tests.watch.sink import Sink, open_sink


class _Keep(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.setFormatter(make_formatter(is_json=True))
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@dataclass(kw_only=True)
class Told:
    """What was told so far."""

    to_sentry: Sink
    to_collector: Sink
    lines: list[str] = field(default_factory=list)

    def look(self) -> dict[str, bytes]:
        """All of it, by where it goes."""
        sentry_sdk.flush(timeout=10)
        spans._tracer.span_processor.force_flush()  # type: ignore[union-attr]
        return {
            "lines": "\n".join(self.lines).encode(),
            "faults": self.to_sentry.everything,
            "spans": self.to_collector.everything,
            "meters": prometheus_client.generate_latest(make_registry(dict)),
        }

    def leaks(self, leak: str) -> dict[str, Callable[[], object]]:
        """A way to let something out, for each of the places."""

        def tell_span() -> None:
            with spans.within_span(leak):
                pass

        return {
            "lines": lambda: logging.getLogger("server.web").info("was written: %s", leak),
            "faults": lambda: faults.tell_fault(type(leak, (Exception,), {})()),
            "spans": tell_span,
            "meters": lambda: count_request("GET", leak, 200, 0.0),
        }


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Turn everything on that can be, each to a server of our own, until the block ends.

    Answers are read whole and closed, as a server does it: only then is a request over.
    """
    ask = FlaskClient.open

    def ask_whole(client: FlaskClient, *args: Any, **named: Any) -> TestResponse:
        return ask(client, *args, **{"buffered": True, **named})

    monkeypatch.setattr(FlaskClient, "open", ask_whole)
    monkeypatch.setattr(faults, "_open", False)
    monkeypatch.setattr(spans, "_tracer", None)
    with open_sink() as to_sentry, open_sink() as to_collector:
        told = Told(to_sentry=to_sentry, to_collector=to_collector)
        monkeypatch.setenv(spans.ENDPOINTS[0], f"http://127.0.0.1:{to_collector.port}")
        faults.open_faults(f"http://key@127.0.0.1:{to_sentry.port}/1", "stepback@1")
        end = spans.open_spans(os.environ, "1")
        assert end is not None
        statements.trace_statements()
        handler = _Keep(told.lines)
        logging.getLogger().addHandler(handler)
        try:
            yield told
        finally:
            logging.getLogger().removeHandler(handler)
            for name, hear in statements.HEARD.items():
                event.remove(Engine, name, hear)
            end()
            sentry_sdk.get_client().close(timeout=2)
            sentry_sdk.get_global_scope().set_client(None)
