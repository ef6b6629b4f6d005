"""Published sound over real HTTP: gunicorn with its gevent worker on a port of its own."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest

from server.app import create_app
from tests.broken_disk import failing_reads
from tests.served import served_environment

SERVE = """
import os
from server.config import Settings
from server.web.serve import serve
def make(settings):
    from server.app import create_app
    return create_app(settings)
serve(Settings.from_environment(os.environ), make)
"""


@dataclass(frozen=True)
class Server:
    """A running web tier."""

    port: int
    pid: int
    house: object
    key: str
    etag: str
    modified: str

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, build_house: Callable, files: dict[str, bytes]
) -> Iterator[Server]:
    """The web tier over a house with one finished render."""
    folder = tmp_path_factory.mktemp("served")
    house = build_house(folder)
    app = create_app(house.settings)
    order = {"practice": "soft-ground", "minutes": 2}
    key = app.test_client().post("/api/renders", json=order).get_json()["key"]
    house.publish(key)
    environ = served_environment(house.settings)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=Path(__file__).parents[2],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # The line comes once the socket listens; from then on connections wait in its queue.
        line = process.stdout.readline()
        assert line.startswith("Stepback listens at http://127.0.0.1:"), line
        etag = f'"{hashlib.sha256(files["mp3"]).hexdigest()}"'
        with app.test_client() as client:
            modified = client.head(f"/audio/{key}.mp3").headers["Last-Modified"]
        yield Server(
            port=int(line.rsplit(":", 1)[1]),
            pid=process.pid,
            house=house,
            key=key,
            etag=etag,
            modified=modified,
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()
        house.database.close()
        app.extensions["stepback"].database.close()


N = 3_000_000
WEEK = timedelta(days=7)

CASES = [
    # name, method, headers, status, (start, stop) of the body or None
    ("whole", "GET", {}, 200, (0, N)),
    ("head", "HEAD", {}, 200, None),
    ("probe of Safari", "GET", {"Range": "bytes=0-1"}, 206, (0, 2)),
    ("first byte", "GET", {"Range": "bytes=0-0"}, 206, (0, 1)),
    ("from a place on", "GET", {"Range": "bytes=2999000-"}, 206, (2_999_000, N)),
    ("from the start on", "GET", {"Range": "bytes=0-"}, 206, (0, N)),
    ("last bytes", "GET", {"Range": "bytes=-500"}, 206, (N - 500, N)),
    ("last byte", "GET", {"Range": f"bytes={N - 1}-"}, 206, (N - 1, N)),
    ("64 KiB", "GET", {"Range": "bytes=65536-131071"}, 206, (65_536, 131_072)),
    ("1 MiB at once", "GET", {"Range": "bytes=0-1048575"}, 206, (0, 1_048_576)),
    ("1 MiB and a byte", "GET", {"Range": "bytes=0-1048576"}, 206, (0, 1_048_577)),
    ("end beyond the end", "GET", {"Range": "bytes=2999990-9999999"}, 206, (N - 10, N)),
    ("suffix longer than the file", "GET", {"Range": "bytes=-9999999"}, 206, (0, N)),
    ("huge digits", "GET", {"Range": "bytes=5-" + "9" * 4000}, 206, (5, N)),
    ("leading zeros", "GET", {"Range": "bytes=0000005-0000007"}, 206, (5, 8)),
    ("unit in capitals", "GET", {"Range": "Bytes=5-7"}, 206, (5, 8)),
    ("empty member", "GET", {"Range": "bytes=5-7,"}, 206, (5, 8)),
    ("start at the end", "GET", {"Range": f"bytes={N}-"}, 416, None),
    ("start beyond the end", "GET", {"Range": "bytes=9999999-"}, 416, None),
    ("huge start", "GET", {"Range": "bytes=" + "9" * 4000 + "-"}, 416, None),
    ("no last bytes", "GET", {"Range": "bytes=-0"}, 416, None),
    ("several", "GET", {"Range": "bytes=0-1,5-6"}, 200, (0, N)),
    ("several that overlap", "GET", {"Range": "bytes=0-5,2-9"}, 200, (0, N)),
    ("reversed", "GET", {"Range": "bytes=7-5"}, 200, (0, N)),
    ("unknown unit", "GET", {"Range": "items=0-1"}, 200, (0, N)),
    ("no unit", "GET", {"Range": "0-1"}, 200, (0, N)),
    ("letters", "GET", {"Range": "bytes=a-b"}, 200, (0, N)),
    ("nothing", "GET", {"Range": "bytes="}, 200, (0, N)),
    ("a hyphen", "GET", {"Range": "bytes=-"}, 200, (0, N)),
    ("signs", "GET", {"Range": "bytes=+1-2"}, 200, (0, N)),
    ("head with a range", "HEAD", {"Range": "bytes=0-1"}, 200, None),
    ("if-range with the tag", "GET", {"Range": "bytes=0-1", "If-Range": "ETAG"}, 206, (0, 2)),
    ("if-range with a weak tag", "GET", {"Range": "bytes=0-1", "If-Range": "W/ETAG"}, 200, (0, N)),
    ("if-range with another", "GET", {"Range": "bytes=0-1", "If-Range": '"x"'}, 200, (0, N)),
    ("if-range with the date", "GET", {"Range": "bytes=0-1", "If-Range": "DATE"}, 206, (0, 2)),
    ("if-range with an older date", "GET", {"Range": "bytes=0-1", "If-Range": "OLD"}, 200, (0, N)),
    ("if-range with rubbish", "GET", {"Range": "bytes=0-1", "If-Range": "?"}, 200, (0, N)),
    ("if-none-match", "GET", {"If-None-Match": "ETAG"}, 304, None),
    ("if-none-match, weak", "GET", {"If-None-Match": "W/ETAG"}, 304, None),
    ("if-none-match, list", "GET", {"If-None-Match": '"x", ETAG'}, 304, None),
    ("if-none-match, star", "HEAD", {"If-None-Match": "*"}, 304, None),
    ("if-none-match, other", "GET", {"If-None-Match": '"x"'}, 200, (0, N)),
    ("304 before 206", "GET", {"If-None-Match": "ETAG", "Range": "bytes=0-1"}, 304, None),
    ("if-modified-since", "GET", {"If-Modified-Since": "DATE"}, 304, None),
    ("if-modified-since, older", "GET", {"If-Modified-Since": "OLD"}, 200, (0, N)),
    ("if-modified-since, rubbish", "GET", {"If-Modified-Since": "?"}, 200, (0, N)),
    ("if-match", "GET", {"If-Match": "ETAG", "Range": "bytes=0-1"}, 206, (0, 2)),
    ("if-match, other", "GET", {"If-Match": '"x"'}, 412, None),
    ("if-match, weak", "GET", {"If-Match": "W/ETAG"}, 412, None),
    ("if-unmodified-since", "GET", {"If-Unmodified-Since": "DATE"}, 200, (0, N)),
    ("if-unmodified-since, older", "GET", {"If-Unmodified-Since": "OLD"}, 412, None),
]


@pytest.mark.parametrize(
    ("method", "headers", "status", "part"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_ranges_and_conditions_over_http(
    server: Server,
    files: dict[str, bytes],
    method: str,
    headers: dict[str, str],
    status: int,
    part: tuple[int, int] | None,
):
    """Each form of request gets the status, the headers and the bytes of RFC 9110."""
    old = format_datetime(parsedate_to_datetime(server.modified) - WEEK, usegmt=True)
    names = {"ETAG": server.etag, "DATE": server.modified, "OLD": old}
    for name, value in names.items():
        headers = {header: said.replace(name, value) for header, said in headers.items()}
    answer, body = server.ask(method, f"/audio/{server.key}.mp3", headers)
    assert answer.status == status
    assert answer.getheader("Set-Cookie") is None
    if status in (200, 206, 304):
        assert answer.getheader("ETag") == server.etag
        assert answer.getheader("Cache-Control") == "public, max-age=31536000, immutable"
        assert answer.getheader("Accept-Ranges") == "bytes"
    if part:
        assert answer.getheader("Last-Modified") == server.modified
        assert body == files["mp3"][slice(*part)]
        assert answer.getheader("Content-Length") == str(part[1] - part[0])
        assert answer.getheader("Content-Type") == "audio/mpeg"
    if status == 206:
        assert part is not None
        assert answer.getheader("Content-Range") == f"bytes {part[0]}-{part[1] - 1}/{N}"
    if status == 200 and method == "HEAD":
        assert (body, answer.getheader("Content-Length")) == (b"", str(N))
    if status == 304:
        assert body == b""
    if status == 416:
        assert answer.getheader("Content-Range") == f"bytes */{N}"
    if status in (412, 416):
        assert answer.getheader("Content-Type") == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("vtt", "text/vtt; charset=utf-8"),
        ("srt", "application/x-subrip; charset=utf-8"),
        ("json", "application/json+chapters"),
    ],
)
def test_transcripts_and_chapters_have_their_types(
    server: Server, files: dict[str, bytes], kind: str, content_type: str
):
    """They are served with the declared type, and to any origin."""
    answer, body = server.ask("GET", f"/audio/{server.key}.{kind}")
    assert (answer.status, body) == (200, files[kind])
    assert answer.getheader("Content-Type") == content_type
    assert answer.getheader("Access-Control-Allow-Origin") == "*"


def test_an_interrupted_download_resumes_to_the_same_bytes(server: Server, files: dict[str, bytes]):
    """A client that goes away in the middle and comes back with If-Range gets the rest."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", f"/audio/{server.key}.mp3")
    begun = connection.getresponse().read(1_234_567)
    connection.close()
    wanted = {"Range": f"bytes={len(begun)}-", "If-Range": server.etag}
    answer, rest = server.ask("GET", f"/audio/{server.key}.mp3", wanted)
    assert answer.status == 206
    assert hashlib.sha256(begun + rest).digest() == hashlib.sha256(files["mp3"]).digest()


