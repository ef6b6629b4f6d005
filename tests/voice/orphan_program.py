"""Starts a voice process, names it, and is killed: the test watches what becomes of its child."""

from __future__ import annotations

import sys
from pathlib import Path

from server.audio import finish_clip
from server.timeline import Utterance
from server.voice import PACKAGED_VOICES
from server.voice.speaker import PiperSpeaker


def main() -> None:
    """Open a pool of one process, print its pid, and wait to be killed."""
    import accidents

    speaker = PiperSpeaker(
        PACKAGED_VOICES.get("joe"),
        model_path=Path("/nowhere"),
        config_path=Path("/nowhere.json"),
        finish=finish_clip,
        processes=1,
        speak_one=accidents.speak_or_fail,
    )
    list(speaker.speak([Utterance(text="Sit down.", pace=1.3)]))
    (pid,) = (
        child
        for child in Path("/proc/self/task").glob("*/children")
        for child in child.read_text().split()
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()
    )
    print(pid, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
