"""What a file of sound says of itself.

An MP3 has title, cover, chapters and transcript, as ID3v2.3 at its front; an Opus file has title
and chapters alone, so that it stays small: it stands in feeds, which tell the rest.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

from mutagen import MutagenError, id3
from mutagen.oggopus import OggOpus

from server.errors import AudioError, StorageFull
from server.timeline import Chapter
from server.units import Ms

_KINDS = ("TIT2", "TALB", "TPE1", "TLAN", "TLEN", "COMM", "USLT", "APIC", "CTOC", "CHAP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What is written into one file; every text may be any Unicode."""

    title: str
    """TIT2, and TITLE in Opus: the practice's title."""
    album: str
    """TALB, ALBUM: the podcast's title."""
    artist: str
    """TPE1, ARTIST: who publishes it."""
    language: str
    """TLAN, and of comment and transcript: three letters of ISO 639-2, such as `eng`."""
    cover_jpeg: bytes
    """APIC: the front cover."""
    chapters: tuple[Chapter, ...]
    """CTOC and one CHAP each, in their order; CHAPTER000 and CHAPTER000NAME in Opus."""
    transcript: str
    """USLT: everything that is said."""
    comment: str
    """COMM, DESCRIPTION: such as that the voice is synthetic."""
    total_ms: Ms
    """TLEN: the length of the sound."""


def write_tags(path: Path, tags: Tags) -> None:
    """Write tags in front of the sound of the MP3 at `path`, replacing those of the same kinds.

    Frames of sound are left byte for byte, the Xing header among them, and so is the encoder's
    name (TSSE). Never for a published file: write to the temporary one, then publish. Raises
    StorageFull when the disk is, AudioError when the file cannot be read or written.
    """
    try:
        frames = _read_frames(path)
        for kind in _KINDS:
            frames.delall(kind)
        for frame in _frames(tags):
            frames.add(frame)
        frames.update_to_v23()
        # No padding: a file that never changes needs no room to grow.
        frames.save(path, v1=0, v2_version=3, padding=lambda _info: 0)
    except MutagenError as error:
        raise _said(path, error) from error


def write_comments(path: Path, tags: Tags) -> None:
    """Write what an Opus file says of itself, instead of whatever it said; as write_tags()."""
    try:
        file = OggOpus(path)
        file.clear()
        file.update(_comments(tags))
        file.save(padding=lambda _info: 0)
    except MutagenError as error:
        raise _said(path, error) from error


def _comments(tags: Tags) -> dict[str, str]:
    """Name Vorbis comments and their texts; chapters as OGM has them, which players read."""
    texts = {
        "TITLE": tags.title,
        "ARTIST": tags.artist,
        "ALBUM": tags.album,
        "DESCRIPTION": tags.comment,
    }
    for number, chapter in enumerate(tags.chapters):
        minutes, ms = divmod(chapter.start_ms, 60_000)
        hours, minutes = divmod(minutes, 60)
        moment = f"{hours:02}:{minutes:02}:{ms // 1000:02}.{ms % 1000:03}"
        texts[f"CHAPTER{number:03}"] = moment
        texts[f"CHAPTER{number:03}NAME"] = chapter.title
    return {name: _writable(text) for name, text in texts.items()}


def _said(path: Path, error: MutagenError) -> StorageFull | AudioError:
    """Say in our own words why a file could not be written."""
    if _is_disk_full(error):
        return StorageFull(path)
    return AudioError(f"The tags of {path.name} could not be written: {error}.")


def _read_frames(path: Path) -> id3.ID3:
    try:
        return id3.ID3(path)
    except id3.ID3NoHeaderError:
        return id3.ID3()


def _frames(tags: Tags) -> list[id3.Frame]:
    return [
        _text(id3.TIT2, tags.title),
        _text(id3.TALB, tags.album),
        _text(id3.TPE1, tags.artist),
        _text(id3.TLAN, tags.language),
        _text(id3.TLEN, str(tags.total_ms)),
        _long_text(id3.COMM, tags.comment, tags.language),
        _long_text(id3.USLT, tags.transcript, tags.language),
        _cover(tags.cover_jpeg),
        *_chapter_frames(tags.chapters),
    ]


def _text(kind: type[id3.TextFrame], text: str) -> id3.Frame:
    return kind(encoding=id3.Encoding.UTF16, text=[_writable(text)])


def _long_text(kind: type[id3.Frame], text: str, language: str) -> id3.Frame:
    return kind(encoding=id3.Encoding.UTF16, lang=language, desc="", text=_writable(text))


def _cover(jpeg: bytes) -> id3.Frame:
    kind = id3.PictureType.COVER_FRONT
    latin = id3.Encoding.LATIN1
    return id3.APIC(encoding=latin, mime="image/jpeg", type=kind, desc="Cover", data=jpeg)


def _chapter_frames(chapters: tuple[Chapter, ...]) -> list[id3.Frame]:
    """One table of contents at the top, in order, then the chapters that it names."""
    if not chapters:
        return []
    names = _element_names(chapters)
    flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    contents = id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[])
    return [contents, *(_chapter(*pair) for pair in zip(names, chapters, strict=True))]


def _element_names(chapters: tuple[Chapter, ...]) -> list[str]:
    """Name the chapters so that mutagen writes them in their order.

    It sorts frames by length, then by name, and some players read chapters as they come; so each
    name is as much longer as its title is shorter.
    """
    sizes = [len(_writable(chapter.title).encode("utf-16")) for chapter in chapters]
    return [f"chp{n:03}".ljust(6 + max(sizes) - size, "_") for n, size in enumerate(sizes)]


def _chapter(name: str, chapter: Chapter) -> id3.Frame:
    """Moments in milliseconds; offsets in bytes are not used, which is said by all bits set."""
    return id3.CHAP(
        element_id=name,
        start_time=chapter.start_ms,
        end_time=chapter.end_ms,
        start_offset=0xFFFFFFFF,
        end_offset=0xFFFFFFFF,
        sub_frames=[_text(id3.TIT2, chapter.title)],
    )


def _writable(text: str) -> str:
    """Drop lone surrogates, and the NUL that would end a text in ID3."""
    return text.replace("\0", "").encode(errors="ignore").decode()


def _is_disk_full(error: MutagenError) -> bool:
    """mutagen wraps the system's error: as its argument, or as what it was raised from."""
    causes = (*error.args, error.__cause__, error.__context__)
    return any(isinstance(c, OSError) and c.errno == errno.ENOSPC for c in causes)
