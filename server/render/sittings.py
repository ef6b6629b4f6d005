"""The counter of live sittings: what a listener may begin, move in, look at, and have forgotten.

Nothing is held: every answer is made of rows and clock. What is remembered here only saves work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.config import Settings
from server.errors import Busy, SittingNotFound, StoreUnavailable
from server.render.catalogue import Catalogue
from server.render.live_lines import key_of
from server.render.live_sound import LiveSound, is_certain
from server.render.recent import Recent
from server.render.secret import private_line_key, server_secret, sitting_folder_key
from server.render.sitting_book import Booked, read_sitting, see
from server.render.sitting_model import Begun, Moved, Preparing, Seen, Texts
from server.render.sitting_offer import Offer, make_offer, want
from server.sitting import GRACE_MS, MOVES, Choices, Kind, Line, Performance
from server.store import (
    Database,
    NewEvent,
    Shelf,
    SittingEventRow,
    SittingRow,
    SittingWordsRow,
    add_event,
    add_first_words,
    add_sitting,
    add_words,
    count_open_sittings,
    delete_sitting,
    find_event,
    find_sitting,
    get_sitting,
    hash_device,
    list_events,
    list_open_sittings,
    list_words,
)
from server.timeline import TELLINGS, choose_words
from server.units import Ms

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=12)
"""All of a sitting is deleted after so long, whether or not anybody came back to it."""

MOST_OF_A_DEVICE = 3
"""Whoever begins one more leaves the oldest."""

MOST_BEGUN = 100
"""So many may begin within BUSY_FOR and not be over."""

BUSY_FOR = timedelta(hours=1)

MOST_EVENTS = 2_000
"""More than anybody makes in 12 hours."""

MOST_KNOWN = 128
"""Of so many sittings a process remembers the program, and what was certain last."""

_Begin = tuple[str, datetime]  # id and beginning: together there is never another one of them


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sittings:
    """Takes moves. Safe between threads, and to make before a fork."""

    settings: Settings
    database: Database
    shelf: Shelf
    catalogue: Catalogue
    now: Callable[[], datetime] = utc_now
    sound: LiveSound = field(init=False)
    _booked: Recent[_Begin, Booked] = field(default_factory=lambda: Recent(MOST_KNOWN), init=False)
    _performed: Recent[_Begin, Performance] = field(
        default_factory=lambda: Recent(MOST_KNOWN), init=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "sound", LiveSound(shelf=self.shelf))

    def begin(
        self, slug: str, choices: Choices, words: Texts, device: str, sitting_id: str
    ) -> Begun | Preparing:
        """Begin a sitting now, or say how far what it needs is.

        `device` is the token of the listener's device, `sitting_id` 32 hexadecimal digits made
        on the phone: the same again gives the sitting that it began. `choices` need neither seed
        nor has_words. Raises PracticeNotFound, NotLive, InvalidOptions, VoiceUnavailable, Busy,
        and SittingNotFound for an id that is another device's.
        """
        device_hash = hash_device(device)
        with self.database.reading() as db:
            known = find_sitting(db, sitting_id, is_whole=False)
        if known is not None:
            return Begun(seen=self.look(sitting_id, device), is_new=False)
        given = {name: text.strip() for name, text in words.items() if text.strip()}
        choices = replace(choices, seed=int(sitting_id[:8], 16) % TELLINGS, has_words=bool(given))
        offer = make_offer(self.settings, self.catalogue, self.sound, slug, choices)
        choose_words(offer.program.script, given)
        if not self._is_ready(offer):
            done = len(offer.there_ms) + self.sound.has_room()
            return Preparing(done=done, total=len(offer.needs.keys) + 1)
        self._add(sitting_id, device_hash, offer, given)
        logger.info("sitting begun practice=%s minutes=%d", slug, choices.minutes)
        return Begun(seen=self.look(sitting_id, device), is_new=True)

    def move(self, sitting_id: str, device: str, kind: Kind, words: Texts, event_id: str) -> Moved:
        """Record a move, a pause, its end or danger; the same id again gives the same answer.

        `words` are kept for a step back alone. Raises SittingNotFound, InvalidOptions for words
        that cannot be said, and Busy for somebody who makes thousands of moves.
        """
        if kind not in (*MOVES, Kind.PAUSE, Kind.RESUME, Kind.DANGER):
            raise ValueError(f"{kind} is nothing that a listener does.")
        device_hash = hash_device(device)
        with self.database.reading() as db:
            row = get_sitting(db, sitting_id, device_hash, is_whole=False)
            booked = self._book(self._mine(row))
        given = {name: text.strip() for name, text in words.items() if text.strip()}
        if kind is not Kind.STEP_BACK:
            given = {}
        choose_words(booked.program.script, given)
        with self.database.writing() as db:
            row = self._mine(get_sitting(db, sitting_id, device_hash, is_whole=False))
            known = find_event(db, sitting_id, event_id)
            # Taken as late as can be: what was handed out meanwhile lies before it.
            now_at = self.now()
            if known is None:
                number = add_words(db, sitting_id, given, now_at) if given else 0
                at_ms = _ms_between(row.began_at, now_at)
                new = NewEvent(kind=kind.value, at_ms=at_ms, event_id=event_id, words=number)
                known = add_event(db, sitting_id, new)
            if known.number > MOST_EVENTS:
                raise Busy
            events, texts = list_events(db, sitting_id), list_words(db, sitting_id)
        late_ms = _ms_between(now_at, self.now())
        if late_ms > GRACE_MS:
            logger.warning("move written late ms=%d", late_ms)
        seen = self._see(row, booked, events, texts, now_at)
        starts = {each.number: each.starts_ms for each in seen.performance.applied}
        return Moved(seen=seen, starts_ms=starts.get(known.number))

    def look(self, sitting_id: str, device: str) -> Seen:
        """Say how a sitting is now; raises SittingNotFound."""
        return self._look(sitting_id, hash_device(device))

    def segment(self, sitting_id: str, device: str, number: int) -> tuple[bytes, ...]:
        """Give the AAC frames of a media segment.

        Raises SittingNotFound also for one that is not certain yet.
        """
        device_hash = hash_device(device)
        with self.database.reading() as db:
            row = self._mine(get_sitting(db, sitting_id, device_hash, is_whole=False))
            booked = self._book(row)
        performance = self._performed.get((row.id, row.began_at))
        if performance is None or not is_certain(number, performance):
            performance = self.look(sitting_id, device).performance
        if not is_certain(number, performance):
            raise SittingNotFound
        return self.sound.segment(number, performance, self._path_of(row, booked))

    def ground(self, slug: str, choices: Choices) -> bytes | None:
        """Give the ground of a practice as one .aac file, for a phone to keep.

        None where its lines are still to be made, or it has none. Raises what begin() raises.
        """
        offer = make_offer(self.settings, self.catalogue, self.sound, slug, choices)
        if not self._is_ready(offer) or offer.program.ground is None:
            return None
        return self.sound.ground(offer.program, offer.lengths, offer.voice.key)

    def forget(self, sitting_id: str, device: str) -> None:
        """Delete a sitting of this device: choices, moves, words and lines. Raises
        SittingNotFound for everything that is not this device's.
        """
        with self.database.reading() as db:
            row = get_sitting(db, sitting_id, hash_device(device), is_whole=False)
        self.remove(row)
        logger.info("sitting forgotten")

    def remove(self, *rows: SittingRow) -> None:
        """Delete sittings, whosever they are, and overwrite what was theirs.

        Rows first: a worker that is just speaking words then finds nobody to speak them for, and
        removes what it made. What is left by one that is killed the sweeper finds, as a folder
        that is nobody's.
        """
        with self.database.writing() as db:
            for row in rows:
                delete_sitting(db, row.id)
        for row in rows:
            self.remove_lines(row)
        gone = {(row.id, row.began_at) for row in rows}
        self._booked.drop(gone.__contains__)
        self._performed.drop(gone.__contains__)
        if rows:
            self.database.empty_log()

    def remove_lines(self, row: SittingRow) -> None:
        """Remove the private lines of a sitting that is deleted, or leave it to the sweeper."""
        folder_key = self.folder_key(row)
        self.sound.forget(self.shelf.sitting_folder(folder_key))
        with suppress(StoreUnavailable):
            self.shelf.remove_sitting(folder_key)

    def look_at(self, row: SittingRow) -> Seen:
        """Say how a sitting is now, whosever it is; raises SittingNotFound."""
        return self._look(row.id, row.device_hash)

    def folder_key(self, row: SittingRow) -> str:
        """Name the folder of a sitting's private lines."""
        return sitting_folder_key(self.secret, row.device_hash, row.id)

    @property
    def secret(self) -> bytes:
        """The 32 bytes that keep the names of private lines unguessable."""
        return server_secret(self.settings.secret_path)

    def _is_ready(self, offer: Offer) -> bool:
        """Tell whether it can be heard; if not, whoever makes lines is asked."""
        is_ready = offer.is_ready and self.sound.has_room()
        if not is_ready:
            want(self.settings, self.database, offer, self.now())
        return is_ready

    def _add(self, sitting_id: str, device_hash: str, offer: Offer, given: Texts) -> None:
        with self.database.writing() as db:
            now_at = self.now()
            if count_open_sittings(db, now_at - BUSY_FOR) >= MOST_BEGUN:
                raise Busy
            if find_sitting(db, sitting_id, is_whole=False) is not None:
                return  # the same phone, twice at once
            oldest = list_open_sittings(db, device_hash)[MOST_OF_A_DEVICE - 1 :]
            add_sitting(db, offer.as_new(sitting_id, device_hash, now_at + KEPT_FOR), now_at)
            if given:
                add_first_words(db, sitting_id, given, now_at)
        self.remove(*oldest)

    def _look(self, sitting_id: str, device_hash: str) -> Seen:
        # Before the rows are read: what is recorded from now on has its effect beyond this.
        now_at = self.now()
        with self.database.reading() as db:
            row = self._mine(get_sitting(db, sitting_id, device_hash, is_whole=False))
            booked = self._book(row)
            events, texts = list_events(db, sitting_id), list_words(db, sitting_id)
        return self._see(row, booked, events, texts, now_at)

    def _book(self, row: SittingRow) -> Booked:
        """Give what a sitting was begun with, from memory where it is known; else the rest of
        its row is read, within the transaction that read it.
        """
        key = (row.id, row.began_at)
        return self._booked.put(key, self._booked.get(key) or read_sitting(row))

    def _mine(self, row: SittingRow) -> SittingRow:
        if row.expires_at <= self.now():
            raise SittingNotFound  # only not swept yet
        return row

    def _see(
        self,
        row: SittingRow,
        booked: Booked,
        events: Iterable[SittingEventRow],
        words: Iterable[SittingWordsRow],
        now_at: datetime,
    ) -> Seen:
        seen = see(row, booked, events, words, _ms_between(row.began_at, now_at))
        self._performed.put((row.id, row.began_at), seen.performance)
        return seen

    def _path_of(self, row: SittingRow, booked: Booked) -> Callable[[Line], Path]:
        def path_of(line: Line) -> Path:
            if line.words:
                folder_key = self.folder_key(row)
                key = private_line_key(self.secret, folder_key, line.words, line.place)
                return self.shelf.private_line_path(folder_key, key)
            return self.shelf.line_path(key_of(line, booked.voice_key))

        return path_of


def _ms_between(began_at: datetime, now_at: datetime) -> Ms:
    return Ms(max(0, round((now_at - began_at).total_seconds() * 1000)))
