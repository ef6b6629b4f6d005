"""Lines are made: spoken or taken from a clip, brought to their level, encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from server.audio import (
    line_bytes,
    room_bytes,
    sound_of_line,
    speech_of_line,
)
from server.audio.adts import read_line
from server.errors import RecordingMissing
from server.render.calibration import get_gain
from server.render.live_lines import Needs, room_line_key
from server.render.speech import read_kept_clip
from server.store import Shelf
from server.timeline import Utterance
from server.units import Db, Ms
from server.voice import Speaker, Urgency, clip_key

OnWait = Callable[[], None]
"""Called several times a second; what it raises ends the making."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMaker:
    """Makes lines with one voice."""

    shelf: Shelf
    speaker: Speaker
    urgency: Urgency
    on_wait: OnWait

    def make_missing(self, needs: Needs) -> int:
        """Make the lines that are not on the shelf; says how many they were.

        Raises a VoiceError, an AudioError or StorageFull for the first that cannot be made, and
        what `on_wait` raises; what was made until then stays.
        """
        self.shelf.bring(map(self.shelf.line_path, needs.keys))
        made = self.make_room() + self._make_sounds(needs)
        missing = {
            utterance: key
            for key, utterance in needs.sentences.items()
            if not self.shelf.has_line(key)
        }
        if not missing:
            return made
        gain_db = self._gain(needs.sentences.values())
        for utterance, frames in self._frames_of(tuple(missing)):
            level_db = Db(0.0) if utterance.recording else gain_db
            data = line_bytes(speech_of_line(frames, gain_db=level_db))
            self.shelf.publish(self.shelf.line_path(missing[utterance]), data)
            self.on_wait()
        return made + len(missing)

    def make_private(
        self, lines: Mapping[int, Utterance], usual: Iterable[Utterance]
    ) -> Iterator[tuple[int, bytes, Ms]]:
        """Make lines with somebody's own words: the place, the line, its length. Nothing is kept.

        `usual` are sentences of everybody's, for the voice's level where it is not known yet.
        """
        gain_db = self._gain(usual)
        places: dict[Utterance, list[int]] = {}
        for place, utterance in lines.items():
            places.setdefault(utterance, []).append(place)
        spoken = self.speaker.speak(tuple(places), urgency=self.urgency, on_wait=self.on_wait)
        for utterance, said in spoken:
            data = line_bytes(speech_of_line(said.frames, gain_db=gain_db))
            self.on_wait()
            for place in places[utterance]:
                yield place, data, read_line(data).length_ms

    def _gain(self, sentences: Iterable[Utterance]) -> Db:
        return get_gain(
            self.speaker, self.shelf, sentences, urgency=self.urgency, on_wait=self.on_wait
        )

    def make_room(self) -> int:
        """Make the room tone where it is missing; says whether it was."""
        path = self.shelf.fetch(self.shelf.room_line_path(room_line_key()))
        if path.is_file():
            return 0
        self.shelf.publish(path, room_bytes())
        return 1

    def _make_sounds(self, needs: Needs) -> int:
        made = 0
        for key, (sound, length_ms) in needs.sounds.items():
            if not self.shelf.has_line(key):
                self.shelf.publish(
                    self.shelf.line_path(key), line_bytes(sound_of_line(sound, length_ms))
                )
                self.on_wait()
                made += 1
        return made

    def _frames_of(
        self, utterances: tuple[Utterance, ...]
    ) -> Iterator[tuple[Utterance, np.ndarray]]:
        """The 16-bit frames of sentences: from the shelf where a practice has them, or spoken."""
        unspoken = []
        for utterance in utterances:
            key = utterance.recording or clip_key(self.speaker.voice, utterance)
            if self.shelf.has_clip(key):
                yield utterance, read_kept_clip(self.shelf, key)
            elif utterance.recording:  # the voice must not take a person's place in silence
                raise RecordingMissing
            else:
                unspoken.append(utterance)
        spoken = self.speaker.speak(unspoken, urgency=self.urgency, on_wait=self.on_wait)
        for utterance, said in spoken:
            yield utterance, said.frames
