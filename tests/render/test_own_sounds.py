"""The folder of one's own sounds: found, taken in once, refused with a reason, never half there."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from server.errors import FfmpegFailed, SoundRefused, StepbackError, StorageFull
from server.render import own_sounds, worker
from server.render.additions import find_additions
from server.render.own_sounds import (
    add_sound,
    import_sounds,
    list_own_sounds,
    list_refused_sounds,
)
from server.render.preview import write_preview
from server.store import Shelf
from server.store.shelves import open_shelf
from server.units import SAMPLE_RATE_HZ

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shelf(settings) -> Shelf:
    return open_shelf(settings)


@pytest.fixture
def put(settings):
    """Put a sound into the folder, as a person would: a second of noise, or other bytes."""

    def put_file(name: str, *, seconds: float = 1.0, data: bytes | None = None, seed: int = 0):
        settings.sounds_path.mkdir(exist_ok=True)
        path = settings.sounds_path / name
        if data is not None:
            path.write_bytes(data)
        else:
            frames = np.random.default_rng(seed).normal(0, 0.1, round(seconds * SAMPLE_RATE_HZ))
            soundfile.write(path, frames, SAMPLE_RATE_HZ, format=path.suffix[1:].upper())
        return path

    return put_file


def names(settings) -> list[str]:
    return [sound.name for sound in list_own_sounds(settings)]


def reasons(settings) -> dict[str, str]:
    return {file.file_name: file.reason for file in list_refused_sounds(settings)}


def test_without_a_folder_nothing_is_added(settings, shelf):
    """A house without sounds of its own has none, and takes none in."""
    import_sounds(settings, shelf)
    assert find_additions(settings).sounds == {}
    assert not shelf.root.exists() or not list(shelf.root.rglob("*.json"))


def test_a_sound_is_taken_in_and_found(settings, shelf, put):
    """A file put into the folder is a sound of its name, with its length, on the shelf."""
    put("sea.wav", seconds=1.5)
    import_sounds(settings, shelf)
    sound = find_additions(settings).sounds["sea"]
    assert (sound.name, sound.length_ms) == ("sea", 1500)
    assert shelf.sound_path(sound.key).is_file()
    assert reasons(settings) == {}


def test_what_is_known_is_not_made_ready_again(settings, shelf, put, monkeypatch):
    """Every few seconds the folder is looked at; only what is new or changed costs anything."""
    put("sea.wav")
    import_sounds(settings, shelf)
    taken = []
    real = own_sounds._take_in
    monkeypatch.setattr(own_sounds, "_take_in", lambda *a: (taken.append(a[0].name), real(*a))[1])
    index = (shelf.root / "sounds" / "index.json").stat()
    import_sounds(settings, shelf)
    assert taken == []
    assert (shelf.root / "sounds" / "index.json").stat().st_ino == index.st_ino
    put("rainy-day.wav", seed=1)
    import_sounds(settings, shelf)
    assert taken == ["rainy-day.wav"]


def test_a_changed_file_is_another_sound_and_a_lost_one_is_gone(settings, shelf, put):
    """The key follows the content; the same content under a new name has the same key."""
    path = put("sea.wav")
    import_sounds(settings, shelf)
    first = find_additions(settings).sounds["sea"].key
    put("sea.wav", seed=1)
    import_sounds(settings, shelf)
    second = find_additions(settings).sounds["sea"].key
    assert second != first
    path.rename(path.with_name("lake.wav"))
    import_sounds(settings, shelf)
    assert {n: s.key for n, s in find_additions(settings).sounds.items()} == {"lake": second}


def test_an_emptied_shelf_is_filled_again(settings, shelf, put):
    """Who makes room by emptying the cache loses no sound."""
    put("sea.wav")
    import_sounds(settings, shelf)
    path = shelf.sound_path(find_additions(settings).sounds["sea"].key)
    path.unlink()
    import_sounds(settings, shelf)
    assert path.is_file()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rain.wav", "has a meaning already"),
        ("singing.wav", "has a meaning already"),
        ("off.wav", "has a meaning already"),
        ("none.wav", "has a meaning already"),
        ("x3.wav", "has a meaning already"),
        ("My Sea.wav", "cannot be a sound's name"),
        ("9-gongs.wav", "cannot be a sound's name"),
        (f"{'a' * 41}.wav", "cannot be a sound's name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(settings, shelf, put, name, reason):
    """A script could not call it, or would mean something else by it."""
    put(name)
    import_sounds(settings, shelf)
    assert names(settings) == []
    assert reason in reasons(settings)[name]


def test_a_refused_file_is_known_and_looked_at_again_when_it_changes(settings, shelf, put):
    """The reason is kept with the file's state; a better file is taken in."""
    put("sea.wav", data=b"no sound at all")
    import_sounds(settings, shelf)
    assert "cannot be read as sound" in reasons(settings)["sea.wav"]
    put("sea.wav")
    import_sounds(settings, shelf)
    assert names(settings) == ["sea"]
    assert reasons(settings) == {}


