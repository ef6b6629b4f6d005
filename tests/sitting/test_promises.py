"""What holds for every sitting, whatever somebody does in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from server.script import Script, parse_script
from server.sitting import (
    GRAIN_MS,
    MOVES,
    Choices,
    Event,
    Extras,
    Kind,
    Program,
    Station,
    compile_sitting,
    perform,
)
from server.timeline import TELLINGS, Utterance
from server.units import Ms
from server.voice import estimate_ms
from tests.sitting.small import EXTRAS, lengths, program, voiced

SCRIPTS = Path(__file__).parents[2] / "scripts"
LONG_AFTER_MS = Ms(10**8)


@cache
def shipped() -> tuple[Script, ...]:
    """Every practice of the house that asks something."""
    passages = {path.stem: path.read_text() for path in (SCRIPTS / "passages").glob("*.md")}
    paths = [p for p in sorted(SCRIPTS.rglob("*.md")) if p.parent.name != "passages"]
    texts = [path.read_text() for path in paths if ":::ask" in path.read_text()]
    return tuple(parse_script(text, path="x.md", passages=passages) for text in texts)


@cache
def compiled(number: int, minutes: int, seed: int, has_words: bool) -> Program:
    choices = Choices(minutes=minutes, seed=seed, has_words=has_words)
    return compile_sitting(shipped()[number], choices, EXTRAS)


def guessed(made: Program) -> dict[Utterance, Ms]:
    return {each: Ms(-(-estimate_ms(each) // GRAIN_MS) * GRAIN_MS) for each in made.utterances}


Chosen = tuple[int, int, int, bool]
"""The number of a practice, its length, a telling, and whether words are given."""


@st.composite
def chosen(draw: st.DrawFn) -> Chosen:
    number = draw(st.integers(0, len(shipped()) - 1))
    minutes = draw(st.sampled_from(shipped()[number].minutes))
    return number, minutes, draw(st.integers(0, TELLINGS - 1)), draw(st.booleans())


@st.composite
def moves(draw: st.DrawFn, kinds: tuple[Kind, ...] = (*MOVES, Kind.DANGER)) -> list[Event]:
    """Moves of somebody who waits between none and two minutes."""
    waits = draw(st.lists(st.integers(0, 120_000), max_size=12))
    events, at_ms = [], 0
    for wait_ms in waits:
        at_ms += wait_ms
        words = draw(st.integers(0, 2))
        events.append(Event(kind=draw(st.sampled_from(kinds)), at_ms=Ms(at_ms), words=words))
    return events


@given(choice=chosen(), events=moves())
@settings(deadline=None)
def test_every_way_ends_in_a_return_within_the_chosen_time(
    choice: Chosen, events: list[Event]
) -> None:
    """No move is wrong: from wherever it is made, the return is reached, and in time."""
    made = compiled(*choice)
    performance = perform(made, events, guessed(made), LONG_AFTER_MS)
    assert performance.total_ms is not None
    assert performance.stations[-1].station == Station.OVER
    assert performance.stations[-2].station in (Station.RETURNING, Station.GROUND)
    listened = [(a, events[a.number]) for a in performance.applied if a.starts_ms is not None]
    over_ms = performance.stations[-1].start_ms
    if listened:
        applied, event = listened[-1]
        over_ms = Ms(over_ms - (applied.starts_ms or 0) + event.at_ms)
    assert over_ms <= made.most_ms


@given(choice=chosen(), events=moves((*Kind,)), moment=st.integers(0, 900_000))
@settings(deadline=None)
def test_what_was_certain_once_is_heard_for_ever(
    choice: Chosen, events: list[Event], moment: int
) -> None:
    """Whatever is recorded later, nothing that was handed out changes."""
    made = compiled(*choice)
    known = [event for event in events if event.at_ms <= moment]
    before = perform(made, known, guessed(made), Ms(moment))
    after = perform(made, events, guessed(made), LONG_AFTER_MS)
    assert after.lines[: len(before.lines)] == before.lines
    gap = [s for s in after.lines[len(before.lines) :] if s.start_ms < before.certain_ms]
    assert not gap, "room tone that was handed out stays room tone"


@given(choice=chosen(), events=moves((*Kind,)))
@settings(deadline=None)
def test_lines_stand_on_the_grain_and_do_not_overlap(choice: Chosen, events: list[Event]) -> None:
    made = compiled(*choice)
    lines = perform(made, events, guessed(made), LONG_AFTER_MS).lines
    end_ms = 0
    for line in lines:
        assert line.start_ms >= end_ms
        assert line.start_ms % GRAIN_MS == line.length_ms % GRAIN_MS == 0
        end_ms = line.start_ms + line.length_ms


@given(events=moves(), moment=st.integers(0, 400_000), pause=st.integers(0, 100_000))
@settings(deadline=None)
def test_a_pause_changes_nothing_but_the_time(events: list[Event], moment: int, pause: int) -> None:
    """A sitting with a pause before everything is the same sitting, later."""
    made = program(minutes=10)
    shifted = [
        Event(kind=Kind.PAUSE, at_ms=Ms(0)),
        Event(kind=Kind.RESUME, at_ms=Ms(pause)),
        *(Event(kind=e.kind, at_ms=Ms(e.at_ms + pause), words=e.words) for e in events),
    ]
    plain = perform(made, events, lengths(made), Ms(moment))
    later = perform(made, shifted, lengths(made), Ms(moment + pause))
    assert (plain.lines, plain.certain_ms, plain.ladder) == (
        later.lines, later.certain_ms, later.ladder,
    )  # fmt: skip


@given(events=moves(), ready=st.integers(0, 200_000))
@settings(deadline=None)
def test_own_words_never_move_anything_before_they_are_heard(
    events: list[Event], ready: int
) -> None:
    """Whenever they are ready, the sitting goes on; before that it is the one without them."""
    made = program(has_words=True, minutes=10)
    ready_event = voiced(made, 1, ready)
    with_words = sorted([*events, ready_event], key=lambda event: event.at_ms)
    heard = perform(made, with_words, lengths(made), LONG_AFTER_MS).lines
    plain = perform(made, events, lengths(made), LONG_AFTER_MS).lines
    own = next((n for n, line in enumerate(heard) if line.words), len(heard))
    assert heard[:own] == plain[:own]


def test_every_practice_that_asks_can_be_sat_with() -> None:
    """At every length, and none of its sittings holds a line that has no length."""
    assert len(shipped()) >= 6
    for script in shipped():
        for minutes in script.minutes:
            made = compile_sitting(script, Choices(minutes=minutes), Extras())
            total_ms = perform(made, [], guessed(made), LONG_AFTER_MS).total_ms
            assert total_ms is not None
            assert total_ms <= made.most_ms + 3_008
