"""Our render of Stepping back at 10 minutes against piper's command line plus ffmpeg."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from server.audio.ffmpeg import ffmpeg_path
from server.script import parse_script
from server.timeline import Options, plan
from server.voice import PACKAGES

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts/obstacles/stepping-back.md"
PACE = "1.3"
"""The script's own: it makes about a third more sound of the same text than piper's default."""

RUNS = 3


def main() -> None:
    """Run everything in turn, RUNS times, and print medians and ratios."""
    with tempfile.TemporaryDirectory(prefix="stepback-bench-") as folder:
        compare(Path(folder))
        print()
        weigh(Path(folder))


def compare(folder: Path) -> None:
    """Cold, cached, another length and one changed sentence, against piper plus ffmpeg."""
    rows: dict[str, list[float]] = {}
    for run in range(RUNS):
        shelf = folder / f"shelf-{run}"
        note(rows, "piper + ffmpeg", piper_and_ffmpeg(folder))
        note(rows, "the same at our pace", piper_and_ffmpeg(folder, "--length-scale", PACE))
        note(rows, "ours, no clip cached", render(SCRIPT, 10, shelf))
        note(rows, "ours, all clips cached", render(SCRIPT, 10, shelf))
        note(rows, "ours, 20 minutes instead", render(SCRIPT, 20, shelf))
        note(rows, "ours, one sentence changed", render(changed(folder, run), 10, shelf))
    base = statistics.median(rows["piper + ffmpeg"])
    print(f"Render of {SCRIPT.name}, 10 minutes, median of {RUNS}:")
    for name, seconds in rows.items():
        middle = statistics.median(seconds)
        spread = f"{min(seconds):.1f} to {max(seconds):.1f}"
        print(f"  {name:28} {middle:6.2f} s   ratio {middle / base:5.2f}   ({spread})")


def weigh(folder: Path) -> None:
    """Peak memory by the length of the practice; the clips come from the shelf or are spoken."""
    print("Peak memory:")
    for minutes in (10, 30, 60):
        cost = render_cost(stretched(folder, minutes), minutes, folder / "shelf-0")
        voices = ", ".join(f"{mb:.0f}" for mb in cost["voice_mb"])
        print(f"  {minutes:3} minutes: {cost['own_mb']:.0f} MB; voice processes idle {voices} MB")
    cost = render_cost(SCRIPT, 10, folder / "shelf-weighed")
    voices = ", ".join(f"{mb:.0f}" for mb in cost["voice_mb"])
    print(f"  having spoken all of it: voice processes {voices} MB")


def note(rows: dict[str, list[float]], name: str, seconds: float) -> None:
    """Keep one figure, and show that something goes on."""
    rows.setdefault(name, []).append(seconds)
    print(f"  … {name}: {seconds:.2f} s", file=sys.stderr)


def spoken_text() -> str:
    """All that is spoken, a sentence a line."""
    script = parse_script(SCRIPT.read_text(), path=str(SCRIPT))
    planned = plan(script, Options(minutes=10))
    steps = [step for stage in planned.stages for step in stage.steps]
    return "\n".join(step.utterance.text for step in steps if hasattr(step, "utterance"))


def piper_and_ffmpeg(folder: Path, *options: str) -> float:
    """Speak the text with piper's command line and its defaults, then encode it with ffmpeg."""
    wav, mp3 = folder / "piper.wav", folder / "piper.mp3"
    started = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "piper",
            "-m",
            str(PACKAGES["joe"].model_path),
            "-f",
            str(wav),
            *options,
        ],
        input=spoken_text().encode(),
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [ffmpeg_path(), "-v", "error", "-y", "-i", str(wav), "-b:a", "64k", str(mp3)], check=True
    )
    return time.perf_counter() - started


def render(script: Path, minutes: int, shelf: Path) -> float:
    """Render with warm workers; seconds of wall time."""
    return float(render_cost(script, minutes, shelf)["seconds"])


def render_cost(script: Path, minutes: int, shelf: Path) -> dict[str, object]:
    """Render in a process of its own and read what it cost."""
    ran = subprocess.run(
        [sys.executable, str(ROOT / "bench/one_render.py"), str(script), str(minutes), str(shelf)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(ran.stdout)


def changed(folder: Path, run: int) -> Path:
    """The script with one sentence that nobody has heard yet."""
    path = folder / f"changed-{run}.md"
    text = SCRIPT.read_text().replace("A little more quiet.", f"A little more quiet, {run}.")
    path.write_text(text)
    return path


def stretched(folder: Path, minutes: int) -> Path:
    """The script with another length on offer."""
    path = folder / f"stretched-{minutes}.md"
    path.write_text(SCRIPT.read_text().replace("minutes: [5, 10, 20]", f"minutes: [{minutes}]"))
    return path


if __name__ == "__main__":
    main()
