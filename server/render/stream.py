"""What can be heard while it is made: media segments on the shelf, and the playlist that grows.

A segment is written whole before it is listed, and what is listed stays. A worker that takes a
render over encodes it anew from its first second, which takes little: the same clips, gain and
guesses give the same sound, so what is listed already is passed over.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from server.audio.hls import (
    Listed,
    MediaSegment,
    Packager,
    name_init,
    name_media,
    read_playlist,
    write_playlist,
)
from server.errors import StoreUnavailable
from server.store import CAPTIONS, CHAPTERS, PLAYLIST, Shelf
from server.timeline import Timeline

LIST_EVERY_SECONDS = 0.2
"""How often the playlist is written anew, once listening has begun: far oftener than it is read."""

WORDS_EVERY_SECONDS = 2.0
"""How often captions and chapters are written anew while the stream grows."""


@dataclass(slots=True, kw_only=True)
class Stream:
    """The growing stream of one render; fed by one thread, looked after by another."""

    shelf: Shelf
    render_key: str
    laid_out: Callable[[], Timeline]
    """What is laid out by now, for captions and chapters."""
    write_texts: Callable[[Timeline], tuple[bytes, bytes]]
    """Captions as WebVTT and chapters as JSON, of a timeline."""
    check: Callable[[], None]
    """Raises where the render is not ours any more; asked where another has written in it."""
    begun_s: float | None = field(default=None, init=False)
    """When the first of it could be heard, on the monotonic clock; None while nothing can."""
    _packager: Packager = field(default_factory=Packager, init=False)
    _init_name: str = field(default="", init=False)
    _listed: list[Listed] = field(default_factory=list, init=False)
    _made: int = field(default=0, init=False)
    """How many media segments this encoding has given."""
    _told: int = field(default=0, init=False)
    """How many of them the playlist on the shelf lists."""
    _told_s: float = field(default=-math.inf, init=False)
    _texts_s: float = field(default=-math.inf, init=False)
    _is_replacing: bool = field(default=False, init=False)
    _known: bytes | None = field(default=None, init=False)
    """The playlist as we wrote it last, or found it."""
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    def resume(self) -> None:
        """Go on from what an earlier attempt has listed, as far as its files are there."""
        folder = self.shelf.stream_folder(self.render_key)
        self._known = self._read_playlist()
        with suppress(FileNotFoundError, StoreUnavailable):
            listed = self.shelf.read_growing(folder / PLAYLIST).decode()
            for each in read_playlist(listed):
                if not self.shelf.fetch(folder / each.file_name).is_file():
                    break
                self.shelf.send(folder / each.file_name)
                self._listed.append(each)
        if self._listed:
            first_s = (folder / self._listed[0].file_name).stat().st_mtime
            self.begun_s = time.monotonic() - max(0.0, time.time() - first_s)

    def begin_anew(self) -> None:
        """Encode another sound for the same places.

        The playlist stays as it is until complete() replaces it: it never becomes shorter under
        somebody who listens, and the files of the first sound stay where they are.
        """
        self._packager, self._init_name = Packager(), ""
        self._listed, self._made = [], 0
        self._is_replacing = True

    def take(self, data: bytes) -> None:
        """Take the next bytes of the encoder's. Raises StorageFull."""
        with self._turn:
            for segment in self._packager.feed(data):
                self._add(segment)
            self._tell_soon()

    def tend(self) -> None:
        """List what has waited for it; call it several times a second while nothing comes."""
        with self._turn:
            self._tell_soon()

    def complete(self) -> None:
        """Say that all is there."""
        with self._turn:
            for segment in self._packager.finish():
                self._add(segment)
            self._look_for_others()
            self._tell_texts()
            self._tell(is_complete=True)

    def _add(self, segment: MediaSegment) -> None:
        """Put a media segment on the shelf, unless its place is taken."""
        self._made += 1
        if self._made <= len(self._listed):
            return
        if not self._init_name:
            self._init_name = name_init(self._packager.init)
            self._publish(self._init_name, self._packager.init)
        name = name_media(self._made - 1, segment.data)
        self._publish(name, segment.data)
        self._listed.append(Listed(file_name=name, frames=segment.frames))

    def _tell_soon(self) -> None:
        now_s = time.monotonic()
        is_early = now_s - self._told_s < LIST_EVERY_SECONDS
        if self._is_replacing or is_early or self._told == len(self._listed):
            return
        self._look_for_others()
        if self.begun_s is None or now_s - self._texts_s > WORDS_EVERY_SECONDS:
            self._tell_texts()
        self._tell(is_complete=False)

    def _tell_texts(self) -> None:
        vtt, chapters = self.write_texts(self.laid_out())
        self._publish(CAPTIONS, vtt)
        self._publish(CHAPTERS, chapters)
        self._texts_s = time.monotonic()

    def _tell(self, *, is_complete: bool) -> None:
        name = self._init_name or name_init(self._packager.init)
        self._known = write_playlist(name, self._listed, is_complete=is_complete).encode()
        self._publish(PLAYLIST, self._known)
        self._told, self._told_s = len(self._listed), time.monotonic()
        self.begun_s = self.begun_s or self._told_s

    def _look_for_others(self) -> None:
        """Ask whether the render is still ours, where somebody else has changed its playlist."""
        if self._read_playlist() != self._known:
            self.check()

    def _read_playlist(self) -> bytes | None:
        try:
            return (self.shelf.stream_folder(self.render_key) / PLAYLIST).read_bytes()
        except FileNotFoundError:
            return None

    def _publish(self, name: str, data: bytes) -> None:
        self.shelf.publish(self.shelf.stream_folder(self.render_key) / name, data)
