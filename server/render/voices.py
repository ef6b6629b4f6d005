"""The voices of this house, and a worker's speakers of them: opened when needed, then shared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from enum import StrEnum

from server.config import Settings
from server.errors import VoiceUnavailable
from server.script import Script
from server.voice import SILENT, Speaker, Voice, VoiceCatalogue, open_speaker

ANY_LANGUAGE = "und"
"""The language of a voice that nobody knows it of, and of silence."""

OpenVoice = Callable[[str], Speaker]
"""Opens the speaker of a voice by its name. May raise VoiceUnavailable."""

GetKey = Callable[[str], str]
"""Gives the key that a voice has now, by its name. May raise VoiceUnavailable."""


def house_voices(settings: Settings) -> VoiceCatalogue:
    """The voices of an installation, and what its terms of use allow of them."""
    return VoiceCatalogue(voices_path=settings.voices_path, is_commercial=settings.is_commercial)


def usable_voices(settings: Settings) -> tuple[Voice, ...]:
    """The voices that can speak here; silence is none of them."""
    listed = house_voices(settings).list_voices()
    usable = (each.voice for each in listed if each.voice and not each.trouble)
    return tuple(voice for voice in usable if voice.engine != SILENT.engine)


class VoiceTrouble(StrEnum):
    """Why a script cannot be spoken as it should be."""

    MISSING = "missing"
    """Its voice is not installed, not whole, or not allowed here."""
    OTHER_LANGUAGE = "other-language"
    """Its voice speaks another language than the script is written in."""


def find_voice_trouble(settings: Settings, script: Script) -> VoiceTrouble | None:
    """Look whether the voice that would speak a script can speak, and in its language."""
    try:
        voice = house_voices(settings).get(settings.voice or script.voice)
    except VoiceUnavailable:
        return VoiceTrouble.MISSING
    return None if speaks_language(voice, script.language) else VoiceTrouble.OTHER_LANGUAGE


def find_voice_of(settings: Settings, language: str) -> str | None:
    """Name a voice that can speak a language: the house's own, or the first that there is."""
    if settings.voice:
        try:
            own = house_voices(settings).get(settings.voice)
        except VoiceUnavailable:
            return None
        return own.name if speaks_language(own, language) else None
    for voice in usable_voices(settings):
        if voice.language != ANY_LANGUAGE and speaks_language(voice, language):
            return voice.name
    return None


def speaks_language(voice: Voice, language: str) -> bool:
    """True where a voice speaks the language of this tag, or nobody knows which one it speaks."""
    return voice.language == ANY_LANGUAGE or _language(voice.language) == _language(language)


def voices_for(settings: Settings, script: Script) -> tuple[Voice, ...]:
    """The voices that could speak a practice; empty where there is no choice."""
    if settings.voice == SILENT.name:
        return ()
    usable = usable_voices(settings)
    voices = tuple(voice for voice in usable if speaks_language(voice, script.language))
    return voices if len(voices) > 1 else ()


def _language(tag: str) -> str:
    """The language of a tag alone: `en` of `en-GB`, and of `en_GB` as voices write it."""
    return tag.replace("_", "-").partition("-")[0].casefold()


class Voices:
    """Opens each voice once, and anew after another was installed under its name."""

    def __init__(self, open_voice: OpenVoice, get_key: GetKey | None = None) -> None:
        self._open_voice, self._get_key = open_voice, get_key
        self._speakers: dict[str, Speaker] = {}
        self._replaced: list[Speaker] = []
        self._turn = threading.Lock()

    def get(self, name: str) -> Speaker:
        """Give the speaker of a voice; raises VoiceUnavailable."""
        with self._turn:
            speaker = self._speakers.get(name)
            if speaker and self._get_key and self._get_key(name) != speaker.voice.key:
                # Another thread may be in the middle of a sentence with it.
                self._replaced.append(self._speakers.pop(name))
                speaker = None
            return speaker or self._speakers.setdefault(name, self._open_voice(name))

    def warm(self, names: Iterable[str]) -> None:
        """Load these voices; returns when they can speak. Raises VoiceUnavailable."""
        for name in names:
            self.get(name).warm()

    def close(self) -> None:
        """Stop every speaker's processes."""
        with self._turn:
            for speaker in (*self._speakers.values(), *self._replaced):
                speaker.close()
            self._speakers.clear()
            self._replaced.clear()


def real_voices(settings: Settings) -> Voices:
    """The voices that a worker speaks with."""
    # Imported late: it loads what sound is made with.
    from server.audio import finish_clip

    voices, processes = house_voices(settings), settings.voice_processes

    def open_voice(name: str) -> Speaker:
        return open_speaker(name, finish=finish_clip, processes=processes, voices=voices)

    return Voices(open_voice, lambda name: voices.get(name).key)
