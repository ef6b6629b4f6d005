"""A sitting's sound over HTTP: what is listed, what is handed out, and that it never changes."""

import re
from collections import Counter

import pytest

from server.audio.fmp4 import init_segment
from server.audio.live_mix import SEGMENT_FRAMES, SEGMENT_MS
from tests.web.live_house import SLUG, LiveHouse, sitting_id, words_in

MINE = "nobody will read this"


def listed(live_house: LiveHouse) -> list[int]:
    """The numbers of the media segments in the playlist, which must be without a gap."""
    answer = live_house.sound("playlist.m3u8")
    assert answer.status_code == 200
    numbers = [int(number) for number in re.findall(r"^(\d+)\.m4s$", answer.text, re.MULTILINE)]
    (first,) = re.findall(r"^#EXT-X-MEDIA-SEQUENCE:(\d+)$", answer.text, re.MULTILINE)
    assert numbers == list(range(int(first), int(first) + len(numbers)))
    return numbers


def segment(live_house: LiveHouse, number: int) -> bytes:
    answer = live_house.sound(f"{number}.m4s")
    assert answer.status_code == 200, (number, answer.text)
    return answer.data


def test_what_is_certain_is_listed_and_no_more(live_house: LiveHouse):
    """Whole media segments before the moment that is certain; the window moves on."""
    live_house.begun()
    assert listed(live_house) == [0, 1, 2, 3]
    answer = live_house.sound("playlist.m3u8")
    assert answer.content_type == "application/vnd.apple.mpegurl"
    assert "#EXT-X-PLAYLIST-TYPE" not in answer.text
    assert "#EXT-X-ENDLIST" not in answer.text
    assert "TIME-OFFSET=0.000," in answer.text
    live_house.wait(70)
    assert listed(live_house) == list(range(9, 72))
    assert live_house.sound("71.m4s").status_code == 200
    assert live_house.sound("72.m4s").status_code == 404
    # It has left the window, but a player that fetched the playlist before may still ask.
    assert live_house.sound("0.m4s").status_code == 200


def test_each_part_says_what_it_is_and_is_kept_by_nobody(live_house: LiveHouse):
    """no-store for all of it; parts of it can be asked for."""
    live_house.begun()
    for name, kind in (
        ("playlist.m3u8", "application/vnd.apple.mpegurl"),
        ("init.mp4", "audio/mp4"),
        ("0.m4s", "audio/mp4"),
    ):
        whole = live_house.sound(name)
        assert whole.content_type == kind
        assert whole.headers.getlist("Cache-Control") == ["no-store"]
        assert whole.headers["X-Robots-Tag"] == "noindex"
        part = live_house.sound(name, Range="bytes=8-99")
        assert (part.status_code, part.data) == (206, whole.data[8:100])
        assert part.headers["Content-Range"] == f"bytes 8-99/{len(whole.data)}"
        head = live_house.client.head(f"/sittings/{sitting_id(1)}/{name}")
        assert (head.status_code, head.data) == (200, b"")
        assert head.content_length == len(whole.data)
    assert live_house.sound("init.mp4").data == init_segment()
    assert live_house.sound("0.m4s", Range="bytes=99999999-").status_code == 416


