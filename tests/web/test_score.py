"""The score: what is drawn, and what is said of it."""

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from server.timeline import (
    Chapter,
    SilenceSegment,
    Sound,
    SoundSegment,
    SpeechSegment,
    Timeline,
    Utterance,
)
from server.units import Ms
from server.web.score import describe, draw_score

SAID = Utterance(text="Here & <now>.", pace=1.0)
NAMESPACE = "{http://www.w3.org/2000/svg}"


def timeline_of(*lengths: tuple[str, int], stages: tuple[str, ...] = ("One",)) -> Timeline:
    """Lay out kinds and lengths one after the other; the stages share the time."""
    segments, now = [], 0
    for kind, length in lengths:
        place = {"start_ms": Ms(now), "length_ms": Ms(length)}
        if kind == "speech":
            segments.append(SpeechSegment(utterance=SAID, **place))
        elif kind == "silence":
            segments.append(SilenceSegment(**place))
        else:
            segments.append(SoundSegment(sound=Sound.BELL_SMALL, **place))
        now += length
    edges = [now * index // len(stages) for index in range(len(stages) + 1)]
    chapters = tuple(
        Chapter(title=title, start_ms=Ms(start), end_ms=Ms(end))
        for title, start, end in zip(stages, edges, edges[1:], strict=False)
    )
    return Timeline(segments=tuple(segments), chapters=chapters, total_ms=Ms(now))


def classes(drawing: str) -> list[str]:
    return [shape.get("class", "") for shape in ElementTree.fromstring(drawing).iter()]


def test_speech_is_a_block_and_silence_is_space():
    """Blocks stand where sentences are; sentences that follow closely are one block."""
    drawing = draw_score(
        timeline_of(
            ("bell", 1000),
            ("speech", 3000),
            ("silence", 300),
            ("speech", 700),
            ("silence", 4000),
            ("speech", 1000),
            stages=("One", "Two"),
        )
    )
    root = ElementTree.fromstring(str(drawing))
    assert root.get("viewBox") == "0 0 1000 80"
    assert root.get("role") == "img"
    blocks = root.findall(f"{NAMESPACE}rect[@class='score-speech']")
    assert [(b.get("x"), b.get("width")) for b in blocks] == [
        ("100.0", "400.0"),
        ("900.0", "100.0"),
    ]
    assert classes(str(drawing)).count("score-sound") == 1
    assert classes(str(drawing)).count("score-stage") == 2
    assert "style" not in drawing


def test_the_drawing_says_what_it_shows():
    """The title counts stages, and minutes of speech and silence."""
    stages = ("a", "b", "c", "d", "e", "f")
    ten = timeline_of(("speech", 180_000), ("silence", 420_000), stages=stages)
    assert describe(ten) == "Six stages; about 3 minutes of speech and about 7 minutes of silence"
    one = timeline_of(("speech", 60_000), ("silence", 120_000))
    assert describe(one) == "One stage; about one minute of speech and about 2 minutes of silence"
    short = timeline_of(("speech", 9000), ("silence", 9000), stages=tuple("abcdefghijklmn"))
    assert describe(short) == (
        "14 stages; less than a minute of speech and less than a minute of silence"
    )
    assert "<title>Six stages; about 3 minutes" in draw_score(ten)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["speech", "silence", "bell"]), st.integers(1, 90_000)),
        max_size=30,
    )
)
def test_any_timeline_is_drawn_inside_its_frame(lengths: list[tuple[str, int]]):
    """Whatever is played, the drawing is well formed and nothing begins outside it."""
    root = ElementTree.fromstring(str(draw_score(timeline_of(*lengths))))
    for bar in root.iter(f"{NAMESPACE}rect"):
        assert 0 <= float(bar.get("x", "-1")) <= 1000
        assert 0 < float(bar.get("width", "0")) <= 1000
