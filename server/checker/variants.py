"""Rules about variants: nobody is left without words, and no words without a listener."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from server.checker.model import Found, Rule, Severity
from server.checker.subject import PAIRS, Listener, Subject, hearing, listed, place_of
from server.script import Cue, When

_TOLD_APART = tuple(pair for pair in PAIRS if pair != ("sight", "any"))
"""The choices that can make a difference: whoever looks at something has open eyes."""


def _missing_variants(subject: Subject) -> Iterator[Found]:
    for group, listeners in _groups(subject):
        heard = [hearing(when, listeners) for when in group]
        covered = frozenset().union(*heard)
        minutes = {each.minutes for each in covered}
        missed = {
            (each.anchor, each.eyes) for each in listeners - covered if each.minutes in minutes
        }
        if missed and len(group) > 1:
            message = f"Nothing is heard here by whoever chose {_pairs_shown(missed)}."
            yield Found(at=place_of(group[0]), message=message)


def _groups(subject: Subject) -> Iterator[tuple[list[When], frozenset[Listener]]]:
    """Variants that follow one another and are about the same choice."""
    seen: set[int] = set()
    for part in subject.parts:
        if id(part.siblings) not in seen:
            seen.add(id(part.siblings))
            for group in _runs(part.siblings):
                yield group, part.listeners


def _runs(cues: tuple[Cue, ...]) -> Iterator[list[When]]:
    for about, run in groupby(cues, _about):
        if about:
            yield [when for when in run if isinstance(when, When)]


def _about(cue: Cue) -> str:
    """What choice a variant is about: the anchor, else the eyes; empty for all else."""
    conditions = cue.conditions if isinstance(cue, When) else ()
    about = {condition.about for condition in conditions}
    return next((name for name in ("anchor", "eyes") if name in about), "")


def _unheard(subject: Subject) -> Iterator[Found]:
    for part in subject.parts:
        is_heard = not isinstance(part.cue, When) or hearing(part.cue, part.listeners)
        if part.listeners and not is_heard:
            lengths = listed([str(minutes) for minutes in subject.script.minutes])
            message = f"Nobody ever hears this variant; it lasts {lengths} minutes."
            yield Found(at=part.at, message=message)


def _pairs_shown(pairs: set[tuple[str, str]]) -> str:
    """Name choices shortly: anchors where the eyes make no difference, or the other way round."""
    by_anchor = _grouped(pairs, 0, "the anchor {}".format)
    by_eyes = _grouped(pairs, 1, "{} eyes".format)
    return listed(min(by_anchor, by_eyes, key=len))


def _grouped(pairs: set[tuple[str, str]], index: int, name: Callable[[str], str]) -> list[str]:
    """Name what is wholly among the pairs by one half of it, and the rest by both."""
    halves = dict.fromkeys(pair[index] for pair in _TOLD_APART)
    whole = [h for h in halves if all(p in pairs for p in _TOLD_APART if p[index] == h)]
    rest = [p for p in _TOLD_APART if p in pairs and p[index] not in whole]
    return [*map(name, whole), *(f"the anchor {anchor} with {eyes} eyes" for anchor, eyes in rest)]


VARIANTS = (
    Rule(
        id="missing-variant",
        severity=Severity.WARNING,
        title="a choice for which there are no words",
        why=(
            "Where some listeners are told something, those who made another choice hear a gap. "
            "Remember those who have not chosen: `any`."
        ),
        bad=(
            ":::when anchor=sound\nYou might listen. [5s]\n:::\n"
            ":::when anchor=hands,feet,breath,any\nYou might feel what is there. [5s]\n:::"
        ),
        better=(
            ":::when anchor=sound\nYou might listen. [5s]\n:::\n"
            ":::when anchor=hands,feet,breath,any\nYou might feel what is there. [5s]\n:::\n"
            ":::when anchor=sight\nYou might look. [5s]\n:::"
        ),
        find=_missing_variants,
        reads_passages=True,
    ),
    Rule(
        id="unheard-variant",
        severity=Severity.WARNING,
        title="a variant that nobody hears",
        why="No length, anchor or way of keeping the eyes leads here, so nobody would miss it.",
        bad=":::when minutes>=90\nThere is more time today. [5s]\n:::",
        better=":::when minutes>=2\nThere is more time today. [5s]\n:::",
        find=_unheard,
    ),
)
