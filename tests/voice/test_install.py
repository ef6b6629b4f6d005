"""Installing a voice: whole, tried and written down, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from server.audio import finish_clip
from server.cli import voices
from server.errors import VoiceCrashed, VoiceRefused, VoiceTimedOut, VoiceUnavailable
from server.timeline import Utterance
from server.voice import (
    PACKAGES,
    Commercial,
    VoiceCatalogue,
    VoiceRecord,
    install,
    open_speaker,
    trial,
)
from server.voice.install import install_voice, read_candidate, remove_voice
from server.voice.trial import list_phonemes

NOW_AT = datetime(2026, 11, 25, 8, tzinfo=UTC)
Bring = Callable[..., Path]
PutIn = Callable[..., VoiceRecord]


@pytest.fixture
def put_in(tmp_path: Path) -> PutIn:
    """Install a voice into the test's own folder of voices."""

    def put_in(path: Path, **wishes) -> VoiceRecord:
        return install_voice(path, tmp_path / "voices", **wishes, finish=finish_clip, now_at=NOW_AT)

    return put_in


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the trial, for tests of what comes before and after it."""
    monkeypatch.setattr(install, "try_out", lambda record, *, finish: None)


def test_a_small_voice_is_tried_installed_and_speaks(bring: Bring, put_in: PutIn, tmp_path):
    """From somebody's folder to a voice that a script can name, through the real Piper."""
    record = put_in(bring())
    assert (record.name, record.language) == ("tone", "en-GB")
    assert "synthetic" in record.title
    catalogue = VoiceCatalogue(voices_path=tmp_path / "voices")
    assert catalogue.get("tone") == record.voice
    written = json.loads((record.folder / "voice.json").read_text())
    assert written["installed_at"] == "2026-11-25T08:00:00+00:00"
    speaker = open_speaker("tone", finish=finish_clip, processes=1, voices=catalogue)
    try:
        ((_, spoken),) = speaker.speak([Utterance(text="Sit down for a while.", pace=1.3)])
    finally:
        speaker.close()
    assert spoken.frames.any()
    assert (tmp_path / "voices").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "voices").iterdir()] == ["tone"]


@pytest.mark.long
@pytest.mark.real_voice
def test_the_real_voice_can_be_installed_under_another_name(put_in: PutIn, tmp_path):
    """Joe's own files, brought by hand, are a voice that speaks."""
    brought = shutil.copytree(PACKAGES["joe"].folder, tmp_path / "brought")
    record = put_in(brought, name="second-joe")
    assert "CC0" in record.licence
    assert "lessac" in record.licence
    catalogue = VoiceCatalogue(voices_path=tmp_path / "voices")
    speaker = open_speaker("second-joe", finish=finish_clip, processes=1, voices=catalogue)
    try:
        ((_, spoken),) = speaker.speak([Utterance(text="Sit down for a while.", pace=1.3)])
    finally:
        speaker.close()
    assert len(spoken.frames) > 48_000 // 2


@pytest.mark.parametrize("model", [b"", b"not a model", b"\x08\x08"])
def test_what_is_no_model_is_refused(bring: Bring, put_in: PutIn, tmp_path, model):
    """A file that onnxruntime cannot load leaves nothing behind."""
    with pytest.raises(VoiceRefused, match=r"en_GB-tone-low\.onnx is not an ONNX model"):
        put_in(bring(model=model))
    assert not (tmp_path / "voices").exists()


def test_another_kind_of_model_is_refused(bring: Bring, put_in: PutIn, make_model):
    """A model that wants something else than Piper gives is told by what it wants."""
    with pytest.raises(VoiceRefused, match="it wants image, scales where input, input_lengths"):
        put_in(bring(model=make_model("image", "scales")))


def test_several_speakers_want_an_input_of_their_own(bring: Bring, put_in: PutIn):
    """A description that speaks of several speakers does not fit a model of one."""
    with pytest.raises(VoiceRefused, match="sid"):
        put_in(bring(num_speakers=4))


