"""Voices are found, described and judged without loading any of them."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from server.errors import VoiceUnavailable
from server.voice import PACKAGED_VOICES, PACKAGES, SILENT, VoiceCatalogue, VoiceRecord, record


@pytest.fixture
def installed(tmp_path: Path) -> VoiceRecord:
    """A voice that is installed, with files that nobody will load."""
    folder = tmp_path / "voices" / "anna"
    folder.mkdir(parents=True)
    for name in ("model", "config"):
        (tmp_path / name).write_bytes(f"the {name}".encode())
    made = VoiceRecord(
        name="anna",
        title="Anna, a synthetic voice (en-GB)",
        language="en-GB",
        licence="Not for sale.",
        commercial="forbidden",
        home=folder,
        stem=record.file_sha256(tmp_path / "model")[:16],
        model_sha256=record.file_sha256(tmp_path / "model"),
        config_sha256=record.file_sha256(tmp_path / "config"),
    )
    (tmp_path / "model").rename(made.model_path)
    (tmp_path / "config").rename(made.config_path)
    made.write(folder, "2026-11-25T00:00:00+00:00")
    return made


@pytest.fixture
def voices(installed: VoiceRecord) -> VoiceCatalogue:
    """The catalogue over that voice's folder."""
    return VoiceCatalogue(voices_path=installed.folder.parent)


def test_joe_is_described_with_its_licence():
    """The shipped voice says that it is synthetic and under which terms it stands."""
    joe = PACKAGED_VOICES.get("joe")
    assert joe.engine == "piper"
    assert "synthetic" in joe.title
    assert "lessac" in joe.licence
    assert joe.commercial == "unclear"
    assert joe.key == PACKAGED_VOICES.get("joe").key


def test_an_unknown_voice_names_the_known_ones(voices):
    """A typing mistake is answered by what could have been meant."""
    with pytest.raises(VoiceUnavailable, match="joe, silent"):
        PACKAGED_VOICES.get("jo")
    with pytest.raises(VoiceUnavailable, match="joe, anna, silent"):
        voices.get("ana")


def test_without_a_folder_there_are_the_packaged_ones(tmp_path):
    """An installation where nothing was ever installed has its voices all the same."""
    assert VoiceCatalogue(voices_path=tmp_path / "voices").names() == ("joe", "silent")
    assert VoiceCatalogue().get("silent") == SILENT


def test_an_installed_voice_is_as_it_was_written_down(voices, installed):
    """What was said at its installation is said of it ever after."""
    assert voices.names() == ("joe", "anna", "silent")
    assert voices.get_record("anna") == installed
    assert voices.get("anna").licence == "Not for sale."
    assert voices.get("anna").key != dataclasses.replace(installed, model_sha256="0").voice.key


def test_what_is_no_voice_is_passed_over(voices, installed):
    """Work in progress, an empty folder and a stray file are not offered."""
    (installed.folder.parent / ".new-x").mkdir()
    (installed.folder.parent / ".new-x" / "voice.json").write_text("{}")
    (installed.folder.parent / "empty").mkdir()
    (installed.folder.parent / "note.txt").write_text("Hello")
    assert voices.names() == ("joe", "anna", "silent")


def test_no_folder_can_pose_as_a_packaged_voice(voices, installed):
    """A folder called joe changes nothing about joe."""
    installed.folder.rename(installed.folder.with_name("joe"))
    assert voices.names() == ("joe", "silent")
    assert voices.get_record("joe") == PACKAGES["joe"]


def test_a_missing_package_is_told(monkeypatch):
    """A voice whose package is not installed is unavailable, not a crash."""
    gone = dataclasses.replace(PACKAGES["joe"], name="gone", home="no_such_voice")
    monkeypatch.setitem(PACKAGES, "gone", gone)
    with pytest.raises(VoiceUnavailable, match="no_such_voice is not installed"):
        PACKAGED_VOICES.get("gone")
    (listed,) = (each for each in VoiceCatalogue().list_voices() if each.name == "gone")
    assert "not installed" in listed.trouble


@pytest.mark.parametrize("file", ["model_path", "config_path"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "altered", "longer"])
def test_damaged_files_are_told(voices, installed, file, damage):
    """A file that is not the one that was installed makes its voice, and no other, unusable."""
    assert voices.get("anna")
    path = getattr(installed, file)
    whole = path.read_bytes()
    os.utime(path, ns=(1, 1))
    if damage == "missing":
        path.unlink()
    else:
        changed = {"truncated": whole[:-1], "altered": whole[:-1] + b"?", "longer": whole + b"?"}
        path.write_bytes(changed[damage])
    with pytest.raises(VoiceUnavailable, match=r"'anna'.*install") as caught:
        voices.get("anna")
    assert path.name in str(caught.value)
    trouble = {each.name: each.trouble for each in voices.list_voices()}
    assert trouble == {"joe": "", "anna": str(caught.value), "silent": ""}
    assert voices.describe("anna").key == installed.voice.key, "what it spoke is still found"


@pytest.mark.parametrize(
    "written",
    ["", "[]", "{}", '{"title": 3}', "[" * 100_000, None],
    ids=["empty", "list", "nothing", "number", "deep", "will"],
)
def test_a_damaged_record_is_told(voices, installed, written):
    """A record that says nothing, or nothing that is known, is told and harms no other voice."""
    path = installed.folder / "voice.json"
    if written is None:
        written = json.dumps({**json.loads(path.read_text()), "commercial": "perhaps"})
    path.write_text(written)
    with pytest.raises(VoiceUnavailable, match=r"'anna'.*voice\.json"):
        voices.get("anna")
    anna = next(each for each in voices.list_voices() if each.name == "anna")
    assert anna.voice is None
    assert anna.trouble


def test_a_voice_that_forbids_commerce_is_refused_where_money_is_made(voices):
    """The sentence says which voice, which setting and what to do; others go on."""
    assert voices.get("anna").commercial == "forbidden"
    selling = dataclasses.replace(voices, is_commercial=True)
    for ask in (selling.get, selling.describe):
        with pytest.raises(VoiceUnavailable, match=r"'anna'.*STEPBACK_COMMERCIAL is yes.*another"):
            ask("anna")
    assert [each.name for each in selling.list_voices() if each.trouble] == ["anna"]
    assert selling.get("joe")


def test_files_are_hashed_once_as_long_as_nobody_touches_them(voices, installed, monkeypatch):
    """A look at the voices costs a look at their files' times, not 60 MB of reading."""
    voices.list_voices()
    monkeypatch.setattr(record.hashlib, "file_digest", None)
    assert voices.get("anna")
    os.utime(installed.model_path)
    with pytest.raises(TypeError):
        voices.get("anna")
