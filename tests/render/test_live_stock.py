"""The lines of live sittings: made when somebody waits, ahead when it is quiet, and kept."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import RecordingMissing
from server.render import Preparing
from server.render.ahead import QUIET_SECONDS
from server.render.live_ahead import STILL_WANTED
from server.render.live_lines import Needs, line_key, needs_of, sound_line_key
from server.render.live_stock import LineMaker
from server.render.prune import choose, prune
from server.render.sitting_offer import line_keys_in_use
from server.render.speech import publish_clip
from server.render.stock import take_stock
from server.sitting import Choices, Extras, compile_sitting
from server.store import list_line_wants, list_stored_lines
from server.timeline import Options, Sound, Utterance
from server.units import Bytes, Ms
from server.voice import SILENT, SilentSpeaker, clip_key, no_urgency
from tests.render.live import OTHER, SECOND_ID, House
from tests.sitting.small import script


def lines(house: House) -> set[str]:
    return {line.key for line in list_stored_lines(house.workshop.shelf)}


def wants(house: House) -> int:
    with house.workshop.database.reading() as db:
        return len(list_line_wants(db, house.now_at - STILL_WANTED))


def maker(house: House, on_wait=lambda: None) -> LineMaker:
    return LineMaker(
        shelf=house.workshop.shelf,
        speaker=SilentSpeaker(),
        urgency=no_urgency,
        on_wait=on_wait,
    )


def test_a_line_has_its_name_by_all_that_is_heard() -> None:
    one = Utterance(text="Here.", pace=1.0)
    keys = {
        line_key(one, "a" * 64),
        line_key(one, "b" * 64),
        line_key(Utterance(text="Here.", pace=1.1), "a" * 64),
        line_key(Utterance(text="There.", pace=1.0), "a" * 64),
        line_key(Utterance(text="Here.", pace=1.0, spoken="Heere."), "a" * 64),
        line_key(Utterance(text="Here.", pace=1.0, recording="c" * 64), "a" * 64),
        sound_line_key(Sound.BELL_SMALL, Ms(6_000)),
        sound_line_key(Sound.BELL_SMALL, Ms(3_000)),
        sound_line_key(Sound.BREATH_IN, Ms(3_000)),
    }
    assert len(keys) == 9


def test_a_recording_is_the_same_whoever_speaks() -> None:
    own = Utterance(text="Here.", pace=1.0, recording="c" * 64)
    assert line_key(own, "a" * 64) == line_key(own, "b" * 64)


def test_what_somebody_waits_for_is_made(house: House) -> None:
    """Just that, once, however many ask; then nobody waits any more."""
    assert isinstance(house.ask(), Preparing)
    assert isinstance(house.ask(SECOND_ID, OTHER), Preparing)
    assert wants(house) == 1
    house.stock.make_wanted()
    assert wants(house) == 0
    house.begin()


def test_who_has_gone_is_not_waited_for(house: House) -> None:
    """Whoever waits asks every second; nothing is made for a page that was closed."""
    house.ask()
    house.wait(61)
    house.stock.make_wanted()
    assert not lines(house)
    house.wait(600)
    house.sweeper.sweep(house.now_at)
    house.wait(-660)
    assert wants(house) == 0


def test_a_practice_that_was_taken_away_is_not_waited_for(house: House, caplog) -> None:
    house.ask()
    (house.workshop.settings.scripts_path / "a-practice.md").unlink()
    house.stock.make_wanted()
    assert wants(house) == 0
    assert "lines not made practice=a-practice" in caplog.text


def test_a_full_disk_is_told(house: House, caplog, monkeypatch) -> None:
    monkeypatch.setattr(house.workshop.shelf, "free_bytes", lambda: Bytes(0))
    house.ask()
    house.stock.make_wanted()
    assert "is full" in caplog.text
    assert not lines(house)


def test_a_worker_that_stops_leaves_the_wish(house: House) -> None:
    """Another one goes on where it stopped."""
    house.ask()
    made = []

    def stop_soon() -> bool:
        made.append(1)
        return len(made) > 4

    house.stopping.is_set = stop_soon  # type: ignore[method-assign]
    house.stock.make_wanted()
    assert wants(house) == 1
    assert 0 < len(lines(house)) < 10
    house.stock.make_wanted()
    assert wants(house) == 1


def test_clips_of_practices_are_used_again(house: House) -> None:
    """A sentence that was spoken for a practice is not spoken a second time."""
    speaker = SilentSpeaker()
    program = compile_sitting(script(), Choices(minutes=5), Extras())
    needs = needs_of([program], SILENT.key)
    utterances = list(needs.sentences.values())
    spoken = dict(speaker.speak(utterances[:2]))
    for utterance, said in spoken.items():
        publish_clip(house.workshop.shelf, clip_key(speaker.voice, utterance), said)
    asked: list[Utterance] = []
    speaker.speak = lambda which, **_: asked.extend(which) or iter(())  # type: ignore
    making = LineMaker(
        shelf=house.workshop.shelf, speaker=speaker, urgency=no_urgency, on_wait=lambda: None
    )
    making.make_missing(needs)
    assert asked == utterances[2:]
    assert lines(house) >= set(list(needs.sentences)[:2])


def test_nobody_takes_a_persons_place(house: House) -> None:
    """A recording that is gone is told; the voice does not speak in its stead."""
    own = Utterance(text="Here.", pace=1.0, recording="c" * 64)
    needs = Needs(sentences={"d" * 64: own}, sounds={})
    with pytest.raises(RecordingMissing):
        maker(house).make_missing(needs)


def joe(house: House) -> None:
    """Let the house speak with the voice that the script names."""
    settings = replace(house.workshop.settings, voice="")
    for counter in (house.sittings, house.workshop):
        object.__setattr__(counter, "settings", settings)
    small = settings.scripts_path / "small-step.md"
    small.unlink()


def test_lines_are_made_ahead_when_it_is_quiet(house: House) -> None:
    """All that a practice needs whatever is chosen; so everybody can begin at once."""
    joe(house)
    house.stock.make_ahead(0.0)
    assert not lines(house)
    house.stock.make_ahead(QUIET_SECONDS)
    made = lines(house)
    house.begin(minutes=10, anchor="hands", eyes="open", has_buttons=True)
    assert line_keys_in_use(house.sittings.settings, house.workshop.catalogue) == made
    shutil.rmtree(house.workshop.shelf.root / "lines")
    house.stock.make_ahead(QUIET_SECONDS + 1)
    assert not lines(house)


def test_nothing_is_made_ahead_for_drafts(house: House) -> None:
    """The silent voice is for writing and for tests."""
    house.stock.make_ahead(0.0)
    house.stock.make_ahead(QUIET_SECONDS)
    assert not lines(house)


def test_who_waits_goes_first(house: House) -> None:
    """While somebody waits, and for a while after, nothing is made ahead."""
    joe(house)
    house.stock.make_ahead(0.0)
    house.workshop.order("a-practice", Options(minutes=5), None)
    house.stock.make_ahead(QUIET_SECONDS)
    assert not lines(house)


def test_who_comes_meanwhile_goes_first(house: House, monkeypatch) -> None:
    """What is made ahead is let go of as soon as somebody waits; what is made stays."""
    joe(house)
    shelf, published = house.workshop.shelf, []
    publish = shelf.publish

    def publish_third(path: Path, data: bytes) -> None:
        publish(path, data)
        published.append(path)
        if len(published) == 3:
            house.workshop.order("a-practice", Options(minutes=5), None)

    monkeypatch.setattr(shelf, "publish", publish_third)
    house.stock.make_ahead(0.0)
    house.stock.make_ahead(QUIET_SECONDS)
    assert len(published) == 3
    assert len(lines(house)) == 2  # and the room


def test_a_script_that_changed_is_made_anew(house: House) -> None:
    joe(house)
    house.stock.make_ahead(0.0)
    house.stock.make_ahead(QUIET_SECONDS)
    before = lines(house)
    path = house.sittings.settings.scripts_path / "a-practice.md"
    path.write_text(path.read_text().replace("Here we are.", "Here we are now."))
    house.stock._rest_until_s = 0.0
    house.stock.make_ahead(QUIET_SECONDS + 1)
    assert len(lines(house) - before) == 1


def test_lines_are_pruned_when_nobody_needs_them(house: House, open_house: House) -> None:
    """Not those of a sitting that goes on, nor of practices as they are; never the room."""
    workshop, now_at = house.workshop, datetime.now(UTC)
    later_at = now_at + timedelta(days=40)
    house.begin()
    kept = frozenset(house.look_up_lengths())
    choice = choose(workshop.database, workshop.shelf, later_at, older_than=timedelta(days=30))
    assert {each.key for each in choice.going} == lines(house) - kept
    assert all(each.is_line for each in choice.going)
    in_use = line_keys_in_use(workshop.settings, workshop.catalogue)
    nothing = choose(
        workshop.database,
        workshop.shelf,
        later_at,
        older_than=timedelta(days=30),
        kept_lines=in_use,
    )
    assert nothing.going == ()
    gone = [went for _, went in prune(workshop.database, workshop.shelf, choice)]
    assert gone == [True] * len(choice.going)
    assert lines(house) == kept
    assert list((workshop.shelf.root / "lines").glob("room-*.aac"))


def test_a_line_that_came_into_use_stays(house: House, open_house: House) -> None:
    workshop = house.workshop
    later_at = datetime.now(UTC) + timedelta(days=40)
    choice = choose(workshop.database, workshop.shelf, later_at, older_than=timedelta(days=30))
    now = replace(choice, in_use_from_at=datetime.now(UTC) - timedelta(hours=1))
    assert not any(went for _, went in prune(workshop.database, workshop.shelf, now))
    assert len(lines(house)) == len(choice.going)


def test_the_operator_sees_them(open_house: House) -> None:
    open_house.begin(words={"obstacle": "I am tired"})
    open_house.speak()
    stock = take_stock(open_house.workshop.database, open_house.workshop.shelf, datetime.now(UTC))
    assert stock.kinds["lines"][0] > 10
    assert stock.kinds["sittings"][0] == 2
