"""One render in a process of its own, timed and weighed; bench/renders.py starts it.

Arguments: script file, minutes, shelf folder, bed. Prints one JSON line: wall seconds until the
first sound could be heard and until all was published, seconds of speech made, peak memory of
this process and of its voice processes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from server.audio import finish_clip
from server.render import Order
from server.render.passages import find_passages
from server.render.produce import produce
from server.script import parse_script
from server.store import Shelf
from server.timeline import Options, content_key, plan, plan_key
from server.voice import open_speaker

PROCESSES = 2


def peak_mb(pid: int | str) -> float:
    """Highest resident memory of a process so far, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def children_peak_mb() -> list[float]:
    """The same of the voice processes: the children that hold more than an interpreter."""
    own = Path("/proc/self/task")
    pids = [p for task in own.iterdir() for p in (task / "children").read_text().split()]
    return sorted(peak for pid in pids if (peak := peak_mb(pid)) > 60)


def main() -> None:
    """Render once, with a warm voice, and print what it cost."""
    path, minutes, shelf = Path(sys.argv[1]), int(sys.argv[2]), Shelf(Path(sys.argv[3]))
    source = path.read_text()
    script = parse_script(source, path=str(path), passages=find_passages(path))
    planned = plan(script, Options(minutes=minutes, bed=sys.argv[4]))
    speaker = open_speaker(script.voice, finish=finish_clip, processes=PROCESSES)
    speaker.warm()
    order = Order(
        script=script,
        plan=planned,
        render_key=plan_key(planned, speaker.voice.key),
        script_key=content_key("script", source),
        private_salt=None,
    )
    shelf.remove_render(order.render_key)
    first = FirstSound(shelf, order.render_key)
    clips = sum(1 for _ in shelf.root.glob("clips/*/*.flac"))
    product = produce(order, speaker=speaker, shelf=shelf, on_progress=first.look)
    seconds = time.perf_counter() - first.started
    speech_s = sum(stage["speech_ms"] for stage in product.report["stages"]) / 1000
    print(
        json.dumps(
            {
                "seconds": seconds,
                "first_s": first.seconds(),
                "heard_s": first.whole_seconds(),
                "speech_s": speech_s,
                "spoken": sum(1 for _ in shelf.root.glob("clips/*/*.flac")) - clips,
                "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "voice_mb": children_peak_mb(),
            }
        )
    )
    speaker.close()


class FirstSound:
    """Looks up when the first of a stream was on the shelf, and when all of it was."""

    def __init__(self, shelf: Shelf, key: str) -> None:
        self._folder = shelf.stream_folder(key)
        self.started, self._begun_at = time.perf_counter(), time.time()

    def look(self, _progress: object) -> None:
        """Progress is of no interest here."""

    def seconds(self) -> float:
        """From the beginning of the render, by the file's own time."""
        return self._since(min(self._folder.glob("00000-*.m4s")))

    def whole_seconds(self) -> float:
        """From the beginning until all of it could be heard."""
        return self._since(self._folder / "playlist.m3u8")

    def _since(self, path: Path) -> float:
        return path.stat().st_mtime - self._begun_at


if __name__ == "__main__":
    main()
