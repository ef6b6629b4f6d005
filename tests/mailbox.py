"""A mail server on this machine, which keeps what it is given for a test to read."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from types import TracebackType
from typing import cast


class _Talk(socketserver.StreamRequestHandler):
    """One conversation by SMTP, as short as it can be."""

    def handle(self) -> None:
        self._say(b"220 here")
        while words := self.rfile.readline():
            command = words[:4].upper()
            if command == b"DATA":
                self._say(b"354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                letters = cast(_Server, self.server).letters
                letters.put(message_from_bytes(b"".join(lines), policy=policy.default))
            self._say(b"221 bye" if command == b"QUIT" else b"250 fine")
            if command == b"QUIT":
                return

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: Queue[EmailMessage] = Queue()


class Mailbox:
    """The server, as long as it is open."""

    def __enter__(self) -> Mailbox:
        self._server = _Server()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What STEPBACK_SMTP_URL is to be."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def wait_for_one(self) -> EmailMessage:
        """The next letter, as soon as it is there."""
        return self._server.letters.get(timeout=60)

    def is_empty(self) -> bool:
        """True when no letter is left."""
        return self._server.letters.empty()
