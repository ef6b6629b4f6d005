"""A real nginx that runs deploy/nginx.conf, and a real `stepback serve` behind it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy/nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")

PATIENCE_S = 200
"""So long may an answer take on a machine that does forty other things."""

AROUND = """
daemon off; {user} pid {folder}/pid; error_log {folder}/error.log;
worker_processes {processes};
events {{ worker_connections {connections}; }}
http {{
  types {{ audio/mpeg mp3; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/stepback.conf;
}}
"""


@dataclass(frozen=True)
class Place:
    """Where somebody listens on this machine."""

    port: int
    is_encrypted: bool = False

    def connect(self, *, buffer_bytes: int = 0) -> HTTPConnection:
        """A connection of one's own, with a buffer so small that who sends has to wait for us."""
        some = socket.socket()
        if buffer_bytes:
            some.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        some.settimeout(PATIENCE_S)
        some.connect(("127.0.0.1", self.port))
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.sock = self._encrypted(some) if self.is_encrypted else some
        return connection

    def _encrypted(self, some: socket.socket) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(some)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """One request on a connection of its own."""
        with closing(self.connect()) as connection:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer, answer.read()


@contextmanager
def stepback_serve(
    environ: Mapping[str, str], *, log: Path = Path("/dev/stderr")
) -> Iterator[tuple[Place, subprocess.Popen[str]]]:
    """Run `stepback serve` until the block ends, whoever is its first process by then."""
    with log.open("a") as stderr:
        process = subprocess.Popen(
            [sys.executable, str(Path(sys.executable).with_name("stepback")), "serve"],
            cwd=environ["HOME"],
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    try:
        yield Place(read_port(process)), process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE_S)
        assert process.stdout is not None
        process.stdout.read()  # to the end of whoever else writes there
        process.stdout.close()


def read_port(process: subprocess.Popen[str]) -> int:
    """Read up to the line that comes once the socket listens; from then on connections wait."""
    assert process.stdout is not None
    for line in process.stdout:
        if said := re.match(r"Stepback listens at http://127\.0\.0\.1:([0-9]+)", line):
            return int(said[1])
    raise AssertionError("stepback serve ended before it listened")


def children_of(pid: int) -> set[int]:
    """The processes that a process has begun."""
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def shipped(changes: Mapping[str, str]) -> str:
    """deploy/nginx.conf with what an operator changes; each of it has to be there."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for ours, theirs in changes.items():
        assert ours in text, ours
        text = text.replace(ours, theirs)
    return text


@contextmanager
def nginx_in_front(
    folder: Path,
    upstream: int,
    renders: Path,
    *,
    changes: Mapping[str, str] | None = None,
    processes: int = 1,
    connections: int = 512,
) -> Iterator[Place]:
    """Run nginx with deploy/nginx.conf until the block ends, with TLS as it is shipped."""
    folder.mkdir(parents=True)
    port, plain = free_port(), free_port()
    write_certificate(folder)
    text = shipped(
        {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
            "listen 80 default_server;": f"listen 127.0.0.1:{plain} default_server;",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
            "/etc/letsencrypt/live/sit.example/": f"{folder}/",
            "alias /var/cache/stepback/renders/;": f"alias {renders}/;",
        }
    )
    for ours, theirs in (changes or {}).items():
        assert ours.format(port=port) in text, ours
        text = text.replace(ours.format(port=port), theirs.format(port=port))
    (folder / "stepback.conf").write_text(text, encoding="utf-8")
    around = AROUND.format(
        folder=folder,
        user="user root;" if os.geteuid() == 0 else "",
        processes=processes,
        connections=connections,
    )
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    running = subprocess.Popen(
        [NGINX or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")],
        stderr=subprocess.DEVNULL,  # until it has opened its own log
    )
    try:
        wait_for(port, running)
        yield Place(port, is_encrypted=f"listen 127.0.0.1:{port} ssl" in text)
    finally:
        running.terminate()
        assert running.wait(60) == 0


def wait_for(port: int, process: subprocess.Popen) -> None:
    """Return as soon as somebody listens there."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s and process.poll() is None:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
    raise AssertionError("nginx does not listen")


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


def write_certificate(folder: Path) -> None:
    """Write a certificate for a day that nobody has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sit.example")])
    now_at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now_at - timedelta(hours=1))
        .not_valid_after(now_at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
