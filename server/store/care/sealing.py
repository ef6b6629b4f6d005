"""Sealing: what people wrote is kept encrypted, with a key for each client that lies elsewhere.

The keys are files of a folder of their own, outside of the database and of its backups. Whoever
has the database alone reads nothing, and when a client's key is deleted, all of theirs is gone,
in every copy that was ever made.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.errors import KeyGone, SealBroken, SettingsError
from server.store.once_file import UNFINISHED, make_durable, naming_full, write_once

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ENDING, GONE_ENDING = ".key", ".gone"
"""Of a client's key, and of the empty file that stays when they were erased."""
FORM = b"\x01"
"""The first byte of whatever is sealed: how it was done."""

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seal:
    """A key at work: one client's, or one that the house keeps for a purpose."""

    _cipher: ChaCha20Poly1305 = field(repr=False)
    _marking: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> Seal:
        """What seals with a key of 32 random bytes."""
        return cls(ChaCha20Poly1305(_derive(key, b"seal")), _derive(key, b"mark"))

    def close(self, text: str, place: str) -> bytes:
        """Seal a text. `place` says where it will lie, such as `notes:1f…`; it opens only there."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return FORM + nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Give back the text. Raises SealBroken where it was changed, or lies somewhere else."""
        if sealed[:1] != FORM:
            raise SealBroken
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, body, place.encode()).decode()
        except (InvalidTag, ValueError) as error:  # ValueError: cut off within the nonce
            raise SealBroken from error

    def hand_out(self, content: Mapping[str, object], place: str) -> str:
        """Seal what is deleted, for the page that may bring it back: JSON, as base64url."""
        sealed = self.close(json.dumps(content), place)
        return base64.urlsafe_b64encode(sealed).decode()

    def take_in(self, removed: str, place: str) -> Any:  # noqa: ANN401 - JSON
        """Give back what `hand_out()` was given. Raises SealBroken for anything else."""
        try:
            sealed = base64.b64decode(removed, altchars=b"-_", validate=True)
        except ValueError as error:
            raise SealBroken from error
        return json.loads(self.open(sealed, place))

    def mark(self, text: str) -> str:
        """A digest that tells equal texts of one client, and that nobody can guess: 64 digits."""
        return hmac.digest(self._marking, text.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The folder of the clients' keys: one file each, readable by its owner alone."""

    path: Path

    def make(self, client_id: str) -> Seal:
        """Make a client's key, durable before anything is sealed with it.

        There is one for as long as the client is; a second call gives the same. Raises
        StorageFull, with nothing left behind.
        """
        with naming_full(self.path):
            write_once(self._file(client_id), secrets.token_bytes(KEY_BYTES))
            # Whoever came second waits too: the first one's key may not be on the disk yet.
            make_durable(self.path)
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o700)  # the folder was there before, and open to others
        return self.get(client_id)

    def get(self, client_id: str) -> Seal:
        """A client's key. Raises KeyGone where it was deleted."""
        try:
            key = self._file(client_id).read_bytes()
        except FileNotFoundError as error:
            raise KeyGone from error
        if len(key) != KEY_BYTES:
            raise SettingsError(f"A key in {self.path} is damaged: {len(key)} bytes.")
        return Seal.of(key)

    def forget(self, client_id: str) -> None:
        """Delete a client's key, for good: nothing of theirs can be read any more, anywhere.

        It loses its name first, so that a crash in the middle leaves no key of zeros to seal
        with; then its bytes are overwritten. To call it again finishes it. An empty file stays,
        so that a backup which is put back brings nobody back who was erased.
        """
        path = self._file(client_id)
        gone = path.with_suffix(GONE_ENDING)
        try:
            path.replace(gone)
        except FileNotFoundError:
            write_once(gone, b"")  # there was none, or somebody else is at it
        make_durable(self.path)
        _remove_doubles(gone)
        with gone.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
            file.truncate(0)
            os.fsync(file.fileno())

    def list_erased(self) -> frozenset[str]:
        """The ids of all who were erased, as far as this folder knows."""
        return frozenset(path.stem for path in self.path.glob(f"*{GONE_ENDING}"))

    def list_clients(self) -> frozenset[str]:
        """The ids of all who have a key here."""
        return frozenset(path.stem for path in self.path.glob(f"*{KEY_ENDING}"))

    def _file(self, client_id: str) -> Path:
        if not _ID.fullmatch(client_id):
            raise KeyGone
        return self.path / f"{client_id}{KEY_ENDING}"


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _remove_doubles(path: Path) -> None:
    """Remove the second name that a process left to a key when it was killed while making it."""
    for unfinished in path.parent.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError):
            if unfinished.samefile(path):
                unfinished.unlink()
