"""What is heard in a sitting: without a move, after each of them, and by the clock."""

from __future__ import annotations

import pytest

from server.sitting import LEAD_MS, Event, Kind, Rung, Station
from server.sitting.budget import Budget
from server.sitting.clock import Clock
from server.sitting.walk import Walk
from server.units import Ms
from tests.sitting.small import BODY, EXTRAS, Heard, hear, lengths, move, program, voiced

RETURN = ["Here is the room.", "bell-small"]
GROUND = ["Your feet are here.", "breath-in", "breath-out", "Here is the room again."]


def _stations(heard: Heard) -> list[str]:
    return [str(each.station) for each in heard.performance.stations]


def _outcomes(heard: Heard) -> list[tuple[int, str]]:
    return [(rung.words, rung.outcome) for rung in heard.performance.ladder]


def _starts(heard: Heard) -> list[int | None]:
    return [each.starts_ms for each in heard.performance.applied]


def test_somebody_who_makes_no_move_is_led_through_to_the_return() -> None:
    """Silence is an answer: the guide waits, and goes on gently."""
    heard = hear(program())
    assert heard.said == [
        "bell-small", "Here we are.", "Something may be here.", "Can it be met?",
        *("One step back.", "It may be tired.", "And this one?"),
        *("One step back.", "It may be cross.", "And this one?"),
        *("One step back.", "It may be tired.", "And this one?"),
        "The first one said: “there is no time”.", "Now it is quiet.", *RETURN,
    ]  # fmt: skip
    assert _stations(heard)[-2:] == ["returning", "over"]
    assert _outcomes(heard)[-1] == (0, "rested")


def test_the_guide_waits_longer_for_an_answer_than_the_script_is_silent() -> None:
    """Eight seconds behind a question are for who only listens; live it is three times that."""
    heard = hear(program())
    asked = next(each for each in heard.performance.stations if each.station == Station.ASKING)
    then = heard.performance.lines[4]
    assert then.start_ms - asked.start_ms == 24_000
    assert asked.start_ms == heard.start_of("Can it be met?") + 1_024


def test_a_move_is_heard_from_the_end_of_what_was_certain() -> None:
    """What was handed out stays; the silence behind it is cut, and the listener goes there."""
    made = program()
    heard = hear(made, [move(Kind.MET, 14_000)])
    assert _starts(heard) == [19_008]  # 14 s + LEAD, on the grain
    assert heard.start_of("The first one said: “there is no time”.") == 19_008
    at_once = hear(made, [move(Kind.MET, 14_000)], clock_ms=14_000).performance
    assert at_once.heard_ms == 19_008
    assert at_once.certain_ms > 19_008 + LEAD_MS - 400


def test_no_sentence_is_cut() -> None:
    """A move in the middle of a sentence waits for its end."""
    made = program()
    sentence = hear(made).performance.lines[1]
    heard = hear(made, [move(Kind.MET, sentence.start_ms + 500 - LEAD_MS)])
    assert _starts(heard) == [sentence.start_ms + sentence.length_ms]


def test_stepping_back_asks_again_and_met_rests() -> None:
    heard = hear(program(), [move(Kind.STEP_BACK, 16_000), move(Kind.MET, 17_500)])
    assert heard.said[4:] == [
        "One step back.", "It may be tired.", "And this one?",
        "The first one said: “there is no time”.", "Now it is quiet.", *RETURN,
    ]  # fmt: skip
    assert _outcomes(heard) == [(0, "stepped-back"), (0, "met")]


