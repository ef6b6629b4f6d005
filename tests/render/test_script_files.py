"""The scripts folder as an author edits it: nothing outside is touched, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import ScriptChanged, ScriptNotFound, ScriptNotWritten
from server.render.script_files import ScriptFiles

TRICKS = (
    "../secret.md",
    "ground/../../secret.md",
    "/etc/passwd",
    "ground/feet.md/",
    "./ground/feet.md",
    "ground//feet.md",
    "ground\\feet.md",
    "ground/feet.txt",
    "ground/.hidden.md",
    "ground",
    "",
    "ground/feet.md\0",
    "linked/secret.md",
    "ground/link-out.md",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A scripts folder with two files, beside a secret and links that lead there."""
    root = tmp_path / "scripts"
    (root / "ground").mkdir(parents=True)
    (root / "ground/feet.md").write_bytes(b"# Feet\nStanding.\n")
    (root / "ground/.hidden.md").write_text("hidden")
    (root / "ground/feet.txt").write_text("not a script")
    (root / "lexicon.yaml").write_text("lives: livz\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.md").write_text("secret")
    (tmp_path / "secret.md").write_text("secret")
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    (root / "ground/link-out.md").symlink_to(tmp_path / "secret.md")
    return root


@pytest.fixture
def files(root: Path) -> ScriptFiles:
    return ScriptFiles(root)


def test_scripts_and_the_lexicon_are_listed(files: ScriptFiles):
    """And nothing hidden, of another kind, or from elsewhere."""
    assert files.list_paths() == ("ground/feet.md", "lexicon.yaml")


@pytest.mark.parametrize("path", TRICKS)
def test_no_path_leads_out_of_the_folder(files: ScriptFiles, root: Path, path: str):
    """Neither for reading nor for writing, nor for a new file."""
    with pytest.raises(ScriptNotFound):
        files.read(path)
    with pytest.raises(ScriptNotFound):
        files.write(path, "mine", known_version="0" * 64)
    with pytest.raises(ScriptNotFound):
        files.add(path, "mine")
    assert (root.parent / "secret.md").read_text() == "secret"
    assert (root.parent / "elsewhere/secret.md").read_text() == "secret"


def test_what_was_read_is_replaced_whole(files: ScriptFiles, root: Path):
    """The mode stays, and nothing is left beside it."""
    path = root / "ground/feet.md"
    path.chmod(0o640)
    read = files.read("ground/feet.md")
    written = files.write("ground/feet.md", "# Feet\nSitting – so.\n", known_version=read.version)
    assert path.read_text(encoding="utf-8") == "# Feet\nSitting – so.\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert files.read("ground/feet.md") == written
    assert list((root / "ground").glob(".*.part")) == []


def test_what_was_changed_meanwhile_is_not_overwritten(files: ScriptFiles, root: Path):
    """Whoever saves has to have seen what is there."""
    read = files.read("ground/feet.md")
    (root / "ground/feet.md").write_text("# Feet\nBy another hand.\n")
    with pytest.raises(ScriptChanged):
        files.write("ground/feet.md", "mine", known_version=read.version)
    assert "another hand" in (root / "ground/feet.md").read_text()


def test_the_ends_of_lines_stay_as_they_are(files: ScriptFiles, root: Path):
    """A file that another system ends its lines in is read as all others, and kept so."""
    (root / "ground/feet.md").write_bytes(b"# Feet\r\nStanding.\r\n")
    read = files.read("ground/feet.md")
    assert read.text == "# Feet\nStanding.\n"
    files.write("ground/feet.md", "# Feet\nSitting.\n", known_version=read.version)
    assert (root / "ground/feet.md").read_bytes() == b"# Feet\r\nSitting.\r\n"


def test_a_link_inside_of_the_folder_stays_a_link(files: ScriptFiles, root: Path):
    """What it leads to is written."""
    (root / "ground/soles.md").symlink_to(root / "ground/feet.md")
    read = files.read("ground/soles.md")
    files.write("ground/soles.md", "mine", known_version=read.version)
    assert (root / "ground/soles.md").is_symlink()
    assert (root / "ground/feet.md").read_text() == "mine"


def test_a_new_file_is_put_into_a_folder_that_may_be_new(files: ScriptFiles, root: Path):
    """And takes nobody's place."""
    files.add("obstacles/no-time.md", "# Now\n")
    assert (root / "obstacles/no-time.md").read_text() == "# Now\n"
    with pytest.raises(ScriptChanged, match=r"already a file obstacles/no-time\.md"):
        files.add("obstacles/no-time.md", "other")


@pytest.mark.parametrize("path", ["Feet.md", "a b.md", "a/b/c.md", "feet", "-a.md", "linked/a.md"])
def test_a_new_name_is_plain(files: ScriptFiles, path: str):
    """Lower-case letters, digits and hyphens, in a folder of the house at most."""
    with pytest.raises(ScriptNotFound):
        files.add(path, "mine")


def test_what_cannot_be_read_or_written_is_said(files: ScriptFiles, root: Path):
    """A file that is no text, a place that cannot be written, a folder that is not there."""
    (root / "ground/feet.md").write_bytes(b"\xff\xfe")
    with pytest.raises(ScriptNotWritten, match="not UTF-8"):
        files.read("ground/feet.md")
    (root / "ground/feet.md").write_bytes(b"text")
    (root / "ground/.feet.md.part").mkdir()  # what stands in the way of the temporary file
    version = files.read("ground/feet.md").version
    with pytest.raises(ScriptNotWritten, match=r"cannot be written on this machine \(Is a dir"):
        files.write("ground/feet.md", "mine", known_version=version)
    assert (root / "ground/feet.md").read_bytes() == b"text"
    with pytest.raises(ScriptNotWritten, match="cannot be opened"):
        ScriptFiles(root / "none").add("feet.md", "mine")
    assert ScriptFiles(root / "none").list_paths() == ()
