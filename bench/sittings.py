"""From a move to its voice: live sittings at once, against a sentence that is spoken when asked.

Each listener looks for new segments as a player does, every 1.024 s, and makes moves with words
of their own. Measured is the time from the press until the segment with the first word of the
answer is there. Then each listener's segment is heard at once, since the page goes there.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.ranges import free_port, running
from server.script import parse_script
from server.voice import PACKAGED_VOICES

ROOT = Path(__file__).parents[1]
PRACTICE = "stepping-back"
SITTINGS = {1: 1, 8: 3, 32: 1}
"""So many sit at once, each so many times: 99 in 100 needs more than a hundred moves of eight."""
MOVES = 5
BETWEEN_S = (2.0, 8.0)
DECIDED_S = 20.0
"""By then it is decided whether the words are said: so long is the longest line before them."""
SEGMENT_S = 1.024
STEPBACK = [sys.executable, "-c", "from server.cli import main; main()"]
SENTENCE = "You might say to this thought: oh, it is you. Come in as you are."


@dataclass(slots=True)
class Figures:
    """What all listeners of one measurement saw."""

    voice_s: list[float] = field(default_factory=list)
    answer_s: list[float] = field(default_factory=list)
    with_words: int = 0
    said: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Listener:
    """A phone: begins a sitting, looks for segments, makes moves."""

    def __init__(self, port: int, figures: Figures) -> None:
        self._port, self._figures = port, figures
        self._cookie, self.id = "", secrets.token_hex(16)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Ask, and keep the cookie."""
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        sent = None if body is None else json.dumps(body)
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as phone:
            phone.request(method, path, sent, headers)
            answer = phone.getresponse()
            content = answer.read()
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        return answer.status, content

    def begin(self) -> int:
        """Begin; the status says whether the lines are there."""
        words = {"obstacle": f"there is no time for number {random.randrange(10**6)}"}
        body = {"id": self.id, "practice": PRACTICE, "minutes": 15, "words": words}
        return self.ask("POST", "/api/sittings", body)[0]

    def sit(self, times: int) -> None:
        """Step back some times, each with other words, and note what it takes."""
        for _ in range(times):
            time.sleep(random.uniform(0, 3))
            self.id = secrets.token_hex(16)
            if self.begin() != 201:
                raise SystemExit("A sitting could not begin.")
            for _ in range(MOVES):
                time.sleep(random.uniform(*BETWEEN_S))
                self._step_back()
            self.ask("DELETE", f"/api/sittings/{self.id}")

    def _step_back(self) -> None:
        words = {"obstacle": f"I am too tired for number {random.randrange(10**6)}"}
        body = {"id": secrets.token_hex(16), "move": "step-back", "words": words}
        begun_s = time.monotonic()
        _, content = self.ask("POST", f"/api/sittings/{self.id}/moves", body)
        answered_s = time.monotonic() - begun_s
        starts_s = json.loads(content)["starts_seconds"]
        if starts_s is None:
            return
        self._wait_for(math.floor(starts_s / SEGMENT_S))
        voice_s = time.monotonic() - begun_s
        is_said = self._are_words_said(starts_s, begun_s + DECIDED_S)
        with self._figures.lock:
            self._figures.answer_s.append(answered_s)
            self._figures.voice_s.append(voice_s)
            self._figures.with_words += 1
            self._figures.said += is_said

    def _are_words_said(self, starts_s: float, until_s: float) -> bool:
        while time.monotonic() < until_s:
            time.sleep(SEGMENT_S)
            _, content = self.ask("GET", f"/api/sittings/{self.id}")
            lines = json.loads(content)["lines"]
            if any(line["is_own"] and line["start_seconds"] >= starts_s for line in lines):
                return True
        return False

    def _wait_for(self, number: int) -> None:
        """Look for a segment as a player does, at whatever moment it is about to look."""
        time.sleep(random.uniform(0, SEGMENT_S))
        while (
            f"\n{number}.m4s".encode()
            not in self.ask("GET", f"/sittings/{self.id}/playlist.m3u8")[1]
        ):
            time.sleep(SEGMENT_S)
        self.ask("GET", f"/sittings/{self.id}/{number}.m4s")


def main() -> None:
    """Start a house with the real voice, and measure."""
    with tempfile.TemporaryDirectory(prefix="stepback-bench-") as name, ExitStack() as stack:
        port, folder = free_port(), Path(name)
        environment = {
            "STEPBACK_DATA": str(folder / "data"),
            "STEPBACK_KEYS": str(folder / "keys"),
            "STEPBACK_CACHE": str(folder / "cache"),
            "STEPBACK_SCRIPTS": str(ROOT / "scripts"),
            "STEPBACK_PORT": str(port),
            "STEPBACK_HOST": "127.0.0.1",
            "STEPBACK_RENDER_AHEAD": "no",
            "STEPBACK_LOG_LEVEL": "warning",
        }
        worker = subprocess.Popen(
            ["nice", "-n", "5", *STEPBACK, "worker", "--migrate"],
            cwd=ROOT, env={**os.environ, **environment},
        )  # fmt: skip
        stack.callback(worker.wait)
        stack.callback(worker.terminate)
        stack.enter_context(running([*STEPBACK, "serve", "--migrate"], port, environment))
        wait_until(lambda: Listener(port, Figures()).begin() == 201, seconds=600)
        print("From a move with own words to the voice, in seconds:")
        for count, times in SITTINGS.items():
            tell(count, measure(port, count, times))
    tell_piper()


def measure(port: int, count: int, times: int) -> Figures:
    """Let so many sit at once, so many times."""
    figures = Figures()
    listeners = [Listener(port, figures) for _ in range(count)]
    threads = [threading.Thread(target=each.sit, args=(times,)) for each in listeners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return figures


def tell(count: int, figures: Figures) -> None:
    """Print one row."""
    p50, p95, p99 = (percentile(figures.voice_s, share) for share in (0.5, 0.95, 0.99))
    answer = percentile(figures.answer_s, 0.95)
    print(
        f"  {count:3} at once: p50 {p50:.2f}, p95 {p95:.2f}, p99 {p99:.2f}; the move itself p95 "
        f"{answer:.2f}; words said in time {figures.said} of {figures.with_words}",
        flush=True,
    )


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so many are not above."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def tell_piper() -> None:
    """What somebody would do without us: start piper for each answer."""
    script = parse_script(
        (ROOT / "scripts/ground/three-breaths.md").read_text(),
        path="",
        passages={path.stem: path.read_text() for path in (ROOT / "scripts/passages").glob("*.md")},
    )
    model = PACKAGED_VOICES.get_record(script.voice).model_path
    seconds = []
    for _ in range(3):
        begun_s = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "piper", "-m", str(model), "-f", os.devnull, "--", SENTENCE],
            check=True, capture_output=True,
        )  # fmt: skip
        seconds.append(time.monotonic() - begun_s)
    print(f"  piper started for one sentence, nobody else there: {statistics.median(seconds):.2f}")


def wait_until(is_true: Callable[[], bool], *, seconds: float) -> None:
    """Wait for something, half a second at a time."""
    until_s = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > until_s:
            raise SystemExit("The house was not ready in time.")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
