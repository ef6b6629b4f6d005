"""The ledger: what a house has acknowledged, held against what is there after a fault.

Four sentences are looked after. What was acknowledged is there, once. What nobody began is not
there. Whatever lies at a final name has the bytes that belong to that name. And whoever sends
again what was not acknowledged ends with one of it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, text

from server.store import EntryConflictRow, RenderRow, RenderState, SessionEntryRow, find_render
from server.store.care import SubmissionRow, list_submissions, open_submission
from server.store.care.case_tables import SubmissionConflictRow
from tests.rigs.deeds import (
    CLIP,
    ENTRY,
    KINDS,
    RENDER,
    WORKSHEET,
    Hand,
    answers_of,
    clip_key,
    id_of,
    kind_of,
    options_of,
    started_at,
)
from tests.rigs.house import RigHouse, bytes_of, sounds_of


@dataclass
class Ledger:
    """What a writer has said: which deeds it began, and which were acknowledged."""

    begun: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)

    def take(self, said: str) -> None:
        """Read lines of `begin N` and `done N`; a last one without its end does not count."""
        for line in said.splitlines(keepends=True):
            if line.endswith("\n"):
                word, number = line.split()
                {"begin": self.begun, "done": self.done}[word].add(int(number))

    @property
    def unanswered(self) -> set[int]:
        """Begun, and not acknowledged: a phone would send these again."""
        return self.begun - self.done

    def of(self, kind: str, numbers: set[int] | None = None) -> set[int]:
        """Those of the acknowledged deeds, or of others, that are of a kind."""
        return {
            each for each in (self.done if numbers is None else numbers) if kind_of(each) == kind
        }


def find_troubles(house: RigHouse, ledger: Ledger) -> list[str]:
    """Say what of the ledger is not so in the house; nothing, where it keeps its word."""
    checks = (_of_database, _of_entries, _of_worksheets, _of_clips, _of_renders, _of_files)
    return [trouble for check in checks for trouble in check(house, ledger)]


def send_again(house: RigHouse, ledger: Ledger, known: int = 3) -> list[str]:
    """Send what was not acknowledged, and some of what was; say what is wrong then."""
    house.tidy()
    hand = Hand(house)
    for number in sorted(ledger.unanswered):
        hand.do(number)
    for number in sorted(ledger.done)[-known:]:
        if kind_of(number) != RENDER and hand.do(number):
            return [f"{kind_of(number)} {number} was acknowledged, and is new to the house"]
    everything = Ledger(begun=ledger.begun, done=set(ledger.begun))
    left = [path.name for path in (house.shelf.root / "tmp").glob("*")]
    return [*find_troubles(house, everything), *(f"tmp/{name} was left" for name in left)]


def warm(house: RigHouse) -> None:
    """Do and look at one deed of each kind, so that no fork has to learn it; then close all."""
    hand, ledger = Hand(house), Ledger()
    for kind in KINDS:
        number = next(each for each in itertools.count() if kind_of(each) == kind)
        hand.do(number)
        ledger.begun.add(number)
    assert send_again(house, ledger) == []
    house.close()


def _of_database(house: RigHouse, _: Ledger) -> Iterator[str]:
    with house.database.reading() as db:
        found = db.execute(text("PRAGMA integrity_check")).scalars().all()
        if found != ["ok"]:
            yield f"the database is damaged: {found[:3]}"
        for table in (EntryConflictRow, SubmissionConflictRow):
            if count := db.scalar(select(func.count()).select_from(table)):
                yield f"{count} rows in {table.__tablename__}, and nobody contradicted anybody"


def _of_entries(house: RigHouse, ledger: Ledger) -> Iterator[str]:
    with house.database.reading() as db:
        rows = db.execute(
            select(SessionEntryRow.id, SessionEntryRow.started_at, SessionEntryRow.practised_ms)
        ).all()
    found = Counter((row.id, row.started_at, row.practised_ms) for row in rows)
    wanted = {each: (id_of(each), started_at(each), each % 86_400_000) for each in ledger.begun}
    yield from _compare(ENTRY, found, wanted, ledger)


def _of_worksheets(house: RigHouse, ledger: Ledger) -> Iterator[str]:
    seal = house.keys.get(house.client_id)
    with house.database.reading() as db:
        rows = list_submissions(db, house.client_id)
        others = db.scalar(select(func.count()).select_from(SubmissionRow)) or 0
    found = Counter((row.id, _canonical(open_submission(row, seal)["answers"])) for row in rows)
    yield from _compare(
        WORKSHEET,
        found,
        {
            each: (id_of(each), _canonical(answers_of(house.worksheet, each)))
            for each in ledger.begun
        },
        ledger,
    )
    if others != len(rows):
        yield f"{others - len(rows)} worksheets belong to nobody"


def _compare(
    kind: str, found: Mapping[object, int], wanted: Mapping[int, object], ledger: Ledger
) -> Iterator[str]:
    begun = {wanted[each]: each for each in ledger.of(kind, ledger.begun)}
    for number in sorted(ledger.of(kind)):
        if wanted[number] not in found:
            yield f"{kind} {number} was acknowledged, and is lost"
    for content, count in found.items():
        if content not in begun:
            yield f"an {kind} that nobody sent: {content}"
        elif count > 1:
            yield f"{kind} {begun[content]} is there {count} times"


def _of_clips(house: RigHouse, ledger: Ledger) -> Iterator[str]:
    for number in sorted(ledger.of(CLIP)):
        for path in (
            house.shelf.clip_path(clip_key(number)),
            house.shelf.clip_words_path(clip_key(number)),
        ):
            if not path.is_file():
                yield f"clip {number} was acknowledged, and {path.name} is missing"


def _of_renders(house: RigHouse, ledger: Ledger) -> Iterator[str]:
    keys = {
        number: house.workshop.key_of("small-step", options_of(number), house.device)
        for number in ledger.of(RENDER, ledger.begun)
    }
    with house.database.reading() as db:
        for number, key in sorted(keys.items()):
            row = find_render(db, key)
            if row is not None and row.state == RenderState.DONE:
                yield from _of_render(house, row)
            elif number in ledger.done:
                yield f"render {number} was acknowledged, and is {row and row.state}"
        known = set(db.scalars(select(RenderRow.key)))
    for stranger in known - set(keys.values()):
        yield f"a render that nobody ordered: {stranger}"


def _of_render(house: RigHouse, row: RenderRow) -> Iterator[str]:
    """A row that says done has all of its files, as long and as they should be."""
    folder = house.shelf.render_folder(row.key)
    wanted = sounds_of(row.key)
    if {each.kind for each in row.renditions} != {"mp3", "opus", "vtt", "srt", "json", "report"}:
        yield f"render {row.key[:8]} has not all of its renditions"
    for each in row.renditions:
        path = folder / each.file_name
        if not path.is_file():
            yield f"render {row.key[:8]} is done, and its {each.kind} is missing"
        elif path.stat().st_size != each.size_bytes or _hash(path) != each.sha256:
            yield f"render {row.key[:8]} is done, and its {each.kind} is another one"
        if wanted.get(each.kind, each.sha256) != each.sha256:
            yield f"render {row.key[:8]} has the {each.kind} of another one"


def _of_files(house: RigHouse, _: Ledger) -> Iterator[str]:
    """Each file at a final name has the bytes of this name, acknowledged or not."""
    for path in sorted((house.shelf.root / "clips").rglob("*")):
        if path.is_file() and path.read_bytes() != bytes_of(path.name):
            yield f"clip {path.name} has {path.stat().st_size} wrong bytes"
    for path in sorted((house.shelf.root / "renders").rglob("*")):
        if path.is_file() and not _hash(path).startswith(path.name.partition(".")[0]):
            yield f"render file {path.name} has {path.stat().st_size} wrong bytes"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _canonical(answers: dict[str, object]) -> str:
    return json.dumps(answers, sort_keys=True)
