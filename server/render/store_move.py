"""Moving what is on one machine's shelf into a far store: all of it, as often as it takes.

What is there with the same hash already is passed over, so a move that was interrupted goes on,
and one that is done does nothing. What was put is read back and compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from server.errors import MoveRefused
from server.store import Database, RenderState, Shelf, list_renders
from server.store.far import StoreDiffers
from server.store.far_shelf import OWN_MODE, FarShelf

FOLDERS = ("clips", "lines", "covers")
"""What is everybody's; of the renders those that are finished. Live sittings last half a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it."""

    files: int
    """How many are in the store, which is all that belong there."""
    sent: int
    """How many of them were sent this time."""


def move_to_store(
    shelf: Shelf, database: Database, begin: Callable[[int], Callable[[int], None]]
) -> Sent:
    """Copy everything, and compare each file that was sent. Harmless to repeat.

    begin() gets how many files there are, and gives what is told of each when it is there.
    Raises MoveRefused where the store is another house's, and StoreUnavailable where it is away.
    """
    if not isinstance(shelf, FarShelf):
        raise MoveRefused("There is no store to move to.")
    sent = 0
    try:
        shelf.claim()
        paths = list(_list_files(shelf, database))
        advance = begin(len(paths))
        for path in paths:
            sent += _send(shelf, path)
            advance(1)
    except StoreDiffers as error:
        raise MoveRefused(
            "That store is another house's, or keeps other bytes than it was given. Nothing was "
            "changed here."
        ) from error
    return Sent(files=len(paths), sent=sent)


def _list_files(shelf: FarShelf, database: Database) -> Iterator[Path]:
    """What other machines may need. Clips with a listener's own words are marked as such."""
    with database.reading() as db:
        rows = list_renders(db)
    own = {key for row in rows if row.is_private for key in row.clip_keys}
    for name in FOLDERS:
        for path in sorted((shelf.root / name).rglob("*")):
            if path.name.partition(".")[0] in own:
                path.chmod(OWN_MODE)
            elif path.is_file() and path.stat().st_size:
                yield path
    for row in rows:
        folder = shelf.render_folder(row.key)
        if row.state == RenderState.DONE:
            yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
    index = shelf.root / "sounds" / "index.json"
    if index.is_file():
        yield index


def _send(shelf: FarShelf, path: Path) -> bool:
    """Put one file there, unless it is; say whether it was."""
    name = shelf.name_of(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False  # somebody has removed it meanwhile
    if shelf.far.find_hash(name) == hashlib.sha256(data).hexdigest():
        return False
    shelf.far.put(name, data)
    if shelf.far.read(name) != data:
        raise StoreDiffers
    return True
