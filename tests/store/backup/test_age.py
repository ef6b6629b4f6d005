"""Files of age: others' are read, ours are what others read, and nothing changed is believed."""

from __future__ import annotations

import base64
import io

import pytest

from server.errors import BackupRefused
from server.store.backup import (
    AgeReader,
    AgeWriter,
    Closer,
    Identity,
    Opener,
    Passphrase,
    Recipient,
)
from server.store.backup.age import CHUNK_BYTES, TAG_BYTES
from server.store.backup.age_keys import MOST_WORK

SECRET = "AGE-SECRET-KEY-1Y45RYPQ50SA89HW54VUK6URYASVT5UJX3PJW2HYN6M7ECXQC3SLQFD0C3X"
PUBLIC = "age182sdsg2x44yv7gl4cgmw6glyse69xvjm6ptqd7pwlqfmk5qay9jsfctmqc"
FOR_THE_KEY = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBVSnZ4V1RVRzI0SVdjd1BpWmtOOFpxUnNwb0QwMnpJTXBk"
    "akNDZWZ0ZlN3ClRaY1FmLzFvcy9PZWt3ZWpIS2hOSlFrV3U0WHpwbjNxajJQNExBVEU4V3cKLT4gWDI1NTE5IGVp"
    "YjRWTWt1U0FMaE4zUTVxS012MUM3YWZYSHIyM2tOZHMyNEgzSXFNRGMKV0N4UDRTRXoyK1QxQytPTzlhM2lPdFRG"
    "VjRtSzJYdUJMK1VLNW9WMmhaTQotPiAlY20tZ3JlYXNlCkVERTkwUFlrcmVHejJneDRRWmtQM3NVVkVLU2VLcTRK"
    "NC9xdkh4YTgKLS0tIEdxM0NOc0JCQWRGVWh4eS83Uk1KRXdwNE5uYXNOS2lmenZ4TFdsZVpMR0EK5BlxygL0xKkM"
    "n0hTr3UF14OLuFa5jvhXCGZ87IkKc3jZDVH448d3gYh6LwfT5jx4RahQ"
)
"""Closed by rage for a stranger, for this key, and with a stanza that nobody knows."""
FOR_THE_PASSPHRASE = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBkWHRwdWtzVC9TbTI2UmhGVHhoajRnIDEwCktXdlRkZGs1"
    "WW14Z1p3R3k4YXRlQURsNEFUOGx3QzlBNm1mT2hVVWRxMXcKLS0tIGJiUzlHR0NTeEdMZU5SR1lhQU52ZjhZdnBS"
    "cE9hMGFiM0FjTDg0SmNXeXMKPP7SfmZSOehm5M/gL+iuBRZQmxFm5FIewJWGqwWLXOonK0RBmhllMTDN685seZY5"
    "hrb/"
)
"""rage opens it with the passphrase "three slow breaths"."""
SAID = b"We can begin again."
WORDS = Passphrase("three slow breaths", work=10)


@pytest.fixture(scope="module")
def identity() -> Identity:
    return Identity.parse(SECRET)


def closed(data: bytes, *closers: Closer) -> bytes:
    file = io.BytesIO()
    writer = AgeWriter(file, closers)
    for start in range(0, len(data), 10_000):
        writer.write(data[start : start + 10_000])
    writer.close()
    return file.getvalue()


def opened(data: bytes, *openers: Opener, at_once: int = 50_000) -> bytes:
    reader = AgeReader(io.BytesIO(data), openers)
    given = b""
    while piece := reader.read(at_once):
        given += piece
    return given


def test_what_another_program_closed_is_opened(identity: Identity) -> None:
    """For one key among others, past a stanza of a kind that is not known; and with words."""
    assert str(identity.recipient) == PUBLIC
    assert identity.write() == SECRET
    assert opened(base64.b64decode(FOR_THE_KEY), identity) == SAID
    assert opened(base64.b64decode(FOR_THE_PASSPHRASE), WORDS) == SAID


