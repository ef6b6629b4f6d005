"""What an OpenTelemetry collector would get: what took how long, and no word of anybody's."""

from __future__ import annotations

import builtins
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from server.errors import SettingsError
from server.watch import spans
from tests.watch.sink import Sink, open_sink

WORD = "quïttenmus"


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A collector of our own, named by the standard variable."""
    monkeypatch.setattr(spans, "_tracer", None)
    monkeypatch.setattr(spans, "END_S", 30.0)
    with open_sink() as opened:
        monkeypatch.setenv(spans.ENDPOINTS[0], f"http://127.0.0.1:{opened.port}")
        yield opened


@pytest.fixture
def end(sink: Sink) -> Callable[[], None]:
    """Sends what there is, and ends."""
    opened = spans.open_spans(os.environ, "1.0")
    assert opened is not None
    return opened


def spans_in(sink: Sink) -> list[Any]:
    found = []
    for path, _, body in sink.came:
        assert path == "/v1/traces"
        told = ExportTraceServiceRequest.FromString(body)
        found += [
            span
            for resource in told.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
    return found


def said(span: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in span.attributes}


def test_a_request_a_statement_and_a_render(sink: Sink, end: Callable[[], None]):
    """Each has a span; what is done within another is its part."""
    with spans.begin_request_span() as request:
        statement = spans.begin_statement_span("sqlite", "SELECT x FROM y WHERE z = ?")
        assert statement is not None
        statement.end()
    request.end("GET", "/audio/<key:key>", 503)
    with spans.within_span("render", render="9f0a"):
        pass
    end()
    by_name = {span.name: span for span in spans_in(sink)}
    assert set(by_name) == {"GET /audio/<key:key>", "SELECT", "render"}
    asked = by_name["GET /audio/<key:key>"]
    assert said(asked)["http.route"] == "/audio/<key:key>"
    assert asked.status.code == 2
    assert by_name["SELECT"].parent_span_id == asked.span_id
    assert said(by_name["SELECT"])["db.query.text"] == "SELECT x FROM y WHERE z = ?"
    assert said(by_name["render"]) == {"stepback.render": "9f0a"}


def test_what_may_not_go_does_not_go(sink: Sink, end: Callable[[], None]):
    """No attribute that is not on the list, no event, no message, whoever added it."""
    tracer = spans._tracer
    assert tracer is not None
    with suppress(ZeroDivisionError), tracer.start_as_current_span("render") as span:
        span.set_attribute("http.url", f"/{WORD}")
        span.add_event(f"event {WORD}")
        raise ZeroDivisionError(WORD)
    with pytest.raises(LookupError), spans.within_span("render"):
        raise LookupError(WORD)
    end()
    assert len(spans_in(sink)) == 2
    assert b"ttenmus" not in sink.everything
    assert all(not span.events and not span.status.message for span in spans_in(sink))


def test_a_collector_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch):
    """Neither what is done meanwhile nor, for longer than END_S, the end of the process."""
    monkeypatch.setattr(spans, "_tracer", None)
    monkeypatch.setattr(spans, "END_S", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv(spans.ENDPOINTS[0], f"http://127.0.0.1:{port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        end = spans.open_spans(os.environ, "1.0")
        assert end is not None
        with spans.within_span("render"):
            pass
        end()  # no answer ever comes


def test_without_a_collector_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch):
    """Nor where OTEL_SDK_DISABLED says so; everything works without."""
    monkeypatch.setattr(spans, "_tracer", None)
    load = builtins.__import__

    def refuse(name: str, *more: Any) -> Any:
        assert not name.startswith("opentelemetry")
        return load(name, *more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    off = {spans.ENDPOINTS[0]: "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}
    for environ in ({}, off):
        spans.check_spans(environ)
        assert spans.open_spans(environ, "1.0") is None
    with spans.begin_request_span() as request:
        assert spans.begin_statement_span("sqlite", "SELECT 1") is None
    request.end("GET", "/", 200)
    with spans.within_span("render"):
        pass


def test_a_package_that_is_missing_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch):
    """Before anything starts."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.setattr(spans, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install '\.\[telemetry\]'"):
        spans.check_spans({spans.ENDPOINTS[0]: "http://127.0.0.1:1"})
