"""The guided audio of worksheets: each as the script of a practice that is in no list."""

from __future__ import annotations

from server.care import Worksheet, find_spoken_script
from server.config import Settings
from server.render.catalogue import LoadedScript
from server.render.voices import find_voice_of
from server.render.worksheets import WORKSHEETS_NAME
from server.script import Script, parse_script
from server.timeline import Greeting, Options, SilenceStep, SpeechStep, plan
from server.units import Ms
from server.voice import estimate_ms


def find_guided(
    settings: Settings, worksheet: Worksheet, greeting: Greeting | None = None
) -> LoadedScript | None:
    """Make the script in which a voice asks all that a worksheet asks, and leaves time to write.

    Its stages are the arriving, each question as the page asks them, the reading and the
    returning. Where a greeting is to be said before, it is so much longer, and the time to write
    stays. None where no voice of this house, or no words of ours, speak its language, and where it
    would take hours. Raises InvalidOptions for a greeting that cannot be said.
    """
    voice = find_voice_of(settings, worksheet.language)
    text = find_spoken_script(worksheet, voice=voice) if voice else None
    if voice is None or text is None:
        return None
    path = f"{settings.scripts_path.name}/{WORKSHEETS_NAME}/{worksheet.name}.yaml"
    if greeting is not None:
        before_ms = _length_of(greeting, parse_script(text, path=path))
        text = find_spoken_script(worksheet, voice=voice, before_ms=before_ms)
        if text is None:
            return None
    return LoadedScript(script=parse_script(text, path=path), source=text, path=path)


def _length_of(greeting: Greeting, script: Script) -> Ms:
    """About how long a greeting is, said as it is said before this script."""
    planned = plan(script, Options(minutes=script.default_minutes, greeting=greeting))
    steps = planned.stages[0].steps
    said = sum(estimate_ms(each.utterance) for each in steps if isinstance(each, SpeechStep))
    return Ms(said + sum(each.length_ms for each in steps if isinstance(each, SilenceStep)))