def test_of_two_files_of_one_name_the_first_counts(settings, shelf, put):
    """The second is refused as long as the first is there, and no longer."""
    put("sea.flac")
    put("sea.wav", seed=1)
    import_sounds(settings, shelf)
    assert names(settings) == ["sea"]
    assert "already the one of sea.flac" in reasons(settings)["sea.wav"]
    (settings.sounds_path / "sea.flac").unlink()
    import_sounds(settings, shelf)
    assert names(settings) == ["sea"]
    assert reasons(settings) == {}


def test_other_files_are_left_alone(settings, shelf, put):
    """Notes, hidden files and folders are no sounds and no mistakes."""
    put("README.txt", data=b"about these sounds")
    put(".sea.wav.part", data=b"half")
    put(".hidden.wav", data=b"half")
    (settings.sounds_path / "folder.wav").mkdir()
    import_sounds(settings, shelf)
    assert names(settings) == []
    assert reasons(settings) == {}


def test_a_full_disk_is_said_and_nothing_is_remembered(settings, shelf, put, monkeypatch):
    """With too little room nothing is taken in and nothing refused; later it is tried again."""
    put("sea.wav")
    monkeypatch.setattr(Shelf, "free_bytes", lambda _: 1_000)
    with pytest.raises(StorageFull):
        import_sounds(settings, shelf)
    monkeypatch.undo()
    import_sounds(settings, shelf)
    assert names(settings) == ["sea"]


def test_a_missing_ffmpeg_is_not_the_files_fault(settings, shelf, put, monkeypatch):
    """Where ffmpeg cannot be started, no file is refused for it."""
    put("sea.wav")
    monkeypatch.setattr("server.audio.ffmpeg.ffmpeg_path", lambda: "/no/such/ffmpeg")
    with pytest.raises(FfmpegFailed):
        import_sounds(settings, shelf)
    assert reasons(settings) == {}


def test_an_index_of_another_version_is_made_anew(settings, shelf, put):
    """An update that makes sounds ready in another way does so with all of them."""
    put("sea.wav")
    import_sounds(settings, shelf)
    path = shelf.root / "sounds" / "index.json"
    path.write_text(json.dumps({"version": "0", "anything": "else"}))
    assert names(settings) == []
    import_sounds(settings, shelf)
    assert names(settings) == ["sea"]


# ── added by a command ───────────────────────────────────────────────────────────────────────


def test_add_copies_the_file_and_takes_it_in(settings, shelf, put, tmp_path):
    """The person's file stays where it was; the house has its own, found at once."""
    source = put("sea.wav").rename(tmp_path / "Take 3.WAV")
    sound = add_sound(settings, shelf, source, "sea")
    assert (settings.sounds_path / "sea.wav").read_bytes() == source.read_bytes()
    assert list_own_sounds(settings) == (sound,)


