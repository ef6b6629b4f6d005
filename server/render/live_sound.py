"""What a sitting sounds like: lines from the shelf, laid into media segments and the ground.

A line that is not there when it is to be heard becomes room tone, and is told in the log: a
sitting goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.audio.adts import LineFrames, read_line
from server.audio.live_mix import (
    PlacedLine,
    Room,
    frames_of_segment,
    lines_to_aac,
    read_room,
    segment_span,
)
from server.audio.live_playlist import list_segments
from server.errors import AudioError, Busy, StoreUnavailable
from server.render.live_lines import Needs, key_of, room_line_key
from server.render.recent import Recent
from server.sitting import Line, Performance, Program, lay_ground
from server.store import Shelf
from server.store.broken import is_broken
from server.timeline import Utterance
from server.units import Ms

logger = logging.getLogger(__name__)

MOST_LINES = 300
"""So many lines a process remembers: about 6 MB, more than one sitting has."""

PathOf = Callable[[Line], Path]
"""Says where a line of a sitting is."""


@dataclass(slots=True, kw_only=True)
class LiveSound:
    """Reads lines, and remembers those that were heard last."""

    shelf: Shelf
    _lines: Recent[Path, LineFrames] = field(default_factory=lambda: Recent(MOST_LINES), init=False)
    _lengths: dict[str, Ms] = field(default_factory=dict, init=False)
    _room: Room | None = field(default=None, init=False)

    def find_lengths(self, needs: Needs) -> dict[str, Ms]:
        """Tell the lengths of the lines that are there, by their keys.

        Whoever asks is taken to need them soon: they count as used.
        """
        self.shelf.bring(map(self.shelf.line_path, needs.keys))
        there = (key for key in needs.keys if self.shelf.has_line(key))
        lengths = {key: self._length_of(key) for key in there}
        return {key: length_ms for key, length_ms in lengths.items() if length_ms is not None}

    def has_room(self) -> bool:
        """True where the room tone is there, without which nothing can be heard."""
        return self._room is not None or self._room_path().is_file()

    def segment(self, number: int, performance: Performance, path_of: PathOf) -> tuple[bytes, ...]:
        """Choose the frames of a media segment, all of which must be certain."""
        start_ms, end_ms = segment_span(number)
        lines = (
            line
            for line in performance.lines
            if line.start_ms < end_ms and line.start_ms + line.length_ms > start_ms
        )
        placed = self._place((line.start_ms, path_of(line)) for line in lines)
        return frames_of_segment(number, placed, self._get_room(), performance.total_ms)

    def ground(self, program: Program, lengths: Mapping[Utterance, Ms], voice_key: str) -> bytes:
        """Join the lines of a program's ground to one file, for a phone to keep."""
        lines, length_ms = lay_ground(program, lengths)
        placed = self._place(
            (line.start_ms, self.shelf.line_path(key_of(line, voice_key))) for line in lines
        )
        return lines_to_aac(length_ms, placed, self._get_room())

    def _place(self, lines: Iterable[tuple[Ms, Path]]) -> Iterator[PlacedLine]:
        for start_ms, path in lines:
            line = self._read(path)
            if line is not None:
                yield PlacedLine(start_ms=start_ms, frames=line.frames)

    def _length_of(self, key: str) -> Ms | None:
        if key not in self._lengths:
            try:
                self._lengths[key] = read_line(self.shelf.line_path(key).read_bytes()).length_ms
            except FileNotFoundError:
                return None  # pruned meanwhile: it is made anew
            except (OSError, AudioError) as error:
                self._drop_if_broken(self.shelf.line_path(key), error)
                return None
        return self._lengths[key]

    def _read(self, path: Path) -> LineFrames | None:
        line = self._lines.get(path)
        if line is None:
            try:
                line = read_line(self.shelf.read(path))
            except (OSError, AudioError, StoreUnavailable) as error:
                logger.error("line not heard reason=%s", type(error).__name__)  # noqa: TRY400 - paths of private lines are nobody's to know
                self._drop_if_broken(path, error)
                return None
        return self._lines.put(path, line)

    def _get_room(self) -> Room:
        if self._room is None:
            try:
                self._room = read_room(self._room_path().read_bytes())
            except (OSError, AudioError) as error:
                logger.error("room tone missing reason=%s", type(error).__name__)  # noqa: TRY400 - nothing more is known
                self._drop_if_broken(self._room_path(), error)
                raise Busy from error  # a worker makes it within seconds
        return self._room

    def _room_path(self) -> Path:
        return self.shelf.fetch(self.shelf.room_line_path(room_line_key()))

    def _drop_if_broken(self, path: Path, error: Exception) -> None:
        """Have a line made anew, where it is there and cannot be used."""
        if isinstance(error, AudioError) or (isinstance(error, OSError) and is_broken(error)):
            self.shelf.drop_broken(path)

    def forget(self, folder: Path) -> None:
        """Remember no line of this folder any more."""
        self._lines.drop(lambda path: path.parent == folder)


def is_certain(number: int, performance: Performance) -> bool:
    """True where a media segment may be handed out, also one that is not listed any more."""
    listed = list_segments(performance.heard_ms, performance.certain_ms, performance.total_ms)
    return 0 <= number < listed.stop
