"""Fragments, media segments and their playlist: what ffmpeg writes, cut and listed."""

from __future__ import annotations

import subprocess
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audio import encode
from server.audio.ffmpeg import ffmpeg_path
from server.audio.hls import (
    FIRST_SINGLE,
    FRAGMENT_FRAMES,
    Listed,
    Packager,
    count_frames,
    name_init,
    name_media,
    read_playlist,
    write_playlist,
)
from server.errors import StorageFull
from server.timeline import Sound
from server.units import SAMPLE_RATE_HZ

LENGTH_MS = 30_000


@pytest.fixture
def sound(timeline, mix):
    """Half a minute: a bell, and a pause."""
    return lambda: mix(timeline((Sound.BELL_SMALL, 6000), (None, LENGTH_MS - 6000)))


@pytest.fixture
def written(sound, tmp_path) -> bytes:
    """All that ffmpeg writes as fragments."""
    portions: list[bytes] = []
    encode(sound(), tmp_path / "practice.mp3", on_fragments=portions.append)
    assert len(portions) > 1
    return b"".join(portions)


def packaged(data: bytes, size: int):
    packager = Packager()
    segments = [s for at in range(0, len(data), size) for s in packager.feed(data[at : at + size])]
    return packager.init, [*segments, *packager.finish()]


def test_media_segments_are_whole_frames_and_sum_to_the_practice(written):
    """The first ones are a fragment each, the later ones two; no sample is lost."""
    _, segments = packaged(written, 4096)
    assert [s.frames for s in segments[:FIRST_SINGLE]] == [FRAGMENT_FRAMES] * FIRST_SINGLE
    assert {s.frames for s in segments[FIRST_SINGLE:-1]} == {2 * FRAGMENT_FRAMES}
    total = sum(s.frames for s in segments)
    # The encoder's own delay of one frame, and the last one filled up.
    assert 0 <= total - LENGTH_MS * 48 <= 2 * 1024


@pytest.mark.parametrize("size", [7, 1000, 10**9])
def test_portions_do_not_matter(written, size):
    """However the bytes come, the segments are the same."""
    assert packaged(written, size) == packaged(written, 4096)


def test_it_decodes_to_the_sound_that_went_in(written, sound, tmp_path):
    """Init and segments put together are AAC-LC, mono, 48 kHz, with the practice's sound."""
    init, segments = packaged(written, 4096)
    path = tmp_path / "whole.mp4"
    path.write_bytes(init + b"".join(s.data for s in segments))
    said = subprocess.run([ffmpeg_path(), "-hide_banner", "-i", str(path)],
                          capture_output=True, text=True, check=False).stderr  # fmt: skip
    assert "Audio: aac (LC)" in said
    assert "48000 Hz, mono" in said
    decoded = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", str(path), "-f", "f32le", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    heard, wanted = np.frombuffer(decoded, dtype="<f4"), np.concatenate(list(sound()))
    parts = [(slice(at, at + 48_000)) for at in range(48_000, len(wanted) - 96_000, 48_000)]
    levels = [(np.std(heard[p]), np.std(wanted[p])) for p in parts]
    assert all(found == pytest.approx(asked, rel=0.25) for found, asked in levels)


def test_each_segment_can_be_played_by_itself(written, tmp_path):
    """Any one of them after the init segment decodes without a complaint."""
    init, segments = packaged(written, 4096)
    for segment in (segments[0], segments[3], segments[-1]):
        path = tmp_path / "part.mp4"
        path.write_bytes(init + segment.data)
        said = subprocess.run(
            [ffmpeg_path(), "-v", "error", "-i", str(path), "-f", "null", "-"],
            capture_output=True, text=True, check=True,
        ).stderr  # fmt: skip
        assert said == ""


def test_the_first_fragments_come_before_the_last_block_goes_in(timeline, mix, tmp_path):
    """What goes in can be heard while more is on its way."""
    seen: list[int] = []
    got = []

    def blocks():
        for block in mix(timeline((None, 20_000))):
            seen.append(len(got))
            yield block

    encode(blocks(), tmp_path / "practice.mp3", on_fragments=got.append)
    assert max(seen) > 0


def test_what_taking_a_fragment_raises_stops_the_encoding(sound, tmp_path):
    """A full disk at the first fragment is what is raised, and not ffmpeg's own end."""
    given_blocks = []

    def blocks():
        for _ in range(100):
            for block in sound():
                given_blocks.append(1)
                yield block

    def full(_data) -> None:
        raise StorageFull(tmp_path)

    with pytest.raises(StorageFull):
        encode(blocks(), tmp_path / "practice.mp3", on_fragments=full)
    assert len(given_blocks) < 3000


def test_what_a_block_raises_stops_the_encoding(sound, tmp_path):
    """Who stops in the middle is not kept waiting for ffmpeg."""

    def blocks():
        yield next(sound())
        raise InterruptedError

    with pytest.raises(InterruptedError):
        encode(blocks(), tmp_path / "practice.mp3")


NAMES = st.integers(0, 10**5).map(lambda n: name_media(n, str(n).encode()))
LISTED = st.lists(st.builds(Listed, file_name=NAMES, frames=st.integers(1, 4 * SAMPLE_RATE_HZ)))


@given(listed=LISTED, is_complete=st.booleans())
def test_a_playlist_reads_as_it_was_written(listed, is_complete):
    """What is listed comes back, to the frame; only a complete one has an end."""
    text = write_playlist(name_init(b"init"), listed, is_complete=is_complete)
    assert read_playlist(text) == tuple(listed)
    assert text.endswith("#EXT-X-ENDLIST\n") == is_complete


def test_a_playlist_keeps_the_rules():
    """Version, type, target duration and map stand before the first segment (RFC 8216)."""
    listed = [Listed(file_name=name_media(n, b"x"), frames=2 * FRAGMENT_FRAMES) for n in range(3)]
    lines = write_playlist(name_init(b"i"), listed, is_complete=True).splitlines()
    assert lines[0] == "#EXTM3U"
    assert lines.index("#EXT-X-VERSION:7") < lines.index("#EXTINF:3.20000,")
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in lines
    target = int(next(line for line in lines if "TARGETDURATION" in line).partition(":")[2])
    assert target >= 2 * FRAGMENT_FRAMES / SAMPLE_RATE_HZ
    assert all(one < two for one, two in pairwise(e.file_name for e in listed))


@pytest.mark.parametrize("broken", [b"\0\0\0\3moof", b"\0\0\0\x08free" * 2])
def test_what_ffmpeg_never_writes_is_an_error(broken):
    """A box without a size, or a fragment without its inner boxes, is not passed over."""
    with pytest.raises(ValueError, match="ffmpeg wrote"):
        list(Packager().feed(broken)) or count_frames(b"\0\0\0\x08moof" + broken)


def test_lengths_of_single_samples_are_read_where_they_are_given():
    """A fragment whose last sample is shorter says the length of each of its samples."""
    trun = b"\0\0\x01\x01" + (2).to_bytes(4, "big") + bytes(4)
    trun += (1024).to_bytes(4, "big") + (400).to_bytes(4, "big")
    tfhd = bytes(8)

    def box(kind: bytes, inner: bytes) -> bytes:
        return (8 + len(inner)).to_bytes(4, "big") + kind + inner

    assert count_frames(box(b"moof", box(b"traf", box(b"tfhd", tfhd) + box(b"trun", trun)))) == 1424
