"""ffmpeg in hand: missing, failing, hanging or flooding, it is an error and never a hang."""

from __future__ import annotations

import stat

import pytest

from server.audio import ffmpeg
from server.audio.ffmpeg import Ffmpeg
from server.errors import FfmpegFailed


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Put a script in ffmpeg's place."""

    def put(script: str) -> None:
        program = tmp_path / "ffmpeg"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(ffmpeg, "ffmpeg_path", lambda: str(program))

    return put


def feed(deadline_seconds: float = 5.0, data: bytes = b"x" * 10_000_000) -> str:
    with Ffmpeg("-version", deadline_seconds=deadline_seconds) as process:
        process.write(data)
        return process.finish()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 127", "ended with 127"),
        ("echo broken >&2; exit 1", "ended with 1: broken"),
        ("kill -SEGV $$", "ended with -11"),
        ("head -c 100 >/dev/null; echo enough >&2; exit 3", "enough"),
    ],
)
def test_a_failing_ffmpeg_says_how_it_ended(pretend, script, message):
    """Its exit code and its last line are in the error."""
    pretend(script)
    with pytest.raises(FfmpegFailed, match=message):
        feed()


def test_a_hanging_ffmpeg_is_stopped_at_its_deadline(pretend):
    """One that reads nothing and never ends is killed, and said to have been late."""
    pretend("exec sleep 600")
    with pytest.raises(FfmpegFailed, match="too long"):
        feed(deadline_seconds=0.3)


def test_any_amount_of_messages_is_taken(pretend):
    """One that floods its standard error is not stopped by a full pipe."""
    pretend("head -c 3000000 /dev/zero | tr '\\0' 'm' >&2; cat >/dev/null")
    assert len(feed(data=b"x")) == 3_000_000


def test_a_missing_ffmpeg_is_told(monkeypatch):
    """Where the program is not there, the error says so."""
    monkeypatch.setattr(ffmpeg, "ffmpeg_path", lambda: "/no/such/ffmpeg")
    with pytest.raises(FfmpegFailed, match="cannot be started"):
        feed()
