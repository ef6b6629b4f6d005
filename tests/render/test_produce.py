"""One render from end to end, in real files: what is published, and what never is."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.oggopus import OggOpus
from PIL import Image

from server.audio import finish_clip
from server.errors import ReportRefused, StorageFull, VoiceCrashed
from server.render import Order, Phase, Product, Progress
from server.render.passages import find_passages
from server.render.produce import produce
from server.script import parse_script
from server.store import Shelf
from server.timeline import Options, plan, plan_key
from server.voice import PACKAGED_VOICES, SILENT, SilentSpeaker, Spoken, clip_key, open_speaker

THREE_BREATHS = (
    Path(__file__).parents[2] / "tests/small_library/ground/three-breaths.md"
).read_text()
SOURCE = re.sub(
    r"^(You might breathe along|feet, or something|Perhaps there is one sound).*\n",
    "",
    THREE_BREATHS.replace("[2]", "[1]").replace("pace: 1.3", "pace: 1").replace("x3", "x1"),
    flags=re.MULTILINE,
)
"""A minute of it, since each of these tests makes one."""
WORDS = "words:\n  worry: {ask: What is it, default: a thing}\n"
OWN_WORDS = SOURCE.replace("credits:", f"{WORDS}credits:")
OWN_WORDS = OWN_WORDS.replace(
    "You might notice what", "It may be the thought: {worry}. You might notice what"
)


class CountingSpeaker(SilentSpeaker):
    """A silent voice with a faint tone in it, that counts what it is asked to say."""

    def __init__(self) -> None:
        self.said: Counter[str] = Counter()

    def speak(self, utterances, **how):
        for utterance, spoken in super().speak(utterances, **how):
            self.said[utterance.text] += 1
            count = len(spoken.frames)
            tone = np.round(900 * np.sin(np.arange(count) / 20) * np.hanning(count))
            yield utterance, Spoken(frames=tone.astype(np.int16))


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "audio_cache")


def make_order(
    source: str = SOURCE, *, minutes: int = 1, words=None, salt: bytes | None = None
) -> Order:
    script = parse_script(source, path="three-breaths.md")
    planned = plan(script, Options(minutes=minutes, words=words or {}))
    return Order(
        script=script,
        plan=planned,
        render_key=plan_key(planned, "a voice"),
        script_key="0" * 64,
        private_salt=salt,
    )


def ignore(_progress) -> None:
    """Take progress and do nothing."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """One practice as it was made, to be looked at."""

    shelf: Shelf
    order: Order
    product: Product
    told: list[Progress]

    def path_of(self, kind: str) -> Path:
        """Where the file of this kind is."""
        (name,) = (file.file_name for file in self.product.files if file.kind == kind)
        return self.shelf.render_folder(self.order.render_key) / name


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    """Made once, for all who change nothing of it."""
    shelf, order = Shelf(tmp_path_factory.mktemp("made")), make_order()
    told: list[Progress] = []
    product = produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=told.append)
    return Made(shelf=shelf, order=order, product=product, told=told)


def test_all_renditions_are_published_under_their_content(made):
    """MP3, Opus, captions, chapters and report are on the shelf, each named by its own hash."""
    product, shelf, order = made.product, made.shelf, made.order
    assert [file.kind for file in product.files] == ["mp3", "opus", "vtt", "srt", "json", "report"]
    folder = shelf.render_folder(order.render_key)
    for file in product.files:
        data = (folder / file.file_name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file.sha256
        assert len(data) == file.size_bytes
        assert file.file_name.startswith(file.sha256[:32])
    assert product.duration_ms == 60_000
    assert list((shelf.root / "tmp").iterdir()) == []


def test_line_13_the_same_chapters_everywhere(made):
    """F13: the chapters of the JSON stand in the MP3 as CTOC and CHAP, and in the Opus file.

    The MP3 has the cover, small enough for a tag, and all that is said, besides.
    """
    told = json.loads(made.path_of("json").read_bytes())["chapters"]
    expected = [(each["title"], round(each["startTime"] * 1000)) for each in told]
    assert [title for title, _ in expected] == ["Arriving", "Three breaths", "Going on"]
    tags = ID3(made.path_of("mp3"))
    (contents,) = tags.getall("CTOC")
    chapters = [tags[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert [(str(c.sub_frames["TIT2"]), c.start_time) for c in chapters] == expected
    comments = OggOpus(made.path_of("opus"))
    names = [f"CHAPTER{number:03}" for number in range(len(expected))]
    assert [(comments[f"{n}NAME"], comments[n]) for n in names] == [
        ([title], [f"00:{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"])
        for title, ms in expected
    ]
    (cover,) = tags.getall("APIC")
    assert Image.open(io.BytesIO(cover.data)).size == (600, 600)
    assert "stop" in tags["USLT::eng"].text


def test_opus_is_as_long_and_says_its_name(made):
    """The Opus file plays as long as the MP3, within 50 ms, and knows title and podcast."""
    product = made.product
    (file,) = [file for file in product.files if file.kind == "opus"]
    assert file.content_type == "audio/ogg; codecs=opus"
    opus = OggOpus(made.path_of("opus"))
    assert abs(opus.info.length * 1000 - product.duration_ms) <= 50
    said = {name: opus[name] for name in ("title", "artist", "album")}
    assert said == {"title": ["Three breaths"], "artist": ["Stepback"], "album": ["Stepback"]}
    assert product.report["opus"] == {"sha256": file.sha256, "bytes": file.size_bytes}


def test_the_report_says_how_it_was_made_and_what_was_measured(made):
    """Script and voice with its licence, level, length, stages and clips are in the report."""
    report = made.product.report
    assert report["practice"] == "three-breaths"
    assert report["voice"]["licence"]
    assert abs(report["measured"]["length_ms"] - report["timeline_ms"]) <= 50
    assert all(finding["is_met"] for finding in report["findings"])
    assert [stage["title"] for stage in report["stages"]] == [
        "Arriving", "Three breaths", "Going on",
    ]  # fmt: skip
    assert sum(stage["length_ms"] for stage in report["stages"]) == report["timeline_ms"]
    assert all(made.shelf.has_clip(key) for key in report["clips"])
    course = report["course"]
    assert len(course["peaks"]) * course["peak_step_ms"] == report["timeline_ms"]
    assert len(course["loudness_lufs"]) * course["loudness_step_ms"] == report["timeline_ms"]
    assert all(length_ms >= 2000 for _, length_ms in course["pauses"])
    assert len(json.dumps(course)) < 10_000


def test_a_sentence_is_spoken_once_ever(shelf):
    """A second render says nothing; one with a changed sentence says only that one."""
    speaker = CountingSpeaker()
    produce(make_order(), speaker=speaker, shelf=shelf, on_progress=ignore)
    first = dict(speaker.said)
    assert set(first.values()) == {1}
    speaker.said.clear()
    produce(make_order(), speaker=speaker, shelf=shelf, on_progress=ignore)
    assert not speaker.said
    changed = SOURCE.replace("That is all this was for.", "That was all there is.")
    produce(make_order(changed), speaker=speaker, shelf=shelf, on_progress=ignore)
    assert sum(speaker.said.values()) == 1


def test_progress_goes_through_its_phases_and_only_forward(made):
    """Speaking, checking; what is done never shrinks and never passes the whole."""
    told = made.told
    phases = [progress.phase for progress in told]
    assert phases == sorted(phases, key=list(Phase).index)
    assert set(phases) == set(Phase)
    for phase in Phase:
        done = [progress.done_ms for progress in told if progress.phase == phase]
        assert done == sorted(done)
    assert all(0 <= progress.done_ms <= progress.total_ms for progress in told)
    assert {progress.stage for progress in told} >= {"Arriving", "Three breaths", "Going on"}


@pytest.mark.parametrize("phase", list(Phase))
def test_a_stopped_render_publishes_nothing(shelf, phase):
    """Whoever listens to progress may stop the render: no file and no temporary is left."""
    order = make_order()

    def stop(progress) -> None:
        if progress.phase == phase:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=stop)
    files = [path for path in shelf.render_folder(order.render_key).glob("*") if path.is_file()]
    assert files == []
    assert list((shelf.root / "tmp").iterdir()) == []


def test_own_words_get_keys_that_cannot_be_guessed(shelf):
    """A clip with the listener's words is named by a keyed hash; the others are shared."""
    words = {"worry": "nobody must know"}
    products = [
        produce(
            make_order(OWN_WORDS, words=words, salt=salt),
            speaker=SilentSpeaker(),
            shelf=shelf,
            on_progress=ignore,
        )
        for salt in (b"a" * 32, b"b" * 32)
    ]
    first, second = (set(product.private_clip_keys) for product in products)
    assert len(first) == 1
    assert first.isdisjoint(second)
    shared = [set(product.report["clips"]) for product in products]
    assert shared[0] - first == shared[1] - second
    order = make_order(OWN_WORDS, words=words)
    plain = {clip_key(SILENT, u) for u in order.plan.utterances if u.is_private}
    assert plain.isdisjoint(first | second)
    assert "nobody" not in json.dumps([product.report for product in products])