def test_a_voice_that_says_nothing_is_refused(bring: Bring, put_in: PutIn, tmp_path):
    """A language that espeak does not know stops at the test sentence."""
    with pytest.raises(VoiceRefused, match="could not say"):
        put_in(bring(espeak={"voice": "xx-no-such"}))
    assert not (tmp_path / "voices").exists()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("audio", {}),
        ("audio", {"sample_rate": "22050"}),
        ("audio", 3),
        ("espeak", {}),
        ("inference", None),
        ("num_symbols", True),
        ("num_speakers", 0),
        ("phoneme_id_map", {}),
        ("phoneme_id_map", {"a": 3}),
        ("phoneme_id_map", {"a": ["b"]}),
    ],
)
def test_a_description_without_what_piper_needs_is_refused(bring: Bring, put_in, part, value):
    """The part that is wrong is named, before anything is loaded."""
    with pytest.raises(VoiceRefused, match=f"see {part}"):
        put_in(bring(**{part: value}))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\ud800"])
def test_a_description_that_is_no_json_is_refused(bring: Bring, put_in: PutIn, text):
    """Whatever stands beside the model, it is answered by a sentence."""
    folder = bring()
    (folder / "en_GB-tone-low.onnx.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(VoiceRefused, match="is not JSON"):
        put_in(folder)


def test_a_list_is_no_description(bring: Bring, put_in: PutIn):
    """JSON of another form names everything that is missing."""
    folder = bring()
    (folder / "en_GB-tone-low.onnx.json").write_text("[1]")
    with pytest.raises(VoiceRefused, match=r"audio\.sample_rate, espeak\.voice"):
        put_in(folder)


def test_the_wrong_place_is_told(bring: Bring, put_in: PutIn, tmp_path):
    """No model, two models, no description and no such place: each has its sentence."""
    folder = bring()
    (tmp_path / "bare").mkdir()
    with pytest.raises(VoiceRefused, match="found: none"):
        put_in(tmp_path / "bare")
    with pytest.raises(VoiceRefused, match="neither"):
        put_in(folder / "en_GB-tone-low.onnx.json")
    with pytest.raises(VoiceRefused, match="neither"):
        put_in(tmp_path / "nowhere")
    bring("en_GB-other-low")
    with pytest.raises(VoiceRefused, match=r"en_GB-other-low\.onnx, en_GB-tone-low\.onnx"):
        put_in(folder)
    (folder / "en_GB-tone-low.onnx.json").unlink()
    with pytest.raises(VoiceRefused, match="belongs beside"):
        put_in(folder / "en_GB-tone-low.onnx")


@pytest.mark.usefixtures("untried")
def test_a_name_that_is_taken_is_refused_unless_replaced(bring: Bring, put_in: PutIn, tmp_path):
    """What is there stays as it is until somebody says that it may go."""
    first = put_in(bring(), licence="Mine.")
    with pytest.raises(VoiceRefused, match="'tone' already"):
        put_in(bring(num_symbols=99))
    assert VoiceCatalogue(voices_path=tmp_path / "voices").get("tone").licence == "Mine."
    second = put_in(bring(num_symbols=99), is_replacing=True, commercial="allowed")
    assert second.voice.key != first.voice.key
    assert VoiceCatalogue(voices_path=tmp_path / "voices").get("tone") == second.voice
    assert [path.name for path in (tmp_path / "voices").iterdir()] == ["tone"]


@pytest.mark.usefixtures("untried")
@pytest.mark.parametrize("name", ["joe", "silent"])
def test_the_names_of_our_own_voices_are_not_given_away(bring: Bring, put_in: PutIn, name):
    """Not even by replacing."""
    with pytest.raises(VoiceRefused, match="comes with Stepback"):
        put_in(bring(), name=name, is_replacing=True)


@pytest.mark.parametrize("name", ["../x", ".hidden", "a b", "a/b", "-x", "x" * 65, "é"])
def test_a_name_that_no_script_can_hold_is_refused(bring: Bring, put_in: PutIn, tmp_path, name):
    """And none leads out of the folder."""
    with pytest.raises(VoiceRefused, match="cannot be the name"):
        put_in(bring(), name=name)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("* License: MIT\n", "Its MODEL_CARD says: MIT."),
        ("# Licence\n\n**Licence:** CC BY 4.0  \n", "Its MODEL_CARD says: CC BY 4.0."),
        (
            "license: mit\nFine-tuned from lessac.\n",
            "Its MODEL_CARD says: mit; Fine-tuned from les",
        ),
        ("The licence is somewhere.\n", "not stated"),
        ("", "not stated"),
    ],
)
def test_the_licence_is_read_from_a_card(bring: Bring, card, licence):
    """What the makers wrote is quoted; nothing is made up where they wrote nothing."""
    folder = bring()
    (folder / "MODEL_CARD").write_text(card)
    found = read_candidate(folder, name="", licence="", commercial="unclear")
    assert found.licence.startswith(licence)
    assert found.commercial == "unclear"
    own = read_candidate(folder, name="", licence=" My own \n words. ", commercial="allowed")
    assert (own.licence, own.commercial) == ("My own words.", "allowed")


