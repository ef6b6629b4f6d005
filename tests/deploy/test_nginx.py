"""deploy/nginx.conf, run by a real nginx in front of a real `stepback serve`: what it sends in our
place is what we would have sent, and nobody gets anything by it that was not theirs.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from server.app import create_app
from server.web.device import COOKIE
from server.web.gate import (
    LARGEST_AUTHOR_BODY_BYTES,
    LARGEST_BODY_BYTES,
    LARGEST_SUBMISSION_BODY_BYTES,
)
from tests.deploy.front import (
    NGINX,
    Place,
    nginx_in_front,
    stepback_serve,
)
from tests.served import served_environment
from tests.web.conftest import FILES, House, house_in
from tests.web.test_audio import CASES, N

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not there: apt-get install -y nginx-light"),
    pytest.mark.xdist_group("nginx in front"),
]

THROUGH = {"X-Forwarded-For": "192.0.2.7"}
"""What a request has that came through a proxy."""

OWN = {"date", "server", "connection", "x-request-id"}
"""Headers that are another answer's own each time."""


@dataclass(frozen=True)
class Front:
    """A house behind nginx, and the ways to it."""

    house: House
    outside: Place
    inside: Place
    key: str
    private_key: str
    cookie: str

    @property
    def path(self) -> str:
        """Where everybody's recording is."""
        return f"/audio/{self.key}.mp3"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A house with a recording for everybody, and one for a single device."""
    folder = tmp_path_factory.mktemp("house")
    house = house_in(folder)
    app = create_app(house.settings)
    browser = app.test_client()
    keys = []
    for words in ({}, {"place": "the kitchen"}):
        order = {"practice": "soft-ground", "minutes": 2, "words": words}
        keys.append(browser.post("/api/renders", json=order).get_json()["key"])
        house.publish(keys[-1])
    device = browser.get_cookie(COOKIE)
    assert device is not None
    environ = served_environment(house.settings, STEPBACK_AUDIO_BY="nginx")
    with (
        stepback_serve(environ) as (inside, _),
        nginx_in_front(folder / "nginx", inside.port, house.shelf.root / "renders") as outside,
    ):
        yield Front(
            house=house,
            outside=outside,
            inside=inside,
            key=keys[0],
            private_key=keys[1],
            cookie=f"{COOKIE}={device.value}",
        )
    app.extensions["stepback"].database.close()
    house.database.close()


def told(answer: HTTPResponse) -> dict[str, str]:
    """What an answer says of what was asked for."""
    return {name.lower(): value for name, value in answer.getheaders() if name.lower() not in OWN}


@pytest.mark.parametrize(
    ("method", "headers", "status"), [case[1:4] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_nginx_sends_is_what_we_would_have_sent(
    front: Front, method: str, headers: dict[str, str], status: int
):
    """Status, every header and every byte are those of an answer without nginx."""
    plain, _ = front.inside.ask("HEAD", front.path)
    modified = plain.getheader("Last-Modified") or ""
    old = format_datetime(parsedate_to_datetime(modified) - timedelta(days=7), usegmt=True)
    names = {"ETAG": plain.getheader("ETag") or "", "DATE": modified, "OLD": old}
    for name, value in names.items():
        headers = {header: said.replace(name, value) for header, said in headers.items()}
    bare, bare_body = front.inside.ask(method, front.path, headers)
    answer, body = front.outside.ask(method, front.path, headers)
    assert (answer.status, bare.status) == (status, status)
    assert told(answer) == told(bare)
    assert body == bare_body or b'"request"' in body  # an error names its own request
    assert re.fullmatch("[0-9a-f]{32}", answer.getheader("X-Request-Id") or "")


def test_the_bytes_are_really_handed_over(front: Front):
    """So the test above says something: behind the proxy we send a name and no byte."""
    for headers in ({}, {"Range": "bytes=5-7"}, {"Range": "bytes=-9"}):
        answer, body = front.inside.ask("GET", front.path, THROUGH | headers)
        place = answer.getheader("X-Accel-Redirect") or ""
        assert place.startswith(f"/_stepback/renders/{front.key[:2]}/{front.key}/")
        assert (answer.status, body) == (200, b"")


@pytest.mark.parametrize(
    "path",
    ["/feed/audio/{key}.mp3", "/audio/{key}.vtt", "/audio/{key}.json"],
)
def test_what_is_counted_or_small_is_sent_from_here(front: Front, path: str):
    """The sound of feeds is counted by its bytes, and transcripts are no sound."""
    answer, body = front.inside.ask("GET", path.format(key=front.key), THROUGH)
    assert answer.getheader("X-Accel-Redirect") is None
    assert answer.status == 404 or body == FILES[path.rpartition(".")[2]]
    outside, outer_body = front.outside.ask("GET", path.format(key=front.key))
    assert outside.status == answer.status
    assert told(outside) == told(answer)
    assert outer_body == body or answer.status == 404


def test_whoever_comes_without_the_proxy_gets_the_bytes(front: Front):
    """The setting takes nobody's sound away who reaches the house by itself."""
    answer, body = front.inside.ask("GET", front.path)
    assert answer.getheader("X-Accel-Redirect") is None
    assert body == FILES["mp3"]


