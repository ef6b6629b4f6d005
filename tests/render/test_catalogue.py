"""The catalogue: what is in the scripts folder now, mistakes kept apart."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from server.errors import PracticeNotFound
from server.render import Catalogue, catalogue
from server.script import Script
from server.timeline import NOTHING_ADDED, Additions, OwnSound
from server.units import Ms

from .conftest import SCRIPT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scripts" / "ground").mkdir(parents=True)
    return tmp_path / "scripts"


def write(path: Path, **fields: str) -> None:
    text = SCRIPT
    for name, value in fields.items():
        line = next(each for each in text.splitlines() if each.startswith(f"{name}: "))
        text = text.replace(line, f"{name}: {value}")
    path.write_text(text)


def slugs(scripts: tuple[Script, ...]) -> list[str]:
    return [script.slug for script in scripts]


def test_sorted_by_track_then_title(folder: Path) -> None:
    """Practices come by track, in the library's order, then by title, whatever their folder."""
    write(folder / "1.md", slug="last", track="ground")
    write(folder / "2.md", slug="third", title="Zebra")
    write(folder / "ground" / "3.md", slug="second", title="apple")
    write(folder / "4.md", slug="first", track="kindness-outward")
    assert slugs(Catalogue(folder).scripts()) == ["first", "second", "third", "last"]


def test_get_gives_source_and_name(folder: Path) -> None:
    """A practice comes with its text and its file's name; an unknown one is not found."""
    write(folder / "ground" / "step.md")
    loaded = Catalogue(folder).get("small-step")
    assert (loaded.source, loaded.path) == (SCRIPT, "scripts/ground/step.md")
    with pytest.raises(PracticeNotFound):
        Catalogue(folder).get("nothing")


def test_changes_are_seen_and_only_they_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed file is read again, a new one is found, a deleted one goes; others are not read."""
    read: list[str] = []
    real = catalogue.parse_script

    def parse(text: str, *, path: str, **around: Any) -> Script:
        read.append(path)
        return real(text, path=path, **around)

    monkeypatch.setattr(catalogue, "parse_script", parse)
    write(folder / "a.md", slug="a")
    write(folder / "b.md", slug="b")
    shelf = Catalogue(folder)
    assert slugs(shelf.scripts()) == ["a", "b"]
    shelf.scripts()
    assert read == ["scripts/a.md", "scripts/b.md"]
    write(folder / "b.md", slug="c")
    os.utime(folder / "b.md", ns=(1, 1))
    assert slugs(shelf.scripts()) == ["a", "c"]
    (folder / "a.md").unlink()
    assert slugs(shelf.scripts()) == ["c"]
    assert read == ["scripts/a.md", "scripts/b.md", "scripts/b.md"]


def test_mistakes_keep_only_their_file_out(folder: Path) -> None:
    """A file with mistakes, one that is not text, and a slug used twice are problems."""
    write(folder / "a.md")
    write(folder / "b.md")
    (folder / "c.md").write_text("no front matter")
    (folder / "d.md").write_bytes(b"\xff\xfe")
    (folder / "e.txt").write_text("not a script")
    shelf = Catalogue(folder)
    assert slugs(shelf.scripts()) == ["small-step"]
    problems = shelf.problems()
    assert {problem.path for problem in problems} == {
        "scripts/b.md",
        "scripts/c.md",
        "scripts/d.md",
    }
    assert any("already the one of scripts/a.md" in problem.message for problem in problems)


def test_the_houses_own_sounds_are_known(folder: Path) -> None:
    """A script that uses one is there while the house has it, though its file never changes."""
    (folder / "a.md").write_text(SCRIPT.replace("[bell]", "[bell temple]"))
    temple = OwnSound(name="temple", key="a" * 64, length_ms=Ms(9000))
    added = [NOTHING_ADDED]
    shelf = Catalogue(folder, lambda _slug: added[-1])
    assert shelf.scripts() == ()
    assert "There is no bell named 'temple'" in shelf.problems()[0].message
    added.append(Additions(sounds={"temple": temple}))
    assert (slugs(shelf.scripts()), shelf.problems()) == (["small-step"], ())
    assert shelf.additions() == added[-1]
    added.append(NOTHING_ADDED)
    assert shelf.scripts() == ()


def test_no_folder_is_empty(tmp_path: Path) -> None:
    """A scripts folder that is not there holds no practice."""
    assert Catalogue(tmp_path / "none").scripts() == ()


def test_vanished_file_is_passed_over(folder: Path) -> None:
    """A name that leads nowhere is no practice and no problem."""
    (folder / "gone.md").symlink_to(folder / "nothing")
    write(folder / "a.md")
    shelf = Catalogue(folder)
    assert (slugs(shelf.scripts()), shelf.problems()) == (["small-step"], ())


def test_passages_are_taken_in_and_seen_when_they_change(folder: Path) -> None:
    """A script holds the text of a passage that it names, as the passage is now."""
    (folder / "passages").mkdir()
    settle = folder / "passages" / "settle.md"
    settle.write_text("You may settle here.\n\n[include rest]\n", "utf-8")
    (folder / "passages" / "rest.md").write_text("And rest a while.\n", "utf-8")
    (folder / "passages" / "unused.md").write_text("Nobody says this.\n", "utf-8")
    write(folder / "a.md", slug="a")
    with (folder / "a.md").open("a", encoding="utf-8") as file:
        file.write("\n[include settle]\n")
    catalogue = Catalogue(folder)

    assert catalogue.problems() == ()
    assert set(catalogue.get("a").passages) == {"settle", "rest"}
    assert [script.slug for script in catalogue.scripts()] == ["a"]

    settle.write_text("You might sit down [3sec]\n", "utf-8")
    assert [problem.path for problem in catalogue.problems()] == [
        "scripts/a.md",
        "scripts/passages/settle.md",
    ]
    settle.unlink()
    (problem,) = catalogue.problems()
    assert "There is no passage named 'settle'." in str(problem)


def test_what_is_unlisted_is_in_no_list(folder: Path) -> None:
    """It is found by whoever means it, and by nobody else; what is listed is not found that way."""
    (folder / "unlisted").mkdir()
    write(folder / "unlisted" / "own.md", slug="own")
    write(folder / "ground" / "step.md")
    made = Catalogue(folder)
    assert slugs(made.scripts()) == ["small-step"]
    assert made.get_unlisted("own").path == "scripts/unlisted/own.md"
    for look, slug in ((made.get, "own"), (made.get_unlisted, "small-step")):
        with pytest.raises(PracticeNotFound):
            look(slug)
