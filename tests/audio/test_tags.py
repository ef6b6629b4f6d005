"""Tags stand in front of a real MP3, and leave its sound alone."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from mutagen import MutagenError, id3, mp3
from mutagen.oggopus import OggOpus

from server.audio.cover import draw_cover
from server.audio.tags import Tags, write_comments, write_tags
from server.errors import AudioError, StorageFull
from server.timeline.model import Chapter
from server.units import Ms

TAGS = Tags(
    title="Stepping back – ein Schritt zurück 🙂",
    album="Stepback",
    artist="Stepback & friends",
    language="eng",
    cover_jpeg=draw_cover("Stepping back", look="obstacles", side_px=120),
    chapters=(
        Chapter(title="Arriving", start_ms=Ms(0), end_ms=Ms(1_001)),
        Chapter(title="Was „nein“ sagt", start_ms=Ms(1_001), end_ms=Ms(2_500)),
        Chapter(title="Returning", start_ms=Ms(2_500), end_ms=Ms(4_000)),
    ),
    transcript="This is a practice.\nYou can stop whenever you like.",
    comment="The voice is synthetic.",
    total_ms=Ms(4_000),
)


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a quiet tone, as ffmpeg encodes them: with TSSE and a Xing header."""
    path = tmp_path_factory.mktemp("mp3") / "tone.mp3"
    tone = ["-f", "lavfi", "-i", "sine=frequency=220:duration=4:sample_rate=48000"]
    coding = ["-c:a", "libmp3lame", "-q:a", "5", str(path)]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", *tone, *coding], check=True, timeout=60)
    return path


@pytest.fixture
def sound(encoded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(encoded, tmp_path / "practice.mp3"))


def frames_of_sound(path: Path) -> bytes:
    """Everything behind the ID3 tag, whose length stands in its header in four times 7 bits."""
    data = path.read_bytes()
    assert data[:3] == b"ID3"
    size = 0
    for seven_bits in data[6:10]:
        size = size << 7 | seven_bits
    return data[10 + size :]


def read(path: Path) -> id3.ID3:
    return id3.ID3(path, translate=False)


def test_every_tag_reads_back(sound: Path) -> None:
    """Title, album, artist, language, length, comment, transcript and cover are what was given."""
    write_tags(sound, TAGS)
    tags = read(sound)
    texts = {kind: str(tags[kind]) for kind in ("TIT2", "TALB", "TPE1", "TLAN", "TLEN")}
    assert texts == {
        "TIT2": TAGS.title,
        "TALB": "Stepback",
        "TPE1": "Stepback & friends",
        "TLAN": "eng",
        "TLEN": "4000",
    }
    assert tags["COMM::eng"].text == [TAGS.comment]
    assert tags["USLT::eng"].text == TAGS.transcript
    (cover,) = tags.getall("APIC")
    assert (cover.mime, cover.type, cover.data) == ("image/jpeg", 3, TAGS.cover_jpeg)


def test_tag_is_id3v2_3_at_the_front(sound: Path) -> None:
    """The tag is of version 2.3, is at the front, and there is no second one at the end."""
    write_tags(sound, TAGS)
    assert sound.read_bytes()[:5] == b"ID3\x03\x00"
    assert read(sound).version == (2, 3, 0)
    assert sound.read_bytes()[-128:-125] != b"TAG"


