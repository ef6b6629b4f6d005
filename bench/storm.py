"""A storm of retries: worksheets are sent again and again over a line that loses requests and
answers, by many phones at once, against two web processes. Afterwards each is there exactly once.

    python -m bench.storm [HOW_MANY]
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.lossy_line import LossyLine
from server.care import Worksheet
from server.config import Settings
from server.store import Database, hash_device, migrate
from server.store.care import (
    ClientDeviceRow,
    ClientRow,
    KeyRing,
    PracticeRoomRow,
    SubmissionRow,
    TherapistRow,
    make_id,
)
from server.web.device import COOKIE, make_device
from tests.web.filled_worksheets import bring_worksheets, submission

STEPBACK = Path(sys.executable).with_name("stepback")

THREADS = 8
CLIENTS = 8
TIMES = 5
"""How often each worksheet is sent, at least; after that until one answer has come."""

MOST_TIMES = 200


@dataclass(frozen=True, kw_only=True)
class Stormed:
    """What is left when it is calm again."""

    rows: int
    """In the database."""
    lost_requests: int
    lost_answers: int
    sent: int
    """How often anything was sent."""
    unlike: list[str]
    """Ids whose answers differ from one another."""
    statuses: dict[int, int]
    """How often each status was answered, as far as it arrived."""
    seconds: float

    def is_calm(self, count: int) -> bool:
        """True when everything came once, and the line was as bad as it should be."""
        return (
            self.rows == count
            and not self.unlike
            and self.statuses.keys() <= {200, 201}
            and min(self.lost_requests, self.lost_answers) > self.sent / 10
        )


@dataclass(frozen=True, kw_only=True)
class StormHouse:
    """A house with two web processes, and the phones of some clients."""

    port: int
    database: Database
    worksheet: Worksheet
    devices: tuple[str, ...]


@contextmanager
def storm_house(folder: Path) -> Iterator[StormHouse]:
    """Run the web part, with two workers, over a house whose clients have joined."""
    (folder / "scripts").mkdir()
    environment = {
        "STEPBACK_DATA": str(folder / "data"),
        "STEPBACK_KEYS": str(folder / "keys"),
        "STEPBACK_CACHE": str(folder / "cache"),
        "STEPBACK_SCRIPTS": str(folder / "scripts"),
        "STEPBACK_HOST": "127.0.0.1",
        "STEPBACK_PORT": "0",
        "STEPBACK_VOICE": "silent",
        "STEPBACK_WEB_WORKERS": "2",
        "STEPBACK_LEAST_FREE_MB": "1",
    }
    settings = Settings.from_environment(environment)
    migrate(settings.database_path)
    database = Database(settings.database_path)
    worksheet = bring_worksheets(settings.scripts_path)
    devices = join_clients(database, KeyRing(settings.keys_path))
    web = subprocess.Popen(
        [STEPBACK, "serve"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = iter(web.stdout or ())
    listening = re.compile(r"Stepback listens at http://127\.0\.0\.1:(\d+)")
    drain = threading.Thread(target=lambda: [None for _ in lines])
    try:
        port = int(next(found[1] for line in lines if (found := listening.search(line))))
        drain.start()
        yield StormHouse(port=port, database=database, worksheet=worksheet, devices=devices)
    finally:
        web.terminate()
        web.wait()
        if drain.ident is not None:
            drain.join()
        if web.stdout is not None:
            web.stdout.close()
        database.close()


def join_clients(database: Database, keys: KeyRing) -> tuple[str, ...]:
    """Put one therapist with some clients into a house; gives the tokens of their devices."""
    now_at, room_id, therapist_id = datetime.now(UTC), make_id(), make_id()
    devices = tuple(make_device() for _ in range(CLIENTS))
    with database.writing() as db:
        db.add(PracticeRoomRow(id=room_id, name="Storm", made_at=now_at))
        db.flush()
        db.add(
            TherapistRow(
                id=therapist_id,
                room_id=room_id,
                email="storm@sit.example",
                name="Storm",
                active=True,
                fs_uniquifier=make_id(),
                is_head=True,
                added_at=now_at,
            )
        )
        db.flush()
        for device in devices:
            client_id = make_id()
            name = keys.make(client_id).close("C", f"clients:{client_id}")
            times = {"made_at": now_at, "joined_at": now_at}
            db.add(
                ClientRow(
                    id=client_id,
                    room_id=room_id,
                    therapist_id=therapist_id,
                    sealed_name=name,
                    **times,
                )
            )
            db.flush()
            db.add(
                ClientDeviceRow(
                    device_hash=hash_device(device),
                    client_id=client_id,
                    browser="Firefox, Linux",
                    joined_at=now_at,
                    seen_at=now_at,
                )
            )
    return devices


def send(port: int, device: str, body: bytes) -> tuple[int, bytes] | None:
    """Send one worksheet, once; None when no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={device}"}
    try:
        connection.request("POST", "/api/submissions", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def storm(count: int, *, seed: int = 1) -> Stormed:
    """Send so many worksheets five times each, mixed, and tell what became of them."""
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="stepback-storm-") as folder,
        storm_house(Path(folder)) as house,
        LossyLine(house.port, seed=seed) as line,
        ThreadPoolExecutor(THREADS) as phones,
    ):
        letters = [
            (house.devices[n % CLIENTS], submission(house.worksheet, f"rain {n}"))
            for n in range(count)
        ]
        sendings = [*letters] * TIMES
        random.Random(seed).shuffle(sendings)
        heard: dict[str, list[tuple[int, bytes] | None]] = {sent["id"]: [] for _, sent in letters}

        def deliver(letter: tuple[str, dict[str, object]]) -> None:
            device, sent = letter
            heard[str(sent["id"])].append(send(line.port, device, json.dumps(sent).encode()))

        list(phones.map(deliver, sendings))
        for _ in range(MOST_TIMES):
            silent = [letter for letter in letters if not any(heard[letter[1]["id"]])]
            if not silent:
                break
            list(phones.map(deliver, silent))
        return told(house, line, heard, time.monotonic() - begun)


def told(
    house: StormHouse,
    line: LossyLine,
    heard: dict[str, list[tuple[int, bytes] | None]],
    seconds: float,
) -> Stormed:
    """Add up what arrived, at the phones and in the database."""
    statuses: dict[int, int] = {}
    unlike = []
    for submission_id, answers in heard.items():
        arrived = [answer for answer in answers if answer is not None]
        for status, _ in arrived:
            statuses[status] = statuses.get(status, 0) + 1
        if len({body for _, body in arrived}) != 1:
            unlike.append(submission_id)
    with house.database.reading() as db:
        rows = db.query(SubmissionRow).count()
    return Stormed(
        rows=rows,
        lost_requests=line.lost_requests,
        lost_answers=line.lost_answers,
        sent=sum(len(answers) for answers in heard.values()),
        unlike=unlike,
        statuses=statuses,
        seconds=seconds,
    )


def main() -> None:
    """Storm, print what is left, and end badly unless it is calm."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    left = storm(count)
    print(
        f"{count} worksheets sent {left.sent} times in {left.seconds:.0f} s;"
        f" lost: {left.lost_requests} requests, {left.lost_answers} answers;"
        f" rows: {left.rows}; answered: {left.statuses}; different bodies: {len(left.unlike)}"
    )
    if not left.is_calm(count):
        raise SystemExit("Something was lost, or came twice.")


if __name__ == "__main__":
    main()
