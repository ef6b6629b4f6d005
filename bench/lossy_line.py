"""A bad line: passes requests on to a server, and loses some of them, and some of the answers."""

from __future__ import annotations

import http.client
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class LossyLine:
    """A proxy on a free port. What is lost ends with the connection, as on a real line."""

    def __init__(self, server_port: int, *, loss: float = 0.3, seed: int = 1) -> None:
        self.lost_requests = self.lost_answers = 0
        self._loss, self._dice, self._lock = loss, random.Random(seed), threading.Lock()
        self._proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, server_port))
        self._proxy.daemon_threads = True
        self.port: int = self._proxy.server_address[1]

    def is_request_lost(self) -> bool:
        """Throw the dice for a request that has come."""
        with self._lock:
            is_lost = self._dice.random() < self._loss
            self.lost_requests += is_lost
        return is_lost

    def is_answer_lost(self) -> bool:
        """Throw the dice for an answer that the server has given."""
        with self._lock:
            is_lost = self._dice.random() < self._loss
            self.lost_answers += is_lost
        return is_lost

    def __enter__(self) -> Self:
        threading.Thread(target=self._proxy.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._proxy.shutdown()
        self._proxy.server_close()


def _handler(line: LossyLine, server_port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.close_connection = True
            if line.is_request_lost():
                return
            connection = http.client.HTTPConnection("127.0.0.1", server_port, timeout=60)
            try:
                connection.request("POST", self.path, body, dict(self.headers))
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            if line.is_answer_lost():
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing of what passes."""

    return Handler
