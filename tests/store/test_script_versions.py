"""What the scripts' files once held: kept once, in order, no more than so many."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from server.errors import VersionNotFound
from server.store import (
    Database,
    Origin,
    add_script_version,
    find_newest_version,
    get_script_version,
    list_script_versions,
)
from server.store.script_versions import MOST_VERSIONS

PATH = "ground/feet.md"


@pytest.fixture
def keep(database: Database, noon: datetime):
    """Keep a version, each a minute after the one before."""
    minutes = iter(range(10_000))

    def add(text: str, path: str = PATH, origin: Origin = Origin.SAVED) -> int:
        now_at = noon + timedelta(minutes=next(minutes))
        with database.writing() as db:
            row = add_script_version(
                db, path=path, sha256=sha256(text.encode()).hexdigest(), text=text,
                origin=origin, now_at=now_at,
            )  # fmt: skip
            return row.id

    return add


def test_versions_are_listed_newest_first(database: Database, keep, noon: datetime):
    """Each file has its own list, and each version says when and how it came."""
    keep("one", origin=Origin.FOUND)
    keep("two")
    keep("other", path="ground/hands.md")
    with database.reading() as db:
        rows = list_script_versions(db, PATH)
        newest = find_newest_version(db, PATH)
    assert [row.origin for row in rows] == ["saved", "found"]
    assert [row.saved_at - noon for row in rows] == [timedelta(minutes=1), timedelta()]
    assert newest is not None
    assert newest.text == "two"


def test_the_same_text_twice_in_a_row_is_one_version(database: Database, keep):
    """Saving without a change adds nothing; coming back to an older text does."""
    first = keep("one")
    assert keep("one", origin=Origin.FOUND) == first
    keep("two")
    assert keep("one") > first
    with database.reading() as db:
        assert len(list_script_versions(db, PATH)) == 3


def test_a_version_is_looked_up_by_its_file_as_well(database: Database, keep):
    """A number of another file's version finds nothing."""
    number = keep("one")
    with database.reading() as db:
        assert get_script_version(db, PATH, number).text == "one"
        for path, wanted in (("ground/hands.md", number), (PATH, number + 1)):
            with pytest.raises(VersionNotFound):
                get_script_version(db, path, wanted)


def test_the_oldest_go_first(database: Database, keep):
    """So many are kept of one file, whatever is kept of others."""
    keep("mine", path="ground/hands.md")
    for number in range(MOST_VERSIONS + 3):
        keep(f"text {number}")
    with database.reading() as db:
        rows = list_script_versions(db, PATH)
        assert len(rows) == MOST_VERSIONS
        assert get_script_version(db, PATH, rows[-1].id).text == "text 3"
        assert len(list_script_versions(db, "ground/hands.md")) == 1
