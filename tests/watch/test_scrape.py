"""What Prometheus reads, where, and that nothing of anybody's is in it."""

from __future__ import annotations

import re
import socket
import urllib.request
from contextlib import closing

import pytest
from werkzeug.test import Client

from server.watch.meters import (
    HOUSE,
    METERS,
    count_audio,
    count_render,
    count_request,
    count_speech,
)
from server.watch.scrape import ScrapedBeside, listen_for_scrapes, make_registry, shared_meters

LABELS = {"method", "route", "status", "voice", "result", "outcome", "le"}
"""All there may be: none that names a person, a practice or an address."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"page"]


def test_the_meters_are_at_their_own_port_and_nowhere_else():
    """By the socket alone: no Host, no path and no header of a proxy leads there."""
    client = Client(ScrapedBeside(application, 9100, dict))
    for path, headers in (("/metrics", {}), ("/metrics", {"Host": "127.0.0.1:9100"}),
                          ("/metrics", {"X-Forwarded-Port": "9100"})):  # fmt: skip
        told = client.get(path, headers=headers, environ_overrides={"SERVER_PORT": "8000"})
        assert told.text == "page"
    ours = {"SERVER_PORT": "9100"}
    assert "stepback_requests_total" in client.get("/metrics", environ_overrides=ours).text
    for path in ("/", "/room", "/metrics/x"):
        told = client.get(path, environ_overrides=ours)
        assert (told.status_code, told.data) == (404, b"")


def test_a_worker_answers_prometheus_in_a_thread():
    """Until it is told to end, and with what is true of the house at that moment."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    told = iter([{HOUSE[0].name: 3.0}, {HOUSE[0].name: 4.0}])
    end = listen_for_scrapes("127.0.0.1", port, lambda: next(told))
    try:
        for value in (3, 4):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                assert f"{HOUSE[0].name} {value}.0" in answer.read().decode()
        with pytest.raises(OSError, match="in use"):
            listen_for_scrapes("127.0.0.1", port, dict)
    finally:
        end()


def test_what_is_counted_is_found():
    """Names by Prometheus's conventions: what only grows ends in _total, times are seconds."""
    count_request("GET", "/audio/<key:key>", 206, 0.003)
    count_request("BREW", "(none)", 405, 0.001)
    count_speech("joe", spoken_s=3.0, took_s=1.0)
    count_audio(512)
    count_render("done", 12.0)
    registry = make_registry(lambda: {"stepback_renders_waiting": 2.0})

    def value(name: str, **labels: str) -> float:
        found = registry.get_sample_value(name, labels)
        assert found is not None, name
        return found

    asked = {"method": "GET", "route": "/audio/<key:key>"}
    assert value("stepback_requests_total", **asked, status="2xx") >= 1
    assert value("stepback_request_duration_seconds_bucket", **asked, le="0.005") >= 1
    assert value("stepback_requests_total", method="other", route="(none)", status="4xx") >= 1
    assert value("stepback_speech_seconds_total", voice="joe") >= 3
    assert value("stepback_audio_bytes_total") >= 512
    assert value("stepback_renders_waiting") == 2
    assert registry.get_sample_value("stepback_sittings_open") is None  # not known, so not told


def test_labels_and_names_are_few():
    """A label that named a client or a practice would be a log of them."""
    samples = [sample for metric in METERS.collect() for sample in metric.samples]
    assert {label for each in samples for label in each.labels} <= LABELS
    for metric in METERS.collect():
        assert metric.name.startswith("stepback_")
        assert re.fullmatch(r"[a-z_]+(_seconds|_bytes|s|ies)", metric.name), metric.name
        assert metric.documentation


def test_meters_are_not_shared_too_late():
    """Once they are loaded, each process would count alone and nobody would notice."""
    with pytest.raises(RuntimeError), shared_meters():
        pass
