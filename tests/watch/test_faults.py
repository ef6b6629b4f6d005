"""What Sentry would get: where something broke, and no word of anybody's."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
import sentry_sdk

from server.errors import SettingsError
from server.watch import faults
from server.watch.lines import about
from tests.watch.sink import Sink, open_sink

WORD = "quïttenmus"


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A Sentry of our own, to which this process's faults go."""
    monkeypatch.setattr(faults, "_open", False)
    with open_sink() as opened:
        faults.open_faults(f"http://key@127.0.0.1:{opened.port}/7", "stepback@1")
        yield opened
        sentry_sdk.get_client().close(timeout=2)
        sentry_sdk.get_global_scope().set_client(None)


def break_with_words() -> None:
    local = f"local {WORD}"
    try:
        raise LookupError(f"cause {WORD}")
    except LookupError as error:
        broken = ZeroDivisionError(f"{WORD} {local}")
        broken.add_note(f"note {WORD}")
        raise broken from error


def test_a_fault_says_where_and_nothing_of_whom(sink: Sink):
    """Kinds, stack, route and request; no message, cause's message, note, variable or source."""
    with about(request="0123456789abcdef", words=WORD):
        try:
            break_with_words()
        except ZeroDivisionError as error:
            faults.tell_fault(error, route="/audio/<key:key>.<kind>")
    sentry_sdk.flush(timeout=5)
    [(path, headers, body)] = sink.came
    assert path == "/api/7/envelope/"
    assert "ttenmus" not in headers + body.decode()
    assert "quïttenmus" not in json.dumps(body.decode(), ensure_ascii=False)
    event = json.loads(body.splitlines()[-1])
    told = event["exception"]["values"]
    assert [each["type"] for each in told] == ["LookupError", "ZeroDivisionError"]
    assert all("value" not in each for each in told)
    frame = told[-1]["stacktrace"]["frames"][-1]
    assert (frame["function"], frame["lineno"] > 0) == ("break_with_words", True)
    assert set(frame) <= {"filename", "function", "module", "lineno", "in_app"}
    assert event["tags"] == {"request": "0123456789abcdef", "route": "/audio/<key:key>.<kind>"}
    assert event["release"] == "stepback@1"
    assert set(event) <= {
        *("event_id", "timestamp", "platform", "level", "release", "sdk", "tags", "exception"),
    }


def test_a_server_that_is_not_there_stops_nothing(monkeypatch: pytest.MonkeyPatch):
    """Telling a fault returns, whatever becomes of it."""
    monkeypatch.setattr(faults, "_open", False)
    with open_sink() as gone:
        port = gone.port
    faults.open_faults(f"http://key@127.0.0.1:{port}/7", "stepback@1")
    assert faults._open
    faults.tell_fault(ValueError("x"))
    sentry_sdk.get_client().close(timeout=0.5)
    sentry_sdk.get_global_scope().set_client(None)


def test_without_an_address_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch):
    """Not even the package."""
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    faults.open_faults("", "stepback@1")
    faults.tell_fault(ValueError("x"))
    faults.check_faults("")


def test_a_package_that_is_missing_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch):
    """Before anything starts."""
    monkeypatch.setattr(faults, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install '\.\[sentry\]'"):
        faults.check_faults("https://key@errors.example/1")
