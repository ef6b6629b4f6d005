"""Every route: its headers, its answers to other sites, and to whatever strangers may send."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.app import create_app
from server.web.security import CONTENT_SECURITY_POLICY

KEY = "0" * 64
VALUES = {
    "key": KEY,
    "slug": "soft-ground",
    "kind": "mp3",
    "filename": "app.css",
    "path": "soft-ground.md",
    "number": "1",
    "standing": 2,
    "sitting_id": "0" * 32,
    "client_id": "0" * 32,
    "loudspeaker_id": "0" * 32,
    "assignment_id": "0" * 32,
    "entry_id": "0" * 32,
    "ladder_id": "0" * 32,
    "note_id": "0" * 32,
    "submission_id": "0" * 32,
    "therapist_id": "0" * 32,
    "feed_id": "0" * 32,
    "signature": "s" * 43,
    "token": "t" * 43,
    "what": "practice",
    "subject": "soft-ground",
    "watch_id": "0" * 32,
}
NAMES = {
    "stream.show_piece": f"init-{KEY[:32]}.mp4",
    "stream.show_document": "playlist.m3u8",
    "private_feed.show_file": "cover-0.jpg",
    "worksheets.show": "friend-and-self",
    "submissions_api.check": "friend-and-self",
    "submissions_api.order_guided": "friend-and-self",
}


PERSONAL = (
    *("/account", "/api", "/author", "/from-my-therapist", "/join", "/listen", "/my-practice"),
    *("/room", "/sittings", "/with-therapist", "/worksheets"),
)
"""What is answered there is somebody's own."""

FOR_STRANGERS = ("/sign-in", "/sign-out", "/welcome")


def paths_of(app: APIFlask) -> list[str]:
    """One address for each route of the app."""
    with app.test_request_context():
        return [
            app.url_map.bind("localhost").build(
                rule.endpoint,
                {
                    name: NAMES[rule.endpoint] if name == "name" else VALUES[name]
                    for name in rule.arguments
                },
            )
            for rule in app.url_map.iter_rules()
        ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_every_answer_of_every_route_carries_the_headers(
    app: APIFlask, client: FlaskClient, method: str
):
    """Whatever is asked of whichever route, the browser is told how to stay safe."""
    paths = paths_of(app)
    assert len(paths) >= 17
    for path in [*paths, "/nowhere", "/api/nowhere", "/static/../x"]:
        answer = client.open(path, method=method)
        answer.close()
        assert answer.status_code < 500 or path == "/ready", path
        headers = answer.headers
        assert headers.getlist("Content-Security-Policy") == [CONTENT_SECURITY_POLICY], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "microphone=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers
        # A form of somebody who is to sign in has a token, and so its browser a cookie.
        assert "Set-Cookie" not in headers or path.startswith(FOR_STRANGERS), path
        if path.startswith((*PERSONAL, *FOR_STRANGERS)):
            assert headers.getlist("Cache-Control") == ["no-store"], path


def test_the_policy_allows_our_own_files_alone():
    """No wildcard, no inline code, no other host.

    Sound may come as a blob as well: a growing practice is handed to the browser in pieces, by
    our own script. Code, pictures, styles and workers may not.
    """
    for forbidden in ("*", "unsafe", "http:", "https:"):
        assert forbidden not in CONTENT_SECURITY_POLICY
    parts = [part.strip() for part in CONTENT_SECURITY_POLICY.split(";")]
    assert [part for part in parts if "blob:" in part] == ["media-src 'self' blob:"]
    for needed in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert needed in CONTENT_SECURITY_POLICY


def test_over_https_the_browser_is_told_to_stay_there(house):
    """HSTS and a Secure cookie, only where the public address is https."""
    app = create_app(replace(house.settings, public_url="https://sit.example"))
    body = {"practice": "soft-ground", "minutes": 2, "words": {"place": "the kitchen"}}
    answer = app.test_client().post("/api/renders", json=body)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Secure" in answer.headers["Set-Cookie"]
    app.extensions["stepback"].database.close()


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 403), ("same-site", 202), ("same-origin", 202), ("none", 202), (None, 202)],
)
def test_other_sites_may_not_order(client: FlaskClient, site: str | None, status: int):
    """A form or a script of another site is refused; reading from there is the browser's matter."""
    headers = {"Sec-Fetch-Site": site} if site else {}
    body = {"practice": "soft-ground", "minutes": 2}
    answer = client.post("/api/renders", json=body, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.content_type == "application/problem+json"
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"practice=soft-ground", 415),
        ({}, b"{}", 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}", 415),
        ({"Content-Type": "application/json"}, b" " * 65_537, 413),
        ({"Content-Type": "application/json"}, b"[" * 60_000, 400),
        ({"Content-Type": "application/json"}, b'{"practice": "\\ud800"}', 400),
        ({"Content-Type": "application/json"}, b'{"practice": "a\\u0000"}', 400),
        ({"Content-Type": "application/json"}, b'{"minutes": NaN}', 400),
        ({"Content-Type": "application/json"}, b"\xff", 400),
        ({"Content-Type": "application/json"}, b"", 400),
        ({"Content-Type": "application/json"}, b"null", 422),
        ({"Content-Type": "application/json"}, b"[]", 422),
        ({"Content-Type": "application/json; charset=utf-8"}, b"{}", 422),
    ],
)
@pytest.mark.parametrize("path", ["/api/renders", "/api/session-entries"])
def test_bodies_outside_the_rules_are_refused(
    client: FlaskClient, path: str, headers: dict[str, str], body: bytes, status: int
):
    """Each with its status, as a problem with a sentence."""
    answer = client.post(path, data=body, headers=headers)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["detail"]


