"""Any text is spoken or politely passed over, in its time, and takes nobody down with it."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest
from pebble import ProcessPool

from server.audio import finish_clip
from server.errors import NothingSpoken, VoiceOutOfMemory, VoiceTimedOut
from server.timeline import Utterance
from server.units import SAMPLE_RATE_HZ
from server.voice import open_speaker, speakable
from server.voice.piper import guard_process
from tests.rigs.hostile_texts import hostile_texts

pytestmark = [pytest.mark.rig, pytest.mark.real_voice, pytest.mark.timeout(7200)]

PHONEMISED, SPOKEN = 10_000, 500
LONGEST, SHORT, WHOLE = 120, 40, 5
"""A listener's own words have up to 120 letters, and so has each fifth text. Of the others the
first 40 are spoken: a voice that spells out sign after sign takes half an hour for all of them.
"""

MOST_CPU_S = 2.0
"""What espeak may take for one text, in its own processor time."""


def phonemise(text: str) -> tuple[int, int, float]:
    """In a voice process: the phonemes of a text counted, the process, and the time it took."""
    from piper.phonemize_espeak import EspeakPhonemizer

    begun_s = time.process_time()
    found = EspeakPhonemizer().phonemize("en-us", text)
    return sum(map(len, found)), os.getpid(), time.process_time() - begun_s


def test_every_text_has_phonemes_or_nothing_to_say(times: int, seed: int, counted) -> None:
    """Ten thousand texts through espeak in one guarded process: it is the same one at the end."""
    texts = list(hostile_texts(seed, PHONEMISED * times))
    said = [speakable(each) for each in texts]
    assert not any("[[" in each or "\x00" in each for each in said)
    wanted = [each for each in said if each]
    with ProcessPool(1, initializer=guard_process) as pool:
        futures = [pool.schedule(phonemise, args=[each], timeout=60) for each in wanted]
        found = [each.result() for each in futures]
    assert len({pid for _, pid, _ in found}) == 1
    slowest_s = max(took_s for _, _, took_s in found)
    assert slowest_s < MOST_CPU_S
    assert sum(count > 0 for count, _, _ in found) > len(found) / 2
    counted(
        f"{len(texts)} texts: {len(wanted)} phonemised, {len(texts) - len(wanted)} with nothing"
        f" to say, 0 crashes, the slowest {slowest_s * 1000:.0f} ms of processor time"
    )


def test_every_text_is_spoken_or_passed_over(times: int, seed: int, counted) -> None:
    """Five hundred through the real voice: a clip, NothingSpoken, or stopped in its time and its
    memory; the pool goes on, and not one has crashed its process.
    """
    speaker = open_speaker("joe", finish=finish_clip, processes=1)
    ended: Counter[str] = Counter()
    sound_s = 0.0
    try:
        speaker.warm()
        for number, text in enumerate(hostile_texts(seed + 1, SPOKEN * times)):
            try:
                longest = LONGEST if number % WHOLE == 0 else SHORT
                said = Utterance(text=text[:longest], pace=1.0)
                [(_, clip)] = speaker.speak([said])
            except NothingSpoken:
                ended["passed over"] += 1
            except (VoiceTimedOut, VoiceOutOfMemory):  # so many numbers, or so busy a machine
                ended["stopped"] += 1
            else:
                ended["spoken"] += 1
                sound_s += len(clip.frames) / SAMPLE_RATE_HZ
        [(_, last)] = speaker.speak([Utterance(text="And now rest.", pace=1.0)])
        assert len(last.frames)
    finally:
        speaker.close()
    assert ended["spoken"] > SPOKEN / 4
    assert ended["stopped"] < SPOKEN / 20
    counted(f"{dict(ended)}, {sound_s / 60:.0f} minutes of sound, 0 crashes")