def test_a_disk_that_fails_in_the_middle_breaks_the_answer(server: Server, files: dict[str, bytes]):
    """Whoever listens has less than was promised, not a whole file; then it is 404, never 500."""
    address, path = f"/audio/{server.key}.mp3", server.house.path(server.key, "mp3")
    assert server.ask("HEAD", address)[0].status == 200
    [worker] = workers_of(server.pid)
    with failing_reads(worker, path, when="3+"):
        with pytest.raises(IncompleteRead) as broken:
            server.ask("GET", address)
        assert files["mp3"].startswith(broken.value.partial)
        answer, _ = server.ask("GET", address)
        assert answer.status == 404
    assert not path.exists()
    path.write_bytes(files["mp3"])
    assert server.ask("GET", address)[1] == files["mp3"]


def test_no_file_stays_open_when_clients_go_away(server: Server):
    """After broken-off downloads the worker holds no published file open."""
    for _ in range(20):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", f"/audio/{server.key}.mp3")
        connection.getresponse().read(10)
        connection.close()
    # Each answer comes after what was before it on the one worker's loop; then nothing is left.
    for _ in range(50):
        server.ask("GET", "/health")
        if not open_published_files(server.pid):
            break
    assert open_published_files(server.pid) == []


def workers_of(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def open_published_files(pid: int) -> list[str]:
    links = (link for worker in workers_of(pid) for link in Path(f"/proc/{worker}/fd").iterdir())
    targets = (str(link.readlink()) for link in links if link.is_symlink())
    return [target for target in targets if target.endswith(".mp3")]


def test_idle_connections_do_not_stop_the_others(server: Server):
    """With 200 connections that say nothing or half a request, answers still come."""
    idle = [HTTPConnection("127.0.0.1", server.port, timeout=30) for _ in range(200)]
    try:
        for number, connection in enumerate(idle):
            connection.connect()
            if number % 2:
                connection.sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Half")
        answer, _ = server.ask("GET", f"/audio/{server.key}.mp3", {"Range": "bytes=0-1"})
        assert answer.status == 206
    finally:
        for connection in idle:
            connection.close()


def test_a_body_without_end_is_refused(server: Server):
    """A chunked body past 64 KiB is 413; one of 64 KiB is read."""
    order = b'{"practice": "soft-ground", "minutes": 2}'
    for filling, status in ((65_536 - len(order), 200), (65_537 - len(order), 413)):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        with closing(connection):
            connection.request(
                "POST",
                "/api/renders",
                body=iter([order, b" " * filling]),
                headers={"Content-Type": "application/json"},
                encode_chunked=True,
            )
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status


def test_no_control_socket_is_opened(server: Server):
    """gunicorn leaves nothing in the home folder."""
    home = server.house.settings.data_path.parent
    assert not (home / ".gunicorn").exists()
