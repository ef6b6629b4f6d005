"""⑥ SPEECH. In: utterances. Out: clips, as 16-bit frames, and what must be known of the voice.

Light to import: the speaker that loads numpy and Piper's pool comes from open_speaker().
"""

from __future__ import annotations

from server.voice.catalogue import PACKAGED_VOICES, PACKAGES, ListedVoice, VoiceCatalogue
from server.voice.keys import clip_key
from server.voice.model import (
    Commercial,
    Finish,
    Speaker,
    Spoken,
    Urgency,
    Voice,
    WordTime,
    no_urgency,
)
from server.voice.record import VoiceRecord
from server.voice.silent import SILENT, SilentSpeaker, estimate_ms
from server.voice.speakable import speakable
from server.voice.words import clip_words_bytes, read_clip_words


def open_speaker(
    name: str, *, finish: Finish, processes: int, voices: VoiceCatalogue = PACKAGED_VOICES
) -> Speaker:
    """Make the speaker of a voice; its processes start with the first sentence or warm().

    Raises VoiceUnavailable as VoiceCatalogue.get() does.
    """
    voice = voices.get(name)
    if voice.engine == "silent":
        return SilentSpeaker()
    return open_record(voices.get_record(name), finish=finish, processes=processes)


def open_record(record: VoiceRecord, *, finish: Finish, processes: int) -> Speaker:
    """Make the speaker of a voice's files, whether they are installed or not."""
    from server.voice.speaker import PiperSpeaker

    return PiperSpeaker(
        record.voice,
        model_path=record.model_path,
        config_path=record.config_path,
        finish=finish,
        processes=processes,
    )


__all__ = [
    "PACKAGED_VOICES",
    "PACKAGES",
    "SILENT",
    "Commercial",
    "ListedVoice",
    "Speaker",
    "Spoken",
    "Urgency",
    "Voice",
    "VoiceCatalogue",
    "VoiceRecord",
    "WordTime",
    "clip_key",
    "clip_words_bytes",
    "estimate_ms",
    "no_urgency",
    "open_record",
    "open_speaker",
    "read_clip_words",
    "speakable",
]
