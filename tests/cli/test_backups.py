"""`stepback backup`, `stepback restore`, `stepback backup-key`: as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from server.config import Settings
from server.store.backup import Passphrase
from server.store.care import KeyRing
from tests.full_case import settle_client

Stepback = Callable[..., Result]


@pytest.fixture
def keys(environment: dict[str, str]) -> KeyRing:
    return KeyRing(Settings.from_environment(environment).keys_path)


@pytest.fixture
def client_id(house, keys: KeyRing) -> str:
    """A client of whom there is a little."""
    return settle_client(house.database, keys)


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of a passphrase; to close with it costs less than it does elsewhere."""
    monkeypatch.setattr("server.store.backup.Passphrase", lambda text: Passphrase(text, work=10))
    (tmp_path / "words").write_text("three slow breaths\nand a second line\n")
    return str(tmp_path / "words")


@pytest.fixture
def elsewhere(tmp_path: Path, environment: dict[str, str]) -> Callable[[], None]:
    """Go to an empty machine: from then on the commands are given there."""

    def go() -> None:
        for name in ("DATA", "KEYS", "CACHE", "SCRIPTS"):
            environment[f"STEPBACK_{name}"] = str(tmp_path / "elsewhere" / name.lower())

    return go


@pytest.mark.sqlite
def test_with_a_passphrase(
    stepback: Stepback, client_id: str, words: str, tmp_path: Path, elsewhere
) -> None:
    """There, tried, back again; each says what it did, and quietly nothing."""
    (tmp_path / "usb").mkdir()
    files = [str(tmp_path / "house.age"), "--keys", str(tmp_path / "usb" / "keys.age")]
    made = stepback("backup", *files, "--passphrase-file", words)
    assert made.exit_code == 0
    assert "house.age: 1 files, 1 client, in " in made.stdout
    assert "keys.age.\n" in made.stdout
    tried = stepback("restore", *files, "--passphrase-file", words, "--check")
    assert (tried.exit_code, tried.stdout.count("\n")) == (0, 1)
    assert "could be put back: 1 files, 1 client," in tried.stdout
    elsewhere()
    again = stepback("restore", *files, "--passphrase-file", words)
    assert again.exit_code == 0
    assert "put back: 1 files, 1 client," in again.stdout
    assert "stepback client erase" in again.stdout
    assert stepback("audit", "verify").exit_code == 0
    refused = stepback("restore", *files, "--passphrase-file", words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "is not empty" in refused.stderr


@pytest.mark.sqlite
def test_with_a_pair_of_keys(stepback: Stepback, client_id: str, tmp_path: Path, elsewhere) -> None:
    """The machine has the half that opens nothing; the other one is a file for its owner alone."""
    secret = tmp_path / "secret"
    recipient = stepback("backup-key", str(secret)).stdout.strip()
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.read_text().startswith(f"# public key: {recipient}\nAGE-SECRET-KEY-1")
    assert stepback("backup-key", str(secret)).exit_code == 1
    assert stepback("backup-key", str(tmp_path / "none" / "secret")).exit_code == 1
    house = str(tmp_path / "house.age")
    assert stepback("backup", house, "--recipient", recipient, "--quiet").output == ""
    elsewhere()
    lacking = stepback("restore", house, "--identity", str(secret))
    assert (lacking.exit_code, lacking.stdout) == (1, "")
    assert "Clients without a key here: 1 of 1." in lacking.stderr
    again = stepback("restore", house, "--identity", str(secret), "--without-keys")
    assert again.exit_code == 0
    assert "There is no key of 1 client:" in again.stdout


@pytest.mark.sqlite
def test_a_folder_keeps_the_newest(
    stepback: Stepback, client_id: str, words: str, tmp_path: Path
) -> None:
    """Each with its moment for a name; what is not a backup of ours stays."""
    house, usb = tmp_path / "house", tmp_path / "usb"
    for folder, kind in ((house, "house"), (usb, "keys")):
        folder.mkdir()
        for day in range(1, 5):
            (folder / f"stepback-{kind}-2026010{day}T000000Z.age").write_text("")
        (folder / "diary.age").write_text("")
        (folder / f".stepback-{kind}-20260101T000000Z.age.7.part").write_text("killed")
    given = [str(house), "--keys", str(usb), "--passphrase-file", words, "--keep", "3"]
    assert stepback("backup", *given).exit_code == 0
    for folder, kind in ((house, "house"), (usb, "keys")):
        names = sorted(path.name for path in folder.iterdir())
        days = [name[len(f"stepback-{kind}-") :][:8] for name in names[1:]]
        assert (names[0], days[:2], len(days)) == ("diary.age", ["20260103", "20260104"], 3)


@pytest.mark.sqlite
def test_a_folder_of_keys_that_is_not_the_right_one_is_told(
    stepback: Stepback, client_id: str, keys: KeyRing, words: str, tmp_path: Path
) -> None:
    """Both files are written, and no old one is deleted: it may be the last with these keys."""
    (keys.path / f"{client_id}.key").unlink()
    (tmp_path / "usb").mkdir()
    old = tmp_path / "usb" / "stepback-keys-20260101T000000Z.age"
    old.write_text("")
    given = ["--keys", str(tmp_path / "usb"), "--passphrase-file", words, "--keep", "1"]
    told = stepback("backup", str(tmp_path / "house.age"), *given)
    assert told.exit_code == 1
    assert "Of 1 client 1 without a key" in told.stderr
    assert old.exists()
    assert len(list((tmp_path / "usb").iterdir())) == 2


@pytest.mark.sqlite
def test_what_is_typed_wrong_is_said(
    stepback: Stepback, client_id: str, words: str, tmp_path: Path
) -> None:
    """Both ways at once, no passphrase, an empty one, a key with a typo, keys beside the house."""
    house = str(tmp_path / "house.age")
    empty = tmp_path / "empty"
    empty.write_text("\n")
    both = ["--recipient", "age1x", "--passphrase-file", words]
    assert stepback("backup", house, *both).exit_code == 2
    for given in (
        [],
        ["--passphrase-file", str(empty)],
        ["--recipient", "age1x"],
        ["--passphrase-file", words, "--keys", str(tmp_path / "keys.age")],
    ):
        told = stepback("backup", house, *given)
        assert (told.exit_code, told.stdout) == (1, "")
        assert told.stderr
    assert not Path(house).exists()


@pytest.mark.sqlite
def test_the_wrong_passphrase_is_said(
    stepback: Stepback, client_id: str, words: str, tmp_path: Path, elsewhere
) -> None:
    """With the file, and where it stands what to do; and nothing is in its place."""
    house = str(tmp_path / "house.age")
    assert stepback("backup", house, "--passphrase-file", words).exit_code == 0
    (tmp_path / "wrong").write_text("three breaths")
    elsewhere()
    told = stepback("restore", house, "--passphrase-file", str(tmp_path / "wrong"))
    assert told.exit_code == 1
    assert told.stderr == (
        f"{house}: What was given does not open this backup. Nothing was changed. "
        "What to do: docs/backup.md, under “When a backup is refused”.\n"
    )
    assert list((tmp_path / "elsewhere" / "data").iterdir()) == []


def test_a_house_on_a_server_is_not_backed_up_in_part(stepback, monkeypatch, tmp_path: Path):
    """It says where such a house has its backups, and writes nothing."""
    monkeypatch.setenv("STEPBACK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "word").write_text("correct horse battery staple")
    out = tmp_path / "out.age"
    result = stepback("backup", str(out), "--passphrase-file", str(tmp_path / "word"))
    assert result.exit_code == 1
    assert "pg_dump" in result.stderr
    assert not out.exists()
