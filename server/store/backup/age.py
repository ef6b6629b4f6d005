"""Files in the format of age (age-encryption.org/v1), written and read as a stream.

It is a format that is written down and that other programs read, so a backup can be opened
without Stepback, with `age -d`, for as long as there are such programs. A file that was cut off,
put together anew, or changed in a single bit is refused as soon as that is reached.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from server.errors import BackupRefused
from server.store.backup.age_keys import (
    FILE_KEY_BYTES,
    SALT_BYTES,
    Closer,
    Opener,
    Stanza,
    derive,
    read_base64,
    write_base64,
)

CHUNK_BYTES, TAG_BYTES = 64 * 1024, 16
_VERSION = "age-encryption.org/v1"
_WIDTH = 64
"""Base64 in a header has lines of this length; a shorter one is the last."""
_LONGEST_LINE, _MOST_LINES = 1024, 256


class AgeWriter:
    """Closes what is written to it into a file; close() says that this was all."""

    def __init__(self, file: BinaryIO, closers: Sequence[Closer]) -> None:
        file_key, salt = secrets.token_bytes(FILE_KEY_BYTES), secrets.token_bytes(SALT_BYTES)
        file.write(_write_header(file_key, [closer.close(file_key) for closer in closers]))
        file.write(salt)
        self._file = file
        self._cipher = ChaCha20Poly1305(derive(file_key, salt, b"payload"))
        self._held = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Take in some more."""
        self._held += data
        # A full chunk is kept until there is more: it might be the last one.
        while len(self._held) > CHUNK_BYTES:
            self._close_chunk(bytes(self._held[:CHUNK_BYTES]), is_last=False)
            del self._held[:CHUNK_BYTES]
        return len(data)

    def close(self) -> None:
        """Write the end, without which nobody takes the file for whole. The file stays open."""
        self._close_chunk(bytes(self._held), is_last=True)
        self._held.clear()

    def _close_chunk(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), chunk, None))
        self._number += 1


class AgeReader:
    """Gives what was closed into a file, each byte only after it was found to be unchanged.

    Raises BackupRefused where nothing given opens it, and wherever it is not as it was written.
    """

    def __init__(self, file: BinaryIO, openers: Sequence[Opener]) -> None:
        file_key = _read_header(file, openers)
        salt = file.read(SALT_BYTES)
        if len(salt) != SALT_BYTES:
            raise BackupRefused("The backup is cut off.")
        self._file = file
        self._cipher = ChaCha20Poly1305(derive(file_key, salt, b"payload"))
        self._held = bytearray()
        self._number = 0
        self._next: bytes | None = self._read_chunk()

    def read(self, size: int) -> bytes:
        """Give so many bytes; fewer only at the end of all."""
        while len(self._held) < size and self._next is not None:
            self._held += self._open_chunk()
        given = bytes(self._held[:size])
        del self._held[:size]
        return given

    def finish(self) -> None:
        """Read on to the end, so that all of it was looked at."""
        while self.read(CHUNK_BYTES):
            pass

    def _open_chunk(self) -> bytes:
        closed, following = self._next or b"", self._read_chunk()
        is_last = not following
        try:
            chunk = self._cipher.decrypt(_nonce(self._number, is_last=is_last), closed, None)
        except InvalidTag as error:
            raise BackupRefused("The backup is cut off, or was changed.") from error
        if not chunk and self._number:
            raise BackupRefused("The backup has an end that is not its own.")
        self._number += 1
        self._next = None if is_last else following
        return chunk

    def _read_chunk(self) -> bytes:
        return self._file.read(CHUNK_BYTES + TAG_BYTES)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _write_header(file_key: bytes, stanzas: Sequence[Stanza]) -> bytes:
    lines = [_VERSION]
    for stanza in stanzas:
        body = write_base64(stanza.body)
        lines.append(" ".join(("->", stanza.kind, *stanza.arguments)))
        lines += [body[start : start + _WIDTH] for start in range(0, len(body) + 1, _WIDTH)]
    header = "\n".join([*lines, "---"]).encode()
    return header + b" " + write_base64(_seal_header(file_key, header)).encode() + b"\n"


def _seal_header(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(derive(file_key, b"", b"header"), header, "sha256")


def _read_header(file: BinaryIO, openers: Sequence[Opener]) -> bytes:
    """Find the file's key, and that nothing of the header was changed."""
    lines = _header_lines(file)
    stanzas = _stanzas(lines[1:-1])
    if any(each.kind == "scrypt" for each in stanzas) and len(stanzas) != 1:
        raise BackupRefused("The backup has a passphrase and something else beside it.")
    found = (opener.open(stanza) for stanza in stanzas for opener in openers)
    file_key = next((each for each in found if each is not None), None)
    if file_key is None:
        raise BackupRefused("What was given does not open this backup.")
    header = "\n".join([*lines[:-1], "---"]).encode()
    is_ours = read_base64(lines[-1].removeprefix("--- "))
    if not hmac.compare_digest(is_ours, _seal_header(file_key, header)):
        raise BackupRefused("The beginning of the backup was changed.")
    return file_key


def _header_lines(file: BinaryIO) -> list[str]:
    lines: list[str] = []
    while len(lines) < _MOST_LINES:
        line = file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n") or not line.isascii():
            break
        lines.append(line[:-1].decode())
        if lines[0] != _VERSION:
            break
        if lines[-1].startswith("---"):
            return lines
    raise BackupRefused("This is no backup, or its beginning is damaged.")


def _stanzas(lines: Sequence[str]) -> list[Stanza]:
    found: list[Stanza] = []
    bodies: list[list[str]] = []
    for line in lines:
        if line.startswith("-> "):
            kind, *arguments = line[3:].split(" ")
            found.append(Stanza(kind, tuple(arguments), b""))
            bodies.append([])
        elif not bodies or len(line) > _WIDTH or (bodies[-1] and len(bodies[-1][-1]) < _WIDTH):
            raise BackupRefused("The beginning of the backup is damaged.")
        else:
            bodies[-1].append(line)
    return [
        Stanza(stanza.kind, stanza.arguments, read_base64("".join(body)))
        for stanza, body in zip(found, bodies, strict=True)
    ]