@pytest.mark.parametrize("chunks", range(4))
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_every_length_comes_back(identity: Identity, chunks: int, more: int) -> None:
    """At the borders of the pieces in which it is closed as well."""
    data = bytes(range(251)) * (3 * CHUNK_BYTES // 251 + 2)
    data = data[: max(0, chunks * CHUNK_BYTES + more)]
    assert opened(closed(data, identity.recipient), identity) == data
    assert opened(closed(data, identity.recipient), identity, at_once=10**9) == data


def test_each_recipient_opens_it_and_nobody_else(identity: Identity) -> None:
    """One of two keys is enough; a third, or a passphrase, is not."""
    other, stranger = Identity.make(), Identity.make()
    data = closed(SAID, other.recipient, Recipient.parse(PUBLIC))
    assert opened(data, stranger, identity) == opened(data, other) == SAID
    for wrong in (stranger, WORDS):
        with pytest.raises(BackupRefused, match="does not open"):
            opened(data, wrong)


def test_another_passphrase_opens_nothing() -> None:
    """Nor does a file ask for more work than anybody would wait for."""
    data = closed(SAID, WORDS)
    assert opened(data, Passphrase("three slow breaths")) == SAID
    for wrong in ("three slow breath", "Three slow breaths", ""):
        with pytest.raises(BackupRefused, match="does not open"):
            opened(data, Passphrase(wrong))
    with pytest.raises(BackupRefused, match="more work"):
        opened(data.replace(b" 10\n", f" {MOST_WORK + 1}\n".encode()), WORDS)


def test_not_one_changed_bit_is_believed(identity: Identity) -> None:
    """Anywhere in the file, its beginning included."""
    data = closed(SAID, identity.recipient)
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            with pytest.raises(BackupRefused):
                opened(bytes(changed), identity)


def test_nothing_that_was_cut_off_is_believed(identity: Identity) -> None:
    """Wherever it ends too early; where a piece ends, too, and after the end nothing may come."""
    data = closed(SAID, identity.recipient)
    for length in range(len(data)):
        with pytest.raises(BackupRefused):
            opened(data[:length], identity)
    with pytest.raises(BackupRefused):
        opened(data + b"x", identity)


def test_pieces_stay_where_they_were(identity: Identity) -> None:
    """Exchanged, doubled, left out at any place, or taken from another file they are refused."""
    whole = closed(bytes(3 * CHUNK_BYTES + 5), identity.recipient)
    other = closed(bytes(3 * CHUNK_BYTES + 5), identity.recipient)
    piece = CHUNK_BYTES + TAG_BYTES
    start = len(whole) - 3 * piece - 5 - TAG_BYTES
    head, (one, two, three, last) = whole[:start], _pieces(whole[start:], piece)
    for pieces in (
        (two, one, three, last),
        (one, one, two, three, last),
        (one, three, last),
        (one, two, last),
        (one, two, three),
        (one, two),
        (last,),
        (),
        (one, two, three, last, last),
        (one, _pieces(other[start:], piece)[1], three, last),
    ):
        with pytest.raises(BackupRefused):
            opened(head + b"".join(pieces), identity)
    assert opened(head + one + two + three + last, identity) == bytes(3 * CHUNK_BYTES + 5)


def _pieces(data: bytes, length: int) -> list[bytes]:
    return [data[start : start + length] for start in range(0, len(data), length)]


def test_an_empty_end_is_refused(identity: Identity) -> None:
    """A whole piece and then an empty last one could be made of two files; age forbids it."""
    file = io.BytesIO()
    writer = AgeWriter(file, [identity.recipient])
    writer._close_chunk(bytes(CHUNK_BYTES), is_last=False)
    writer._close_chunk(b"", is_last=True)
    with pytest.raises(BackupRefused, match="end"):
        opened(file.getvalue(), identity)


def test_a_passphrase_stands_alone(identity: Identity) -> None:
    """Who may open a file is no matter of who put a second stanza there."""
    with pytest.raises(BackupRefused, match="beside"):
        opened(closed(SAID, WORDS, identity.recipient), identity)


@pytest.mark.parametrize(
    "data", [b"", b"age-encryption.org/v2\n", b"SQLite format 3\0" * 200, b"\n" * 5000, b"\xff\n"]
)
def test_what_is_no_file_of_age_is_said_to_be_none(identity: Identity, data: bytes) -> None:
    """Whatever was given by mistake."""
    with pytest.raises(BackupRefused, match="no backup"):
        opened(data, identity)


def test_a_mistyped_key_is_seen() -> None:
    """One wrong letter anywhere, the other half, or half of it."""
    for place in range(4, len(PUBLIC)):
        wrong = PUBLIC[:place] + ("q" if PUBLIC[place] != "q" else "p") + PUBLIC[place + 1 :]
        with pytest.raises(BackupRefused):
            Recipient.parse(wrong)
    for text in (SECRET, PUBLIC[:-1], PUBLIC[:20], "", "age1", PUBLIC.title()):
        with pytest.raises(BackupRefused):
            Recipient.parse(text)
    with pytest.raises(BackupRefused) as refused:
        Identity.parse(SECRET[:-1])
    assert SECRET[20:-1] not in str(refused.value)


def test_what_opens_is_shown_to_nobody(identity: Identity) -> None:
    """Neither half of a secret comes into an error or a log."""
    assert repr(identity) == "Identity()"
    assert "breath" not in repr(WORDS)


def test_a_key_that_gives_no_secret_is_refused(identity: Identity) -> None:
    """The point of order one: whoever closed for it would close for everybody."""
    with pytest.raises(BackupRefused):
        closed(SAID, Recipient(bytes(32)))
