"""Persons' own recordings of sentences: which sentence of which script they stand for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from server.config import Settings
from server.errors import StepbackError
from server.render.own_files import put_file
from server.script import Cue, Include, Say, Script, WordUse, inner_cues
from server.store import Shelf
from server.timeline import content_key
from server.units import Ms, ms_from_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """A sentence of a script that a person spoke."""

    slug: str
    """The script's; the same sentence in another script keeps the voice."""
    text: str
    key: str
    """Content key of the clip."""
    length_ms: Ms


def choose_sentence(script: Script, line: int, nth: int | None) -> str:
    """Give the text of the sentence that begins on a line of the script's file.

    `nth` is counted from 1 and chooses among several. Raises StepbackError where there is none,
    more than one to choose from, or one that holds a listener's word.
    """
    sentences = [say for stage in script.stages for say in _sentences(stage.cues)]
    here = [say for say in sentences if say.at.line == line]
    if not here:
        lines = sorted({say.at.line for say in sentences}, key=lambda each: abs(each - line))[:3]
        near = ", ".join(str(each) for each in sorted(lines))
        raise StepbackError(f"No sentence begins on line {line}. The nearest begin on {near}.")
    if nth is None and len(here) > 1:
        listed = "\n".join(f"  {count}. {say.text}" for count, say in enumerate(here, 1))
        raise StepbackError(
            f"{len(here)} sentences begin on line {line}. Choose one with --sentence:\n{listed}"
        )
    if nth is not None and nth > len(here):
        raise StepbackError(f"Line {line} has only {len(here)} of them: there is no {nth}.")
    chosen = here[(nth or 1) - 1]
    if any(isinstance(part, WordUse) for part in chosen.parts):
        raise StepbackError(
            f"This sentence holds a word of the listener's: {chosen.text} "
            "Nobody knows beforehand what is to be said, so no recording can replace it."
        )
    return chosen.text


def _sentences(cues: tuple[Cue, ...]) -> Iterator[Say]:
    for cue in cues:
        if isinstance(cue, Say):
            yield cue
        elif not isinstance(cue, Include):  # whose lines are those of another file
            yield from _sentences(inner_cues(cue))


def add_line(settings: Settings, shelf: Shelf, slug: str, text: str, source: Path) -> OwnLine:
    """Let a file stand for a sentence of a script, in place of what stood for it before.

    Raises SoundRefused with the reason, or StepbackError where it cannot be written.
    """
    from server.audio import clip_bytes, line_clip

    frames = line_clip(source)
    data = clip_bytes(frames)
    line = OwnLine(
        slug=slug,
        text=text,
        key=content_key("recording", hashlib.sha256(data).hexdigest()),
        length_ms=ms_from_frames(len(frames)),
    )
    put_file(_take_path(settings, line.key), lambda part: part.write_bytes(data))
    shelf.publish(shelf.clip_path(line.key), data)
    _replace(settings, shelf, slug, text, line)
    return line


def remove_line(settings: Settings, shelf: Shelf, slug: str, text: str) -> bool:
    """Let the voice speak a sentence again and delete the recording; False if there is none."""
    return _replace(settings, shelf, slug, text, None)


def list_lines(settings: Settings) -> tuple[OwnLine, ...]:
    """Every recording, by script and text. Raises StepbackError where the index is damaged."""
    path = _index_path(settings)
    try:
        return tuple(OwnLine(**row) for row in json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError) as error:
        raise StepbackError(f"{path} is damaged. Put it back from your backup.") from error


def find_recordings(settings: Settings, shelf: Shelf, slug: str) -> dict[str, str]:
    """The recordings of a script: text of the sentence → key of its clip, which is on the shelf.

    A shelf that was emptied gets its clips back here; they are small.
    """
    found = {}
    for line in list_lines(settings):
        take = _take_path(settings, line.key)
        if line.slug == slug and take.is_file():
            if not shelf.has_clip(line.key):
                shelf.publish(shelf.clip_path(line.key), take.read_bytes())
            found[line.text] = line.key
    return found


def _replace(settings: Settings, shelf: Shelf, slug: str, text: str, line: OwnLine | None) -> bool:
    """Put a line in the place of another, or nothing; what nobody needs any more is deleted."""
    before = list_lines(settings)
    gone = [each for each in before if (each.slug, each.text) == (slug, text)]
    kept = [each for each in before if each not in gone] + ([line] if line else [])
    kept.sort(key=lambda each: (each.slug, each.text))
    rows = json.dumps([asdict(each) for each in kept], indent=1, ensure_ascii=False)
    put_file(_index_path(settings), lambda part: part.write_text(f"{rows}\n", encoding="utf-8"))
    for key in {each.key for each in gone} - {each.key for each in kept}:
        _take_path(settings, key).unlink(missing_ok=True)
        shelf.remove_file(shelf.clip_path(key))
    return bool(gone)


def _index_path(settings: Settings) -> Path:
    return settings.sounds_path / "lines" / "index.json"


def _take_path(settings: Settings, key: str) -> Path:
    return settings.sounds_path / "lines" / f"{key}.flac"
