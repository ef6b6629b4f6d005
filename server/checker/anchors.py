"""Rules about anchors and eyes: what a listener chose is kept in every sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.checker.model import Found, Rule, Severity
from server.checker.subject import Listener, Part, Subject, listed
from server.script import ANCHORS, ANY, Breath, Say

_BREATH = re.compile(r"\b(breath(s|e|es|ed|ing)?|(in|ex)hal(e|es|ed|ing))\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(sounds?|hear|hearing|listen(ing)?|hands?|feet|soles?|see|sight|look(ing)?|room)\b",
    re.IGNORECASE,
)
_NEAR = 3
"""So many sentences before and after one that names the breath may offer something else."""

_CLOSING = re.compile(
    r"\b(clos(e|ing)|shut(ting)?|lower(ing)?)\b[^.;:?!]{0,25}\b(eyes|eyelids|lids)\b"
    r"|\b(eyes|eyelids|lids)\b[^.;:?!]{0,25}\b(close|closed|closing|shut)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"\bopen\b.*\bor\b.*\b(closed?|shut)\b|\b(closed?|shut)\b.*\bor\b.*\bopen\b"
    r"|\bif (your|the|they|you)\b",
    re.IGNORECASE | re.DOTALL,
)
_KEEPING_OPEN = re.compile(
    r"\b(keep(ing)?|leav(e|ing)) (your|the) eyes open\b|\beyes\b.{0,20}\b(stay|remain) open\b"
    r"|\b(rest|resting) (your|the) (eyes|gaze)\b|\beyes (might|may|can|could) (rest|settle)\b",
    re.IGNORECASE | re.DOTALL,
)
_COMING_BACK = re.compile(
    r"\b(?:come|coming|go|going|return|returning|bring\w*)\b(?: \w+){0,4}?(?: back)? to"
    r" (?:your |the (?:feel(?:ing)? of (?:your )?)?)?"
    r"(?P<anchor>hands|feet|soles|sounds?|looking)\b",
    re.IGNORECASE,
)
_NAMES = {"hands": "hands", "feet": "feet", "soles": "feet", "looking": "sight"}
_LEAVING = re.compile(
    r"\b(if|too much|stop|stopping|whenever|any time|any moment)\b", re.IGNORECASE
)


def _anchors(listeners: frozenset[Listener]) -> set[str]:
    return {listener.anchor for listener in listeners}


def _other_breath(subject: Subject) -> Iterator[Found]:
    for part in subject.parts:
        words, heard = _breath_in(part), _anchors(part.listeners)
        others = [each for each in ANCHORS if each in heard and each not in (ANY, "breath")]
        if words is not None and others:
            message = f"Whoever chose {listed(others)} hears of the breath here."
            yield Found(at=part.at, message=message, phrase=words)


def _breath_in(part: Part) -> str | None:
    """The word that names the breath, empty for one that is led by sound; None for neither."""
    if isinstance(part.cue, Say):
        match = _BREATH.search(part.cue.text)
        return match[0] if match else None
    return "" if isinstance(part.cue, Breath) else None


def _only_breath(subject: Subject) -> Iterator[Found]:
    """Whoever has not chosen is offered other ground beside the breath, close by."""
    heard = [
        part
        for part in subject.parts
        if isinstance(part.cue, Say | Breath) and ANY in _anchors(part.listeners)
    ]
    for index, part in enumerate(heard):
        words = _breath_in(part)
        near = heard[max(0, index - _NEAR) : index + _NEAR + 1]
        if words is not None and not any(_offers_others(part, each) for each in near):
            message = "Nothing but the breath is offered here to a listener who has not chosen."
            yield Found(at=part.at, message=message, phrase=words)


def _offers_others(part: Part, near: Part) -> bool:
    text = near.cue.text if isinstance(near.cue, Say) else ""
    return near.at.stage == part.at.stage and _OTHERS.search(text) is not None


def _closing(subject: Subject) -> Iterator[Found]:
    for line in subject.lines:
        if {each.eyes for each in line.listeners} <= {"closed"}:
            continue
        for sentence in line.sentences:
            match = _CLOSING.search(sentence)
            if match and not _EITHER.search(sentence):
                message = "Somebody who did not choose closed eyes is told to close them."
                yield Found(at=line.at, message=message, phrase=match[0])


def _keeping_open(subject: Subject) -> Iterator[Found]:
    for line in subject.lines:
        if "closed" not in {each.eyes for each in line.listeners}:
            continue
        for sentence in line.sentences:
            match = _KEEPING_OPEN.search(sentence)
            if match and not _EITHER.search(sentence):
                message = "Somebody who chose closed eyes is told to keep them open."
                yield Found(at=line.at, message=message, phrase=match[0])


def _other_anchor(subject: Subject) -> Iterator[Found]:
    for line in subject.lines:
        for sentence in line.sentences:
            match = _COMING_BACK.search(sentence)
            if match is None or _LEAVING.search(sentence):
                continue
            named = _NAMES.get(match["anchor"].casefold(), "sound")
            others = sorted(_anchors(line.listeners) - {ANY, named})
            if others:
                message = f"Whoever chose {listed(others)} is called back to something else."
                yield Found(at=line.at, message=message, phrase=match[0])


ANCHOR_RULES = (
    Rule(
        id="other-breath",
        severity=Severity.ERROR,
        title="the breath, for somebody who chose another anchor",
        why=(
            "For some people attending to the breath brings fear. Whoever chose sounds, hands, "
            "feet or sight never hears of it: put it between `:::when anchor=any,breath` and `:::`."
        ),
        bad="You might follow your breath, or the sounds around you. [5s]",
        better=(
            ":::when anchor=any,breath\n"
            "You might follow your breath, or the sounds around you. [5s]\n"
            ":::\n"
            ":::when anchor=sound,hands,feet,sight\n"
            "You might stay with what you chose. [5s]\n"
            ":::"
        ),
        find=_other_breath,
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="breath-only",
        severity=Severity.WARNING,
        title="the breath as the only anchor",
        why=(
            "The breath is not neutral ground for everyone. To a listener who has not chosen, "
            "sound, hands, feet and sight are offered beside it, as equals."
        ),
        bad=(
            ":::when anchor=any,breath\n"
            "You might come back to your breath. [5s]\n"
            ":::\n"
            ":::when anchor=sound,hands,feet,sight\n"
            "You might come back to what you chose. [5s]\n"
            ":::"
        ),
        better=(
            ":::when anchor=breath\n"
            "You might come back to your breath. [5s]\n"
            ":::\n"
            ":::when anchor=any,sound,hands,feet,sight\n"
            "You might come back to what you chose. [5s]\n"
            ":::"
        ),
        find=_only_breath,
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="other-anchor",
        severity=Severity.WARNING,
        title="called back to an anchor that was not chosen",
        why=(
            "Whoever chose their hands and is called back to sounds has to give up what they "
            "found. The passage `come-back` knows what was chosen."
        ),
        bad="You might come back to your hands. [5s]",
        better="You might come back to what you chose. [5s]",
        find=_other_anchor,
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="closing-eyes",
        severity=Severity.ERROR,
        title="eyes to be closed by somebody who did not choose it",
        why=(
            "For somebody who is only safe with open eyes this is the line at which they leave. "
            "Offer both, or let only those hear it who chose: `:::when eyes=closed`."
        ),
        bad="You might close your eyes for this. [5s]",
        better="Your eyes may be open or closed for this. [5s]",
        find=_closing,
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="keeping-open",
        severity=Severity.WARNING,
        title="eyes to be kept open by somebody who chose to close them",
        why="What a listener chose is kept in every sentence, the other way round as well.",
        bad="You might rest your eyes on something nearby. [5s]",
        better=(
            ":::when eyes=open\nYou might rest your eyes on something nearby. [5s]\n:::\n"
            ":::when eyes=any,closed\nYou might feel what is nearby. [5s]\n:::"
        ),
        find=_keeping_open,
        is_english=True,
        reads_passages=True,
    ),
)