def test_takes_reach_the_voice(shelf):
    """How often each sentence is to be spoken is the speaker's to know."""
    asked = []

    class Listening(SilentSpeaker):
        def speak(self, utterances, *, takes, **how):
            asked.append(takes)
            yield from super().speak(utterances, **how)

    produce(make_order(), speaker=Listening(), shelf=shelf, on_progress=ignore, takes=3)
    assert asked == [3]


class FailingSpeaker(SilentSpeaker):
    """A voice whose process crashes at the third sentence."""

    def speak(self, utterances, **how):
        yield from super().speak(utterances[:2], **how)
        raise VoiceCrashed


def test_a_crash_of_the_voice_fails_the_render_and_keeps_what_was_said(shelf):
    """The sentences spoken before the crash stay on the shelf for the next try."""
    with pytest.raises(VoiceCrashed):
        produce(make_order(), speaker=FailingSpeaker(), shelf=shelf, on_progress=ignore)
    assert sum(1 for _ in shelf.root.rglob("*.flac")) == 2


class SlowSpeaker(SilentSpeaker):
    """A voice that takes four times as long as anyone thought."""

    def speak(self, utterances, **how):
        for utterance, spoken in super().speak(utterances, **how):
            yield utterance, Spoken(frames=np.tile(spoken.frames, 4))