def test_own_words_are_said_where_the_script_allows_it() -> None:
    """The first ones when they are named, new ones at their own step back."""
    made = program(has_words=True)
    heard = hear(
        made,
        [voiced(made, 1, 100), voiced(made, 2, 900), move(Kind.STEP_BACK, 16_000, words=2)],
    )
    assert heard.said[:8] == [
        "bell-small", "Here we are.", "<1>", "Can it be met?",
        "One step back.", "<2>", "It may be tired.", "And this one?",
    ]  # fmt: skip
    assert heard.said.count("<2>") == 1, "at the next step back they are not the latest any more"
    assert heard.said[-4] == "<1>"
    assert [rung.words for rung in heard.performance.ladder][:2] == [1, 2]
    own = next(line for line in heard.performance.lines if line.words == 1)
    assert own.length_ms == 2_048
    assert own.sound.is_private  # type: ignore[union-attr]


def test_words_that_are_not_there_in_time_leave_the_neutral_wording() -> None:
    made = program(has_words=True)
    heard = hear(made, [voiced(made, 1, 9_000)])
    assert heard.said[2] == "Something may be here."
    assert heard.said[-4] == "<1>", "later they are there"


def test_words_that_come_during_a_silence_do_not_cut_it() -> None:
    made = program(has_words=True)
    heard = hear(made, [voiced(made, 1, 11_000)])
    assert _starts(heard) == []
    assert heard.performance.lines[4].start_ms == hear(made).performance.lines[4].start_ms


def test_staying_is_quiet_and_then_goes_on() -> None:
    """Who wants to stay has 45 seconds more, and then the question waits anew."""
    heard = hear(program(minutes=10), [move(Kind.STAY, 16_000)])
    assert heard.said[3:6] == ["Can it be met?", "We can stay.", "One step back."]
    gap = heard.performance.lines[5].start_ms - heard.start_of("We can stay.")
    assert gap == 1_024 + 44_992 + 24_000


def test_too_much_gives_ground_and_a_return() -> None:
    heard = hear(program(), [move(Kind.TOO_MUCH, 16_000)])
    assert heard.said[4:] == GROUND
    assert _stations(heard)[-2:] == ["ground", "over"]
    assert _outcomes(heard) == [(0, "grounded")]


def test_whoever_comes_back_from_the_ground_is_asked_again() -> None:
    heard = hear(program(), [move(Kind.TOO_MUCH, 16_000), move(Kind.GO_BACK, 16_050)])
    assert heard.said[4:9] == [
        "Your feet are here.", "breath-in", "We go back.", "Can it be met?", "One step back.",
    ]  # fmt: skip
    assert _outcomes(heard)[:2] == [(0, "grounded"), (0, "stepped-back")]


def test_whoever_was_resting_comes_back_to_rest() -> None:
    events = [move(Kind.MET, 16_000), move(Kind.TOO_MUCH, 20_000), move(Kind.GO_BACK, 20_050)]
    heard = hear(program(minutes=10), events)
    assert heard.said[-5:] == ["Your feet are here.", "breath-in", "We go back.", *RETURN]
    assert _outcomes(heard) == [(0, "met"), (0, "rested")]


def test_whoever_was_returning_comes_back_to_the_return() -> None:
    events = [move(Kind.END, 10_000), move(Kind.TOO_MUCH, 11_500), move(Kind.GO_BACK, 11_550)]
    heard = hear(program(minutes=10), events)
    assert heard.said[-5:] == ["Your feet are here.", "breath-in", "We go back.", *RETURN]


def test_words_of_danger_are_answered_and_then_the_ground() -> None:
    heard = hear(program(), [move(Kind.DANGER, 16_000)])
    assert heard.said[4:] == ["Please find somebody.", *GROUND]
    assert _stations(heard)[-2:] == ["ground", "over"]


def test_ending_goes_to_the_return_from_everywhere() -> None:
    for events in ([move(Kind.END, 3_000)], [move(Kind.TOO_MUCH, 9_000), move(Kind.END, 12_000)]):
        assert hear(program(), events).said[-2:] == RETURN


