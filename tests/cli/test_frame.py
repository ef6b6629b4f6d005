"""What every command stands in: how a wait is told, and how one that is stopped ends."""

from __future__ import annotations

import io
import sys
import threading

import click
import pytest
from click.testing import CliRunner

from server.cli import frame
from server.cli.frame import Commands, counting_bar, waiting


class Screen(io.StringIO):
    """Somebody is watching; `written` is set as soon as there is something to see."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        """Like a terminal."""
        return True

    def write(self, text: str) -> int:
        """Write, and say so."""
        count = super().write(text)
        self.written.set()
        return count


def test_a_wait_is_told_and_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for, for how long by now, and how to stop it; nothing of it stays."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(frame, "TELL_EVERY_S", 0.01)
    with waiting("Trying the voice"):
        assert screen.written.wait(10)
    assert screen.getvalue().startswith("\rTrying the voice: 0 s (Ctrl-C stops it)")
    last = screen.getvalue().rsplit("\r", 2)[1:]
    assert (last[0].strip(), last[1]) == ("", "")


def test_a_short_wait_is_not_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there within a second needs no words."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with waiting("Trying the voice"):
        pass
    assert screen.getvalue() == ""


def test_where_nobody_watches_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log is not filled with seconds."""
    monkeypatch.setattr(frame, "TELL_EVERY_S", 0.0)
    before = threading.active_count()
    with waiting("Trying the voice"):
        assert threading.active_count() == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("is_watched", "is_quiet"), [(True, False), (True, True), (False, False)])
def test_what_is_counted_is_shown_to_who_watches(
    monkeypatch: pytest.MonkeyPatch, is_watched: bool, is_quiet: bool
) -> None:
    """How much of all there is; nothing of it in a log, or where quiet was asked for."""
    screen = Screen()
    monkeypatch.setattr(screen, "isatty", lambda: is_watched)
    monkeypatch.setattr(sys, "stderr", screen)
    shown = []
    with counting_bar(is_quiet=is_quiet) as begin:
        advance = begin(4)
        for _ in range(4):
            advance(1)
            shown.append(screen.getvalue().rpartition("[")[2])
    if is_watched and not is_quiet:
        assert [part.split()[-1] for part in shown] == ["25%", "50%", "75%", "100%"]
    else:
        assert screen.getvalue() == ""


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, click.Abort])
def test_what_is_stopped_ends_calmly(stopped: type[BaseException]) -> None:
    """Ctrl-C, or no to a question: one sentence, and exit code 1."""

    @click.group(cls=Commands)
    def group() -> None:
        """Hold the command."""

    @group.command()
    def command() -> None:
        raise stopped

    result = CliRunner().invoke(group, ["command"])
    assert (result.exit_code, result.stderr.strip()) == (1, "Stopped; nothing more was done.")
