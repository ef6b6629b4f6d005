"""Backups: a house in one encrypted file, and the clients' keys in another.

In: files, and who may open them. Out: files in the format of age, each holding a tar; and again
the files, when nothing of them was changed.
"""

from server.store.backup.age import AgeReader, AgeWriter
from server.store.backup.age_keys import Closer, Identity, Opener, Passphrase, Recipient
from server.store.backup.pack import Advance, Packed, new_file, read_pack, write_pack
from server.store.backup.snapshot import check_database, copy_database, take_snapshot

__all__ = [
    "Advance",
    "AgeReader",
    "AgeWriter",
    "Closer",
    "Identity",
    "Opener",
    "Packed",
    "Passphrase",
    "Recipient",
    "check_database",
    "copy_database",
    "new_file",
    "read_pack",
    "take_snapshot",
    "write_pack",
]
