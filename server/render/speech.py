"""The clips of one render as they come: on the shelf already, or spoken in the order of need."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from server.audio import clip_bytes, read_clip
from server.errors import AudioError, RecordingMissing
from server.render.model import Order
from server.render.secret import private_clip_key
from server.store import Shelf
from server.timeline import CaptionWord, Utterance
from server.units import Ms, ms_from_frames
from server.voice import Speaker, Spoken, Urgency, clip_key, clip_words_bytes, read_clip_words
from server.watch.meters import count_clip

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
LOOK_AHEAD = 8
"""So many of the next missing clips are looked for on other machines, so often."""


def clip_keys(order: Order, speaker: Speaker) -> dict[Utterance, str]:
    """Name every clip of an order, in the order of need.

    Those with the listener's own words are named by a keyed hash, a person's own recording by
    its own key.
    """
    return {each: _clip_key(each, order, speaker) for each in order.plan.utterances}


def _clip_key(utterance: Utterance, order: Order, speaker: Speaker) -> str:
    if utterance.recording:
        return utterance.recording
    key = clip_key(speaker.voice, utterance)
    if utterance.is_private and order.private_salt is not None:
        return private_clip_key(order.private_salt, key)
    return key


def private_keys(keys: Mapping[Utterance, str]) -> tuple[str, ...]:
    """The keys of the clips that hold a listener's own words."""
    return tuple(key for utterance, key in keys.items() if utterance.is_private)


@dataclass(slots=True, kw_only=True)
class Speech:
    """Gives a clip when it is needed, and has the later ones spoken meanwhile."""

    keys: Mapping[Utterance, str]
    shelf: Shelf
    speaker: Speaker
    urgency: Urgency
    on_wait: Callable[[], None]
    takes: int = 1
    _looked_s: float = field(default=-math.inf, init=False)
    _words: dict[Utterance, tuple[CaptionWord, ...]] = field(default_factory=dict, init=False)
    _coming: Iterator[tuple[Utterance, Spoken]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for key in self.keys.values():
            count_clip(is_there=self.shelf.has_clip(key))

    def length_of(self, utterance: Utterance) -> Ms:
        """Wait until an utterance is on the shelf, and tell how long it is.

        One that is there and cannot be read is spoken anew. Raises a VoiceError where one cannot
        be spoken, RecordingMissing, AudioError where what was just spoken cannot be read either,
        and what on_wait raises.
        """
        try:
            return self._wait_for(utterance)
        except RecordingMissing:
            raise
        except AudioError:
            self.close()
            self._coming = None  # what is missing now comes first
            return self._wait_for(utterance)

    def _wait_for(self, utterance: Utterance) -> Ms:
        while not self.shelf.has_clip(self.keys[utterance]):
            if utterance.recording:  # the voice must not take a person's place in silence
                raise RecordingMissing
            self._take_next()
        # All of it is read: once others are laid out behind it, it is too late to speak it anew.
        return ms_from_frames(len(self.frames_of(utterance)))

    def frames_of(self, utterance: Utterance) -> np.ndarray:
        """Read the clip of an utterance whose length is known by now. Raises AudioError."""
        return read_kept_clip(self.shelf, self.keys[utterance])

    def words_of(self, utterance: Utterance) -> tuple[CaptionWord, ...]:
        """Tell when each word of an utterance is said, from its own beginning, if that is known."""
        if utterance not in self._words:
            words = read_clip_words(self.shelf.clip_words_path(self.keys[utterance]))
            self._words[utterance] = tuple(
                CaptionWord(text=word.text, start_ms=word.start_ms) for word in words
            )
        return self._words[utterance]

    def close(self) -> None:
        """Let go of what is still to be spoken."""
        close = getattr(self._coming, "close", None)
        if close is not None:
            close()

    def _take_next(self) -> None:
        """Put the clip that is finished next on the shelf."""
        if self._coming is None:
            missing = [
                each
                for each, key in self.keys.items()
                if not each.recording and not self.shelf.has_clip(key)
            ]
            self._coming = iter(
                self.speaker.speak(
                    missing,
                    urgency=self.urgency,
                    on_wait=self._wait,
                    is_needed=lambda each: not self.shelf.has_clip_here(self.keys[each]),
                    takes=self.takes,
                )
            )
        got = next(self._coming, None)
        if got is None:
            # Others have spoken the rest, or somebody has pruned a clip: what is missing now?
            self._coming = None
            return
        publish_clip(self.shelf, self.keys[got[0]], got[1], is_own=got[0].is_private)

    def _wait(self) -> None:
        """See now and then what other machines have spoken, where the folder is only a cache."""
        self.on_wait()
        if not self.shelf.is_cache or time.monotonic() - self._looked_s < LOOK_SECONDS:
            return
        missing = (key for key in self.keys.values() if not self.shelf.has_clip_here(key))
        for key in islice(missing, LOOK_AHEAD):
            self.shelf.has_clip(key)  # which brings it here
        self._looked_s = time.monotonic()


def read_kept_clip(shelf: Shelf, key: str) -> np.ndarray:
    """Read a clip. Raises AudioError where it cannot be read; it is then missing, to be made anew.

    A disk that fails is not told from a file that is damaged, since libsndfile does not tell.
    """
    path = shelf.clip_path(key)
    try:
        return read_clip(path)
    except AudioError:
        logger.error("clip cannot be read key=%s", key)  # noqa: TRY400 - that is all
        shelf.drop_broken(path)
        raise


def publish_clip(shelf: Shelf, key: str, spoken: Spoken, *, is_own: bool = False) -> None:
    """Put a clip on the shelf, its words before it: whoever finds the clip finds them too.

    Of several who spoke it at once the first one's stays: no two sound quite the same, and
    somebody may have measured it already. `is_own` where it holds a listener's own words.
    """
    if spoken.words:
        words = clip_words_bytes(spoken.words)
        shelf.publish(shelf.clip_words_path(key), words, is_first=True, is_own=is_own)
    shelf.publish(shelf.clip_path(key), clip_bytes(spoken.frames), is_first=True, is_own=is_own)