@pytest.mark.parametrize(
    "events",
    [
        [move(Kind.GO_BACK, 16_000)],
        [move(Kind.MET, 16_000), move(Kind.MET, 26_000)],
        [move(Kind.END, 16_000), move(Kind.END, 16_100)],
        [move(Kind.TOO_MUCH, 16_000), move(Kind.MET, 17_000)],
        [move(Kind.TOO_MUCH, 16_000), move(Kind.STEP_BACK, 17_000)],
        [move(Kind.END, 16_000), move(Kind.MET, 40_000)],
    ],
    ids=["back from nowhere", "met twice", "ends twice", "met ground", "back from ground", "over"],
)
def test_a_move_that_has_no_place_changes_nothing(events: list[Event]) -> None:
    """It is taken, and everything goes on as it was; no silence is cut by it."""
    made = program(minutes=10)
    heard = hear(made, events)
    assert _starts(heard)[-1] is None
    assert heard.performance.lines == hear(made, events[:-1]).performance.lines


def test_something_new_that_comes_while_resting_can_be_greeted() -> None:
    """Who steps back after the loop is taken into it once more."""
    heard = hear(program(minutes=10), [move(Kind.MET, 16_000), move(Kind.STEP_BACK, 24_000)])
    assert heard.said.count("One step back.") >= 1
    assert _outcomes(heard)[:2] == [(0, "met"), (0, "stepped-back")]


def test_after_so_many_rounds_a_step_back_rests() -> None:
    """There is no last step, but the loop goes round at most as often as it says."""
    backs = [move(Kind.STEP_BACK, at_ms) for at_ms in range(16_000, 96_000, 8_000)]
    heard = hear(program(minutes=10), backs)
    assert heard.said.count("One step back.") == 3
    assert heard.said[-2:] == RETURN
    assert _starts(heard)[-1] is None


def test_ground_that_is_wanted_twice_begins_anew() -> None:
    heard = hear(program(minutes=10), [move(Kind.TOO_MUCH, 9_000), move(Kind.TOO_MUCH, 10_500)])
    assert heard.said.count("Your feet are here.") == 2
    assert _outcomes(heard) == [(0, "grounded")]


def test_a_pause_stops_the_clock() -> None:
    """Whoever stops the sound misses nothing."""
    made = program()
    whole = hear(made).performance
    paused = [move(Kind.PAUSE, 5_000), move(Kind.RESUME, 65_000)]
    assert hear(made, paused, clock_ms=64_000).performance.heard_ms == 5_000
    assert hear(made, paused, clock_ms=66_000).performance.heard_ms == 6_000
    assert hear(made, paused).performance.lines == whole.lines
    answered = hear(made, [move(Kind.PAUSE, 5_000), move(Kind.MET, 65_000)], clock_ms=65_000)
    assert answered.performance.applied[0].starts_ms == 10_048
    assert (
        hear(made, [move(Kind.PAUSE, 5_000), move(Kind.PAUSE, 6_000)], 9_000).performance.heard_ms
        == 5_000
    )


def test_the_end_is_told_when_it_is_certain() -> None:
    """A sitting ends in silence, three seconds of it."""
    made = program(minutes=5)
    whole = hear(made).performance
    last = whole.lines[-1]
    assert whole.total_ms == last.start_ms + last.length_ms + 3_008
    assert whole.heard_ms == whole.certain_ms == whole.total_ms
    before = hear(made, clock_ms=whole.total_ms - LEAD_MS).performance
    assert before.total_ms is None
    assert before.certain_ms < whole.total_ms


def test_buttons_are_told_of_at_the_beginning_where_there_are_any() -> None:
    assert hear(program(has_buttons=True)).said[2] == "You have buttons."


def test_a_practice_without_ground_returns_when_it_is_too_much() -> None:
    body = BODY.replace("- Too much -> Ground\n", "").partition("# Ground")[0]
    heard = hear(program(body), [move(Kind.TOO_MUCH, 16_000)])
    assert heard.said[-2:] == RETURN
    assert heard.performance.ladder == (Rung(words=0, outcome="grounded"),)


