"""A server on this machine that takes whatever is sent, for looking into it."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Sink:
    """What came, each with its path, its headers and its body as it was before it was packed."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str, bytes]] = []
        self.port = 0

    @property
    def everything(self) -> bytes:
        """All that came, in one piece."""
        parts = (f"{path}\n{headers}\n".encode() + body for path, headers, body in self.came)
        return b"\n".join(parts)


@contextmanager
def open_sink() -> Iterator[Sink]:
    """Listen on 127.0.0.1 until the block ends."""
    sink = Sink()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            sink.came.append((self.path, str(self.headers), body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    sink.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
