"""Which frames are heard in a media segment, and what a sliding playlist lists."""

from __future__ import annotations

import re
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audio.adts import GRAIN_FRAMES, GRAIN_MS, frames_of_ms, split_adts, write_adts
from server.audio.live_mix import (
    CLOSING_FRAMES,
    CLOSING_MS,
    ROOM_FRAMES,
    SEGMENT_FRAMES,
    SEGMENT_MS,
    PlacedLine,
    Room,
    frames_of_segment,
    lines_to_aac,
    read_room,
    segment_span,
)
from server.audio.live_playlist import (
    TARGET_SECONDS,
    WINDOW_MS,
    list_segments,
    write_live_playlist,
)
from server.errors import AudioError
from server.units import Ms


def named(name: str, count: int) -> tuple[bytes, ...]:
    """Frames that say whose they are."""
    return tuple(f"{name} {at}".encode() for at in range(count))


ROOM = Room(loop=named("room", ROOM_FRAMES), closing=named("closing", CLOSING_FRAMES))


@st.composite
def placed(draw) -> list[PlacedLine]:
    """Lines in their order, some of which touch; in grains, for the better part of a minute."""
    lines, at = [], 0
    for number, (gap, grains) in enumerate(
        draw(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 90)), max_size=12))
    ):
        at += gap
        frames = named(f"line {number}", grains * GRAIN_FRAMES)
        lines.append(PlacedLine(start_ms=Ms(at * GRAIN_MS), frames=frames))
        at += grains
    return lines


@given(lines=placed(), silence=st.integers(0, 60))
def test_segments_put_together_are_the_whole(lines, silence):
    """Each line is there once, whole and in its place; between is the room, then it closes."""
    end = (lines[-1].end_ms if lines else 0) // GRAIN_MS + silence
    total_ms = Ms(end * GRAIN_MS)
    count = len(list_segments(Ms(0), total_ms, total_ms))
    stream = list(
        chain.from_iterable(frames_of_segment(n, lines, ROOM, total_ms) for n in range(count))
    )
    assert len(stream) == count * SEGMENT_FRAMES
    wanted = [ROOM.loop[at % ROOM_FRAMES] for at in range(end * GRAIN_FRAMES)]
    for line in lines:
        at = frames_of_ms(line.start_ms)
        wanted[at : at + len(line.frames)] = line.frames
    assert stream[: len(wanted)] == wanted
    closing = stream[len(wanted) :]
    assert closing == list(ROOM.closing[: len(closing)])
    assert len(closing) >= frames_of_ms(CLOSING_MS)
    whole = list(split_adts(lines_to_aac(total_ms, lines, ROOM)))
    assert whole == wanted + list(ROOM.closing)


@given(lines=placed(), number=st.integers(0, 60))
def test_only_lines_of_its_span_matter_to_a_segment(lines, number):
    """Who asks for a segment need not read the lines that are not heard in it."""
    start_ms, end_ms = segment_span(number)
    near = [line for line in lines if line.start_ms < end_ms and line.end_ms > start_ms]
    assert frames_of_segment(number, near, ROOM) == frames_of_segment(number, lines, ROOM)


def test_the_room_goes_round_by_the_stream_s_own_count():
    """After forty seconds the loop begins anew, in whichever segment that is."""
    frames = frames_of_segment(ROOM_FRAMES // SEGMENT_FRAMES, (), ROOM)
    left = ROOM_FRAMES % SEGMENT_FRAMES
    assert frames == (*ROOM.loop[-left:], *ROOM.loop[: SEGMENT_FRAMES - left])


def test_a_sitting_that_is_not_over_does_not_close():
    """What has no known end has room tone for ever."""
    assert frames_of_segment(1000, (), ROOM) == frames_of_segment(1000 + ROOM_FRAMES, (), ROOM)


def test_a_room_is_read_as_it_was_written():
    """The loop and the closing come out of one file."""
    assert read_room(write_adts([*ROOM.loop, *ROOM.closing])) == ROOM


def test_a_room_that_is_not_whole_is_refused():
    """A loop of another length would have a seam."""
    with pytest.raises(AudioError, match="room tone"):
        read_room(write_adts(ROOM.loop))


def names_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.endswith(".m4s")]