def test_who_may_hear_is_decided_here(front: Front):
    """Through nginx as without it: a recording with own words is for its device alone."""
    path = f"/audio/{front.private_key}.mp3"
    stranger, _ = front.outside.ask("GET", path)
    assert stranger.status == 404
    mine, body = front.outside.ask("GET", path, {"Cookie": front.cookie})
    bare, _ = front.inside.ask("GET", path, {"Cookie": front.cookie})
    assert (mine.status, body) == (200, FILES["mp3"])
    assert mine.getheader("Cache-Control") == "private, max-age=31536000, immutable"
    assert mine.getheader("X-Robots-Tag") == "noindex"
    assert told(mine) == told(bare)


@pytest.mark.parametrize(
    "form",
    [
        "/_stepback/renders/{place}",
        "/_stepback/renders/../renders/{place}",
        "/_stepback/renders/",
        "/_stepback/renders/../../data/stepback.db",
        "/_stepback/renders/..%2f..%2fdata%2fstepback.db",
        "/_stepback/renders/%2e%2e/%2e%2e/data/stepback.db",
        "/_stepback/../renders/{place}",
        "//_stepback/renders/{place}",
        "/audio/..%2f_stepback/renders/{place}",
        "/audio/{key}.mp3/../../_stepback/renders/{place}",
        "/audio/{key}.mp3%00/_stepback/renders/{place}",
        "/%5fstepback/renders/{place}",
    ],
)
def test_nobody_asks_for_the_inner_place(front: Front, form: str):
    """What lies there is named by us and by nobody else, in whatever form it is asked for."""
    file = front.house.path(front.key, "mp3")
    place = file.relative_to(front.house.shelf.root / "renders")
    answer, body = front.outside.ask("GET", form.format(place=place, key=front.key))
    assert answer.status in (400, 404)
    assert FILES["mp3"][:100] not in body


def test_no_header_of_a_client_chooses_a_file(front: Front):
    """Nor does one of ours come out."""
    wanted = {
        "X-Accel-Redirect": "/_stepback/renders/x",
        "X-Accel-Mapping": "/=/_stepback/",
        "X-Sendfile": "/etc/passwd",
    }
    for path in (front.path, "/health", "/feed"):
        answer, body = front.outside.ask("GET", path, wanted)
        bare, bare_body = front.inside.ask("GET", path)
        assert (answer.status, body) == (bare.status, bare_body)
        assert not [name for name, _ in answer.getheaders() if name.lower().startswith("x-accel")]


def test_a_download_resumes_to_the_same_bytes(front: Front):
    """From nginx to us and back: what was begun by one is ended by the other."""
    for first, second in (
        (front.outside, front.outside),
        (front.inside, front.outside),
        (front.outside, front.inside),
    ):
        with closing(first.connect()) as connection:
            connection.request("GET", front.path)
            answer = connection.getresponse()
            begun, etag = answer.read(1_234_567), answer.getheader("ETag") or ""
        wanted = {"Range": f"bytes={len(begun)}-", "If-Range": etag}
        answer, rest = second.ask("GET", front.path, wanted)
        assert (answer.status, len(rest)) == (206, N - len(begun))
        whole = hashlib.sha256(begun + rest).hexdigest()
        assert whole == hashlib.sha256(FILES["mp3"]).hexdigest() == etag.strip('"')


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], dict[str, str]]]:
    """Give a request to nginx, and see what of it comes out behind."""
    seen: list[dict[str, str]] = []

    class Upstream(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with nginx_in_front(tmp_path / "nginx", server.server_port, tmp_path) as place:

        def ask(headers: dict[str, str]) -> dict[str, str]:
            assert place.ask("GET", "/", headers)[0].status == 200
            return seen.pop()

        yield ask
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_a_client_says_of_its_address_is_cleared(heard: Callable):
    """Stepback believes nginx; so nginx hands on nothing that it has not seen itself."""
    lies = {
        "Host": "sit.example",
        "X-Forwarded-For": "198.51.100.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "elsewhere.example",
        "X-Real-IP": "198.51.100.1",
        "Forwarded": "for=198.51.100.1;proto=http",
        "X-Request-Id": "chosen-by-a-stranger",
        "X_Forwarded_For": "198.51.100.1",
    }
    came = heard(lies)
    request_id = came.pop("x-request-id")
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    said = {name: came.get(name) for name in (*map(str.lower, lies),) if name != "x-request-id"}
    assert said == {
        "host": "sit.example",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": None,
        "x-real-ip": None,
        "forwarded": None,
        "x_forwarded_for": None,
    }


def test_a_body_that_nobody_takes_ends_at_nginx(front: Front):
    """What is larger than the largest that we take does not come to us."""
    largest = LARGEST_SUBMISSION_BODY_BYTES
    assert largest >= max(LARGEST_AUTHOR_BODY_BYTES, LARGEST_BODY_BYTES)
    for size, status in ((largest, 404), (largest + 1, 413)):
        with closing(front.outside.connect()) as connection:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/submissions", body=b" " * size, headers=headers)
            assert connection.getresponse().status == status
