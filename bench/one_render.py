"""One render in a process of its own, timed and weighed; bench/run.py starts it.

Arguments: script file, minutes, shelf folder, number of renders before the one that counts.
Prints one JSON line: wall seconds, peak memory of this process and of its voice processes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from server.audio import finish_clip
from server.render import Order
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
    """Render once and print what it cost."""
    path, minutes, shelf_path = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    source = path.read_text()
    script = parse_script(source, path=str(path))
    planned = plan(script, Options(minutes=minutes))
    speaker = open_speaker(script.voice, finish=finish_clip, processes=PROCESSES)
    speaker.warm()
    order = Order(
        script=script,
        plan=planned,
        render_key=plan_key(planned, speaker.voice.key),
        script_key=content_key("script", source),
        private_salt=None,
    )
    phases: dict[str, float] = {}
    started = time.perf_counter()
    product = produce(
        order,
        speaker=speaker,
        shelf=Shelf(shelf_path),
        on_progress=lambda p: phases.setdefault(p.phase, time.perf_counter() - started),
    )
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "seconds": seconds,
                "phases": phases,
                "speech_s": sum(s["speech_ms"] for s in product.report["stages"]) / 1000,
                "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "voice_mb": children_peak_mb(),
            }
        )
    )
    speaker.close()


if __name__ == "__main__":
    main()
