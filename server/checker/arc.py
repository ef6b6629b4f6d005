"""Rules about the whole: what is said early, the ways out, the return, and for whom it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast

from server.checker.model import Found, Rule, Severity
from server.checker.place import Place
from server.checker.subject import Subject
from server.checker.telling import Telling, shown
from server.script import END, Go, Stage

EARLY = 0.25
"""What part of a practice is its beginning, should its first stage be shorter."""

_STOPPING = re.compile(
    # From the very beginning alone: what is not found from there is found from nowhere else, and
    # to try each letter of a long text takes time with the square of it.
    r"\A(?=.*\b(stop|stopping|leave (here |now |this )?(at any|when)"
    r"|(switch|turn) (it|this|me) off)\b)"
    r"(?=.*\b(can|may|might|could|fine|all right|okay|always|whenever|welcome|allowed|free|kind"
    r"|kindness|any (time|moment|point))\b)",
    re.IGNORECASE | re.DOTALL,
)
_EYES = re.compile(r"\b(eyes?|eyelids|gaze)\b", re.IGNORECASE)
_WAY_OUT = re.compile(
    r"\btoo much\b|\bstop(ping)?\b|\bway out\b|\bopen(ing)? your eyes\b"
    r"|\b(leave|put) (it|this|that|them|all of it|all of that)\b"
    r"|\b(feet|soles|floor|room|chair)\b.*\b(there|any (time|moment)|instead|if|whenever)\b"
    r"|\b(back|turn|go|come|rest)\b.{0,30}\b(feet|soles|floor|room|chair)\b",
    re.IGNORECASE | re.DOTALL,
)
_SENSES = tuple(
    re.compile(rf"\b({words})\b", re.IGNORECASE)
    for words in (
        "sounds?|hear|hears|hearing|listen(ing)?",
        "hands?|fingers?|feet|foot|toes|soles",
        "eyes?|look(ing)?|sees?|seeing|light|colou?rs?",
        "room|walls?|window|place|here|air|smells?|outside|around you",
        "weight|chair|seat|floor|ground|bed|body|back|skin|warmth",
    )
)
_LEAST_SENSES = 2


def _says(stretch: Callable[[Telling], str], pattern: re.Pattern[str]) -> Callable[[Telling], bool]:
    return lambda telling: pattern.search(stretch(telling)) is not None


def _beginning(telling: Telling) -> str:
    """What is heard in the first stage and in the first part of a telling."""
    first = telling.moments[0].stage
    early_ms = EARLY * telling.total_ms
    return _joined(m.text for m in telling.moments if m.stage == first or m.start_ms < early_ms)


def _ending(telling: Telling) -> str:
    """What is heard in the last stage and in the last part of a telling."""
    last = telling.moments[-1].stage
    late_ms = (1 - EARLY) * telling.total_ms
    return _joined(m.text for m in telling.moments if m.stage == last or m.start_ms >= late_ms)


def _joined(texts: Iterator[str]) -> str:
    return "\n".join(filter(None, texts))


def _missing(has: Callable[[Telling], bool], message: str) -> Callable[[Subject], Iterator[Found]]:
    """Make a rule that wants something in every telling; it speaks at the first heading."""

    def find(subject: Subject) -> Iterator[Found]:
        without = [telling for telling in subject.tellings if not has(telling)]
        if without:
            told = shown(without[0].options)
            yield Found(at=stage_at(subject.script.stages[0]), message=message.format(told))

    return find


def stage_at(stage: Stage) -> Place:
    """Where the heading of a stage stands in a script that was put in place."""
    return cast(Place, stage.at)


def is_return(text: str) -> bool:
    """True for a text that leads back by way of the senses."""
    return sum(bool(sense.search(text)) for sense in _SENSES) >= _LEAST_SENSES


def _no_return(subject: Subject) -> Iterator[Found]:
    without = [each for each in subject.tellings if not is_return(_ending(each))]
    if without:
        last = without[0].moments[-1].stage
        stage = next(each for each in subject.script.stages if each.title == last)
        message = f"The practice ends without a way back by the senses {shown(without[0].options)}."
        yield Found(at=stage_at(stage), message=message)
    heard = {moment.stage for telling in subject.tellings for moment in telling.moments}
    for stage in _last_stages(subject):
        text = _joined(line.text for line in subject.lines if line.at.stage == stage.title)
        if stage.title not in heard and not is_return(text):
            message = f"Whoever comes to “{stage.title}” is not led back by the senses."
            yield Found(at=stage_at(stage), message=message)


def _last_stages(subject: Subject) -> Iterator[Stage]:
    """The stages after which the practice is over."""
    leading = {p.at.stage for p in subject.parts if isinstance(p.cue, Go) and p.cue.goes == END}
    for number, stage in enumerate(subject.script.stages, 1):
        if stage.title in leading or number == len(subject.script.stages):
            yield stage


def _no_way_out(subject: Subject) -> Iterator[Found]:
    """Look at each stage as it is told; one that leads back is a way out by itself."""
    if subject.script.track != "past-pain":
        return
    for stage in subject.script.stages:
        for told, text in _tellings_of(subject, stage):
            if not _WAY_OUT.search(text) and not is_return(text):
                message = f"“{stage.title}” offers no way out{told}."
                yield Found(at=stage_at(stage), message=message)
                break


def _tellings_of(subject: Subject, stage: Stage) -> Iterator[tuple[str, str]]:
    """What is heard of a stage, and by whom; of one that only a choice leads to, all of it."""
    is_told = False
    for telling in subject.tellings:
        moments = [moment for moment in telling.moments if moment.stage == stage.title]
        if moments:
            is_told = True
            yield f" {shown(telling.options)}", _joined(moment.text for moment in moments)
    if not is_told:
        yield "", _joined(line.text for line in subject.lines if line.at.stage == stage.title)


def _no_counsel(subject: Subject) -> Iterator[Found]:
    for field, asks in (("for-whom", "whom it may suit"), ("not-when", "when it is better left")):
        if not getattr(subject.script, field.replace("-", "_")):
            message = f"The front matter has no '{field}': nobody is told {asks}."
            yield Found(at=subject.field_at(field), message=message)


ARC = (
    Rule(
        id="stop-line",
        severity=Severity.ERROR,
        title="no early word that stopping is fine",
        why=(
            "Somebody who knows from the beginning that they may stop can afford to stay. It is "
            "said in the first stage or the first quarter, whoever listens and at every length."
        ),
        bad="This is a short practice with the sounds of the room. [4s]",
        better="This is a short practice, and you can stop at any moment. [4s]",
        find=_missing(
            _says(_beginning, _STOPPING), "Nobody is told early that stopping is fine, {}."
        ),
        is_english=True,
    ),
    Rule(
        id="eyes-line",
        severity=Severity.WARNING,
        title="no early word about the eyes",
        why=(
            "Closed eyes are no neutral ground: some people are only safe with open ones. Say "
            "early that both are fine, or take in the passage `eyes`."
        ),
        bad="This is a short practice, and you can stop at any moment. [4s]",
        better="You can stop at any moment, and your eyes may be open or closed. [4s]",
        find=_missing(_says(_beginning, _EYES), "Nothing is said early about the eyes, {}."),
        is_english=True,
    ),
    Rule(
        id="return",
        severity=Severity.WARNING,
        title="no way back by the senses",
        why=(
            "Whoever has been somewhere inside wants to arrive again before they stand up: by "
            "sounds, hands, feet, light, the room. Every stage after which it is over leads back."
        ),
        bad="Thank you for being here today. [4s]",
        better="Perhaps you hear the room again, and feel your hands and your feet. [4s]",
        find=_no_return,
        is_english=True,
    ),
    Rule(
        id="way-out",
        severity=Severity.ERROR,
        title="no way out in a stage about old pain",
        why=(
            "Old pain can come up at any moment of a practice in the track `past-pain`. Each "
            "stage of it says what one can do then: turn to the feet or the room, or stop."
        ),
        bad="You might look at that younger one for a while. [8s]",
        better=(
            "You might look at that younger one for a while. [8s] If it is too much, your feet "
            "are there, and the room, and you may stop. [5s]"
        ),
        find=_no_way_out,
        is_english=True,
    ),
    Rule(
        id="counsel",
        severity=Severity.WARNING,
        title="no word on whom it suits, or when it does not",
        why=(
            "A therapist chooses by it, and a listener finds out beforehand, not in the middle, "
            "that another practice or none would be better today."
        ),
        bad="intention: To see what happens.",
        better=(
            "for-whom: For days with a quarter of an hour to spare.\n"
            "not-when: In great distress; take 'Too much' then."
        ),
        find=_no_counsel,
    ),
)
