"""Our pool of voice processes against bare ones: how much of what the voice can do arrives.

Bare: as many processes, each with the model in a session of one thread, given nothing but phoneme
ids and giving nothing back. Ours: the same sentences as text, through `speak()`, finished as
clips. Both are loaded beforehand and run in turn; what is compared is wall time.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

from server.audio import finish_clip
from server.render.passages import find_passages
from server.script import parse_script
from server.timeline import Options, Utterance, plan
from server.voice import PACKAGES, open_speaker, speakable

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts/obstacles/stepping-back.md"
PROCESSES = min(2, os.cpu_count() or 1)
SENTENCES = 40
RUNS = 4


def main() -> None:
    """Run both in turn, RUNS times, and print what ours reaches of the bare speed."""
    spoken = sentences()
    speaker = open_speaker("joe", finish=finish_clip, processes=PROCESSES)
    speaker.warm()
    bare = Bare([speakable(each.text) for each in spoken], pace=spoken[0].pace)
    ours_s, bare_s = [], []
    for _ in range(RUNS):
        bare_s.append(bare.run())
        started = time.perf_counter()
        clips = sum(1 for _ in speaker.speak(spoken))
        ours_s.append(time.perf_counter() - started)
        assert clips == len(spoken)
        print(f"  … bare {bare_s[-1]:.2f} s, ours {ours_s[-1]:.2f} s", file=sys.stderr)
    speaker.close()
    speech_s = bare.close()
    for name, seconds in (("bare", bare_s), ("ours", ours_s)):
        middle = statistics.median(seconds)
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        print(f"{name}: {speech_s / middle:5.1f} s of speech a second ({middle:.2f} s; {spread})")
    ratio = statistics.median(bare / ours for bare, ours in zip(bare_s, ours_s, strict=True))
    print(f"ours reaches {ratio:.3f} of the bare speed, {PROCESSES} processes each")


def sentences() -> list[Utterance]:
    """The first sentences of a shipped practice."""
    script = parse_script(SCRIPT.read_text(), path=str(SCRIPT), passages=find_passages(SCRIPT))
    return list(plan(script, Options(minutes=10)).utterances[:SENTENCES])


class Bare:
    """Processes that only infer, kept between runs."""

    def __init__(self, texts: list[str], *, pace: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._barrier = context.Barrier(PROCESSES + 1)
        self._samples = context.Value("q", 0)
        self._next = context.Value("i", 0)
        arguments = (texts, pace, self._barrier, self._samples, self._next)
        self._processes = [context.Process(target=infer, args=arguments) for _ in range(PROCESSES)]
        for process in self._processes:
            process.start()
        self._barrier.wait()

    def run(self) -> float:
        """Infer every sentence once; seconds of wall time."""
        self._next.value = self._samples.value = 0
        started = time.perf_counter()
        self._barrier.wait()
        self._barrier.wait()
        return time.perf_counter() - started

    def close(self) -> float:
        """End the processes; seconds of speech that the last run made."""
        for process in self._processes:
            process.terminate()
            process.join()
        return self._samples.value / 22_050


def infer(texts: list[str], pace: float, barrier: Barrier, samples, following) -> None:
    """Run in one bare process: take a sentence's ids, infer, forget."""
    from piper import SynthesisConfig

    from server.voice.piper import _load

    package = PACKAGES["joe"]
    voice = _load(package.model_path, package.config_path)
    config = SynthesisConfig(length_scale=pace, normalize_audio=False)
    ids = [voice.phonemes_to_ids(p) for text in texts for p in voice.phonemize(text)]
    voice.phoneme_ids_to_audio(ids[0], config)
    barrier.wait()
    while True:
        barrier.wait()
        while True:
            with following.get_lock():
                index, following.value = following.value, following.value + 1
            if index >= len(ids):
                break
            made = len(voice.phoneme_ids_to_audio(ids[index], config))
            with samples.get_lock():
                samples.value += made
        barrier.wait()


if __name__ == "__main__":
    main()
