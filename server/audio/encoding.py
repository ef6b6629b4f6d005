"""Mixed blocks → an MP3, an Opus file and a stream of fragments, all in one pass of one ffmpeg.

The MP3 is written to a seekable file, so that its header is whole; the fragments come out while
the blocks go in, so that the beginning can be heard before there is an end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from server.audio.ffmpeg import PCM_FLOAT, Ffmpeg
from server.audio.hls import FRAGMENT_FRAMES
from server.units import SAMPLE_RATE_HZ

BITRATE = "64k"
"""Constant in the MP3, for exact seeking; speech of 11 kHz bandwidth in mono wants no more."""

_LIMITER = "alimiter=level=disabled:limit=0.8:attack=5:release=80:latency=1"
"""Catches the last peaks at -1.9 dBFS, and leaves what lies below them as it is."""

_LAME_SCALE = "volume=1/0.95"
"""LAME multiplies every sound by 0.95 before it encodes; without this the file is 0.45 dB low."""

_MP3 = (
    "-c:a", "libmp3lame", "-b:a", BITRATE, "-compression_level", "7",
    "-map_metadata", "-1", "-id3v2_version", "0", "-write_xing", "1", "-f", "mp3",
)  # fmt: skip

_OPUS = (
    # Up to level 5 all of it is coded as sound; from 7 on the quiet room is taken for speech, which
    # costs twice the time and 0.2 LU of its loudness.
    "-c:a", "libopus", "-b:a", "32k", "-application", "audio", "-compression_level", "5",
    "-map_metadata", "-1", "-f", "ogg",
)  # fmt: skip

_AAC = (
    # By quality and not by bit rate, which a quiet room would have the coder look for again and
    # again: about 55 kbit/s, 1.7 s instead of 3.7 s for 600 s of sound.
    "-c:a", "aac", "-aac_coder", "fast", "-q:a", "1", "-map_metadata", "-1",
)  # fmt: skip

_FRAGMENTS = (
    *_AAC, "-f", "mp4", "-movflags", "empty_moov+default_base_moof", "-flush_packets", "1",
    "-frag_duration", str(FRAGMENT_FRAMES * 1_000_000 // SAMPLE_RATE_HZ),
)  # fmt: skip

DEADLINE_SECONDS = 4 * 3600.0
"""An encoder stays open while the voice speaks; this only bounds one that hangs."""

SHORT_DEADLINE_SECONDS = 30.0
"""A line has no voice to wait for."""

OnFragments = Callable[[bytes], None]
"""Gets what ffmpeg wrote, in any portions, in a thread of its own."""


def encode(
    blocks: Iterable[np.ndarray],
    path: Path,
    *,
    opus_path: Path | None = None,
    on_fragments: OnFragments | None = None,
) -> None:
    """Encode float32 mono blocks at SAMPLE_RATE_HZ to the MP3 `path`.

    The same sound goes as Opus in Ogg to `opus_path`, where there is one, and as fragments to
    `on_fragments`, where somebody takes them. Raises FfmpegFailed, and whatever giving a block or
    taking a fragment raises; all stops then.
    """
    pads, outputs = "[m]", ["-map", "[l]", *_MP3, "-y", str(path)]
    if opus_path is not None:
        pads, outputs = f"{pads}[o]", [*outputs, "-map", "[o]", *_OPUS, "-y", str(opus_path)]
    if on_fragments is not None:
        pads, outputs = f"{pads}[s]", [*outputs, "-map", "[s]", *_FRAGMENTS, "pipe:1"]
    graph = f"[0:a]{_LIMITER},asplit={pads.count('[')}{pads};[m]{_LAME_SCALE}[l]"
    with Ffmpeg(
        *PCM_FLOAT, "-i", "pipe:0", "-filter_complex", graph, *outputs,
        deadline_seconds=DEADLINE_SECONDS,
    ) as ffmpeg:  # fmt: skip
        _pass_through(ffmpeg, blocks, on_fragments or _take_nothing)


def _take_nothing(_data: bytes) -> None:
    """Where nothing is asked for, nothing comes."""


def encode_aac(sound: np.ndarray) -> bytes:
    """Encode a short sound as the stream's: float32 mono → frames of AAC with headers (ADTS).

    Raises FfmpegFailed.
    """
    portions: list[bytes] = []
    with Ffmpeg(
        *PCM_FLOAT, "-i", "pipe:0", "-af", _LIMITER, *_AAC, "-f", "adts", "pipe:1",
        deadline_seconds=SHORT_DEADLINE_SECONDS,
    ) as ffmpeg:  # fmt: skip
        _pass_through(ffmpeg, (sound,), portions.append)
    return b"".join(portions)


def _pass_through(ffmpeg: Ffmpeg, blocks: Iterable[np.ndarray], on_data: OnFragments) -> None:
    """Write blocks into ffmpeg to the end, and read in another thread what comes out."""
    with ThreadPoolExecutor(1, thread_name_prefix="fragments") as thread:
        reading = thread.submit(_read, ffmpeg, on_data)
        try:
            for block in blocks:
                ffmpeg.write(np.ascontiguousarray(block, dtype="<f4").data)
            ffmpeg.close_input()
        except BaseException:
            ffmpeg.kill()  # so that the reader comes to its end
            if (refused := reading.exception()) is not None:
                raise refused from None  # that is why ffmpeg was gone
            raise
        reading.result()
        ffmpeg.finish()


def _read(ffmpeg: Ffmpeg, on_fragments: OnFragments) -> None:
    """Hand on what ffmpeg writes; when that fails, stop ffmpeg, so that nobody waits for it."""
    try:
        for data in ffmpeg.read_as_it_comes():
            on_fragments(data)
    except BaseException:
        ffmpeg.kill()
        raise
