"""The one place where ffmpeg is run: constant argument lists, pipes, a deadline, no shell."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Self

import imageio_ffmpeg

from server.errors import FfmpegFailed
from server.units import SAMPLE_RATE_HZ

GUARD = ("-hide_banner", "-nostdin", "-nostats", "-protocol_whitelist", "file,pipe")
PCM_FLOAT = ("-f", "f32le", "-ar", str(SAMPLE_RATE_HZ), "-ac", "1")
PCM_INT = ("-f", "s16le", "-ar", str(SAMPLE_RATE_HZ), "-ac", "1")
BLOCK_BYTES = 2 * SAMPLE_RATE_HZ


@lru_cache(maxsize=1)
def ffmpeg_path() -> str:
    """Find ffmpeg: the one of the imageio-ffmpeg package, or what IMAGEIO_FFMPEG_EXE names."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FfmpegFailed("ffmpeg is missing. Install the package imageio-ffmpeg.") from error


class Ffmpeg:
    """One running ffmpeg; leaving its `with` block stops it, whatever happened."""

    def __init__(self, *arguments: str, deadline_seconds: float) -> None:
        command = [ffmpeg_path(), *GUARD, *arguments]
        # A file takes any amount of messages; a pipe that nobody reads would stop ffmpeg.
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                start_new_session=True,
                env={"PATH": os.defpath, "LC_ALL": "C"},
            )
        except OSError as error:
            self._messages.close()
            raise FfmpegFailed(f"ffmpeg cannot be started: {error.strerror}.") from error
        self._is_late = False
        self._watch = threading.Timer(deadline_seconds, self._stop_late)
        self._watch.daemon = True
        self._watch.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop it if it still runs, and let go of all that it held."""
        self._watch.cancel()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._pipe("stdin"), self._pipe("stdout")):
            try:
                pipe.close()
            except BrokenPipeError:
                # What was still in the buffer has no reader any more; that is why we are here.
                continue
        self._messages.close()

    def write(self, data: bytes | memoryview) -> None:
        """Feed its standard input. Raises FfmpegFailed when it has ended early."""
        try:
            self._pipe("stdin").write(data)
        except BrokenPipeError as error:
            self._process.wait()
            raise self._failure() from error

    def read_blocks(self) -> Iterator[bytes]:
        """Read its standard output to the end, a second of 16-bit sound at a time."""
        while block := self._pipe("stdout").read(BLOCK_BYTES):
            yield block

    def read_as_it_comes(self) -> Iterator[bytes]:
        """Read its standard output to the end, in whatever portions it writes."""
        output = self._pipe("stdout").fileno()
        while block := os.read(output, BLOCK_BYTES):
            yield block

    def kill(self) -> None:
        """Stop it at once; who reads or writes finds out."""
        self._process.kill()

    def close_input(self) -> None:
        """Say that no more comes. Raises FfmpegFailed when it has ended early."""
        try:
            self._pipe("stdin").close()
        except BrokenPipeError as error:
            self._process.wait()
            raise self._failure() from error

    def finish(self) -> str:
        """Close its input, wait for its end and return what it said. Raises FfmpegFailed."""
        self.close_input()
        if self._process.wait() != 0 or self._is_late:
            raise self._failure()
        return self._said()

    def _pipe(self, name: str) -> IO[bytes]:
        pipe: IO[bytes] = getattr(self._process, name)
        return pipe

    def _said(self) -> str:
        self._messages.seek(0)
        return self._messages.read().decode(errors="replace")

    def _failure(self) -> FfmpegFailed:
        if self._is_late:
            return FfmpegFailed("ffmpeg took too long and was stopped.")
        last_line = self._said().strip().rpartition("\n")[2][-300:]
        return FfmpegFailed(f"ffmpeg ended with {self._process.returncode}: {last_line}")

    def _stop_late(self) -> None:
        self._is_late = True
        self._process.kill()