def test_a_playlist_keeps_the_rules():
    """Version and map before the first segment, a sequence, no type (RFC 8216, 4.3 and 6.2.2)."""
    text = write_live_playlist(7, 3, is_over=False)
    lines = text.splitlines()
    assert lines[0] == "#EXTM3U"
    assert "#EXT-X-MEDIA-SEQUENCE:7" in lines
    assert "PLAYLIST-TYPE" not in text
    assert "DISCONTINUITY" not in text
    assert "EXT-X-START" not in text
    assert lines.index('#EXT-X-MAP:URI="init.mp4"') < lines.index("#EXTINF:1.02400,")
    assert round(SEGMENT_MS / 1000) <= TARGET_SECONDS
    assert names_in(text) == ["7.m4s", "8.m4s", "9.m4s"]


@pytest.mark.parametrize("is_over", [True, False])
def test_only_a_sitting_that_is_over_has_an_end(is_over):
    """A player that reads the end asks for no more."""
    text = write_live_playlist(0, 1, is_over=is_over)
    assert text.endswith("#EXT-X-ENDLIST\n") == is_over


def test_a_player_without_a_place_begins_where_it_is_heard():
    """From the playlist's own beginning, in seconds, to the millisecond."""
    text = write_live_playlist(100, 60, is_over=False, heard_ms=Ms(162_432))
    assert "#EXT-X-START:TIME-OFFSET=60.032,PRECISE=YES" in text.splitlines()


@pytest.mark.parametrize(
    ("first", "date"),
    [(0, "00:00:00.000"), (1, "00:00:01.024"), (586, "00:10:00.064"), (3516, "01:00:00.384")],
)
def test_a_date_tells_where_in_the_sitting_a_playlist_begins(first, date):
    """The moment of its first segment, on a day that says nothing of when it was."""
    text = write_live_playlist(first, 1, is_over=False)
    assert f"#EXT-X-PROGRAM-DATE-TIME:2000-01-01T{date}Z" in text.splitlines()


@given(moments=st.lists(st.integers(0, 10_000), max_size=30), ahead=st.integers(0, 80))
def test_the_window_only_moves_forward(moments, ahead):
    """It holds what is certain and the last minute; its numbers never go back."""
    heard = [Ms(sum(moments[:count])) for count in range(len(moments) + 1)]
    windows = [list_segments(ms, Ms(ms + ahead * GRAIN_MS), None) for ms in heard]
    for ms, window in zip(heard, windows, strict=True):
        assert window.stop * SEGMENT_MS <= ms + ahead * GRAIN_MS
        assert (window.stop + 1) * SEGMENT_MS > ms + ahead * GRAIN_MS
        assert window.start * SEGMENT_MS <= max(0, ms - WINDOW_MS)
        assert (window.start + 1) * SEGMENT_MS > ms - WINDOW_MS
    assert all(a.start <= b.start and a.stop <= b.stop for a, b in pairwise(windows))


@given(grains=st.integers(1, 2000), short=st.integers(0, 100))
def test_the_end_is_listed_when_it_is_certain(grains, short):
    """With the last grain of it the room's going out is listed too, and not before."""
    total = Ms(grains * GRAIN_MS)
    certain = Ms(max(0, grains - short) * GRAIN_MS)
    stop = list_segments(certain, certain, total).stop
    if short:
        assert stop == certain // SEGMENT_MS
    else:
        assert stop * SEGMENT_MS >= total + CLOSING_MS > (stop - 1) * SEGMENT_MS
        assert stop * SEGMENT_MS <= total + CLOSING_FRAMES // GRAIN_FRAMES * GRAIN_MS


def test_a_window_as_a_playlist_reads_as_it_is():
    """The number and count of a range are what is written."""
    window = list_segments(Ms(200_000), Ms(204_700), None)
    text = write_live_playlist(window.start, len(window), is_over=False)
    assert names_in(text) == [f"{number}.m4s" for number in window]
    assert int(re.search(r"MEDIA-SEQUENCE:(\d+)", text)[1]) == window.start
