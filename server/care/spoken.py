"""A worksheet as a practice: a voice asks each question and leaves time to write."""

from __future__ import annotations

from collections.abc import Iterator

from server.care.spoken_words import PHRASES, Phrases
from server.care.worksheet import (
    HIGHEST_RATING,
    ChoiceField,
    Field,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
)
from server.script import (
    Bell,
    Condition,
    Cue,
    Fill,
    Position,
    Say,
    Script,
    Silence,
    Stage,
    When,
    print_script,
)
from server.units import Ms

_AT = Position(line=1, column=1)
"""Of cues that stand in no file yet."""

_PACE = 1.7
_WORDS_A_SECOND = 3.6
"""At a pace of 1."""
_LONGEST_FILL = 76
"""Seconds; the checker allows 90, and speech may be quicker than it was taken for."""
_LONGEST_PRACTICE = 120
NOTHING_BEFORE_MS = Ms(0)
_LONG_ANSWER = 600
"""Characters from which on there is twice the time to write."""


def find_spoken_script(
    worksheet: Worksheet, *, voice: str, before_ms: Ms = NOTHING_BEFORE_MS
) -> str | None:
    """Write the script of a practice that asks all that a worksheet asks.

    It is as long as it takes, with `before_ms` for what somebody else says before it. `voice` has
    to speak the worksheet's language. None where the house has no words in that language for what
    stands between the questions, and where all of it would take longer than a practice may be.
    """
    phrases = PHRASES.get(worksheet.language.partition("-")[0])
    stages = tuple(_stages(worksheet, phrases)) if phrases else ()
    minutes = _minutes(stages, before_ms)
    if phrases is None or minutes > _LONGEST_PRACTICE:
        return None
    return print_script(
        Script(
            slug=f"write-{worksheet.name}"[:60].rstrip("-"),
            title=worksheet.title,
            summary=worksheet.summary,
            intention=phrases.intention,
            for_whom=phrases.for_whom,
            not_when=phrases.not_when,
            track="present-pain",
            minutes=(minutes,),
            language=worksheet.language,
            voice=voice,
            pace=_PACE,
            words=(),
            credits=worksheet.credits or phrases.credits,
            stages=stages,
        )
    )


# ── stages ───────────────────────────────────────────────────────────────────────────────────


def _stages(worksheet: Worksheet, phrases: Phrases) -> Iterator[Stage]:
    yield _stage(phrases.arriving_title, (_bell(), *_arriving(worksheet, phrases)))
    questions = [part for field in worksheet.fields for part in _questions(field, phrases)]
    for number, cues in enumerate(questions, 1):
        opening = phrases.first if number == 1 else phrases.next
        title = f"{phrases.question_title} {number}"
        yield _stage(title, (*_say(opening, 3), *cues))
    yield _stage(phrases.reading_title, tuple(_reading(worksheet, phrases)))
    ending = (*_say(worksheet.closing, 6), *_told(phrases.returning, 6))
    yield _stage(phrases.returning_title, (*ending, _bell()))


def _arriving(worksheet: Worksheet, phrases: Phrases) -> Iterator[Cue]:
    yield from _say(f"{phrases.name_of}: {worksheet.title}", 4)
    yield from _told(phrases.arriving, 4)
    for eyes, sentence in phrases.eyes.items():
        condition = Condition(about="eyes", names=(eyes,))
        yield When(conditions=(condition,), cues=tuple(_say(sentence, 5)), at=_AT)
    yield from _told(phrases.before, 5)


def _questions(field: Field, phrases: Phrases) -> Iterator[tuple[Cue, ...]]:
    """What is heard of a field: a stage for each question that its page asks, in that order."""
    if isinstance(field, PairField):
        sides = (field.first, field.second)
        yield from (tuple(_side(side, field.longest, phrases)) for side in sides)
        yield from (tuple(_rating(side, phrases)) for side in sides)
        return
    asked = (*_say(field.ask, 6), *_say(field.hint, 5))
    passing = _say(phrases.optional, 4) if field.is_optional else ()
    yield (*asked, *passing, *_time_for(field, phrases))


