"""How long the server takes for the pages of a therapist with much to look at.

Thirty clients, and one of them with two hundred worksheets, reviews and entries of the log. The
pages are asked for as a browser does, inside of one process, with everything but the network.
Judged is the time of the processor: what else the machine does says nothing about a page.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from server.app import create_app
from server.config import Settings
from server.store import migrate
from server.store.care import (
    NewReview,
    ReviewText,
    TherapistRow,
    add_client,
    keep_review,
    make_id,
)
from tests.web.case_house import allow, keep_ladder, practise, submit
from tests.web.people_house import People, settle_people

CLIENTS, SUBMISSIONS = 30, 200
TIMES = 15
MOST_MS = 150


def main() -> None:
    """Print the median and the slowest of each page."""
    with tempfile.TemporaryDirectory(prefix="stepback-pages-") as folder:
        people = fill(Path(folder))
        ada, phone = people.signed_in(people.ada), people.phone_of(people.ines)
        case = f"/room/clients/{people.ines}"
        asked = [(ada, path) for path in ("/room", case, f"{case}/log", f"{case}/over-time")]
        asked += [(phone, path) for path in ("/with-therapist/seen", "/api/submissions")]
        for browser, path in asked:
            print(f"{path.replace(people.ines, '…'):24} {measure(browser, path)}")


def measure(browser: FlaskClient, path: str) -> str:
    """Ask for a page some times; gives what there is to be said about it."""
    used_ms, took_ms = [], []
    for _ in range(TIMES):
        began_s, used_s = time.perf_counter(), time.process_time()
        answer = browser.get(path)
        used_ms.append((time.process_time() - used_s) * 1000)
        took_ms.append((time.perf_counter() - began_s) * 1000)
        assert answer.status_code == 200, path
    used, took, size = statistics.median(used_ms), statistics.median(took_ms), len(answer.data)
    verdict = "" if used <= MOST_MS else f", more than {MOST_MS}"
    return f"{used:4.0f} ms of processor{verdict}; {took:4.0f} ms of clock; {size // 1024:3} KiB"


def fill(folder: Path) -> People:
    """A house in which there has been a client for years."""
    (folder / "scripts").mkdir()
    settings = Settings.from_environment(
        {
            "STEPBACK_DATA": str(folder / "data"),
            "STEPBACK_KEYS": str(folder / "keys"),
            "STEPBACK_CACHE": str(folder / "cache"),
            "STEPBACK_SCRIPTS": str(folder / "scripts"),
            "STEPBACK_VOICE": "silent",
        }
    )
    migrate(settings.database_path)
    people = settle_people(create_app(settings))
    with people.database.writing() as db:
        ada = db.get_one(TherapistRow, people.ada)
        for number in range(CLIENTS - 2):
            client_id = make_id()
            name = people.keys.make(client_id).close(f"Client {number}", f"clients:{client_id}")
            add_client(db, ada, client_id, name, datetime.now(UTC))
    allow(people, people.ines)
    for number in range(SUBMISSIONS):
        at = datetime.now(UTC) + timedelta(days=3 * number)
        practise(people, people.ines, at=at, note="It was quiet for a while, and then it was not.")
        ratings = (8 - number % 3, min(7, number // 25))
        submission_id = submit(people, people.ines, at=at, ratings=ratings)
        keep_ladder(people, people.ines)
        text = ReviewText(question="And you?", answer="It is not the same.", rule="Who tries may.")
        review = NewReview(
            submission_id=submission_id,
            client_id=people.ines,
            therapist_id=people.ada,
            text=text,
        )
        with people.database.writing() as db:
            keep_review(db, people.keys.get(people.ines), review, at)
    return people


if __name__ == "__main__":
    main()
