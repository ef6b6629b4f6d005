"""How loud a voice is by itself, measured once per voice: the gain of its first second.

While a practice is being made nobody knows yet how loud the whole of it will be, and yet its
beginning is already heard. Measured: any eight sentences of one voice are as loud as all its
others within 0.3 LU, so eight sentences are asked for, and the report judges the outcome.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, zip_longest

from server.audio import LoudnessMeter, gain_for
from server.render.catalogue import Catalogue
from server.render.speech import publish_clip, read_kept_clip
from server.store import Shelf
from server.timeline import Options, Plan, SpeechStep, Utterance, plan
from server.units import Db, Lufs
from server.voice import Speaker, Urgency, clip_key, no_urgency

SENTENCES = 8


def get_gain(
    speaker: Speaker,
    shelf: Shelf,
    sentences: Iterable[Utterance],
    *,
    urgency: Urgency = no_urgency,
    on_wait: Callable[[], None] = lambda: None,
) -> Db:
    """The gain that brings a voice's speech to the target; 0 for a voice that makes no sound.

    The first time it is asked for, it is measured on the first SENTENCES that are nobody's own;
    their clips stay on the shelf. Measured on fewer it is not remembered. Raises a VoiceError where
    they cannot be spoken.
    """
    if speaker.voice.engine == "silent":
        return Db(0.0)
    path = shelf.calibration_path(speaker.voice.key)
    try:
        lufs = json.loads(path.read_bytes())["integrated_lufs"]
    except (OSError, ValueError, KeyError):
        chosen = tuple(islice((s for s in sentences if is_everyones(s)), SENTENCES))
        lufs = _measure(speaker, shelf, chosen, urgency=urgency, on_wait=on_wait)
        if len(chosen) == SENTENCES:  # an excerpt's one sentence does not speak for the voice
            shelf.publish(path, json.dumps({"integrated_lufs": lufs}).encode())
    return gain_for(lufs)


def first_sentences(catalogue: Catalogue) -> Iterator[Utterance]:
    """The sentences that practices begin with, one of each in turn, at their usual lengths."""
    plans = [
        plan(script, Options(minutes=script.default_minutes), catalogue.additions(script.slug))
        for script in catalogue.scripts()
    ]
    rounds = zip_longest(*(each.utterances for each in plans))
    return (each for turn in rounds for each in turn if each is not None)


def is_everyones(utterance: Utterance) -> bool:
    """True where the voice says it, and no word of a listener's is in it."""
    return not utterance.is_private and not utterance.recording


def _measure(
    speaker: Speaker,
    shelf: Shelf,
    sentences: tuple[Utterance, ...],
    *,
    urgency: Urgency,
    on_wait: Callable[[], None],
) -> Lufs | None:
    """Speak what is missing of these sentences, and measure them as one."""
    keys = {each: clip_key(speaker.voice, each) for each in sentences}
    missing = [each for each, key in keys.items() if not shelf.has_clip(key)]
    for utterance, spoken in speaker.speak(missing, urgency=urgency, on_wait=on_wait):
        publish_clip(shelf, keys[utterance], spoken)
    with LoudnessMeter() as meter:
        for key in keys.values():
            meter.feed(read_kept_clip(shelf, key))
        return meter.result().integrated_lufs


def curve_offset_db(plan: Plan, weights: Mapping[Utterance, int]) -> Db:
    """By how much the levels of its sentences make a practice's speech louder or softer.

    `weights` says how long each utterance is, by any measure.
    """
    steps = [s for stage in plan.stages for s in stage.steps if isinstance(s, SpeechStep)]
    whole = sum(weights[step.utterance] for step in steps)
    power = sum(weights[step.utterance] * 10 ** (step.level_db / 10) for step in steps)
    return Db(10 * math.log10(power / whole)) if whole else Db(0.0)
