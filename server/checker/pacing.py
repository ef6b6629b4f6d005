"""Rules about time: silences that are announced and ended, and a pace that can be followed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from server.checker.model import Found, Rule, Severity
from server.checker.place import Place
from server.checker.subject import Subject, count_words, place_of
from server.checker.telling import Misfit, Moment, Telling, shown
from server.script import Bed, Bell, Breath, Fill, Say, Silence
from server.units import Ms

STILLNESS_MS, MOST_MS = Ms(25_000), Ms(90_000)
"""A longer silence is stillness, which is announced and ended; and the longest there may be."""

LEAST_WPM, MOST_WPM = 50, 90
"""Words a minute outside of stillness."""

LEAST_SPOKEN_WPM, MOST_SPOKEN_WPM = 105, 150
"""Words of usual length a minute while somebody speaks."""

USUAL_LETTERS = 5.5
"""What a word of usual length has, the blank behind it included."""

_ANNOUNCING = re.compile(r"\b(quiet(ly|er|ness)?|silen(ce|ces|t|tly)|still(ness)?|bells?)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A stretch of one telling in which only the room is heard."""

    telling: Telling
    longest: Moment
    """Of the silences that it is made of the one that lasts longest."""
    length_ms: Ms
    before: str
    """The last sentence before it; empty where nothing was said yet."""
    after: Moment | None
    """What ends it; None at the end of the practice."""

    @property
    def seconds(self) -> str:
        """How long it lasts, and for whom."""
        return f"{round(self.length_ms / 1000)} s {shown(self.telling.options)}"


def quiets(telling: Telling) -> Iterator[Quiet]:
    """Find the silences of a telling as they are heard: those that touch are one."""
    run: list[Moment] = []
    before = ""
    for moment in (*telling.moments, None):
        if moment and isinstance(moment.cue, Silence | Fill):
            run.append(moment)
        elif moment is None or not isinstance(moment.cue, Bed):
            if run:
                yield Quiet(
                    telling=telling,
                    longest=max(run, key=lambda each: each.length_ms),
                    length_ms=Ms(sum(each.length_ms for each in run)),
                    before=before,
                    after=moment,
                )
            run = []
            before = (moment and moment.text) or before


def _worst(subject: Subject, is_wrong: Callable[[Quiet], bool]) -> Iterator[tuple[Quiet, Place]]:
    """For each place the longest of the silences there that are wrong in some telling."""
    worst: dict[Place, Quiet] = {}
    for telling in subject.tellings:
        for quiet in quiets(telling):
            at = place_of(quiet.longest.cue)
            is_longest = at not in worst or worst[at].length_ms < quiet.length_ms
            if is_longest and is_wrong(quiet):
                worst[at] = quiet
    return ((quiet, at) for at, quiet in worst.items())


def _unannounced(subject: Subject) -> Iterator[Found]:
    def is_wrong(quiet: Quiet) -> bool:
        return quiet.length_ms > STILLNESS_MS and not _ANNOUNCING.search(quiet.before)

    for quiet, at in _worst(subject, is_wrong):
        message = f"Nothing announces this silence of {quiet.seconds}."
        if quiet.before:
            message += f" Before it one hears: {quiet.before}"
        yield Found(at=at, message=message)


def _unended(subject: Subject) -> Iterator[Found]:
    def is_wrong(quiet: Quiet) -> bool:
        is_ended = quiet.after is not None and isinstance(quiet.after.cue, Say | Bell)
        return quiet.length_ms > STILLNESS_MS and not is_ended

    for quiet, at in _worst(subject, is_wrong):
        yield Found(at=at, message=f"No sentence and no bell ends this silence of {quiet.seconds}.")


def _too_long(subject: Subject) -> Iterator[Found]:
    for quiet, at in _worst(subject, lambda quiet: quiet.length_ms > MOST_MS):
        message = f"This silence lasts {quiet.seconds}; {MOST_MS // 1000} s are the most."
        yield Found(at=at, message=message)


# ── pace ─────────────────────────────────────────────────────────────────────────────────────


def words_a_minute(telling: Telling) -> int:
    """How many words are heard a minute outside of stillness, bells and breaths."""
    still_ms = sum(q.length_ms for q in quiets(telling) if q.length_ms > STILLNESS_MS)
    led_ms = sum(m.length_ms for m in telling.moments if isinstance(m.cue, Bell | Breath))
    words = sum(count_words(moment.text) for moment in telling.moments)
    return round(words * 60_000 / max(1, telling.total_ms - still_ms - led_ms))


def spoken_words_a_minute(telling: Telling) -> int:
    """How many words of usual length the voice says a minute while it speaks.

    Plain texts have short words: spoken no faster, they would count as hurried.
    """
    spoken_ms = sum(m.length_ms for m in telling.moments if isinstance(m.cue, Say))
    letters = sum(len(moment.text) + 1 for moment in telling.moments if moment.text)
    return round(letters / USUAL_LETTERS * 60_000 / max(1, spoken_ms))


def _outside(
    tellings: Iterable[Telling], rate_of: Callable[[Telling], int], least: int, most: int
) -> Iterator[tuple[int, Telling]]:
    """The telling that is furthest below a band, and the one that is furthest above it."""
    rates = sorted(((rate_of(each), each) for each in tellings), key=lambda pair: pair[0])
    yield from (pair for pair in rates[:1] if pair[0] < least)
    yield from (pair for pair in rates[-1:] if pair[0] > most)


