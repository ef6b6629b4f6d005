"""⑥ SPEECH. In: utterances. Out: clips, as 16-bit frames, and what must be known of the voice.

Light to import: the speaker that loads numpy and Piper's pool comes from open_speaker().
"""

from __future__ import annotations

from server.voice.catalogue import PACKAGES, find_voice
from server.voice.model import Finish, Speaker, Spoken, Urgency, Voice, WordTime, no_urgency
from server.voice.silent import SILENT, SilentSpeaker, estimate_ms
from server.voice.speakable import speakable
from server.voice.words import clip_words_bytes, read_clip_words


def open_speaker(name: str, *, finish: Finish, processes: int) -> Speaker:
    """Make the speaker of a voice; its processes start with the first sentence or warm().

    Raises VoiceUnavailable where the voice is unknown, missing or damaged.
    """
    voice = find_voice(name)
    if voice.engine == "silent":
        return SilentSpeaker()
    from server.voice.pool import PiperSpeaker

    package = PACKAGES[name]
    return PiperSpeaker(
        voice,
        model_path=package.model_path,
        config_path=package.config_path,
        finish=finish,
        processes=processes,
    )


__all__ = [
    "PACKAGES",
    "SILENT",
    "Finish",
    "Speaker",
    "Spoken",
    "Urgency",
    "Voice",
    "WordTime",
    "clip_words_bytes",
    "estimate_ms",
    "find_voice",
    "no_urgency",
    "open_speaker",
    "read_clip_words",
    "speakable",
]
