"""A whole house with short practices to sit with live, whose web part can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from tests.browser.watched import ROOT, Watched
from tests.covers import lay_covers
from tests.new_database import make_database

ONE_STEP = "one-step"
"""A practice that greets before it asks."""

AT_ONCE = "at-once"
"""A practice that asks almost at once."""

LISTENS = r"Stepback listens at (http://127\.0\.0\.1:\d+)"


@dataclass(kw_only=True)
class WholeHouse:
    """Web and worker, as ./run starts them; the web part keeps its address for ever."""

    folder: Path
    changes: dict[str, str] = field(default_factory=dict)
    url: str = ""
    web: Watched = field(init=False)
    worker: Watched = field(init=False)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        return {
            "STEPBACK_DATA": str(self.folder / "data"),
            "STEPBACK_KEYS": str(self.folder / "keys"),
            "STEPBACK_CACHE": str(self.folder / "audio_cache"),
            "STEPBACK_SCRIPTS": str(self.folder / "scripts"),
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_WEB_WORKERS": "2",  # of which one may be killed
            "STEPBACK_VOICE_PROCESSES": "1",  # each takes a core for seconds until it is loaded
            "STEPBACK_RENDER_AHEAD": "no",
            "STEPBACK_LEAST_FREE_MB": "1",
            **self.changes,
        }

    def open_web(self) -> None:
        """Begin to answer."""
        self.web = Watched("serve", self.environment)
        self.url = self.web.wait_for(LISTENS)[1]

    def web_workers(self) -> set[int]:
        """The processes that answer."""
        group = self.web.group
        return {int(n) for n in Path(f"/proc/{group}/task/{group}/children").read_text().split()}

    def kill_web_worker(self) -> None:
        """Kill one of the processes that answer, at once; whoever sees to them begins another."""
        os.kill(min(self.web_workers()), signal.SIGKILL)

    def restart_web(self) -> float:
        """Kill the whole web part and begin it anew; gives how many seconds nobody answered."""
        began = time.monotonic()
        self.web.kill()
        self.open_web()
        with urlopen(f"{self.url}/health", timeout=60):  # it listens before it can answer
            return time.monotonic() - began

    def ask(self, query: str, *values: object) -> list[tuple]:
        """Read in the database, as somebody does who came to look for what is kept."""
        path = self.folder / "data/stepback.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return db.execute(query, values).fetchall()

    def moves(self, sitting_id: str) -> list[str]:
        """What listeners did in a sitting, in the order of its recording."""
        rows = self.ask(
            "SELECT kind FROM sitting_events WHERE sitting_id = ? AND kind != 'voiced'"
            " ORDER BY number",
            sitting_id,
        )
        return [kind for (kind,) in rows]

    def places_of(self, text: str) -> list[str]:
        """Every file of the house in whose name or bytes this text is, and every line it said."""
        marker = text.encode()
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        found = [str(path) for path in files if text in path.name or marker in path.read_bytes()]
        said = [line for each in (self.web, self.worker) for line in each.all_lines()]
        return found + [line for line in said if text in line]


def free_port() -> int:
    """A port that nobody listens at."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_library(folder: Path) -> None:
    """The short practice, and the cards of the real house."""
    shutil.copytree(ROOT / "tests/live_library", folder / "scripts")
    shutil.copy(ROOT / "scripts/crisis.yaml", folder / "scripts")


@contextmanager
def run_whole_house(folder: Path, **changes: str) -> Iterator[WholeHouse]:
    """Run web and worker over the short practice."""
    copy_library(folder)
    house = WholeHouse(folder=folder, changes={"STEPBACK_PORT": str(free_port()), **changes})
    make_database(folder / "data" / "stepback.db")
    lay_covers(house.environment)
    house.worker = Watched("worker", house.environment)
    try:
        house.open_web()
        try:
            house.worker.wait_for("worker ready", seconds=180)
            yield house
        finally:
            house.web.stop()
    finally:
        house.worker.stop()
