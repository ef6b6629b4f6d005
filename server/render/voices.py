"""The speakers of a worker: one for each voice, opened when first needed, shared by its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from server.voice import Speaker

OpenVoice = Callable[[str], Speaker]
"""Opens the speaker of a voice by its name. May raise VoiceUnavailable."""


class Voices:
    """Opens each voice once."""

    def __init__(self, open_voice: OpenVoice) -> None:
        self._open_voice = open_voice
        self._speakers: dict[str, Speaker] = {}
        self._turn = threading.Lock()

    def get(self, name: str) -> Speaker:
        """Give the speaker of a voice; raises VoiceUnavailable."""
        with self._turn:
            if name not in self._speakers:
                self._speakers[name] = self._open_voice(name)
            return self._speakers[name]

    def warm(self, names: Iterable[str]) -> None:
        """Load these voices; returns when they can speak. Raises VoiceUnavailable."""
        for name in names:
            self.get(name).warm()

    def close(self) -> None:
        """Stop every speaker's processes."""
        with self._turn:
            for speaker in self._speakers.values():
                speaker.close()
            self._speakers.clear()
