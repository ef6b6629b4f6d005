"""What an age file is closed and opened with: a passphrase, or a pair of keys (X25519).

Whoever has the public half, the recipient, can close a file; only the other half, the identity,
opens it. So a machine that backs itself up every night need not hold what opens its backups.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from server.errors import BackupRefused
from server.store.backup.bech32 import read_bech32, write_bech32

KEY_BYTES, FILE_KEY_BYTES, SALT_BYTES = 32, 16, 16

WORK = 18
"""A passphrase costs 2 to this, as in age itself: about a second and 256 MB for each guess."""

MOST_WORK = 20
"""No file makes us work longer than this to find that a passphrase does not fit."""

_NO_NONCE = bytes(12)  # each wrapping key is used once
_LABEL = b"age-encryption.org/v1/"
_RECIPIENT, _IDENTITY = "age", "age-secret-key-"


@dataclass(frozen=True, slots=True)
class Stanza:
    """One way into a file: the file's own key, closed for one who may open it."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes


class Closer(Protocol):
    """What a file is closed with."""

    def close(self, file_key: bytes) -> Stanza:
        """Close the file's key."""


class Opener(Protocol):
    """What a file may be opened with."""

    def open(self, stanza: Stanza) -> bytes | None:
        """Give the file's key; None where this stanza is somebody else's."""


@dataclass(frozen=True, slots=True)
class Passphrase:
    """A text that somebody remembers, or that a file holds."""

    text: str = field(repr=False)
    work: int = WORK

    def close(self, file_key: bytes) -> Stanza:
        """Close the file's key with it."""
        salt = secrets.token_bytes(SALT_BYTES)
        wrapped = _wrap(self._key(salt, self.work), file_key)
        return Stanza("scrypt", (write_base64(salt), str(self.work)), wrapped)

    def open(self, stanza: Stanza) -> bytes | None:
        """Give the file's key, None where it is another passphrase."""
        if stanza.kind != "scrypt" or len(stanza.arguments) != 2:
            return None
        salt, work = read_base64(stanza.arguments[0]), stanza.arguments[1]
        if len(salt) != SALT_BYTES or not work.isdecimal() or not 1 <= int(work) <= MOST_WORK:
            raise BackupRefused("The backup asks for more work than any of ours does.")
        return _unwrap(self._key(salt, int(work)), stanza.body)

    def _key(self, salt: bytes, work: int) -> bytes:
        derive = Scrypt(salt=_LABEL + b"scrypt" + salt, length=KEY_BYTES, n=1 << work, r=8, p=1)
        return derive.derive(self.text.encode())


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public half of a pair of keys: `age1…`."""

    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it as it is written. Raises BackupRefused."""
        return cls(_parse(text, _RECIPIENT, "the public half of a key, `age1…`"))

    def __str__(self) -> str:
        return write_bech32(_RECIPIENT, self.public)

    def close(self, file_key: bytes) -> Stanza:
        """Close the file's key for whoever has the other half."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        try:
            shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        except ValueError as error:
            raise BackupRefused("This is no key that anything can be closed for.") from error
        key = derive(shared, share + self.public, _LABEL + b"X25519")
        return Stanza("X25519", (write_base64(share),), _wrap(key, file_key))


@dataclass(frozen=True, slots=True)
class Identity:
    """The secret half of a pair of keys: `AGE-SECRET-KEY-1…`."""

    secret: bytes = field(repr=False)

    @classmethod
    def make(cls) -> Self:
        """Make a new one, at random."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it as it is written. Raises BackupRefused, with nothing of it in the message."""
        return cls(_parse(text, _IDENTITY, "the secret half of a key, `AGE-SECRET-KEY-1…`"))

    def write(self) -> str:
        """Give it as it is written; whoever reads it opens every backup that was closed for it."""
        return write_bech32(_IDENTITY, self.secret).upper()

    @property
    def recipient(self) -> Recipient:
        """The half that may be shown."""
        return Recipient(self._private.public_key().public_bytes_raw())

    @property
    def _private(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.secret)

    def open(self, stanza: Stanza) -> bytes | None:
        """Give the file's key, None where it was closed for somebody else."""
        if stanza.kind != "X25519" or len(stanza.arguments) != 1:
            return None
        share = read_base64(stanza.arguments[0])
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            return None
        key = derive(shared, share + self.recipient.public, _LABEL + b"X25519")
        return _unwrap(key, stanza.body)


def derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, by HKDF-SHA-256."""
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose)
    return hkdf.derive(secret)


def write_base64(data: bytes) -> str:
    """Write bytes as age does: without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def read_base64(text: str) -> bytes:
    """Read it again; nothing but its one way of being written. Raises BackupRefused."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        data = None
    if data is None or write_base64(data) != text:
        raise BackupRefused("The beginning of the backup is damaged.")
    return data


def _parse(text: str, kind: str, meaning: str) -> bytes:
    try:
        found, data = read_bech32(text.strip())
    except ValueError:
        found, data = "", b""
    if found != kind or len(data) != KEY_BYTES:
        raise BackupRefused(f"There should be {meaning}; this is none, or it is mistyped.")
    return data


def _wrap(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(_NO_NONCE, file_key, None)


def _unwrap(key: bytes, wrapped: bytes) -> bytes | None:
    try:
        file_key = ChaCha20Poly1305(key).decrypt(_NO_NONCE, wrapped, None)
    except InvalidTag:
        return None
    return file_key if len(file_key) == FILE_KEY_BYTES else None
