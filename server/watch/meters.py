"""The meters: what is counted and timed in this process, by plain calls from the rooms above.

Labels are few and known beforehand: rules of routes, names of voices, outcomes. Never a client,
a practice, an address or a key. What the database knows is not counted here, but read when
somebody asks: see HOUSE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call] # twice as many lines, that nobody reads

METERS = CollectorRegistry()

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_requests = Counter(
    "stepback_requests",
    "Requests answered, by the rule of their route and the class of their status",
    ("method", "route", "status"),
    registry=METERS,
)
_request_duration = Histogram(
    "stepback_request_duration_seconds",
    "From a request to the beginning of its answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=METERS,
)
_audio_bytes = Counter("stepback_audio_bytes", "Bytes of sound that were sent", registry=METERS)
_speech = Counter(
    "stepback_speech_seconds",
    "Length of what was spoken, by voice",
    ("voice",),
    registry=METERS,
)
_speaking = Counter(
    "stepback_speaking_seconds",
    "Time that voice processes took to speak it, by voice",
    ("voice",),
    registry=METERS,
)
_clips = Counter(
    "stepback_clips",
    "Sentences that a render needed: a hit was spoken before, a miss was not",
    ("result",),
    registry=METERS,
)
_renders = Counter(
    "stepback_renders", "Renders that left a worker's hands", ("outcome",), registry=METERS
)
_render_duration = Histogram(
    "stepback_render_duration_seconds",
    "From taking a render up to its being done",
    buckets=(1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640),
    registry=METERS,
)
_voice_latency = Histogram(
    "stepback_voice_latency_seconds",
    "In a live sitting: from a move to where the voice is heard next, by the sitting's clock",
    buckets=(0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 20),
    registry=METERS,
)
_entries = Counter("stepback_entries", "Entries of session logs that were kept", registry=METERS)

OUTCOMES = ("done", "failed", "cancelled", "put-back")

for _name in OUTCOMES:
    _renders.labels(_name)
for _name in ("hit", "miss"):
    _clips.labels(_name)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number that is read when somebody asks."""

    name: str
    help: str


HOUSE = (
    Gauge("stepback_renders_waiting", "Renders that a listener wants and no worker has taken"),
    Gauge("stepback_renders_running", "Renders in the hands of workers"),
    Gauge("stepback_oldest_waiting_seconds", "For how long the oldest of those waiting has waited"),
    Gauge("stepback_sittings_open", "Live sittings that began within the hour and go on"),
    Gauge("stepback_worker_beat_age_seconds", "Since when no worker has shown life"),
    Gauge("stepback_disk_free_bytes", "Free space where recordings are kept"),
)
"""What is true of the whole house, whichever process is asked."""

HouseNow = Mapping[str, float]
"""The names of HOUSE and their values; one that is not known now is left out."""


@cache
def _request_meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The two meters of such requests; looking them up by their labels takes longer than counting.

    `status` is the first digit. Methods are few: of what is none, `method` is "other".
    """
    counter = _requests.labels(method, route, f"{status}xx")
    return counter, _request_duration.labels(method, route)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request whose answer began after so many seconds."""
    method = method if method in METHODS else "other"
    counter, duration = _request_meters(method, route, status // 100)
    counter.inc()
    duration.observe(seconds)


def count_audio(sent_bytes: int) -> None:
    """Count bytes of sound that were sent."""
    _audio_bytes.inc(sent_bytes)


def count_speech(voice: str, *, spoken_s: float, took_s: float) -> None:
    """Count a sentence: its length, and what time a process took for it."""
    _speech.labels(voice).inc(spoken_s)
    _speaking.labels(voice).inc(took_s)


def count_clip(*, is_there: bool) -> None:
    """Count a sentence that a render needs."""
    _clips.labels("hit" if is_there else "miss").inc()


def count_render(outcome: str, seconds: float) -> None:
    """Count a render that left a worker's hands, by one of OUTCOMES, after so many seconds."""
    _renders.labels(outcome).inc()
    if outcome == "done":
        _render_duration.observe(seconds)


def count_voice_latency(seconds: float) -> None:
    """Count a move after which the voice is heard so many seconds later."""
    _voice_latency.observe(seconds)


def count_entry() -> None:
    """Count an entry of a session log that was kept."""
    _entries.inc()