PIECES = [
    *("..", "%2e%2e", "%252e", "%00", "%0d%0aX: y", "%5c", "//", ";x", "\\", "'", '"', "<b>"),
    *("%ff", "é", "\u202e", "{{7*7}}", "${x}", "?minutes=NaN", "?v=%00", "?a[]=1", "#", " ", "~"),
    *("%c0%ae", "A" * 3000, ".mp3", ".MP3", ".mp3/", "/.env", "/etc/passwd", "|id", "-rf", "%s%n"),
]


def hostile_paths(paths: list[str], times: int) -> Iterator[str]:
    """Every route with so many pieces, each added at its end, and put into its middle."""
    dice = random.Random(2)
    for path in paths:
        for piece in dice.sample(PIECES, times):
            place = dice.randrange(1, len(path) + 1)
            yield path + piece
            yield path[:place] + piece + path[place:]


@pytest.mark.parametrize("times", [3, pytest.param(14, marks=pytest.mark.long)])
def test_no_address_gives_a_fault(app: APIFlask, client: FlaskClient, times: int):
    """A thousand mutated addresses: never a 5xx, never a word of what was typed in a page."""
    tried = list(hostile_paths(paths_of(app), times))
    assert len(tried) >= 1000
    for path in tried:
        for method in ("GET", "DELETE"):
            with client.open("http://localhost" + path, method=method) as answer:
                assert answer.status_code < 500 or path.lstrip("/").startswith("ready"), (
                    method,
                    path,
                )
                for typed in ("{{7*7}}", "<b>", "root:x:"):
                    assert typed.encode() not in answer.data, (method, path)


