"""⑦ SOUND. In: a Timeline and the clips of its sentences. Out: finished, measured files.

Bells, beds, breaths and the room are made here; so are the mix, the level, the stream, the MP3
and its tags, and the lines of a sitting.

What makes sound loads numpy and more, so each of these names is loaded when it is first asked
for: a web process takes `adts`, `live_mix`, `live_playlist` and `fmp4`, which only lay together
what is there.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.audio.beds import open_bed
    from server.audio.clips import clip_bytes, clip_length_ms, finish_clip, read_clip
    from server.audio.encoding import encode
    from server.audio.level import LoudnessMeter, gain_for
    from server.audio.live_lines import line_bytes, room_bytes, sound_of_line, speech_of_line
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
    "line_bytes",
    "line_clip",
    "make_ready",
    "make_sounds",
    "measure_file",
    "mix_blocks",
    "open_bed",
    "read_clip",
    "refuse_unless_met",
    "room_bytes",
    "sound_frames",
    "sound_of_line",
    "speech_of_line",
]

_HOMES = {
    "beds": ("open_bed",),
    "clips": ("clip_bytes", "clip_length_ms", "finish_clip", "read_clip"),
    "encoding": ("encode",),
    "level": ("LoudnessMeter", "gain_for"),
    "live_lines": ("line_bytes", "room_bytes", "sound_of_line", "speech_of_line"),
    "mix": ("Sources", "make_sounds", "mix_blocks"),
    "own_sounds": ("line_clip", "make_ready"),
    "report": (
        "Finding", "Measured", "judge", "judge_alone", "measure_file", "refuse_unless_met",
    ),
    "sounds": ("sound_frames",),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load the file a name lives in, and give it."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found
