"""What the sound of a sitting costs: lines made once, and segments laid together when asked for.

Prints milliseconds for a line of five seconds and for the room, then microseconds in a web
process for reading a line, for one media segment and for one playlist.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from server.audio import line_bytes, room_bytes, sound_of_line
from server.audio.adts import GRAIN_MS, read_line
from server.audio.fmp4 import media_segment
from server.audio.live_mix import PlacedLine, frames_of_segment, read_room, segment_span
from server.audio.live_playlist import list_segments, write_live_playlist
from server.timeline import Sound
from server.units import Ms

LINES = 300
"""As many as are heard in a sitting of forty minutes."""


def seconds(work: Callable[[int], object], times: int) -> float:
    """Seconds for one of so many turns, the first and slowest left out."""
    work(0)
    began = time.perf_counter()
    for turn in range(times):
        work(turn)
    return (time.perf_counter() - began) / times


def main() -> None:
    """Measure, and print."""
    sound = sound_of_line(Sound.BELL_SMALL, Ms(5_000))
    data, room = line_bytes(sound), read_room(room_bytes())
    frames = read_line(data).frames
    lines = [PlacedLine(start_ms=Ms(at * 125 * GRAIN_MS), frames=frames) for at in range(LINES)]

    def segment(number: int) -> bytes:
        return media_segment(number, frames_of_segment(number, lines, room))

    def playlist(turn: int) -> str:
        heard = segment_span(60 + turn)[1]
        window = list_segments(heard, Ms(heard + 4_700), None)
        return write_live_playlist(window.start, len(window), is_over=False, heard_ms=heard)

    print(f"a line of 5 s   {seconds(lambda _: line_bytes(sound), 20) * 1e3:6.1f} ms")
    print(f"the room, 43 s  {seconds(lambda _: room_bytes(), 3) * 1e3:6.1f} ms")
    print(f"reading a line  {seconds(lambda _: read_line(data), 500) * 1e6:6.1f} µs")
    print(f"a media segment {seconds(segment, 2_000) * 1e6:6.1f} µs, {len(segment(0))} bytes")
    print(f"a playlist      {seconds(playlist, 2_000) * 1e6:6.1f} µs, {len(playlist(0))} bytes")


if __name__ == "__main__":
    main()
