"""Spans for OpenTelemetry, where its usual variable names a collector: what took how long.

Of requests the rule of the route, of the database the statement without its parameters, of
renders the short key. Each span is built anew of what may go before it is sent, so that nothing
that a library adds, such as the text of an exception, goes as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from server.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""The standard names of the collector's address; the other OTEL_ variables hold as well."""

ATTRIBUTES = frozenset(
    {
        *("http.request.method", "http.route", "http.response.status_code"),
        *("db.system.name", "db.query.text"),
        *("stepback.render", "stepback.voice"),
    }
)
"""What a span may say beside its name."""

END_S = 1.0
"""So long the end of a process may wait for a collector."""

_tracer: Tracer | None = None


def are_spans_wanted(environ: Mapping[str, str]) -> bool:
    """Tell whether a collector is named, and `OTEL_SDK_DISABLED` does not say otherwise."""
    is_off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and any(environ.get(name) for name in ENDPOINTS)


def check_spans(environ: Mapping[str, str]) -> None:
    """Raise SettingsError where spans are to be sent and a package for it is missing."""
    needed = ("opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter")
    if are_spans_wanted(environ) and not all(map(_is_there, needed)):
        raise SettingsError(
            f"{ENDPOINTS[0]} is set, and the packages for it are missing. Install them with "
            "`.venv/bin/pip install '.[telemetry]'`, or set OTEL_SDK_DISABLED=true."
        )


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # of what it is a part of
        return False


def open_spans(environ: Mapping[str, str], version: str) -> Callable[[], None] | None:
    """Send this process's spans; gives what sends the last ones and ends it.

    Without a collector this does nothing, and loads nothing.
    """
    if not are_spans_wanted(environ):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    global _tracer
    about = {"service.name": "stepback", "service.version": version}
    # Not at exit: with a collector that does not answer that would take many seconds.
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_plainly(OTLPSpanExporter())))
    _tracer = provider.get_tracer("stepback", version)
    return partial(_end_soon, provider.shutdown)


def _end_soon(shutdown: Callable[[], None]) -> None:
    """Wait END_S for the last spans to be sent, and leave them behind then."""
    last = threading.Thread(target=shutdown, daemon=True)
    last.start()
    last.join(END_S)


def _plainly(exporter: SpanExporter) -> SpanExporter:
    """Let an exporter see nothing but what may go."""
    export = exporter.export

    def export_plainly(spans: Sequence[ReadableSpan]):  # type: ignore[no-untyped-def] # noqa: ANN202
        return export([_plain_span(each) for each in spans])

    exporter.export = export_plainly  # type: ignore[method-assign]
    return exporter


def _plain_span(span: ReadableSpan) -> ReadableSpan:
    """Build a span of the names, times and attributes that may go: no event, no message."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    said = {name: value for name, value in (span.attributes or {}).items() if name in ATTRIBUTES}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=said,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


@contextmanager
def within_span(name: str, **attributes: str) -> Iterator[None]:
    """Do something within a span of this name; `render` stands for `stepback.render`."""
    if _tracer is None:
        yield
        return
    said = {f"stepback.{key}": value for key, value in attributes.items()}
    with _tracer.start_as_current_span(name, attributes=said, record_exception=False):
        yield


class RequestSpan:
    """The span of one request, whose route is known at its end; nothing where none is wished.

    What is done within its block is part of it; it ends later.
    """

    def __init__(self, span: Span | None) -> None:
        self._span, self._within = span, ExitStack()

    def __enter__(self) -> Self:
        if self._span is not None:
            from opentelemetry.trace import use_span

            quietly = use_span(self._span, record_exception=False, set_status_on_exception=False)
            self._within.enter_context(quietly)
        return self

    def __exit__(self, *_: object) -> None:
        if self._span is not None:
            self._within.close()

    def end(self, method: str, rule: str, status: int) -> None:
        """Say what was asked for, and that it is over."""
        if self._span is None:
            return
        from opentelemetry.trace import Status, StatusCode

        self._span.update_name(f"{method} {rule}")
        said = {"http.request.method": method, "http.route": rule}
        self._span.set_attributes({**said, "http.response.status_code": status})
        if status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


NO_SPAN = RequestSpan(None)


def begin_request_span() -> RequestSpan:
    """Begin the span of a request."""
    if _tracer is None:
        return NO_SPAN
    from opentelemetry.trace import SpanKind

    return RequestSpan(_tracer.start_span("request", kind=SpanKind.SERVER))


def begin_statement_span(system: str, statement: str) -> Span | None:
    """Begin the span of a statement, without its parameters; None where none is wished."""
    if _tracer is None:
        return None
    from opentelemetry.trace import SpanKind

    said = {"db.system.name": system, "db.query.text": statement}
    return _tracer.start_span(statement.split(None, 1)[0], kind=SpanKind.CLIENT, attributes=said)
