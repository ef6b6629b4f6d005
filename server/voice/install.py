"""Installs a voice from files that somebody brought: looked at, tried, and copied whole or not."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from server.errors import VoiceError, VoiceRefused, VoiceUnavailable
from server.timeline import Utterance
from server.voice import open_record
from server.voice.catalogue import PACKAGES, VoiceCatalogue
from server.voice.model import Commercial, Finish
from server.voice.record import NOT_STATED, VOICE_NAME, VoiceRecord, file_sha256
from server.voice.silent import SILENT
from server.voice.trial import check_model

TEST_SENTENCE = "1, 2, 3, 4."
"""Digits: espeak reads them in every language."""

CARDS = ("MODEL_CARD", "MODEL_CARD.md", "README", "README.md", "README.txt")
"""Where the makers of voices write their licence down."""

MOST_CARD_CHARACTERS = 100_000
MOST_LICENCE_CHARACTERS = 500

_LICENCE = re.compile(r"^[\s*#>_-]*licen[cs]e[*_]*\s*:[\s*_]*(\S.*?)\s*$", re.IGNORECASE | re.M)
_ORIGIN = re.compile(r"^[\s*-]*((?:was )?fine-?\s?tuned from .*?)[\s.]*$", re.IGNORECASE | re.M)
_PIPER_STEM = re.compile(r"[a-z]{2,3}_[A-Z]{2}-(.+)-(?:x_low|low|medium|high)")


def install_voice(
    path: Path,
    voices_path: Path,
    *,
    name: str = "",
    licence: str = "",
    commercial: Commercial = "unclear",
    is_replacing: bool = False,
    finish: Finish,
    now_at: datetime,
) -> VoiceRecord:
    """Install the voice of a `.onnx` file, or of a folder that holds exactly one.

    Empty words are found out: the name from the file's, the licence from a card beside it.
    Raises VoiceRefused, with nothing left behind, and a VoiceError where it cannot speak.
    """
    try:
        candidate = read_candidate(path, name=name, licence=licence, commercial=commercial)
        _refuse_taken(candidate.name, voices_path, is_replacing=is_replacing)
        try_out(candidate, finish=finish)
        _copy(candidate, voices_path, now_at)
    except OSError as error:
        raise VoiceRefused(f"The voice could not be installed: {error}.") from error
    return VoiceCatalogue(voices_path=voices_path).get_record(candidate.name)


def remove_voice(name: str, voices_path: Path) -> None:
    """Take an installed voice away; what it spoke stays.

    Raises VoiceRefused for a voice that comes with this version, VoiceUnavailable for none.
    """
    if name in PACKAGES or name == SILENT.name:
        raise VoiceRefused(f"The voice '{name}' comes with Stepback and cannot be removed.")
    if name not in VoiceCatalogue(voices_path=voices_path).names():
        raise VoiceUnavailable(f"There is no voice named '{name}' in {voices_path}.")
    try:
        with tempfile.TemporaryDirectory(dir=voices_path, prefix=".old-") as away:
            (voices_path / name).rename(Path(away) / name)
            _sync(voices_path)
    except OSError as error:
        raise VoiceRefused(f"The voice could not be removed: {error}.") from error


def read_candidate(path: Path, *, name: str, licence: str, commercial: Commercial) -> VoiceRecord:
    """Describe the voice of some files without loading them. Raises VoiceRefused."""
    model_path = _find_model(path)
    config = _read_config(model_path.with_suffix(".onnx.json"))
    named = _PIPER_STEM.fullmatch(model_path.stem)
    name = name or (named[1] if named else model_path.stem)
    if not VOICE_NAME.fullmatch(name):
        raise VoiceRefused(
            f"'{name}' cannot be the name of a voice. Give one with --name: letters, digits, "
            "dots, hyphens and underscores."
        )
    licence = " ".join((licence or _find_licence(model_path.parent)).split())
    if len(licence) > MOST_LICENCE_CHARACTERS or not licence.isprintable():
        raise VoiceRefused(
            f"The licence must be a sentence of at most {MOST_LICENCE_CHARACTERS} characters."
        )
    language = _language_of(config)
    return VoiceRecord(
        name=name,
        title=f"{name[0].upper()}{name[1:]}, a synthetic voice ({language})",
        language=language,
        licence=licence,
        commercial=commercial,
        home=model_path.parent,
        stem=model_path.stem,
        model_sha256=file_sha256(model_path),
        config_sha256=file_sha256(model_path.with_suffix(".onnx.json")),
    )


def try_out(record: VoiceRecord, *, finish: Finish) -> None:
    """Load a voice and let it say a sentence, in processes that may be killed.

    Raises VoiceRefused, or the VoiceError that stopped it.
    """
    config = json.loads(record.config_path.read_bytes())
    check_model(record.model_path, has_speakers=config["num_speakers"] > 1)
    with closing(open_record(record, finish=finish, processes=1)) as speaker:
        try:
            list(speaker.speak([Utterance(text=TEST_SENTENCE, pace=1.0)]))
        except VoiceError as error:
            raise VoiceRefused(f"The voice could not say “{TEST_SENTENCE}” {error}") from error


def _find_model(path: Path) -> Path:
    """Find the one `.onnx` with its description beside it."""
    if not path.is_dir():
        if path.suffix != ".onnx" or not path.is_file():
            raise VoiceRefused(f"{path} is neither a .onnx file nor a folder that holds one.")
        return path.absolute()
    models = sorted(each for each in path.glob("*.onnx") if each.is_file())
    if len(models) != 1:
        found = ", ".join(model.name for model in models) or "none"
        raise VoiceRefused(f"{path} must hold exactly one .onnx file; found: {found}.")
    return models[0].absolute()


def _read_config(path: Path) -> Mapping[str, Any]:
    """Read a model's description and make sure that Piper will find in it what it needs."""
    try:
        config = json.loads(path.read_bytes())
    except OSError as error:
        raise VoiceRefused(
            f"{path} cannot be read: {error.strerror}. It belongs beside the .onnx file."
        ) from error
    except (ValueError, RecursionError) as error:
        raise VoiceRefused(f"{path} is not JSON.") from error
    wrong = [name for name, is_right in _config_rules(config) if not is_right]
    if wrong:
        raise VoiceRefused(f"{path} does not describe a voice for Piper: see {', '.join(wrong)}.")
    return config  # type: ignore[no-any-return]


