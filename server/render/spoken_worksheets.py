"""The guided audio of worksheets: each as the script of a practice that is in no list."""

from __future__ import annotations

from server.care import Worksheet, find_spoken_script
from server.config import Settings
from server.render.catalogue import LoadedScript
from server.render.voices import find_voice_of
from server.render.worksheets import WORKSHEETS_NAME
from server.script import parse_script


def find_guided(settings: Settings, worksheet: Worksheet) -> LoadedScript | None:
    """Make the script in which a voice asks all that a worksheet asks, and leaves time to write.

    Its stages are the arriving, each question as the page asks them, the reading and the
    returning. None where no voice of this house, or no words of ours, speak its language, and
    where it would take hours.
    """
    voice = find_voice_of(settings, worksheet.language)
    text = find_spoken_script(worksheet, voice=voice) if voice else None
    if text is None:
        return None
    path = f"{settings.scripts_path.name}/{WORKSHEETS_NAME}/{worksheet.name}.yaml"
    return LoadedScript(script=parse_script(text, path=path), source=text, path=path)
