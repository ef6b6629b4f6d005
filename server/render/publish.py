"""A finished render → its files on the shelf, each under a name that carries its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.render.documents import Documents, SoundFiles
from server.render.model import MEDIA_TYPES
from server.store import NewRendition, Shelf


def publish(
    render_key: str, sound: SoundFiles, documents: Documents, report: dict[str, Any], shelf: Shelf
) -> tuple[NewRendition, ...]:
    """Move everything to its final name; the report last, as a sign that all is there."""
    folder = shelf.render_folder(render_key)
    files = []
    for path, file in _describe(sound):
        report[file.kind] = {"sha256": file.sha256, "bytes": file.size_bytes}
        shelf.publish_file(path, folder / file.file_name)
        files.append(file)
    contents = (
        ("vtt", ".vtt", MEDIA_TYPES["vtt"], documents.vtt),
        ("srt", ".srt", MEDIA_TYPES["srt"], documents.srt),
        ("json", ".json", MEDIA_TYPES["json"], documents.chapters),
        ("report", ".report.json", "application/json", _json_bytes(report)),
    )
    for kind, suffix, content_type, data in contents:
        digest = hashlib.sha256(data).hexdigest()
        files.append(_produced(kind, suffix, content_type, digest, len(data)))
        shelf.publish(folder / files[-1].file_name, data)
    return tuple(files)


def _describe(sound: SoundFiles) -> Iterator[tuple[Path, NewRendition]]:
    for kind, path in (("mp3", sound.mp3), ("opus", sound.opus)):
        if path is not None:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            yield path, _produced(kind, f".{kind}", MEDIA_TYPES[kind], digest, path.stat().st_size)


def _produced(
    kind: str, suffix: str, content_type: str, sha256: str, size_bytes: int
) -> NewRendition:
    return NewRendition(
        kind=kind,
        file_name=f"{sha256[:32]}{suffix}",
        content_type=content_type,
        sha256=sha256,
        size_bytes=size_bytes,
    )


def _json_bytes(report: dict[str, Any]) -> bytes:
    return json.dumps(report, indent=2, ensure_ascii=False).encode()
