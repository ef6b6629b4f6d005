"""What is written down of a voice: what must be said about it, its files, and their digests."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

from server.errors import VoiceUnavailable
from server.timeline import content_key
from server.voice.model import Commercial, Voice

SPEECH_VERSION = "1"
"""Goes into every voice's key. Raise it when speakable() or the finishing of clips changes."""

RECORD_NAME = "voice.json"
VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
NOT_STATED = "not stated"
"""What is said of the licence where nobody has written one down."""

_WRITTEN = ("title", "language", "licence", "commercial", "model_sha256", "config_sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRecord:
    """One voice as it was installed; its files may have changed since."""

    name: str
    """How scripts and settings call it."""
    title: str
    language: str
    licence: str
    commercial: Commercial
    home: Path | str
    """The folder of its files, or the Python package that they come in."""
    stem: str
    """Name of the model's file without `.onnx`."""
    model_sha256: str
    config_sha256: str

    @property
    def folder(self) -> Path:
        """Where its files are. Raises VoiceUnavailable where its package is missing."""
        if isinstance(self.home, Path):
            return self.home
        spec = find_spec(self.home)
        if spec is None or spec.origin is None:
            raise VoiceUnavailable(
                f"The voice '{self.name}' cannot speak: its package {self.home} is not installed. "
                f"{self._remedy}"
            )
        return Path(spec.origin).parent / "data"

    @property
    def model_path(self) -> Path:
        """Where the model is. Raises VoiceUnavailable where its package is missing."""
        return self.folder / f"{self.stem}.onnx"

    @property
    def config_path(self) -> Path:
        """Where the model's description is. Raises VoiceUnavailable as model_path does."""
        return self.folder / f"{self.stem}.onnx.json"

    @property
    def voice(self) -> Voice:
        """The voice that these files make, as long as they are what was written down."""
        return Voice(
            name=self.name,
            engine="piper",
            language=self.language,
            title=self.title,
            licence=self.licence,
            commercial=self.commercial,
            key=content_key(
                "voice", self.name, SPEECH_VERSION, self.model_sha256, self.config_sha256
            ),
        )

    def check_files(self) -> None:
        """Compare the files with their digests, reading only those that changed since last time.

        Raises VoiceUnavailable for a file that is missing, cut short or altered.
        """
        wanted = ((self.model_path, self.model_sha256), (self.config_path, self.config_sha256))
        for path, sha256 in wanted:
            try:
                found = file_sha256(path)
            except OSError as error:
                raise self._broken(f"{path} cannot be read: {error.strerror}") from error
            if found != sha256:
                raise self._broken(f"{path} is not the file that was installed")

    def write(self, folder: Path, installed_at: str) -> None:
        """Write it into the folder of its files."""
        written = {name: value for name, value in asdict(self).items() if name in _WRITTEN}
        text = json.dumps({**written, "installed_at": installed_at}, indent=2, ensure_ascii=False)
        (folder / RECORD_NAME).write_text(f"{text}\n", encoding="utf-8")

    def _broken(self, what: str) -> VoiceUnavailable:
        return VoiceUnavailable(f"The voice '{self.name}' cannot speak: {what}. {self._remedy}")

    @property
    def _remedy(self) -> str:
        if isinstance(self.home, str):
            return "Install the dependencies again."
        return "Install it again with `stepback voices install … --replace`."


def read_record(folder: Path) -> VoiceRecord:
    """Read the record of an installed voice from its folder.

    Raises VoiceUnavailable for one that is damaged or gone.
    """
    path = folder / RECORD_NAME
    try:
        written = json.loads(path.read_bytes())
        values = {name: _text(written[name]) for name in _WRITTEN}
        if values["commercial"] not in get_args(Commercial):
            raise ValueError(values["commercial"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise VoiceUnavailable(
            f"The voice '{folder.name}' cannot speak: {path} cannot be read. "
            "Install it again with `stepback voices install … --replace`."
        ) from error
    stem = values["model_sha256"][:16]
    return VoiceRecord(name=folder.name, home=folder, stem=stem, **values)  # type: ignore[arg-type]


def file_sha256(path: Path) -> str:
    """Hash a file, unless its place, size and time are those of one that was hashed before."""
    status = path.stat()
    return _sha256(path, (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=256)
def _sha256(path: Path, _stamp: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise TypeError("not a line of text")
    return value
