"""Voices are found and described without loading any of them."""

from __future__ import annotations

import dataclasses

import pytest

from server.errors import VoiceUnavailable
from server.voice import PACKAGES, find_voice
from server.voice import catalogue as voices


def test_joe_is_described_with_its_licence():
    """The shipped voice says that it is synthetic and under which terms it stands."""
    joe = find_voice("joe")
    assert joe.engine == "piper"
    assert "synthetic" in joe.title
    assert "lessac" in joe.licence
    assert joe.key == find_voice("joe").key


def test_an_unknown_voice_names_the_known_ones():
    """A typing mistake is answered by what could have been meant."""
    with pytest.raises(VoiceUnavailable, match="joe, silent"):
        find_voice("jo")


def test_a_missing_package_is_told(monkeypatch):
    """A voice whose package is not installed is unavailable, not a crash."""
    gone = dataclasses.replace(PACKAGES["joe"], package="no_such_voice")
    monkeypatch.setitem(PACKAGES, "gone", gone)
    with pytest.raises(VoiceUnavailable, match="not installed"):
        find_voice("gone")


@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_damaged_files_are_told(monkeypatch, tmp_path, damage):
    """A description that is cut or a model that is gone makes the voice unavailable."""
    package = PACKAGES["joe"]
    config = package.config_path.read_bytes()
    (tmp_path / "voice.onnx.json").write_bytes(config[:50] if damage == "truncated" else config)
    monkeypatch.setattr(voices.VoicePackage, "model_path", tmp_path / "voice.onnx")
    broken = dataclasses.replace(package, title=f"A {damage} voice")
    monkeypatch.setitem(PACKAGES, "broken", broken)
    with pytest.raises(VoiceUnavailable, match="cannot be read"):
        find_voice("broken")
