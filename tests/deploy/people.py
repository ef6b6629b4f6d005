"""People at a house that is started anew: some ask without a pause, one hears a recording out."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

from server.app import create_app
from tests.deploy.front import Place
from tests.web.conftest import FILES, House, house_in

SOUND = random.Random(8).randbytes(10_000_000)
"""More than the kernel takes for one connection: who stays in the middle of it is waited for."""

RIGHT = hashlib.sha256(SOUND).hexdigest()
PIECE_BYTES = 65_536
BUFFER_BYTES = 16_384


def house_with_sound(folder: Path) -> tuple[House, str]:
    """A house with one recording, and its key."""
    house = house_in(folder)
    app = create_app(house.settings)
    order = {"practice": "soft-ground", "minutes": 2}
    key = app.test_client().post("/api/renders", json=order).get_json()["key"]
    house.publish(key, FILES | {"mp3": SOUND})
    app.extensions["stepback"].database.close()
    house.database.close()
    return house, key


@dataclass
class Asking:
    """People who ask without a pause, each time on a new connection, until they are stopped."""

    place: Place
    key: str
    practice: str = "soft-ground"
    sound: bytes = SOUND
    failed: list[str] = field(default_factory=list)
    asked: int = 0

    @contextmanager
    def steadily(self) -> Iterator[Asking]:
        """Ask while the block goes on."""
        over = threading.Event()
        threads = [threading.Thread(target=self._ask, args=(each, over)) for each in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> None:
        """Return once so many more were answered."""
        wanted = self.asked + more
        while self.asked < wanted and not self.failed:
            self.place.ask("GET", "/health")

    def _ask(self, number: int, over: threading.Event) -> None:
        while not over.is_set():
            try:
                status = self._post() if number == 0 else self._get(number)
            except (OSError, HTTPException) as error:
                self.failed.append(f"{number}: {error!r}")
                continue
            if status not in (200, 206):
                self.failed.append(f"{number}: {status}")
            self.asked += 1

    def _get(self, number: int) -> int:
        if number == 1:
            return self.place.ask("GET", "/health")[0].status
        answer, body = self.place.ask("GET", f"/audio/{self.key}.mp3", {"Range": "bytes=9-99"})
        return answer.status if body == self.sound[9:100] else 0

    def _post(self) -> int:
        with closing(self.place.connect()) as connection:
            return order(connection, self.practice).status


def order(connection: HTTPConnection, practice: str) -> HTTPResponse:
    """Order a recording of two minutes, as the page of a practice does."""
    body = json.dumps({"practice": practice, "minutes": 2})
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/renders", body=body, headers=headers)
    return connection.getresponse()


class Listener:
    """Somebody who downloads a recording, stays in the middle of it, and goes on where it broke."""

    def __init__(self, place: Place, path: str) -> None:
        self._place, self._path = place, path
        self.heard, self.times_resumed = bytearray(), 0
        # So little is on its way that most of the file is still to be sent.
        self._connection = place.connect(buffer_bytes=BUFFER_BYTES)
        self._connection.request("GET", path)
        self._answer: HTTPResponse = self._connection.getresponse()
        self._etag = self._answer.getheader("ETag") or ""
        self.heard += self._answer.read(PIECE_BYTES)

    def hear_out(self) -> str:
        """Hear all of it, with as many resumptions as it takes; gives its hash."""
        while not self._read_on():
            self.times_resumed += 1
            self._connection.close()
            self._connection = self._place.connect(buffer_bytes=BUFFER_BYTES)
            wanted = {"Range": f"bytes={len(self.heard)}-", "If-Range": self._etag}
            self._connection.request("GET", self._path, headers=wanted)
            self._answer = self._connection.getresponse()
            assert self._answer.status == 206
        self._connection.close()
        return hashlib.sha256(self.heard).hexdigest()

    def _read_on(self) -> bool:
        try:
            while piece := self._answer.read(PIECE_BYTES):
                self.heard += piece
        except (OSError, HTTPException):
            return False
        return len(self.heard) == len(SOUND)
