"""The audit's head: outside of the database it is kept what the last row of the audit is.

A chain of hashes shows what was changed within it, but not that its end was cut off, or that it
was written anew as a whole. So a small file beside the keys holds the last number and its hash:

    written before a commit     "the last row is n; it is about to be m"
    written after it            "the last row is m"

Between the two a crash leaves either n or m in the database, and both are as they should be. Any
other end was made by somebody else. Where the end is not as the head says, the head stays as it
is: it is what shows it, see audit_check.py.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event

from server.errors import DatabaseUnavailable
from server.store.database import Database
from server.store.engines import Address
from server.store.models import KEY_LENGTH
from server.store.once_file import make_durable, naming_full

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

logger = logging.getLogger(__name__)

HEAD_NAME, LOCK_NAME = "audit.head", "audit.lock"

BEFORE_ALL = "0" * KEY_LENGTH
"""What the first row says of the row before it."""

HEAD, _CHAIN, _IS_ACCEPTED = "audit head", "audit chain", "audit accepted"
"""What a session carries: its head, how the chain goes on in it, whether a break is accepted."""


@dataclass(frozen=True, slots=True)
class Link:
    """The end of the chain at some moment."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What may be the end of the chain now."""

    last: Link
    coming: Link | None = None
    """What a transaction was about to make of it; None once it is known to have done so."""

    def may_be(self, link: Link) -> bool:
        """True for an end that a house in good order may have."""
        return link in (self.last, self.coming)


NOTHING_YET = Ends(last=Link(0, BEFORE_ALL))
"""Before the first deed there is no head."""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The file beside the keys that says where the audit ends."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / HEAD_NAME

    def read(self) -> Ends | None:
        """What it says, NOTHING_YET where there is none; None where it cannot be understood."""
        try:
            said = json.loads(self.path.read_bytes())
            coming = said["coming"]
            return Ends(
                last=Link(said["last"]["number"], said["last"]["hash"]),
                coming=Link(coming["number"], coming["hash"]) if coming else None,
            )
        except FileNotFoundError:
            return NOTHING_YET
        except (ValueError, KeyError, TypeError):
            return None

    def follow(self, db: Session, before: Link, now: Link) -> None:
        """Keep up with a session that has added a row: before it commits, and after."""
        chain = db.info.get(_CHAIN)
        if chain is None:
            event.listen(db, "before_commit", self._foresee)
            event.listen(db, "after_commit", self._confirm)
            event.listen(db, "after_rollback", _forget)
        first = chain[0] if chain and chain[0] else before
        db.info[_CHAIN] = (first, now)

    def _foresee(self, db: Session) -> None:
        first, now = db.info[_CHAIN]
        if first is None:
            return
        try:
            with naming_full(self.folder), self._alone():
                ends = self.read()
                if db.info.get(_IS_ACCEPTED) or (ends and ends.may_be(first)):
                    self._write(Ends(last=first, coming=now))
                    make_durable(self.folder)
                else:
                    logger.error("the audit's end is not as its head says: stepback audit verify")
        except OSError as error:
            # A deed that nobody would be able to vouch for is not done.
            raise DatabaseUnavailable from error

    def _confirm(self, db: Session) -> None:
        _, now = db.info[_CHAIN]
        _forget(db)
        if now is None:
            return
        with suppress(OSError), self._alone():
            # Unless somebody else has foreseen the next one meanwhile.
            ends = self.read()
            if ends is not None and ends.coming == now:
                self._write(Ends(last=now))

    def _write(self, ends: Ends) -> None:
        part = self.path.with_suffix(".part")
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(fd, json.dumps(asdict(ends)).encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        part.replace(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the head against other processes, for as long as a file is written."""
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_durable(self.folder.parent)
        fd = os.open(self.folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def open_audited(address: Address, keys_path: Path) -> Database:
    """Open the database so that whatever is added to the audit is kept in its head as well."""
    return Database(address, info={HEAD: AuditHead(keys_path)})


def find_head(db: Session) -> AuditHead | None:
    """The head that a session keeps up with; None where its database was opened without one."""
    head = db.info.get(HEAD)
    return head if isinstance(head, AuditHead) else None


def accept_end(db: Session) -> None:
    """Let the head go on from what this session finds, whatever it said before."""
    db.info[_IS_ACCEPTED] = True


def _forget(db: Session) -> None:
    """The transaction is over: the next one begins with no row of its own."""
    db.info[_CHAIN] = (None, None)
    db.info.pop(_IS_ACCEPTED, None)
