"""Every request has an id, a line of the log without its address, and its place in the meters."""

from __future__ import annotations

import logging
from ipaddress import ip_network
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.watch.meters import METERS
from server.web.request_notes import REQUEST_ID, find_request_id

HERE = {"REMOTE_ADDR": "127.0.0.1"}
SOUND = "/audio/<key:key>.<any(mp3, opus, vtt, srt, json):kind>"


def fields_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [each.fields for each in caplog.records if hasattr(each, "fields")]


def meter(name: str, **labels: str) -> float:
    return METERS.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(
    ("given", "address", "is_believed"),
    [
        ("0f3a9c1e-aaaa-4bbb-8ccc-0123456789ab", "127.0.0.1", True),
        ("0123456789abcdef", "::1", True),
        ("0123456789abcdef", "192.168.1.7", False),
        ("0123456789abcdef", "", False),
        ("short", "127.0.0.1", False),
        ("two words are none", "127.0.0.1", False),
        ("a" * 43, "127.0.0.1", False),
    ],
)
def test_only_a_proxy_on_this_machine_gives_ids(
    client: FlaskClient, given: str, address: str, is_believed: bool
):
    """And only such as look like one: nobody else writes into our log."""
    told = client.get(
        "/health", headers={REQUEST_ID: given}, environ_overrides={"REMOTE_ADDR": address}
    ).headers[REQUEST_ID]
    assert (told == given) == is_believed
    assert is_believed or len(told) == 16


def test_a_proxy_that_is_set_gives_ids():
    """Its address is believed, and the one beside it is not."""
    proxies = (ip_network("10.0.0.7"),)
    for address, is_believed in (("10.0.0.7", True), ("10.0.0.8", False), ("", False)):
        environ = {"HTTP_X_REQUEST_ID": "0123456789abcdef", "REMOTE_ADDR": address}
        assert (find_request_id(environ, proxies) == "0123456789abcdef") == is_believed


def test_each_request_has_an_id_of_its_own(client: FlaskClient):
    """Whatever is answered, errors too."""
    paths = ("/health", "/health", "/nothing", "/api/renders/x", "/static/none")
    told = [client.get(path).headers.getlist(REQUEST_ID) for path in paths]
    assert all(len(each) == 1 for each in told)
    assert len({each[0] for each in told}) == len(paths)


def test_the_line_has_the_rule_and_not_the_address(
    client: FlaskClient, published: str, caplog: pytest.LogCaptureFixture
):
    """What opens something, and what somebody typed, is in neither the line nor its fields."""
    caplog.set_level(logging.INFO)
    client.get(f"/audio/{published}.mp3?x=quitten", headers={"Range": "bytes=0-99"}, buffered=True)
    client.get("/quitten/path", buffered=True)
    client.get(f"/feed/private/{'quitten' * 6}x", buffered=True)
    sound, nothing, feed = fields_of(caplog)
    assert {**sound, "ms": 0} == {
        "method": "GET", "route": SOUND, "status": 206, "bytes": 100, "ms": 0,
    }  # fmt: skip
    assert (nothing["route"], nothing["status"]) == ("(none)", 404)
    assert feed["route"].startswith("/feed/private/<")
    for each in caplog.records:
        assert "quitten" not in f"{each.getMessage()} {each.__dict__}"


def test_a_request_is_counted_with_what_was_sent_of_it(client: FlaskClient, published: str):
    """Bytes are those that went out: of one who left, what they had until then."""
    path, labels = f"/audio/{published}.mp3", {"method": "GET", "route": SOUND}
    before = meter("stepback_requests_total", **labels, status="2xx")
    sent = meter("stepback_audio_bytes_total")
    whole = client.get(path, buffered=True)
    assert meter("stepback_audio_bytes_total") == sent + len(whole.data)
    sent = meter("stepback_audio_bytes_total")
    left = client.get(path, buffered=False)
    pieces = left.iter_encoded()
    had = len(next(pieces)) + len(next(pieces))
    left.close()
    assert sent < meter("stepback_audio_bytes_total") <= sent + had
    assert meter("stepback_requests_total", **labels, status="2xx") == before + 2
    assert meter("stepback_request_duration_seconds_count", **labels) >= 2


def test_what_is_no_sound_is_not_counted_as_sound(client: FlaskClient):
    """Pages are not."""
    sent = meter("stepback_audio_bytes_total")
    assert client.get("/", buffered=True).data
    assert meter("stepback_audio_bytes_total") == sent


def test_an_application_that_breaks_is_noted_as_500(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog
):
    """The line says 500 under the same id as the line that says where it broke."""
    caplog.set_level(logging.INFO)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("server.web.health.run_checks", fail)
    assert client.get("/ready", buffered=True).status_code == 500
    assert fields_of(caplog)[-1]["status"] == 500
    assert fields_of(caplog)[-1]["route"] == "/ready"
