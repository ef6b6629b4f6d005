"""Many presses at once: whose sound runs out next is served next, what nobody waits for last."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.audio import finish_clip
from server.errors import RenderInterrupted
from server.render import Order
from server.render.produce import produce
from server.script import parse_script
from server.store import Shelf
from server.timeline import Options, plan, plan_key
from server.voice import PACKAGED_VOICES
from server.voice.speaker import PiperSpeaker

SENTENCES = 12

FRONT = """---
title: Practice {name}
slug: practice-{name}
track: obstacles
summary: A practice for tests.
intention: To be heard beside others.
minutes: [1]
voice: joe
curve: none
credits: Our own words.
---

# All of it

"""


def make_order(name: str) -> Order:
    said = [f"Here is {name} with sentence number {number:02}. [3s]" for number in range(SENTENCES)]
    source = FRONT.format(name=name) + "\n".join([*said, "", "[silence fill]", ""])
    planned = plan(parse_script(source, path="x"), Options(minutes=1))
    return Order(
        script=parse_script(source, path="x"),
        plan=planned,
        render_key=plan_key(planned, name),
        script_key="0" * 64,
        private_salt=None,
    )


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch) -> Iterator[PiperSpeaker]:
    """One real voice process with a second of tone for each sentence, which writes each down."""
    folder = str(Path(__file__).parents[1] / "voice")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", folder)
    sys.modules.pop("accidents", None)
    import accidents

    (tmp_path / "said").touch()
    made = PiperSpeaker(
        PACKAGED_VOICES.get("joe"),
        model_path=tmp_path / "said",
        config_path=tmp_path / "unused",
        finish=finish_clip,
        processes=1,
        speak_one=accidents.speak_or_fail,
    )
    yield made
    made.close()


def told(folder: Path) -> list[str]:
    """The names of the practices in the order in which their sentences were begun."""
    lines = (folder / "said").read_text().splitlines()
    return [line.split()[2] for line in lines if line.startswith("Here is")]


@pytest.mark.long
def test_listeners_are_served_in_turns_and_before_what_is_made_ahead(speaker, tmp_path):
    """Three press play at once, while a fourth practice is made ahead: the three advance side by
    side, none more than a few sentences before another, and the fourth waits for all of them.
    """
    shelf = Shelf(tmp_path / "audio_cache")
    produce(
        make_order("zero"), speaker=speaker, shelf=shelf, on_progress=lambda _: None
    )  # the voice's own level is known from here on
    begin = threading.Barrier(4)

    def make(name: str) -> None:
        begin.wait()
        produce(
            make_order(name),
            speaker=speaker,
            shelf=shelf,
            on_progress=lambda _: None,
            is_wanted=lambda: name != "ahead",
        )

    threads = [threading.Thread(target=make, args=(n,)) for n in ("ahead", "one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    order = [name for name in told(tmp_path) if name != "zero"]
    assert {name: order.count(name) for name in order} == dict.fromkeys(
        ("ahead", "one", "two", "three"), SENTENCES
    )
    wanted = [name for name in order if name != "ahead"]
    first_over = min(len(wanted) - 1 - wanted[::-1].index(n) for n in ("one", "two", "three"))
    for end in range(1, first_over + 1):
        counts = [wanted[:end].count(name) for name in ("one", "two", "three")]
        # A moment passes between a sentence's end and its sound's being listed.
        assert max(counts) - min(counts) <= 4, wanted[:end]
    # What was begun before the three were there is all that the one made ahead came to meanwhile.
    last_wanted = max(order.index(name, first_over) for name in ("one", "two", "three"))
    assert order[:last_wanted].count("ahead") <= 3


def test_a_render_that_stops_leaves_its_turns_to_the_others(speaker, tmp_path):
    """Cancelled while its sentences wait, a render takes none of them with it into the queue."""
    shelf = Shelf(tmp_path / "audio_cache")

    def stop(progress) -> None:
        if progress.done_ms > 8_000:
            raise RenderInterrupted

    with pytest.raises(RenderInterrupted):
        produce(make_order("gone"), speaker=speaker, shelf=shelf, on_progress=stop)
    begun = told(tmp_path).count("gone")
    produce(make_order("next"), speaker=speaker, shelf=shelf, on_progress=lambda _: None)
    assert told(tmp_path).count("gone") <= begun + 1
    assert told(tmp_path).count("next") == SENTENCES