def test_a_second_answer_may_lead_to_the_ground() -> None:
    """Of two answers it is both *not yet* and *too much*; from there one can come back."""
    body = BODY.replace("- Not yet -> next [default]\n- Too much", "- Not today").replace(
        "- Yes -> Resting", "- Yes -> next [default]"
    )
    for kind in (Kind.STEP_BACK, Kind.TOO_MUCH):
        heard = hear(program(body), [move(kind, 16_000)])
        assert heard.said[4:] == GROUND
        back = hear(program(body), [move(kind, 16_000), move(Kind.GO_BACK, 16_050)])
        assert "Can it be met?" in back.said[5:]


@pytest.mark.parametrize(
    ("default", "outcome", "then"),
    [("Yes", "met", "Now it is quiet."), ("Too much", "grounded", "Your feet are here.")],
)
def test_what_silence_means_is_the_scripts_to_say(default: str, outcome: str, then: str) -> None:
    body = BODY.replace("next [default]\n", "next\n", 1)
    goes = {"Yes": "Resting", "Too much": "Ground"}[default]
    body = body.replace(f"- {default} -> {goes}\n", f"- {default} -> {goes} [default]\n", 1)
    heard = hear(program(body, minutes=10))
    assert then in heard.said
    assert "One step back." not in heard.said
    assert _outcomes(heard)[0] == (0, outcome)


def test_extras_may_be_empty() -> None:
    heard = hear(program(minutes=10, extras=type(EXTRAS)()), [move(Kind.STAY, 16_000)])
    assert heard.said == hear(program(minutes=10)).said


@pytest.mark.parametrize("kind", [Kind.STAY, Kind.TOO_MUCH, Kind.DANGER, Kind.END])
def test_when_the_time_is_over_the_return_goes_on(kind: Kind) -> None:
    """The chosen length holds: what would take longer than is left changes nothing."""
    made = program()
    walk = Walk(program=made, budget=Budget(program=made, lengths=lengths(made)))
    assert walk.answer(move(kind, 0), Ms(made.most_ms - 120_000)) is not None
    assert walk.answer(move(kind, 0), made.most_ms) is None


def test_nothing_is_kept_back_behind_the_return() -> None:
    """What has to follow is the rest of it; before it, the return and what leads there."""
    made = program()
    walk = Walk(program=made, budget=Budget(program=made, lengths=lengths(made)))
    before_ms = walk.kept_ms
    walk.place = made.closing
    assert walk.is_closing
    assert walk.kept_ms == walk.budget.need_ms(made.closing) == walk.budget.closing_ms
    assert walk.kept_ms < before_ms


def test_a_pause_that_begins_later_takes_nothing_away() -> None:
    """Moments may be asked about in any order."""
    clock = Clock([move(Kind.PAUSE, 10_000), move(Kind.MET, 15_000)])
    assert [clock.listened_ms(Ms(at)) for at in (5_000, 12_000, 20_000)] == [5_000, 10_000, 15_000]


def test_what_is_here_is_here_until_the_guide_has_waited() -> None:
    """The ladder has its next step when it is heard, not when nobody can prevent it any more."""
    made = program()
    asked_ms = hear(made).performance.stations[1].start_ms
    goes_on_ms = hear(made).performance.stations[2].start_ms
    early = hear(made, clock_ms=asked_ms + 1_000)
    later = hear(made, clock_ms=goes_on_ms)
    assert _outcomes(hear(made, clock_ms=goes_on_ms - 1)) == [(0, "")]
    assert _outcomes(early) == [(0, "")]
    assert _outcomes(later) == [(0, "stepped-back"), (0, "")]


def test_a_move_after_the_end_changes_nothing():
    """Whatever is pressed when all has been said, nothing is begun anew."""

    class Ended(Walk):
        is_over = True

    walk = object.__new__(Ended)
    for kind in Kind:
        assert walk.answer(Event(kind=kind, at_ms=Ms(0)), Ms(0)) is None
