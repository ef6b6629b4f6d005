"""A sitting's playlist: a window onto its sound, from a minute ago to what is certain (RFC 8216).

It has no type: segments leave it at the front while others come at the end.
"""

from __future__ import annotations

from server.audio.live_mix import CLOSING_MS, SEGMENT_MS
from server.units import Ms, seconds_from_ms

WINDOW_MS = Ms(60_000)
"""So much of what was heard is still listed: for a line that was bad, and for going back."""

INIT_NAME = "init.mp4"

TARGET_SECONDS = 1
"""1.024 s, rounded as RFC 8216 asks; players look for new segments about as often."""

BEGAN_AT = "2000-01-01T"
"""Each sitting begins at midnight of this day. A player that knows no numbers of segments
(Apple's) tells by its date where in the sitting it is; the true day is nobody's to know."""


def list_segments(heard_ms: Ms, certain_ms: Ms, total_ms: Ms | None) -> range:
    """Tell which media segments may be listed: all that are certain, and not long gone.

    Once the whole sitting is certain the last one holds the end of the room going out.
    """
    first = max(0, heard_ms - WINDOW_MS) // SEGMENT_MS
    if total_ms is None or certain_ms < total_ms:
        return range(first, certain_ms // SEGMENT_MS)
    return range(first, -(-(total_ms + CLOSING_MS) // SEGMENT_MS))


def media_name(number: int) -> str:
    """Name a media segment, relative to the playlist."""
    return f"{number}.m4s"


def write_live_playlist(
    first: int, count: int, *, is_over: bool, heard_ms: Ms | None = None
) -> str:
    """Write the playlist of `count` media segments from number `first` on.

    `is_over` says that no other one will come. `heard_ms` is where a player is to begin that has
    no place of its own; without it players begin three segments before the end.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{TARGET_SECONDS}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if heard_ms is not None:
        offset = seconds_from_ms(Ms(max(0, heard_ms - first * SEGMENT_MS)))
        lines.append(f"#EXT-X-START:TIME-OFFSET={offset:.3f},PRECISE=YES")
    lines += [f'#EXT-X-MAP:URI="{INIT_NAME}"', f"#EXT-X-PROGRAM-DATE-TIME:{_date(first)}"]
    for number in range(first, first + count):
        lines += [f"#EXTINF:{seconds_from_ms(SEGMENT_MS):.5f},", media_name(number)]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if is_over else []), ""])


def _date(number: int) -> str:
    """The moment of the sitting at which a media segment begins, as a date of BEGAN_AT."""
    seconds, ms = divmod(number * SEGMENT_MS, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{BEGAN_AT}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{ms:03}Z"
