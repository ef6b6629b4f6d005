"""The server's secret: made once, for its owner alone, and what is derived from it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from server.errors import SettingsError, StorageFull
from server.render import secret as secret_module
from server.render import server_secret
from server.render.secret import private_clip_key, private_render_key, private_salt
from tests.forked import fork


def test_made_once_for_its_owner(tmp_path: Path) -> None:
    """The first reading makes it, 32 bytes with mode 0600; the second gives the same."""
    path = tmp_path / "data" / "secret.key"
    secret = server_secret(path)
    assert len(secret) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert server_secret(path) == secret
    assert [each.name for each in path.parent.iterdir()] == ["secret.key"]


def test_processes_share_one(tmp_path: Path) -> None:
    """Processes that start at once get the same secret."""
    path = tmp_path / "data" / "secret.key"
    children = [fork(lambda tell: tell(server_secret(path).hex())) for _ in range(3)]
    for child in children:
        child.begin()
    secrets = [secret for child in children for secret in child.hear()]
    assert [child.wait() for child in children] == [0] * 3
    assert len(secrets) == 3
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 64


def test_the_quicker_one_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that appears while ours is being made is the secret; ours leaves no trace."""
    path = tmp_path / "secret.key"

    def slow_bytes(count: int) -> bytes:
        path.write_bytes(b"t" * count)
        return b"o" * count

    monkeypatch.setattr(secret_module.secrets, "token_bytes", slow_bytes)
    assert server_secret(path) == b"t" * 32
    assert list(tmp_path.iterdir()) == [path]


def test_damaged_is_refused(tmp_path: Path) -> None:
    """A secret that was cut is never replaced silently."""
    path = tmp_path / "secret.key"
    path.write_bytes(b"short")
    with pytest.raises(SettingsError, match="damaged"):
        server_secret(path)
    assert path.read_bytes() == b"short"


def test_keys_depend_on_everything() -> None:
    """Another server, device, plan or render gives another key; the same gives the same."""
    keys = {
        private_render_key(secret, device, plan)
        for secret in (b"1" * 32, b"2" * 32)
        for device in ("a", "b")
        for plan in ("p", "q")
    }
    assert len(keys) == 8
    salts = {private_salt(b"1" * 32, key) for key in keys}
    assert len({private_clip_key(salt, "c" * 64) for salt in salts}) == 8
    assert all(len(key) == 64 for key in keys)


def test_a_full_disk_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is left of the secret that could not be made."""

    def is_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", is_full)
    with pytest.raises(StorageFull):
        server_secret(tmp_path / "secret.key")
    assert list(tmp_path.iterdir()) == []