def test_a_segment_holds_its_lines_and_room_between(live_house: LiveHouse):
    """One frame after the other: the bell, then the room, then a sentence."""
    live_house.begun()
    live_house.wait(12)
    told = live_house.look()
    frames = [frame for number in range(16) for frame in words_in(segment(live_house, number))]
    assert len(frames) == 16 * SEGMENT_FRAMES
    for line in told["lines"]:
        first = round(line["start_seconds"] * 1000) * 3 // 64
        if first >= len(frames):
            continue
        last = min(round(line["end_seconds"] * 1000) * 3 // 64, len(frames))
        names = {frame.split()[0] for frame in frames[first:last]}
        assert len(names) == 1
        assert "room" not in names
        assert frames[first].endswith(" 0")
    between = [(at, frame) for at, frame in enumerate(frames) if frame.startswith("room")]
    assert between
    assert all(frame == f"room {at}" for at, frame in between)


@pytest.mark.parametrize("name", ["00.m4s", "-1.m4s", "1000000.m4s", "x.m4s", "9999999999.m4s"])
def test_other_names_are_no_segments(live_house: LiveHouse, name: str):
    """One address for each media segment, and 404 for the rest."""
    live_house.begun()
    assert live_house.sound(name).status_code == 404


def test_what_was_handed_out_never_changes(live_house: LiveHouse):
    """Moves, words and pauses come; another process serves: each segment has the same bytes."""
    live_house.begun(words={"obstacle": MINE})
    live_house.voice_words()
    moves = {9: "step-back", 20: "stay", 31: "too-much", 44: "go-back", 50: "pause", 52: "met"}
    handed_out: dict[int, bytes] = {}
    for second in range(70):
        for number in listed(live_house):
            if number not in handed_out:
                handed_out[number] = segment(live_house, number)
        if second in moves:
            is_step = moves[second] == "step-back"
            words = {"words": {"obstacle": MINE}} if is_step else {}
            assert live_house.move(moves[second], **words).status_code == 200
            live_house.voice_words()
        live_house.wait(1)
    assert sorted(handed_out) == list(range(len(handed_out)))
    other, rooms = live_house.open()
    before = live_house.client.get_cookie("stepback_device")
    assert before is not None
    live_house.client = other.test_client()
    live_house.client.set_cookie("stepback_device", before.value)
    assert {n: segment(live_house, n) for n in handed_out} == handed_out
    rooms.database.close()


def test_own_words_are_in_the_sound(live_house: LiveHouse):
    """The frames of the private line are where the page says that it is heard."""
    live_house.begun(words={"obstacle": MINE})
    live_house.voice_words()
    live_house.wait(12)
    (own,) = [line for line in live_house.look()["lines"] if line["is_own"]]
    names: Counter[str] = Counter()
    first, last = (round(own[f"{end}_seconds"] * 1000) // SEGMENT_MS for end in ("start", "end"))
    for number in range(first, last + 1):
        names.update(frame.split()[0] for frame in words_in(segment(live_house, number)))
    shared = {path.stem[:12] for path in live_house.rooms.shelf.root.glob("lines/*/*.aac")}
    own_frames = [count for name, count in names.items() if name not in shared | {"room"}]
    assert own_frames == [96]


def test_a_line_that_is_gone_is_room_tone(live_house: LiveHouse, caplog):
    """The sitting goes on, and the log tells the operator."""
    live_house.begun()
    for path in live_house.rooms.shelf.root.glob("lines/*/*.aac"):
        path.unlink()
    frames = list(words_in(segment(live_house, 0)))
    assert {frame.split()[0] for frame in frames} == {"room"}
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_the_end_is_silence_and_no_next(live_house: LiveHouse):
    """ENDLIST once all is certain; the room goes out, and behind it is nothing more."""
    live_house.begun()
    live_house.move("end")
    for _ in range(120):
        if live_house.look()["total_seconds"] is not None:
            break
        live_house.wait(1)
    text = live_house.sound("playlist.m3u8").text
    assert text.endswith("#EXT-X-ENDLIST\n")
    last = listed(live_house)[-1]
    assert list(words_in(segment(live_house, last)))[-1].startswith("out ")
    assert live_house.sound(f"{last + 1}.m4s").status_code == 404
    live_house.wait(60)
    assert live_house.look()["station"] == "over"
    assert live_house.sound("playlist.m3u8").text.endswith("#EXT-X-ENDLIST\n")


def test_the_ground_is_one_file_for_everybody(live_house: LiveHouse):
    """A phone keeps it before anything is too much; no cookie is needed, and none is given."""
    live_house.begun()
    ground = live_house.look()["ground"]
    answer = live_house.app.test_client().get(ground)
    assert answer.status_code == 200
    assert answer.content_type == "audio/aac"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert b"<room " in answer.data
    assert b"<out " in answer.data
    tag = answer.headers["ETag"]
    again = live_house.client.get(ground, headers={"If-None-Match": tag})
    assert again.status_code == 304
    part = live_house.client.get(ground, headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.data) == (206, answer.data[:2])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?anchor=feet&eyes=open&pace=as-written&minutes=10", 200),
        ("?minutes=x", 200),
        ("?minutes=7", 422),
        ("?anchor=nose", 422),
        ("?eyes=shut", 422),
        ("?pace=fast", 422),
        ("?pace=slower", 404),
    ],
)
def test_the_ground_is_as_the_listener_chose_it(live_house: LiveHouse, query: str, status: int):
    """What cannot be chosen is refused; what has still to be made is not there."""
    answer = live_house.client.get(f"/practices/{SLUG}/ground.aac{query}")
    assert answer.status_code == status


def test_a_practice_without_a_ground_has_none(live_house: LiveHouse):
    """404 for one that asks nothing, and for one that is not there."""
    for slug in ("soft-ground", "no-such"):
        assert live_house.client.get(f"/practices/{slug}/ground.aac").status_code == 404