def _time_for(field: TextField | ChoiceField | ScaleField, phrases: Phrases) -> Iterator[Cue]:
    if isinstance(field, TextField):
        yield from _writing(field.longest, phrases)
        return
    if isinstance(field, ChoiceField):
        yield from _say(phrases.options_many if field.is_many else phrases.options_one, 3)
        for option in field.options:
            yield from _say(f"{phrases.option}: {option}", 3)
    else:
        yield from _say(phrases.number.format(least=field.least, most=field.most), 3)
        for number, meaning in ((field.least, field.least_means), (field.most, field.most_means)):
            yield from _say(f"{number}: {meaning}", 3) if meaning else ()
    yield from _say(phrases.short_quiet, 20)


def _side(side: Side, longest: int, phrases: Phrases) -> Iterator[Cue]:
    yield from _say(f"{phrases.headed}: {side.title}", 3)
    yield from _say(side.ask, 6)
    yield from _say(side.hint, 5)
    yield from _writing(longest, phrases)


def _rating(side: Side, phrases: Phrases) -> Iterator[Cue]:
    yield from _say(f"{phrases.under}: {side.title}", 3)
    yield from _say(side.rate or phrases.rate, 4)
    yield from _say(phrases.number.format(least=0, most=HIGHEST_RATING), 6)
    yield from _say(phrases.short_quiet, 20)


def _writing(longest: int, phrases: Phrases) -> Iterator[Cue]:
    """Leave time to write: announced, and ended by a word."""
    yield from _say(phrases.quiet, 2)
    yield Fill(at=_AT)
    if longest >= _LONG_ANSWER:
        yield from _say(phrases.more_quiet, 2)
        yield Fill(at=_AT)
    yield from _say(phrases.after_quiet, 4)


def _reading(worksheet: Worksheet, phrases: Phrases) -> Iterator[Cue]:
    yield from _told(phrases.read_both if worksheet.pair else phrases.read_all, 5)
    yield from _told(phrases.kind_word, 5)
    yield from _say(phrases.reading_quiet, 2)
    yield Fill(at=_AT)
    yield from _say(phrases.after_reading, 4)


# ── cues ─────────────────────────────────────────────────────────────────────────────────────


def _stage(title: str, cues: tuple[Cue, ...]) -> Stage:
    return Stage(title=title, cues=cues, at=_AT)


def _bell() -> Bell:
    return Bell(at=_AT)


def _told(sentences: tuple[str, ...], seconds: int) -> Iterator[Cue]:
    for sentence in sentences:
        yield from _say(sentence, seconds)


def _say(text: str, seconds: int) -> tuple[Cue, ...]:
    """Say something, and be quiet for a little; of a text without letters nothing is said."""
    if not any(map(str.isalnum, text)):
        return ()
    said = text if text[-1] in ".?!…" else f"{text.rstrip(':,; ')}."
    return Say(parts=(said,), at=_AT), Silence(length_ms=Ms(seconds * 1000), at=_AT)


# ── how long it is ───────────────────────────────────────────────────────────────────────────


def _minutes(stages: tuple[Stage, ...], before_ms: Ms) -> int:
    """So many whole minutes that no quiet is longer than somebody can bear without a word."""
    cues = [cue for stage in stages for cue in stage.cues]
    fills = sum(isinstance(cue, Fill) for cue in cues)
    least = sum(_seconds(cue) for cue in cues) + fills * _LONGEST_FILL - 60
    least += before_ms / 1000
    return int(least // 60) + 1


def _seconds(cue: Cue) -> float:
    if isinstance(cue, Say):
        return sum(len(str(part).split()) for part in cue.parts) / _WORDS_A_SECOND * _PACE
    if isinstance(cue, Silence):
        return cue.length_ms / 1000
    # A fill takes what is left; a bell, and one of three ways of speaking of the eyes, are short.
    return 0 if isinstance(cue, Fill) else 3
