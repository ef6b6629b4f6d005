"""Our renders against piper's command line plus ffmpeg, and what each kind of change costs.

Everything is run in turn, RUNS times, and printed as medians and ratios: the machine may be busy
with other things, and then slows both sides alike.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.voices import Bare
from server.audio.ffmpeg import ffmpeg_path
from server.render.passages import find_passages
from server.script import parse_script
from server.timeline import AS_WRITTEN, Options, Utterance, plan
from server.voice import PACKAGES, speakable

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts/obstacles/stepping-back.md"
MINUTES = 10
RUNS = 3


@dataclass(slots=True)
class Figures:
    """The runs of one thing to do."""

    seconds: list[float] = field(default_factory=list)
    speech_s: float = 0.0
    first_s: list[float] = field(default_factory=list)
    heard_s: list[float] = field(default_factory=list)

    def note(self, cost: dict[str, float]) -> None:
        """Keep one run."""
        self.seconds.append(cost["seconds"])
        self.speech_s = cost.get("speech_s", 0.0)
        if "first_s" in cost:
            self.first_s.append(cost["first_s"])
            self.heard_s.append(cost["heard_s"])

    @property
    def middle(self) -> float:
        """The median of its seconds."""
        return statistics.median(self.seconds)

    @property
    def rate(self) -> float:
        """Seconds of speech for each second of wall time."""
        return self.speech_s / self.middle


def main() -> None:
    """Compare, then see what length, sentences and memory do."""
    with tempfile.TemporaryDirectory(prefix="stepback-bench-") as name:
        folder = Path(name)
        # Scripts that are written into it take in the same passages as the one they are made of.
        shutil.copytree(ROOT / "scripts/passages", folder / "passages")
        compare(folder)
        grow_silence(folder)
        grow_sentences(folder)
        weigh(folder)


# ── side by side ─────────────────────────────────────────────────────────────────────────────


def compare(folder: Path) -> None:
    """Cold, cached and changed, against piper plus ffmpeg and against the bare voice."""
    rows: dict[str, Figures] = {}
    for run in range(RUNS):
        for name, do in jobs(folder, run).items():
            rows.setdefault(name, Figures()).note(do())
            print(f"  … {name}: {rows[name].seconds[-1]:.2f} s", file=sys.stderr)
    base, limit = rows["piper + ffmpeg, same pace"], rows["two bare voices"]
    print(f"{SCRIPT.name}, {MINUTES} minutes, median of {RUNS} (least to most):")
    for name, row in rows.items():
        spread = f"{min(row.seconds):.1f} to {max(row.seconds):.1f}"
        first = ""
        if row.first_s:
            first = f"   first sound {statistics.median(row.first_s):.2f} s"
            first += f", all of it {statistics.median(row.heard_s):.2f} s"
        print(f"  {name:26} {row.middle:6.2f} s   ({spread}){first}")
    ours = rows["ours, nothing spoken yet"]
    print("Ratios, of medians:")
    print(f"  speech a second, ours to piper + ffmpeg  {ours.rate / base.rate:5.2f}")
    print(f"  speech a second, ours to two bare voices {ours.rate / limit.rate:5.2f}")
    print(f"  first sound to the whole render          {first_share(ours):5.2f}")
    heard = ours.speech_s / statistics.median(ours.heard_s)
    print(
        f"  the same until all can be heard: {heard / base.rate:.2f} and {heard / limit.rate:.2f}"
    )
    dense = rows["the same in half the time"]
    print(f"  with half as much silence: {dense.rate / base.rate:.2f} and", end=" ")
    print(f"{dense.rate / limit.rate:.2f}")
    for name in ("ours, another bed", "ours, twice as long", "ours, one sentence new"):
        print(f"  {name + ' to piper + ffmpeg':40} {rows[name].middle / base.middle:5.2f}")


def first_share(row: Figures) -> float:
    """What part of a render passes before its first sound."""
    return statistics.median(row.first_s) / row.middle


def jobs(folder: Path, run: int):
    """What is timed, in its order: each render finds what those before it left on the shelf."""
    shelf, other = folder / f"shelf-{run}", folder / f"other-shelf-{run}"
    for each in (shelf, other):
        # so that the voice's own level is known, as after a worker's start
        render(ROOT / "scripts/ground/three-breaths.md", 2, each)
    return {
        "piper + ffmpeg": lambda: piper_and_ffmpeg(folder, pace=1.0),
        "piper + ffmpeg, same pace": lambda: piper_and_ffmpeg(folder, pace=PACE),
        "two bare voices": bare_voices,
        "ours, nothing spoken yet": lambda: render(SCRIPT, MINUTES, shelf),
        "the same in half the time": lambda: render(SCRIPT, MINUTES // 2, other),
        "ours, all spoken before": lambda: render(SCRIPT, MINUTES, shelf),
        "ours, another bed": lambda: render(SCRIPT, MINUTES, shelf, bed="rain"),
        "ours, twice as long": lambda: render(SCRIPT, 2 * MINUTES, shelf),
        "ours, one sentence new": lambda: render(changed(folder, run), MINUTES, shelf),
    }


def utterances() -> tuple[Utterance, ...]:
    """All sentences of the practice, each once, as our render speaks them."""
    script = parse_script(SCRIPT.read_text(), path=str(SCRIPT), passages=find_passages(SCRIPT))
    return plan(script, Options(minutes=MINUTES)).utterances


PACE = round(statistics.mean(each.pace for each in utterances()), 3)
"""The mean pace of our own render, for those who know only one."""


def piper_and_ffmpeg(folder: Path, *, pace: float) -> dict[str, float]:
    """Speak the text with piper's command line, then encode it with ffmpeg."""
    wav, mp3 = folder / "piper.wav", folder / "piper.mp3"
    text = "\n".join(each.text for each in utterances())
    piper = [sys.executable, "-m", "piper", "-m", str(PACKAGES["joe"].model_path), "-f", str(wav)]
    started = time.perf_counter()
    subprocess.run(
        [*piper, "--length-scale", str(pace)], input=text.encode(), check=True, capture_output=True
    )
    subprocess.run(
        [ffmpeg_path(), "-v", "error", "-y", "-i", str(wav), "-b:a", "64k", str(mp3)], check=True
    )
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "speech_s": wav.stat().st_size / 2 / 22_050}


