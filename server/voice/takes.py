"""Of several takes of one sentence, which is kept: the one that is least out of the ordinary."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from server.units import Db
from server.voice.model import Spoken

USUAL_SCATTER = 0.02
"""How far a take's length lies from the middle one, as a share of it: measured with the voice joe,
14 takes each of four sentences, 1 to 3 %. Piper draws each phoneme's length anew."""

USUAL_SCATTER_DB = Db(0.2)
"""The same of its level."""


def choose_take(takes: Sequence[Spoken], usual_db: Db | None = None) -> Spoken:
    """Keep one of the takes of one sentence; none of them may be empty.

    A take's score is its distance from the median length of the takes plus its distance from the
    voice's usual level, each counted in usual scatters; the least is kept, of equals the first.
    Without `usual_db` the usual level is the median of the takes. Of two takes neither is nearer
    to the middle length, so that the level decides.
    """
    middle_length = median(len(take.frames) for take in takes)
    levels_db = [level_db(take) for take in takes]
    if usual_db is None:
        usual_db = Db(median(levels_db))

    def score(index: int) -> float:
        length_off = abs(len(takes[index].frames) / middle_length - 1)
        level_off_db = abs(levels_db[index] - usual_db)
        return length_off / USUAL_SCATTER + level_off_db / USUAL_SCATTER_DB

    return takes[min(range(len(takes)), key=score)]


def level_db(take: Spoken) -> Db:
    """Measure a take's mean level relative to full scale; silence is -120 dB."""
    power = float(np.mean(np.square(take.frames / np.float32(32768))))
    return Db(10 * np.log10(max(power, 1e-12)))
