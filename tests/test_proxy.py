"""The proxy for tests does what its modes say."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.proxy import HOST, Mode, Proxy


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while said := self.request.recv(100):
            self.request.sendall(said)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """In front of a server that says back what it hears."""
    with socketserver.ThreadingTCPServer((HOST, 0), _Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Proxy(server.server_address[1], delay_s=30) as proxy:
            yield proxy
        server.shutdown()


def called(proxy: Proxy) -> socket.socket:
    """A connection that has been used once."""
    line = socket.create_connection((HOST, proxy.port), timeout=5)
    assert said_back(line) == b"hello"
    return line


def said_back(line: socket.socket) -> bytes:
    """What comes back for one word."""
    line.sendall(b"hello")
    return line.recv(100)


@pytest.mark.parametrize("mode", ["hang", "slow"])
def test_held_traffic_goes_on_afterwards(proxy: Proxy, mode: Mode) -> None:
    """Nothing flows while it hangs or a chunk waits for the delay, and nothing of it is lost."""
    with called(proxy) as line:
        proxy.be(mode)
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            said_back(line)
        proxy.be("pass")
        line.settimeout(5)
        assert line.recv(100) == b"hello"


def test_a_cut_ends_what_is_open_and_what_is_opened(proxy: Proxy) -> None:
    """And the port answers again afterwards."""
    with called(proxy) as line:
        proxy.be("cut")
        with pytest.raises(ConnectionError):
            _ = said_back(line) or line.recv(100) or _refuse()
    with pytest.raises(ConnectionError):
        called_raw(proxy)
    proxy.be("pass")
    called(proxy).close()


def test_a_refusal_is_at_the_door(proxy: Proxy) -> None:
    """Nobody listens; the same port listens again afterwards."""
    port = proxy.port
    with called(proxy):
        proxy.be("refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), timeout=5)
    proxy.be("pass")
    assert proxy.port == port
    called(proxy).close()


def called_raw(proxy: Proxy) -> None:
    """Open a connection and say something; a closed one is a ConnectionError."""
    with socket.create_connection((HOST, proxy.port), timeout=5) as line:
        _ = said_back(line) or _refuse()


def _refuse() -> bytes:
    raise ConnectionResetError("closed without a word")