def test_line_13_chapters_survive(sound: Path) -> None:
    """F13: one ordered table of contents names every chapter, each with title and milliseconds."""
    write_tags(sound, TAGS)
    tags = read(sound)
    (contents,) = tags.getall("CTOC")
    assert contents.flags == id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    found = [tags[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert [(str(c.sub_frames["TIT2"]), c.start_time, c.end_time) for c in found] == [
        (chapter.title, chapter.start_ms, chapter.end_ms) for chapter in TAGS.chapters
    ]
    assert tags.getall("CHAP") == found, "some players read them as they stand in the file"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not on this machine")
def test_ffprobe_finds_the_same(sound: Path) -> None:
    """Another program sees the same title, chapters and cover, and the length of the sound."""
    write_tags(sound, TAGS)
    asked = ["-show_format", "-show_chapters", "-show_streams", "-of", "json", str(sound)]
    answer = subprocess.run(
        ["ffprobe", "-v", "error", *asked], capture_output=True, check=True, timeout=60
    )
    seen = json.loads(answer.stdout)
    assert seen["format"]["tags"]["title"] == TAGS.title
    assert abs(float(seen["format"]["duration"]) - 4.0) < 0.05
    assert [
        (
            c["tags"]["title"],
            round(float(c["start_time"]) * 1000),
            round(float(c["end_time"]) * 1000),
        )
        for c in seen["chapters"]
    ] == [(c.title, c.start_ms, c.end_ms) for c in TAGS.chapters]
    assert [stream["codec_name"] for stream in seen["streams"]] == ["mp3", "mjpeg"]


def test_sound_is_left_alone(sound: Path) -> None:
    """Every byte behind the tag is as before, the Xing header and the encoder's name with it."""
    before, encoder = frames_of_sound(sound), str(read(sound)["TSSE"])
    write_tags(sound, TAGS)
    assert frames_of_sound(sound) == before
    assert b"Xing" in before[:200]
    assert str(read(sound)["TSSE"]) == encoder
    assert abs(mp3.MP3(sound).info.length - 4.0) < 0.05


def test_writing_again_replaces(sound: Path) -> None:
    """Tags of the same kinds are replaced, old chapters too; the same gives the same."""
    write_tags(sound, TAGS)
    once = sound.read_bytes()
    write_tags(sound, TAGS)
    assert sound.read_bytes() == once
    write_tags(sound, replace(TAGS, title="Another", chapters=TAGS.chapters[:1], language="deu"))
    tags = read(sound)
    assert str(tags["TIT2"]) == "Another"
    assert [len(tags.getall(kind)) for kind in ("CHAP", "CTOC", "USLT", "COMM")] == [1, 1, 1, 1]


def test_without_chapters(sound: Path) -> None:
    """A practice without chapters has no empty table of contents, nor an old one."""
    write_tags(sound, TAGS)
    write_tags(sound, replace(TAGS, chapters=()))
    assert not read(sound).getall("CTOC")
    assert not read(sound).getall("CHAP")


def test_a_file_without_a_tag_gets_one(sound: Path) -> None:
    """Bare frames of sound are tagged just the same."""
    bare = frames_of_sound(sound)
    sound.write_bytes(bare)
    write_tags(sound, TAGS)
    assert frames_of_sound(sound) == bare
    assert str(read(sound)["TIT2"]) == TAGS.title


def test_text_that_id3_cannot_hold(sound: Path) -> None:
    """A NUL, which would end a text, and half of a character pair are left out."""
    write_tags(sound, replace(TAGS, title="a\0b\ud83dc"))
    assert str(read(sound)["TIT2"]) == "abc"


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    """What cannot be tagged is an error of sound that names the file."""
    with pytest.raises(AudioError, match=r"missing\.mp3"):
        write_tags(tmp_path / "missing.mp3", TAGS)


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_full_disk_is_said_plainly(
    sound: Path, monkeypatch: pytest.MonkeyPatch, is_wrapped: bool
) -> None:
    """A full disk is told apart from a file that cannot be read."""

    def fail(*_args: object, **_kwargs: object) -> None:
        full = OSError(errno.ENOSPC, "No space left on device")
        if is_wrapped:
            raise MutagenError(full)
        raise MutagenError from full

    monkeypatch.setattr(id3.ID3, "save", fail)
    with pytest.raises(StorageFull):
        write_tags(sound, TAGS)


@pytest.fixture
def opus(tmp_path: Path) -> Path:
    """Four seconds of a quiet tone, as ffmpeg encodes them."""
    path = tmp_path / "practice.opus"
    tone = ["-f", "lavfi", "-i", "sine=frequency=220:duration=4:sample_rate=48000"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    said = ["-metadata", "title=Before", "-c:a", "libopus", str(path)]
    subprocess.run([program, "-v", "error", *tone, *said], check=True, timeout=60)
    return path


def test_comments_of_opus_read_back(opus: Path) -> None:
    """Title, podcast and chapters, instead of whatever stood there; no cover, no transcript."""
    before = OggOpus(opus).info.length
    write_comments(opus, TAGS)
    write_comments(opus, TAGS)
    file = OggOpus(opus)
    assert dict(file) == {
        "title": [TAGS.title],
        "artist": ["Stepback & friends"],
        "album": ["Stepback"],
        "description": ["The voice is synthetic."],
        "chapter000": ["00:00:00.000"],
        "chapter000name": ["Arriving"],
        "chapter001": ["00:00:01.001"],
        "chapter001name": ["Was „nein“ sagt"],
        "chapter002": ["00:00:02.500"],
        "chapter002name": ["Returning"],
    }
    assert file.info.length == before


def test_comments_of_something_else(tmp_path: Path) -> None:
    """What is no Opus file is said plainly."""
    path = tmp_path / "other.opus"
    path.write_bytes(b"OggS of another kind")
    with pytest.raises(AudioError, match=r"other\.opus"):
        write_comments(path, TAGS)
