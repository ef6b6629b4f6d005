"""How a script's cues are called on paper: silences, bells and beds, and for whom a variant is."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from server.script import ANY, NOTHING, Bed, Bell, Breath, Condition, Fill, Silence
from server.units import Ms

Mark = Silence | Fill | Bell | Bed | Breath
"""What is heard and is no word."""


def say_mark(cue: Mark, fill_ms: Ms | None = None) -> str:
    """Name what is heard; `fill_ms` is how long a silence that fills is, where that is known."""
    match cue:
        case Silence(length_ms=length_ms):
            return say_length(length_ms)
        case Fill():
            quiet: str = gettext("quiet")
            return f"{quiet}, {say_length(fill_ms)}" if fill_ms else quiet
        case Bell(strokes=1):
            bell: str = gettext("bell")
            return bell
        case Bell(strokes=strokes):
            bells: str = gettext("bell, %(times)s times", times=strokes)
            return bells
        case Bed(name=name):
            bed: str = gettext("%(sound)s begins", sound=name) if name else gettext("sound ends")
            return bed
        case Breath():
            return _say_breath(cue)


def say_length(length_ms: int) -> str:
    """Write a length as "12 s" or "1 min 30 s"."""
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    parts = [f"{minutes} min"] if minutes else []
    return " ".join([*parts, f"{seconds} s"] if seconds or not minutes else parts)


def say_times(times: int) -> str:
    """Say how often something is gone through."""
    said: str = ngettext("once", "%(num)s times", times)
    return said


def say_conditions(conditions: Sequence[Condition]) -> str:
    """Say for whom a variant is: "From 10 minutes · Eyes open or closed"."""
    least = max((condition.least for condition in conditions), default=0)
    below = max((condition.below for condition in conditions), default=0)
    said = [_say_minutes(least, below)] if least or below else []
    others = (condition for condition in conditions if condition.about != "minutes")
    return " · ".join([*said, *map(_say_condition, others)])


def _say_breath(breath: Breath) -> str:
    said: str = ngettext("one breath", "%(num)s breaths", breath.count)
    parts = [gettext("in %(length)s", length=say_length(breath.in_ms))]
    if breath.hold_ms:
        parts.append(gettext("hold %(length)s", length=say_length(breath.hold_ms)))
    parts.append(gettext("out %(length)s", length=say_length(breath.out_ms)))
    return f"{said}: {', '.join(parts)}"


def _say_condition(condition: Condition) -> str:
    said: str
    match condition.about:
        case "anchor":
            named = [_anchors()[name] for name in condition.names if name != ANY]
            said = gettext("Coming back to %(what)s", what=either(named)) if named else ""
            if ANY in condition.names:
                nothing = gettext("Nothing chosen to come back to")
                said = either([nothing, f"{said[:1].lower()}{said[1:]}"]) if said else nothing
        case "eyes":
            said = gettext("Eyes %(how)s", how=either([_eyes()[name] for name in condition.names]))
        case "given":
            named = [_given(name) for name in condition.names]
            said = gettext("The listener gave %(what)s", what=either(named))
        case "live":
            live = "yes" in condition.names
            both = len(set(condition.names)) > 1
            said = gettext("In a live sitting") if live else gettext("In a recording")
            said = gettext("In a live sitting or a recording") if both else said
        case _:
            said = gettext("With the voice %(name)s", name=either(condition.names))
    return said


def _say_minutes(least: int, below: int) -> str:
    said: str
    if not below:
        said = gettext("From %(least)s minutes", least=least)
    elif not least:
        said = gettext("Under %(below)s minutes", below=below)
    else:
        said = gettext("From %(least)s to under %(below)s minutes", least=least, below=below)
    return said


def either(words: Sequence[str]) -> str:
    """Write words as "a, b or c"."""
    *most, last = words
    if not most:
        return last
    said: str = gettext("%(most)s or %(last)s", most=", ".join(most), last=last)
    return said


def _given(name: str) -> str:
    nothing: str = gettext("no words of their own")
    own: str = gettext("words of their own for “%(word)s”", word=name)
    return nothing if name == NOTHING else own


def _anchors() -> dict[str, str]:
    return {
        "breath": gettext("the breath"),
        "sound": gettext("sounds"),
        "hands": gettext("the hands"),
        "feet": gettext("the feet"),
        "sight": gettext("something to look at"),
    }


def _eyes() -> dict[str, str]:
    return {"any": gettext("as you like"), "open": gettext("open"), "closed": gettext("closed")}
