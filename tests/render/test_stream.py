"""The stream: what can be heard while the rest is made, on the shelf and in its playlist."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from server.audio.hls import read_playlist
from server.render import Order
from server.render.produce import produce
from server.script import parse_script
from server.store import Shelf
from server.timeline import Options, Utterance, plan, plan_key
from server.voice import SilentSpeaker, Spoken
from tests.render.conftest import SCRIPT


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    return Shelf(tmp_path / "audio_cache")


def make_order(minutes: int = 1) -> Order:
    script = parse_script(SCRIPT.replace("Here is what", "[bell]\n\nHere is what"), path="s.md")
    planned = plan(script, Options(minutes=minutes))
    return Order(
        script=script,
        plan=planned,
        render_key=plan_key(planned, "a voice"),
        script_key="0" * 64,
        private_salt=None,
    )


def ignore(_progress) -> None:
    """Take progress and do nothing."""


class HeldSpeaker(SilentSpeaker):
    """A voice that says one sentence, and then waits until it is let go."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.asked: list[str] = []

    def speak(self, utterances, *, on_wait, **how):
        for number, (utterance, spoken) in enumerate(super().speak(utterances, **how)):
            while number and not self.gate.wait(0.05):
                on_wait()
            self.asked.append(utterance.text)
            yield utterance, spoken


def listed(shelf: Shelf, order: Order):
    path = shelf.stream_folder(order.render_key) / "playlist.m3u8"
    return read_playlist(path.read_text()) if path.is_file() else ()


@pytest.fixture
def held(shelf):
    """A render whose second sentence is not spoken yet, in a thread of its own."""
    order, speaker = make_order(), HeldSpeaker()
    heard = threading.Event()

    def show(_progress) -> None:
        if listed(shelf, order):
            heard.set()

    def make() -> None:
        produce(order, speaker=speaker, shelf=shelf, on_progress=show)

    thread = threading.Thread(target=make)
    thread.start()
    yield order, speaker, heard
    speaker.gate.set()
    thread.join(60)


def test_the_beginning_is_listed_before_the_end_is_spoken(shelf, held):
    """Sound, captions and chapters of the first sentence are there while the second is awaited."""
    order, speaker, heard = held
    assert heard.wait(30)
    folder = shelf.stream_folder(order.render_key)
    assert "#EXT-X-ENDLIST" not in (folder / "playlist.m3u8").read_text()
    assert all((folder / each.file_name).is_file() for each in listed(shelf, order))
    assert "Arriving" in (folder / "chapters.json").read_text()
    assert len(speaker.asked) == 1


def test_the_finished_stream_is_as_long_as_the_practice(shelf):
    """When all is made, the same playlist has its end, and its lengths sum to the practice."""
    order = make_order()
    product = produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    seconds = sum(each.frames for each in listed(shelf, order)) / 48_000
    assert abs(seconds - product.duration_ms / 1000) <= 0.1
    folder = shelf.stream_folder(order.render_key)
    assert (folder / "playlist.m3u8").read_text().endswith("#EXT-X-ENDLIST\n")
    vtt = next(file for file in product.files if file.kind == "vtt")
    finished = shelf.render_folder(order.render_key) / vtt.file_name
    assert (folder / "captions.vtt").read_bytes() == finished.read_bytes()


def test_a_render_that_is_taken_over_goes_on_where_it_was_heard(shelf):
    """What a stopped worker has listed stays listed, byte for byte, and the rest follows."""
    order = make_order()

    def stop(progress) -> None:
        if progress.done_ms > 20_000:
            raise InterruptedError

    class Dying(HeldSpeaker):
        def speak(self, utterances, **how):
            yield from SilentSpeaker.speak(self, utterances[:1], **how)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        produce(order, speaker=Dying(), shelf=shelf, on_progress=ignore)
    before = listed(shelf, order)
    folder = shelf.stream_folder(order.render_key)
    stamps = {each.file_name: (folder / each.file_name).stat().st_mtime_ns for each in before}
    assert before
    produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    after = listed(shelf, order)
    assert after[: len(before)] == before
    assert len(after) > len(before)
    assert {name: (folder / name).stat().st_mtime_ns for name in stamps} == stamps
    whole = Shelf(shelf.root.with_name("another"))
    produce(order, speaker=SilentSpeaker(), shelf=whole, on_progress=ignore)
    assert listed(whole, order) == after


def test_a_segment_that_was_lost_is_made_again(shelf):
    """Only what is really there counts as listed."""
    order = make_order()
    produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    folder, before = shelf.stream_folder(order.render_key), listed(shelf, order)
    (folder / before[3].file_name).unlink()
    produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    assert listed(shelf, order) == before
    assert (folder / before[3].file_name).is_file()


class ToneSpeaker(SilentSpeaker):
    """A voice that hums, at a level of its own, under the name of a real one."""

    def __init__(self, voice, levels) -> None:
        self.voice = voice
        self.levels = levels
        self.said: list[Utterance] = []

    def speak(self, utterances, **how):
        for utterance, spoken in super().speak(utterances, **how):
            self.said.append(utterance)
            at = np.arange(len(spoken.frames))
            edges = np.clip(np.minimum(at, at[::-1]) / 1000, 0, 1)  # begins and ends softly
            tone = 32767 * self.levels(utterance) * np.sin(at / 24) * edges
            yield utterance, Spoken(frames=np.round(tone).astype(np.int16))


def test_a_level_that_the_voice_does_not_usually_have_is_put_right(shelf, joe):
    """Where a practice's sentences are much softer than the voice's usual ones, all of it is
    encoded once more at its own gain, and the stream is replaced.
    """
    loud = ToneSpeaker(joe, lambda _: 0.05)
    produce(make_order(1), speaker=loud, shelf=shelf, on_progress=ignore)
    order = make_order(3)
    for key in shelf.root.rglob("*.flac"):
        key.unlink()
    soft = ToneSpeaker(joe, lambda _: 0.02)
    lengths: list[int] = []

    def look(_progress) -> None:
        lengths.append(len(listed(shelf, order)))

    product = produce(order, speaker=soft, shelf=shelf, on_progress=look)
    assert lengths == sorted(lengths)
    assert product.report["measured"]["speech_lufs"] == pytest.approx(-19, abs=0.5)
    folder = shelf.stream_folder(order.render_key)
    assert (folder / "playlist.m3u8").read_text().endswith("#EXT-X-ENDLIST\n")
    seconds = sum(each.frames for each in listed(shelf, order)) / 48_000
    assert abs(seconds - 180) <= 0.1


@pytest.fixture
def joe():
    from server.voice import PACKAGED_VOICES

    return PACKAGED_VOICES.get("joe")
