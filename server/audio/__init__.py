"""⑦ SOUND. In: a Timeline and the clips of its sentences. Out: finished, measured files.

Bells, beds, breaths and the room are made here; so are the mix, the level, the stream, the MP3
and its tags.
"""

from server.audio.beds import open_bed
from server.audio.clips import clip_bytes, clip_length_ms, finish_clip, read_clip
from server.audio.encode import encode
from server.audio.level import LoudnessMeter, gain_for
from server.audio.mix import Sources, make_sounds, mix_blocks
from server.audio.own_sounds import line_clip, make_ready
from server.audio.report import (
    Finding,
    Measured,
    judge,
    judge_alone,
    measure_file,
    refuse_unless_met,
)
from server.audio.sounds import sound_frames

__all__ = [
    "Finding",
    "LoudnessMeter",
    "Measured",
    "Sources",
    "clip_bytes",
    "clip_length_ms",
    "encode",
    "finish_clip",
    "gain_for",
    "judge",
    "judge_alone",
    "line_clip",
    "make_ready",
    "make_sounds",
    "measure_file",
    "mix_blocks",
    "open_bed",
    "read_clip",
    "refuse_unless_met",
    "sound_frames",
]
