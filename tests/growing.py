"""A practice that grows: real sound, encoded in pieces, put on the shelf one after the other."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from server.audio.bells import bell
from server.audio.ffmpeg import PCM_FLOAT, ffmpeg_path
from server.audio.sounds import room_tone
from server.store import Shelf
from server.timeline import Sound
from server.units import SAMPLE_RATE_HZ

PIECE_SECONDS = 1.6
"""75 frames of AAC at 48 kHz: pieces of this length end where a frame ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One media segment."""

    seconds: float
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A whole practice in pieces."""

    init: bytes
    pieces: tuple[Piece, ...]


def encode(folder: Path, seconds: float) -> Encoded:
    """Encode a room in which a bell is struck every few seconds, as a worker would."""
    count = round(seconds * SAMPLE_RATE_HZ)
    sound = np.resize(room_tone(), count).copy()
    stroke = bell(Sound.BELL_SMALL)
    for start in range(0, count, 3 * SAMPLE_RATE_HZ):
        length = min(len(stroke), count - start)
        sound[start : start + length] += stroke[:length]
    command = [
        *(ffmpeg_path(), "-v", "error", *PCM_FLOAT, "-i", "pipe:0"),
        *("-c:a", "aac", "-profile:a", "aac_low", "-b:a", "64k"),
        *("-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "event"),
        *("-hls_time", str(PIECE_SECONDS), "-hls_fmp4_init_filename", "init.mp4"),
        *("-hls_segment_filename", str(folder / "%05d.m4s"), str(folder / "all.m3u8")),
    ]
    subprocess.run(command, input=sound.astype("<f4").tobytes(), check=True)
    lengths = re.findall(r"#EXTINF:([\d.]+)", (folder / "all.m3u8").read_text())
    pieces = tuple(
        Piece(seconds=float(length), content=path.read_bytes())
        for length, path in zip(lengths, sorted(folder.glob("*.m4s")), strict=True)
    )
    return Encoded(init=(folder / "init.mp4").read_bytes(), pieces=pieces)


@dataclass(slots=True, kw_only=True)
class Growing:
    """One practice as it grows on a shelf, by the same rules as a worker's."""

    shelf: Shelf
    key: str
    encoded: Encoded
    made: int = 0
    """How many pieces are there."""
    rows: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How much can be heard."""
        return round(sum(piece.seconds for piece in self.encoded.pieces[: self.made]), 3)

    @property
    def is_whole(self) -> bool:
        """True when every piece is there."""
        return self.made == len(self.encoded.pieces)

    def grow(self, count: int = 1) -> None:
        """Publish the next pieces, each with the playlist that lists it; the last one ends it."""
        for piece in self.encoded.pieces[self.made : self.made + count]:
            if not self.rows:
                self.rows.append(f'#EXT-X-MAP:URI="{self._put("init-", self.encoded.init, "mp4")}"')
            name = self._put(f"{self.made:05}-", piece.content, "m4s")
            self.rows += [f"#EXTINF:{piece.seconds:.6f},", name]
            self.made += 1
            if self.is_whole:
                self.rows.append("#EXT-X-ENDLIST")
            self.put("playlist.m3u8", self.playlist())

    def playlist(self) -> str:
        """The playlist as it is now."""
        head = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:4", "#EXT-X-MEDIA-SEQUENCE:0"]
        return "\n".join([*head, "#EXT-X-PLAYLIST-TYPE:EVENT", *self.rows, ""])

    def put(self, name: str, text: str) -> None:
        """Put a file that grows in the place of the one before it."""
        self.shelf.publish(self.shelf.stream_folder(self.key) / name, text.encode())

    def piece_name(self, number: int) -> str:
        """The name under which a piece is published; -1 is the init segment."""
        if number < 0:
            return f"init-{_digest(self.encoded.init)}.mp4"
        return f"{number:05}-{_digest(self.encoded.pieces[number].content)}.m4s"

    def _put(self, prefix: str, content: bytes, ending: str) -> str:
        name = f"{prefix}{_digest(content)}.{ending}"
        self.shelf.publish(self.shelf.stream_folder(self.key) / name, content)
        return name


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
