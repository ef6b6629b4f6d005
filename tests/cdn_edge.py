"""A CDN's edge for tests: looks at signed cookies as CloudFront's guide says, and asks the store.

Nobody can run CloudFront here. What signs and what looks were written from the same guide, by
different halves of the key: this one knows the public half alone.
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from server.store.far import Far

KEY_ID = "K2TESTSONLY"
HANDED_ON = ("Content-Type", "Content-Length", "Content-Range", "ETag", "Cache-Control")


class Edge:
    """What it knows, what it was asked, and what it answered."""

    def __init__(self, store_url: str, private_key: RSAPrivateKey, key_path: Path) -> None:
        self.port = 0
        self.is_open = False
        """True to give everything to anybody, as a CDN does that nobody has set up for cookies."""
        self.answered: list[tuple[str, int]] = []
        self.public_key = private_key.public_key()
        self.far = Far(store_url)
        self._store_url, self._key_path = store_url, key_path

    @property
    def url(self) -> str:
        """How its addresses begin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a house is started with whose sound it sends."""
        return {
            "STEPBACK_PUBLIC_URL": "http://127.0.0.1",  # the CDN's host: cookies know no ports
            "STEPBACK_STORE_URL": self._store_url,
            "STEPBACK_AUDIO_BY": "cdn",
            "STEPBACK_CDN_URL": self.url,
            "STEPBACK_CDN_KEY": str(self._key_path),
            "STEPBACK_CDN_KEY_ID": KEY_ID,
        }

    def lets_in(self, address: str, cookies: SimpleCookie) -> bool:
        """True where the cookies are for this address, signed, and not over yet."""
        try:
            policy = _from_cookie(cookies["CloudFront-Policy"].value)
            signature = _from_cookie(cookies["CloudFront-Signature"].value)
            if cookies["CloudFront-Key-Pair-Id"].value != KEY_ID:
                return False
            self.public_key.verify(signature, policy, PKCS1v15(), SHA1())
        except (KeyError, InvalidSignature):
            return False
        (statement,) = json.loads(policy)["Statement"]
        until_s = statement["Condition"]["DateLessThan"]["AWS:EpochTime"]
        return statement["Resource"] == address and datetime.now(UTC).timestamp() < until_s

    def fetch(self, name: str, ranged: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the store, as a CDN does that the store trusts."""
        address = self.far.sign(name, timedelta(minutes=1))
        asking = Request(address, headers={"Range": ranged} if ranged else {})
        try:
            with urlopen(asking, timeout=10) as answer:
                headers = [(name, answer.headers[name]) for name in HANDED_ON]
                return answer.status, [each for each in headers if each[1]], answer.read()
        except HTTPError as error:
            with error:
                return error.code, [], b""


@contextmanager
def run_edge(store_url: str, folder: Path) -> Iterator[Edge]:
    """Run one on a free port of this machine; the key that it trusts lies in the folder."""
    private_key = generate_private_key(public_exponent=65537, key_size=2048)
    key_path = folder / "cdn.pem"
    key_path.write_bytes(as_pem(private_key))
    edge = Edge(store_url, private_key, key_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
            if edge.is_open or edge.lets_in(f"{edge.url}{self.path}", cookies):
                status, headers, body = edge.fetch(self.path[1:], self.headers.get("Range"))
            else:
                status, headers, body = 403, [], b"MissingKey"
            edge.answered.append((self.path, status))
            self.send_response(status)
            for name, value in headers or [("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        edge.port = cast("int", server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield edge
        finally:
            server.shutdown()
            thread.join()


def as_pem(key: PrivateKeyTypes, word: bytes = b"") -> bytes:
    """A private key as openssl writes it; with a password where one is given."""
    locked = BestAvailableEncryption(word) if word else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


def _from_cookie(text: str) -> bytes:
    return b64decode(text.replace("-", "+").replace("_", "=").replace("~", "/"), validate=True)
