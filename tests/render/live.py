"""A counter of live sittings with a clock of the test's own, one practice, and a worker's hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.render import Begun, Moved, Preparing, Seen, Sittings, Workshop
from server.render.live_ahead import LineStock
from server.render.own_words import OwnWords
from server.render.sitting_sweeper import SittingSweeper
from server.render.voices import Voices
from server.sitting import Choices, Kind
from server.store import get_sitting, hash_device
from server.voice import PACKAGED_VOICES, SilentSpeaker
from tests.sitting.small import BODY, FRONT

SLUG, DEVICE, OTHER = "a-practice", "token of one device", "token of another"
ID, SECOND_ID = "0" * 31 + "1", "0" * 31 + "2"
CANARY = "canarywordofmine"
OWN = {"obstacle": CANARY}

PASSAGES = {
    "live-buttons": "You have buttons.",
    "live-stay": "We can stay.",
    "live-back": "We go back.",
    "live-danger": "Please find somebody.",
}


def event_id(number: int) -> str:
    return f"{number:032x}"


class SilenceInTheNameOf(SilentSpeaker):
    """Speaks silence under the name and the key of a voice that comes with Stepback."""

    def __init__(self, name: str) -> None:
        self.voice = PACKAGED_VOICES.get(name)


@dataclass
class House:
    """A counter, what a worker does for it, and a clock that stands still."""

    workshop: Workshop
    open_voice: Callable[..., SilenceInTheNameOf] = SilenceInTheNameOf
    now_at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        folder = self.workshop.settings.scripts_path
        (folder / "passages").mkdir(exist_ok=True)
        (folder / "a-practice.md").write_text(FRONT + BODY)
        for name, text in PASSAGES.items():
            (folder / "passages" / f"{name}.md").write_text(f"{text}\n")
        self.voices = Voices(self.open_voice)
        self.sittings = self.counter()
        self.words = OwnWords(sittings=self.sittings, voices=self.voices, stopping=self.stopping)
        self.stock = LineStock(sittings=self.sittings, voices=self.voices, stopping=self.stopping)
        self.sweeper = SittingSweeper(sittings=self.sittings)

    def now(self) -> datetime:
        return self.now_at

    def counter(self) -> Sittings:
        """A counter as another process would have it: it remembers nothing of the first."""
        workshop = self.workshop
        return Sittings(
            settings=workshop.settings,
            database=workshop.database,
            shelf=workshop.shelf,
            catalogue=workshop.catalogue,
            now=self.now,
        )

    def wait(self, seconds: float) -> None:
        self.now_at += timedelta(seconds=seconds)

    def ask(self, sitting_id: str = ID, device: str = DEVICE, **given: object) -> object:
        words = given.pop("words", {})
        slug = given.pop("slug", SLUG)
        choices = Choices(**{"minutes": 5, **given})  # type: ignore[arg-type]
        return self.sittings.begin(slug, choices, words, device, sitting_id)  # type: ignore[arg-type]

    def prepare(self, **given: object) -> None:
        """Have the lines made that a sitting with these choices needs."""
        assert isinstance(self.ask(**given), Preparing)  # type: ignore[arg-type]
        self.stock.make_wanted()

    def begin(self, sitting_id: str = ID, device: str = DEVICE, **given: object) -> Seen:
        begun = self.ask(sitting_id, device, **given)
        assert isinstance(begun, Begun)
        return begun.seen

    def move(self, kind: Kind, number: int, words: dict[str, str] | None = None) -> Moved:
        return self.sittings.move(ID, DEVICE, kind, words or {}, event_id(number))

    def look(self) -> Seen:
        return self.sittings.look(ID, DEVICE)

    def speak(self) -> None:
        """Speak all words that wait, in this thread."""
        while key := self.words._claim():
            self.words.speak_words(key)

    def files(self) -> set[str]:
        """What lies in the folders of sittings' own lines."""
        folder = self.workshop.shelf.root / "sittings"
        return {path.name for path in folder.rglob("*.aac")}

    def look_up_lengths(self) -> dict[str, object]:
        """The lengths that the sitting's row keeps, by the keys of the lines."""
        with self.workshop.database.reading() as db:
            return dict(get_sitting(db, ID, self.device_hash).lengths)

    @property
    def device_hash(self) -> str:
        return hash_device(DEVICE)