FAR = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
HOSTILE_HEADERS = [
    *({name: FAR} for name in ("If-Modified-Since", "If-Unmodified-Since", "If-Range", "Date")),
    *({name: "\xff\xfe"} for name in ("If-None-Match", "If-Match", "Range", "Accept", "Cookie")),
    {"Range": "bytes=" + "9" * 6000 + "-", "If-Range": FAR},
    {"Range": "bytes=0-" + "9" * 6000},
    {"If-None-Match": '"' * 3000},
    {"If-None-Match": 'W/"' * 2000},
    {"If-Match": "," * 6000},
    {"Host": "evil.example:99999999"},
    {"Host": "[::"},
    {"Host": "x" * 300},
    {"Host": ""},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"},
    {"Content-Length": "x"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Accept-Language": "x" * 6000},
]


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_no_header_gives_a_fault(app: APIFlask, client: FlaskClient, every: int):
    """Hostile conditions, ranges, hosts and cookies are answered below 500 everywhere.

    Each route is asked with every so many of them, which are others for the next.
    """
    for turn, path in enumerate(paths_of(app)):
        for headers in HOSTILE_HEADERS[turn % every :: every]:
            with client.get(path, headers=headers) as answer:
                assert answer.status_code < 500 or path == "/ready", (path, headers)
                assert "evil.example" not in answer.headers.get("Location", "")


BODIES = {
    "/api/renders": {"practice": "soft-ground", "minutes": 2, "words": {"place": "here"}},
    "/api/session-entries": {
        "id": "0" * 32,
        "practice": "soft-ground",
        "render": KEY,
        "minutes": 2,
        "started_at": "2026-03-01T07:30:00Z",
        "practised_ms": 5,
        "outcome": "completed",
    },
}
ODD = [
    *(
        None,
        True,
        -1,
        0,
        2**53,
        1.5,
        "",
        " ",
        "x" * 5000,
        [],
        {},
        [[]],
        {"a": None},
        "\u202e",
        "🌿",
    ),
    *("' OR 1=1 --", "../../etc", "2026-03-01T07:30:00", "9999-12-31T23:59:59-23:59", "[[a]]"),
    *("<script>", "\n\t", "{obstacle}", "=cmd()", "e\u0301" * 30, "\ufffe", "-0"),
]


@pytest.mark.parametrize("path", BODIES)
def test_no_body_gives_a_fault(client: FlaskClient, path: str):
    """Every field with every odd value: an answer below 500, refusals as problems."""
    count = 0
    for field in BODIES[path]:
        for value in ODD:
            answer = client.post(path, json=BODIES[path] | {field: value})
            count += 1
            assert answer.status_code < 500, (field, value)
            if answer.status_code >= 400:
                assert answer.content_type == "application/problem+json"
    for value in ODD:
        if path == "/api/renders":
            body = BODIES[path] | {"words": {"place": value}}
            assert client.post(path, json=body).status_code < 500, value
    assert count >= 75


def test_mutated_bytes_give_no_fault(client: FlaskClient):
    """Bodies with bytes changed, taken out and doubled are answered below 500."""
    dice = random.Random(3)
    whole = b'{"practice": "soft-ground", "minutes": 2, "words": {"place": "h\xc3\xa9re"}}'
    for _ in range(300):
        body = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            place = dice.randrange(len(body))
            body[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
        answer = client.post("/api/renders", data=bytes(body), content_type="application/json")
        assert answer.status_code < 500, body


@pytest.mark.parametrize(
    "cookie", ["", "x", "A" * 42, "A" * 44, "A" * 42 + "!", "é" * 43, "A" * 43 + "\n", "%00" * 43]
)
def test_a_cookie_that_is_not_ours_is_no_device(client: FlaskClient, cookie: str):
    """It is treated as if there were none."""
    headers = {"Cookie": f"stepback_device={cookie}".encode().decode("latin-1").strip()}
    assert client.get("/my-practice", headers=headers).status_code == 200
    assert client.get("/api/session-entries", headers=headers).get_json() == {"entries": []}
    assert client.delete(f"/api/renders/{KEY}", headers=headers).status_code == 404


def test_what_strangers_type_stays_out_of_the_file_system(client: FlaskClient, tmp_path: Path):
    """No request makes a file of its own choosing."""
    before = {path for path in tmp_path.rglob("*") if "cache" not in path.parts}
    for piece in PIECES:
        client.get(f"/audio/{piece}.mp3")
        client.get(f"/covers/{piece}.jpg")
    after = {path for path in tmp_path.rglob("*") if "cache" not in path.parts}
    assert {path.name for path in after - before} <= {"stepback.db-wal", "stepback.db-shm"}