def test_sentences_longer_than_anyone_thought_make_the_practice_longer(shelf):
    """When its sentences do not fit the length that was asked for, nobody is cut off."""
    product = produce(make_order(), speaker=SlowSpeaker(), shelf=shelf, on_progress=ignore)
    assert product.duration_ms > 80_000
    assert product.report["timeline_ms"] == product.duration_ms


def test_a_real_voice_of_the_wrong_level_is_refused(shelf):
    """A voice that is not silent and has no loudness is not published."""

    class Mute(SilentSpeaker):
        voice = PACKAGED_VOICES.get("joe")

    with pytest.raises(ReportRefused, match="speech loudness"):
        produce(make_order(), speaker=Mute(), shelf=shelf, on_progress=ignore)


def test_a_full_disk_publishes_nothing(shelf, monkeypatch):
    """When the shelf is full in the middle of publishing, the error says so."""
    order = make_order()

    def full(temporary, path, **_) -> None:
        raise StorageFull(path)

    monkeypatch.setattr(shelf, "publish_file", full)
    with pytest.raises(StorageFull):
        produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    assert not shelf.render_folder(order.render_key).exists()


@pytest.mark.long
@pytest.mark.real_voice
def test_three_breaths_by_the_real_voice(shelf):
    """The shipped practice, spoken: -19 LUFS, below -1 dBTP, its length, and its words."""
    order = make_order(THREE_BREATHS, minutes=2)
    speaker = open_speaker("joe", finish=finish_clip, processes=1)
    try:
        product = produce(order, speaker=speaker, shelf=shelf, on_progress=ignore)
    finally:
        speaker.close()
    measured = product.report["measured"]
    assert measured["speech_lufs"] == pytest.approx(-19, abs=0.5)
    assert measured["true_peak_db"] <= -1
    assert (measured["clicks_ms"], measured["unheard_ms"]) == ((), ())
    assert len(product.report["findings"]) == 8
    assert all(finding["is_met"] for finding in product.report["findings"])
    assert abs(measured["length_ms"] - 120_000) <= 50
    vtt = next(file for file in product.files if file.kind == "vtt")
    text = (shelf.render_folder(order.render_key) / vtt.file_name).read_text()
    read = re.sub(r"\s+", " ", re.sub(r"<\d[^>]*>", "", text))
    assert "You can stop at any moment" in read
    assert re.search(r"<00:00:\d\d\.\d{3}>stop", text), "each word has its moment"


SCRIPTS = Path(__file__).parents[2] / "scripts"
SHIPPED = sorted(path for path in SCRIPTS.rglob("*.md") if path.parent.name != "passages")
SHORTEST = SCRIPTS / "ground" / "three-breaths.md"
"""The others are for make long; make library has them at every length."""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=() if path == SHORTEST else pytest.mark.long, id=path.stem)
        for path in SHIPPED
    ],
)
def test_every_shipped_practice_is_rendered(shelf, path):
    """Each one becomes a whole, measured file; `make library` does so at every length, spoken."""
    source = path.read_text(encoding="utf-8")
    script = parse_script(source, path=path.name, passages=find_passages(path))
    minutes = script.minutes[0]
    planned = plan(script, Options(minutes=minutes))
    order = Order(
        script=script,
        plan=planned,
        render_key=plan_key(planned, "silent"),
        script_key="0" * 64,
        private_salt=None,
    )
    product = produce(order, speaker=SilentSpeaker(), shelf=shelf, on_progress=ignore)
    assert abs(product.duration_ms - minutes * 60_000) <= 1000
    assert abs(product.report["measured"]["length_ms"] - product.duration_ms) <= 50