@pytest.mark.parametrize(
    ("file_name", "name", "data", "reason"),
    [
        ("a.wav", "sea", b"no sound", "cannot be read"),
        ("a.txt", "sea", b"no sound", "no WAV"),
        ("a.wav", "rain", None, "has a meaning"),
        ("a.wav", "Sea", None, "cannot be a sound's name"),
        ("a.wav", "taken", None, "Take it away first"),
    ],
)
def test_add_refuses_and_leaves_nothing(
    settings, shelf, put, tmp_path, file_name, name, data, reason
):
    """A refused file is not copied, and no half of it is left."""
    source = put("a.wav", data=data).rename(tmp_path / file_name)
    put("taken.ogg")
    before = sorted(path.name for path in settings.sounds_path.iterdir())
    with pytest.raises(SoundRefused, match=reason):
        add_sound(settings, shelf, source, name)
    assert sorted(path.name for path in settings.sounds_path.iterdir()) == before
    assert not list(shelf.root.rglob("*.flac"))


def test_what_cannot_be_written_is_said(settings, shelf, put, tmp_path):
    """A folder that is none is told in a sentence."""
    source = put("a.wav").rename(tmp_path / "a.wav")
    settings.sounds_path.rmdir()
    settings.sounds_path.write_text("a file stands in its place")
    with pytest.raises(StepbackError, match="cannot be written"):
        add_sound(settings, shelf, source, "sea")


# ── around it ────────────────────────────────────────────────────────────────────────────────


def test_the_worker_takes_sounds_in(settings, make_worker, producer, put, monkeypatch):
    """A worker looks at the folder when it starts, and goes on when a look fails."""
    looked, looked_again = threading.Event(), threading.Event()
    looks = iter([StorageFull(settings.cache_path)])

    def look(settings, shelf):
        if looked.is_set() and (failure := next(looks, None)):
            raise failure
        import_sounds(settings, shelf)
        (looked_again if looked.is_set() else looked).set()

    monkeypatch.setattr(worker, "import_sounds", look)
    monkeypatch.setattr(worker, "SOUNDS_SECONDS", 0.01)
    put("sea.wav")
    house = make_worker(producer)
    house.start()
    assert looked.wait(60)
    assert names(settings) == ["sea"]
    assert looked_again.wait(60)


def test_looking_sounds_up_loads_nothing_heavy():
    """A web process asks for the additions of every order without numpy, pydub or soundfile."""
    program = (
        "import sys, os; from server.config import Settings\n"
        "from server.render.additions import find_additions\n"
        "find_additions(Settings.from_environment({}), 'three-breaths')\n"
        "print([name for name in ('numpy', 'pydub', 'soundfile', 'soxr') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert said.strip() == "[]"


@pytest.mark.parametrize("ending", ["wav", "mp3"])
@pytest.mark.parametrize(
    ("name", "seconds"), [("small", 12), ("singing", 24), ("rain", 30), ("sea", 30), ("long", 41)]
)
def test_a_preview_is_the_sound_by_itself(settings, shelf, put, tmp_path, ending, name, seconds):
    """A bell's one stroke, half a minute of a bed, one's own sound until it has gone round."""
    put("sea.wav")
    put("long.wav", seconds=36)
    import_sounds(settings, shelf)
    out = tmp_path / f"out.{ending}"
    write_preview(settings, name, out)
    frames, rate_hz = soundfile.read(out)
    assert len(frames) / rate_hz == pytest.approx(seconds, abs=0.1)
    assert 0.02 < np.abs(frames).max() < 1
    assert [path.name for path in tmp_path.glob("*out*")] == [out.name]


@pytest.mark.parametrize(
    ("name", "out", "words"),
    [
        ("rian", "x.wav", "There is no sound named 'rian'"),
        ("rain", "x.ogg", "end in .wav or .mp3"),
        ("rain", "file/x.wav", "There is no folder"),
    ],
)
def test_a_preview_that_cannot_be_is_said(settings, tmp_path, name, out, words):
    """An unknown sound, an unknown ending, no folder: a sentence, and no file."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StepbackError, match=words):
        write_preview(settings, name, tmp_path / out)
    assert not list(tmp_path.glob("x.*"))