def _pace(subject: Subject) -> Iterator[Found]:
    for minutes in subject.script.minutes:
        told = [each for each in subject.tellings if each.options.minutes == minutes]
        for rate, telling in _outside(told, words_a_minute, LEAST_WPM, MOST_WPM):
            advice = "more silence between sentences" if rate > MOST_WPM else "more to hear"
            message = (
                f"{rate} words a minute are heard outside of stillness "
                f"{shown(telling.options)} ({_how_known(telling)}). {LEAST_WPM} to {MOST_WPM} "
                f"leave room to follow; it wants {advice}."
            )
            yield Found(at=subject.field_at("minutes"), message=message)


def _speech_pace(subject: Subject) -> Iterator[Found]:
    told = subject.tellings
    for rate, telling in _outside(told, spoken_words_a_minute, LEAST_SPOKEN_WPM, MOST_SPOKEN_WPM):
        message = (
            f"The voice says {rate} words of usual length a minute ({_how_known(telling)}); "
            f"{LEAST_SPOKEN_WPM} to {MOST_SPOKEN_WPM} sound at ease. Choose a "
            f"{'larger' if rate > MOST_SPOKEN_WPM else 'smaller'} pace."
        )
        yield Found(at=subject.field_at("pace"), message=message)


def _how_known(telling: Telling) -> str:
    return "measured" if telling.is_measured else "estimated"


def _over_early(subject: Subject) -> Iterator[Found]:
    for minutes, worst in _misfits(subject):
        if worst.needed_ms < minutes * 60_000:
            message = f"It is over after {_needed(worst)}."
            yield Found(at=subject.field_at("minutes"), message=message)


def _too_short(subject: Subject) -> Iterator[Found]:
    for minutes, worst in _misfits(subject):
        if worst.needed_ms >= minutes * 60_000:
            message = f"It cannot be shorter than {_needed(worst)}."
            yield Found(at=subject.field_at("minutes"), message=message)


def _misfits(subject: Subject) -> Iterator[tuple[int, Misfit]]:
    """Each length that cannot be kept, and the telling that is the farthest from it."""
    for minutes in subject.script.minutes:
        missed = [each for each in subject.misfits if each.options.minutes == minutes]
        if missed:
            yield minutes, max(missed, key=lambda each: abs(each.needed_ms - minutes * 60_000))


def _needed(misfit: Misfit) -> str:
    least, seconds = divmod(round(misfit.needed_ms / 1000), 60)
    return f"{least} min {seconds} s {shown(misfit.options)}"


PACING = (
    Rule(
        id="length-missed",
        severity=Severity.ERROR,
        title="a length that is over early",
        why="Speech is never stretched: where no silence can grow, a long practice ends too soon.",
        bad="You might rest here for as long as you like. [20s]",
        better="You might rest here in the quiet for as long as you like. [silence fill]",
        find=_over_early,
    ),
    Rule(
        id="length-too-short",
        severity=Severity.ERROR,
        title="a length that is too short for what is said",
        why=(
            "Speech is never cut: where too much is said for a length, it cannot be made. Leave it "
            "out, or have what only longer ones need between “:::when minutes>=5” and “:::”."
        ),
        bad="minutes: [1, 3]",
        better="minutes: [3]",
        find=_too_short,
    ),
    Rule(
        id="silence-unannounced",
        severity=Severity.WARNING,
        title="a long silence that nobody announces",
        why=(
            "After some twenty-five seconds without a word a listener wonders whether the sound "
            "has stopped. The sentence before says that it will be quiet: with the word quiet, "
            "silence, still or bell."
        ),
        bad="You might stay with that for a while. [40s]",
        better="We can be quiet with that for a while. [40s]",
        find=_unannounced,
        is_english=True,
    ),
    Rule(
        id="silence-unended",
        severity=Severity.WARNING,
        title="a long silence that nothing ends",
        why="A short sentence or a bell brings the listener back, and says that all is in order.",
        bad="We can be quiet until the sound of a breath. [40s] [breath x1 in=4s out=6s]",
        better="We can be quiet until the bell. [40s] [bell]",
        find=_unended,
    ),
    Rule(
        id="silence-too-long",
        severity=Severity.WARNING,
        title=f"a silence of more than {MOST_MS // 1000} seconds",
        why=(
            "In longer stillness without a word many people drift into worry or sleep. Silences "
            "that follow one another without a word are one silence to the listener. A fill "
            "grows with the length: give the long form more words, or more fills."
        ),
        bad="We can be quiet for some time now. [silence 2m]",
        better="We can be quiet for some time now. [silence 1m] And a little more quiet. [1m]",
        find=_too_long,
    ),
    Rule(
        id="pace",
        severity=Severity.WARNING,
        title="too many words a minute, or too few",
        why=(
            f"Between stillnesses, {LEAST_WPM} to {MOST_WPM} words a minute leave room to do what "
            "the words suggest, and do not leave one alone. After an ordinary sentence 3 to 6 "
            "seconds, after a question 8 to 20."
        ),
        bad=(
            "You might feel your feet. You might feel your hands. There may be a sound. There "
            "may be another. Perhaps it is warm where you are. Perhaps it is not. Something is "
            "under you. Something is above you. Any of it will do."
        ),
        better=(
            "You might feel your feet. [5s] You might feel your hands. [5s] There may be a "
            "sound. [8s]"
        ),
        find=_pace,
    ),
    Rule(
        id="speech-pace",
        severity=Severity.WARNING,
        title="a voice that hurries, or drags",
        why=(
            f"Speech of {LEAST_SPOKEN_WPM} to {MOST_SPOKEN_WPM} words a minute sounds like "
            "somebody who has time. The field `pace` says how slowly a voice speaks."
        ),
        bad="pace: 1.0",
        better="pace: 1.6",
        find=_speech_pace,
    ),
)