def test_a_licence_that_cannot_be_shown_is_refused(bring: Bring):
    """It is put on pages and into the feed."""
    for licence in ("x" * 501, "bell \x07"):
        with pytest.raises(VoiceRefused, match="licence must be a sentence"):
            read_candidate(bring(), name="", licence=licence, commercial="unclear")


@pytest.mark.parametrize(
    ("changes", "language"),
    [
        ({"language": {"code": "de_DE"}}, "de-DE"),
        ({"language": {"code": "ar"}}, "ar"),
        ({"language": None, "espeak": {"voice": "en-gb-x-rp"}}, "en-GB"),
        ({"language": {}, "espeak": {"voice": "???"}}, "und"),
    ],
)
def test_the_language_is_found(bring: Bring, changes, language):
    """From the description, as a tag that a page can use."""
    found = read_candidate(bring(**changes), name="x", licence="", commercial="unclear")
    assert found.language == language


@pytest.mark.usefixtures("untried")
def test_a_disk_that_fails_leaves_nothing_half_written(bring: Bring, put_in: PutIn, tmp_path):
    """An error in the middle of the copy is a sentence, and the voice that was there stays."""
    put_in(bring())
    folder = bring(num_symbols=99)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(install, "_sync", _fail)
        with pytest.raises(VoiceRefused, match="No space left"):
            put_in(folder, is_replacing=True)
    assert [path.name for path in (tmp_path / "voices").iterdir()] == ["tone"]
    assert VoiceCatalogue(voices_path=tmp_path / "voices").get("tone")


def _fail(_: Path) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("untried")
def test_files_that_change_on_the_way_are_refused(bring: Bring, put_in, tmp_path, monkeypatch):
    """What is installed is what was tried."""
    copyfile = shutil.copyfile

    def copy_and_alter(source: Path, target: Path) -> None:
        copyfile(source, target)
        target.write_bytes(target.read_bytes() + b"?")

    monkeypatch.setattr(install.shutil, "copyfile", copy_and_alter)
    with pytest.raises(VoiceRefused, match="changed while"):
        put_in(bring())
    assert list((tmp_path / "voices").iterdir()) == []


@pytest.mark.usefixtures("untried")
def test_a_voice_can_be_removed(bring: Bring, put_in: PutIn, tmp_path):
    """Gone is gone; what was never there, or is ours, is told."""
    put_in(bring())
    remove_voice("tone", tmp_path / "voices")
    assert list((tmp_path / "voices").iterdir()) == []
    with pytest.raises(VoiceUnavailable, match="no voice named 'tone'"):
        remove_voice("tone", tmp_path / "voices")
    with pytest.raises(VoiceRefused, match="comes with Stepback"):
        remove_voice("joe", tmp_path / "voices")


def test_sounds_are_shown_as_the_voice_is_given_them(tmp_path, config):
    """Espeak's sounds where it is used, the letters themselves where it is not."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**config, "espeak": {"voice": "en-us"}}))
    assert list_phonemes(path, ["that thought lives", "livvs"]) == ("ðæt θˈɔːt lˈaɪvz", "lˈɪvz")
    path.write_text(json.dumps({**config, "phoneme_type": "text"}))
    assert list_phonemes(path, ["lives"]) == ("lives",)


def test_a_trial_that_dies_or_hangs_is_ended(monkeypatch: pytest.MonkeyPatch):
    """Whatever a model does to its process, the command goes on and says so."""
    with pytest.raises(VoiceCrashed):
        trial._in_child(os.abort)
    monkeypatch.setattr(trial, "TIME_LIMIT_SECONDS", 0.5)
    with pytest.raises(VoiceTimedOut):
        trial._in_child(signal.pause)


def test_no_word_for_commerce_is_missing_from_the_command():
    """What the command offers is what a voice may be."""
    offered = next(o for o in voices.install.params if o.name == "commercial")
    assert tuple(offered.type.choices) == get_args(Commercial)
