"""⑦ SOUND. In: a Timeline and the clips of its sentences. Out: finished, measured files.

Bells, breaths and the room are made here; so are the mix, the level, the MP3 and its tags.
"""

from server.audio.clips import clip_bytes, clip_length_ms, finish_clip, read_clip
from server.audio.encode import encode_mp3
from server.audio.level import LoudnessMeter, gain_for
from server.audio.mix import mix_blocks
from server.audio.report import (
    Finding,
    Measured,
    judge,
    judge_alone,
    measure_file,
    refuse_unless_met,
)

__all__ = [
    "Finding",
    "LoudnessMeter",
    "Measured",
    "clip_bytes",
    "clip_length_ms",
    "encode_mp3",
    "finish_clip",
    "gain_for",
    "judge",
    "judge_alone",
    "measure_file",
    "mix_blocks",
    "read_clip",
    "refuse_unless_met",
]
