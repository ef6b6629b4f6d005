"""A speaker: sentences go in, clips come out, spoken by Piper in processes of its own."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from server.errors import NothingSpoken, VoiceError, VoiceUnavailable
from server.timeline import Utterance
from server.units import Db
from server.voice import piper
from server.voice.model import Finish, Spoken, Urgency, Voice, no_urgency
from server.voice.pool import Call, VoiceProcesses, result
from server.voice.speakable import speakable
from server.voice.takes import choose_take, level_db

SpeakOne = Callable[[Path, Path, str, float, Finish], Spoken | None]

TIME_LIMIT_SECONDS = 30.0
"""For one sentence, the loading of the model included; a healthy one takes under two."""

LEVELS_KEPT = 99
"""How many sentences the voice's usual level is taken from."""


class PiperSpeaker:
    """Speaks with Piper in processes of one inference thread each."""

    def __init__(
        self,
        voice: Voice,
        *,
        model_path: Path,
        config_path: Path,
        finish: Finish,
        processes: int,
        speak_one: SpeakOne = piper.speak_one,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
    ) -> None:
        self.voice = voice
        self._files = (model_path, config_path)
        self._finish = finish
        self._speak_one = speak_one
        self._time_limit_seconds = time_limit_seconds
        self._processes = VoiceProcesses(processes)
        self._levels_db: deque[Db] = deque(maxlen=LEVELS_KEPT)

    def speak(
        self,
        utterances: Sequence[Utterance],
        *,
        urgency: Urgency = no_urgency,
        on_wait: Callable[[], None] = lambda: None,
        is_needed: Callable[[Utterance], bool] = lambda _: True,
        takes: int = 1,
    ) -> Iterator[tuple[Utterance, Spoken]]:
        """Speak in as many processes as are free, handing over each clip when it is done."""
        calls = [self._call(each, is_needed) for each in utterances for _ in range(takes)]
        made: dict[int, list[Spoken]] = defaultdict(list)
        with closing(self._processes.do(calls, urgency=urgency, on_wait=on_wait)) as done:
            for number, future in done:
                spoken: Spoken | None = result(future)
                if spoken is None or not len(spoken.frames):
                    raise NothingSpoken
                made[index := number // takes].append(spoken)
                if len(made[index]) == takes:
                    yield utterances[index], self._choose(made.pop(index))

    def warm(self) -> None:
        """Load the model in every process; returns when they are ready."""
        call = Call(function=piper.load_voice, args=self._files, seconds=TIME_LIMIT_SECONDS)
        loads = self._processes.do(
            [call] * self._processes.count, urgency=lambda: -math.inf, on_wait=lambda: None
        )
        with closing(loads):
            for _, load in loads:
                try:
                    result(load)
                except VoiceError as error:
                    reason = f"{self.voice.title} cannot be loaded: {error.__cause__ or error}"
                    raise VoiceUnavailable(reason) from error

    def close(self) -> None:
        """Stop the processes at once."""
        self._processes.close()

    def _call(self, utterance: Utterance, is_needed: Callable[[Utterance], bool]) -> Call:
        text = speakable(utterance.spoken or utterance.text)
        if not text:
            raise NothingSpoken("A sentence of this practice has nothing in it that can be spoken.")
        return Call(
            function=self._speak_one,
            args=(*self._files, text, utterance.pace, self._finish),
            seconds=self._time_limit_seconds,
            voice=self.voice.name,
            is_needed=partial(is_needed, utterance),
        )

    def _choose(self, takes: Sequence[Spoken]) -> Spoken:
        """Keep one take, and remember how loud the voice usually is."""
        if len(takes) == 1:
            return takes[0]
        usual_db = Db(median(self._levels_db)) if self._levels_db else None
        kept = choose_take(takes, usual_db)
        self._levels_db.append(level_db(kept))
        return kept
