"""The passages that scripts share, as they are in the folder `passages`, read again on a change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = "passages"
"""Where passages are, within the folder of the scripts."""

Stamp = tuple[tuple[str, int, int], ...]
"""Name, time of the last change in nanoseconds, and size in bytes of each passage."""


class PassageFolder:
    """The passages below one folder of scripts."""

    def __init__(self, scripts_path: Path) -> None:
        self.path = scripts_path / FOLDER
        self._known: tuple[Stamp, Mapping[str, str]] = ((), {})

    def texts(self) -> tuple[Stamp, Mapping[str, str]]:
        """Every passage's text by its name, and a stamp that is another one after each change.

        A file that is no UTF-8 text is left out.
        """
        stamp = tuple(self._stamps())
        if stamp != self._known[0]:
            self._known = (stamp, dict(self._read(name) for name, _, _ in stamp))
        return self._known

    def files(self) -> list[Path]:
        """The files of the passages, by name."""
        return sorted(self.path.glob("*.md"))

    def _stamps(self) -> list[tuple[str, int, int]]:
        stamps = []
        for path in self.files():
            try:
                status = path.stat()
                stamps.append((path.stem, status.st_mtime_ns, status.st_size))
            except FileNotFoundError:
                continue  # it was taken away while we looked
        return stamps

    def _read(self, name: str) -> tuple[str, str]:
        try:
            return name, (self.path / f"{name}.md").read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return name, ""


def find_passages(script_path: Path) -> Mapping[str, str]:
    """The passages that a script may take in: those of the nearest folder above it that has any."""
    for folder in script_path.resolve().parents:
        if (folder / FOLDER).is_dir():
            return PassageFolder(folder).texts()[1]
    return {}