def bare_voices() -> dict[str, float]:
    """Two processes that only run onnxruntime, loaded before, on the same sentences and pace."""
    bare = Bare([speakable(each.text) for each in utterances()], pace=PACE)
    seconds = bare.run()
    return {"seconds": seconds, "speech_s": bare.close()}


def render(script: Path, minutes: int, shelf: Path, *, bed: str = AS_WRITTEN) -> dict[str, float]:
    """Render in a process of its own with warm voices, and read what it cost."""
    command = [sys.executable, "-m", "bench.one_render", str(script), str(minutes), str(shelf), bed]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if ran.returncode:
        sys.exit(ran.stderr)
    cost: dict[str, float] = json.loads(ran.stdout)
    return cost


def changed(folder: Path, run: int) -> Path:
    """The script with one sentence that nobody has heard yet."""
    scripts = shutil.copytree(ROOT / "scripts", folder / f"changed-{run}")
    path = scripts / SCRIPT.relative_to(ROOT / "scripts")
    said = "You do not have to want to be here."
    text = SCRIPT.read_text()
    assert said in text
    path.write_text(text.replace(said, f"You need not want it, {run}."))
    return path


# ── what length, sentences and memory do ─────────────────────────────────────────────────────


def grow_silence(folder: Path) -> None:
    """The same sentences, spoken before, with more and more silence around them."""
    lengths = (30, 60, 90)  # from 30 minutes on all is said that the script has
    # The voice speaks it once; with another bed nothing else of that is used again.
    render(stretched(folder, lengths[0]), lengths[0], folder / "shelf-0")
    print("Cost against length of silence, all sentences spoken before:")
    for minutes in lengths:
        cost = render(stretched(folder, minutes), minutes, folder / "shelf-0", bed="wind")
        share = cost["seconds"] / (minutes * 60)
        print(
            f"  {minutes:3} minutes: first sound {cost['first_s']:.2f} s, whole "
            f"{cost['seconds']:5.1f} s ({share:.2%} of its length), {cost['spoken']} spoken"
        )


def grow_sentences(folder: Path) -> None:
    """More and more sentences that nobody has heard yet, in the same length."""
    print("Cost against number of sentences, in 20 minutes:")
    for count in (20, 40, 80):
        cost = render(with_sentences(folder, count), 20, folder / "shelf-0")
        print(
            f"  {count:3} sentences, {cost['speech_s']:5.1f} s of speech: {cost['seconds']:5.1f} s,"
            f" {cost['speech_s'] / cost['seconds']:4.1f} s of speech a second"
        )


def weigh(folder: Path) -> None:
    """Peak memory by the length of the practice."""
    print("Peak memory:")
    for minutes in (10, 30, 90):
        cost = render(stretched(folder, minutes), minutes, folder / "shelf-0", bed="rain")
        print(f"  {minutes:3} minutes with a bed: {cost['own_mb']:.0f} MB")
    cost = render(SCRIPT, MINUTES, folder / "shelf-weighed")
    voices = ", ".join(f"{mb:.0f}" for mb in cost["voice_mb"])
    print(f"  having spoken all of {SCRIPT.name}: voice processes {voices} MB")


def offering(minutes: int) -> str:
    """The script's text, with this length alone on offer, and one pace from beginning to end."""
    changes = f"minutes: [{minutes}]\ncurve: none"
    text, count = re.subn(r"(?m)^minutes: .*$", changes, SCRIPT.read_text())
    assert count == 1
    return text


def stretched(folder: Path, minutes: int) -> Path:
    """The script with another length on offer."""
    path = folder / f"stretched-{minutes}.md"
    path.write_text(offering(minutes))
    return path


def with_sentences(folder: Path, count: int) -> Path:
    """A practice of so many different sentences of much the same length."""
    front = offering(20).partition("# Arriving")[0]
    said = [
        f"This is sentence number {count * 1000 + n}, and it may be heard. [3s]"
        for n in range(count)
    ]
    path = folder / f"sentences-{count}.md"
    path.write_text("\n\n".join([front, "# All of it", *said, "[silence fill]", ""]))
    return path


if __name__ == "__main__":
    main()