def _config_rules(config: Any) -> tuple[tuple[str, bool], ...]:  # noqa: ANN401 - any JSON
    """What must be in a description, and whether it is."""
    found = config if isinstance(config, dict) else {}
    ids = found.get("phoneme_id_map")
    return (
        ("audio.sample_rate", _is_number(_part(found, "audio", "sample_rate"), 8_000, 96_000)),
        ("espeak.voice", isinstance(_part(found, "espeak", "voice"), str)),
        ("inference", isinstance(found.get("inference"), dict)),
        ("num_symbols", _is_number(found.get("num_symbols"), 1, 100_000)),
        ("num_speakers", _is_number(found.get("num_speakers"), 1, 100_000)),
        ("phoneme_id_map", isinstance(ids, dict) and all(map(_is_ids, ids.values())) and bool(ids)),
    )


def _part(found: Mapping[str, Any], outer: str, inner: str) -> object:
    part = found.get(outer)
    return part.get(inner) if isinstance(part, dict) else None


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_ids(value: object) -> bool:
    return isinstance(value, list) and all(_is_number(each, 0, 100_000) for each in value)


def _language_of(config: Mapping[str, Any]) -> str:
    """Find the voice's language as a BCP 47 tag."""
    code = _part(config, "language", "code") or config["espeak"]["voice"]
    tag = re.fullmatch(r"([A-Za-z]{2,3})(?:[_-]([A-Za-z]{2}))?(?:[_-].*)?", str(code))
    if tag is None:
        return "und"
    return f"{tag[1].lower()}-{tag[2].upper()}" if tag[2] else tag[1].lower()


def _find_licence(folder: Path) -> str:
    """Quote a card beside the model: its first line about a licence, and what it came from."""
    for name in CARDS:
        if (folder / name).is_file():
            with (folder / name).open(encoding="utf-8", errors="replace") as card:
                text = card.read(MOST_CARD_CHARACTERS)
            if said := _LICENCE.search(text):
                # A model that was tuned from another may stand under the other's terms.
                origin = _ORIGIN.search(text)
                more = f"; {origin[1]}" if origin else ""
                return f"Its {name} says: {said[1]}{more}."
    return NOT_STATED


def _refuse_taken(name: str, voices_path: Path, *, is_replacing: bool) -> None:
    if name in PACKAGES or name == SILENT.name:
        raise VoiceRefused(f"The voice '{name}' comes with Stepback. Give another one by --name.")
    if (voices_path / name).exists() and not is_replacing:
        raise VoiceRefused(
            f"There is a voice named '{name}' already. Give another one by --name, or --replace it."
        )


def _copy(candidate: VoiceRecord, voices_path: Path, now_at: datetime) -> None:
    """Put the files into the folder of voices: under their final name they are whole."""
    for folder in (voices_path.parent, voices_path):  # the data folder is its owner's alone
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = voices_path / candidate.name
    with tempfile.TemporaryDirectory(dir=voices_path, prefix=".new-") as work:
        new, old = Path(work) / "new", Path(work) / "old"
        new.mkdir()
        # Named by what is in it: a worker that still uses another model never loads this one.
        made = replace(candidate, home=new, stem=candidate.model_sha256[:16])
        shutil.copyfile(candidate.model_path, made.model_path)
        shutil.copyfile(candidate.config_path, made.config_path)
        try:
            made.check_files()
        except VoiceUnavailable as error:
            raise VoiceRefused("The files changed while they were being installed.") from error
        made.write(new, now_at.isoformat(timespec="seconds"))
        for path in (*new.iterdir(), new):
            _sync(path)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        _sync(voices_path)
        _sync(voices_path.parent)


def _sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
