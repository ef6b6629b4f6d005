"""The lexicon beside the practices: read when it changes, and never in the way of a practice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.errors import InvalidScript
from server.render import Catalogue, find_lexicon, read_lexicon
from server.render.lexicon import lexicon_line
from server.script import Respelling, parse_lexicon
from server.voice.trial import list_phonemes


def test_a_folder_without_one_has_an_empty_one(tmp_path: Path) -> None:
    """Nobody has to write a lexicon."""
    assert find_lexicon(tmp_path) == ()
    assert find_lexicon(tmp_path / "no-such-folder") == ()


def test_it_is_read_again_when_it_changes_and_only_then(tmp_path: Path, monkeypatch) -> None:
    """A practice costs a look at the file's time."""
    path = tmp_path / "lexicon.yaml"
    path.write_text("lives: livvs\n")
    os.utime(path, ns=(1, 1))
    assert find_lexicon(tmp_path) == (Respelling(word="lives", spoken="livvs"),)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", None)
        assert len(find_lexicon(tmp_path)) == 1
    path.write_text("lives: lizzes\n")
    assert find_lexicon(tmp_path) == (Respelling(word="lives", spoken="lizzes"),)


@pytest.mark.parametrize("content", [b"a: [b", b"\xff", b"a:"])
def test_a_broken_one_counts_as_empty_and_is_told(tmp_path: Path, content: bytes) -> None:
    """Practices go on without it; the problem has its place."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "lexicon.yaml").write_bytes(content)
    assert find_lexicon(folder) == ()
    (problem,) = read_lexicon(folder / "lexicon.yaml").problems
    assert str(problem).startswith("scripts/lexicon.yaml:1:")
    assert Catalogue(folder).problems() == ()


def test_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder of that name, or a file that may not be read."""
    (tmp_path / "lexicon.yaml").mkdir()
    assert find_lexicon(tmp_path) == ()
    assert "cannot be read" in str(read_lexicon(tmp_path / "lexicon.yaml").problems[0])
    (tmp_path / "file").touch()
    assert "cannot be read" in str(read_lexicon(tmp_path / "file" / "lexicon.yaml").problems[0])


@pytest.mark.parametrize(
    ("word", "spoken"), [("lives", "livvs"), ("no", "know"), ("it's", "its: a")]
)
def test_a_line_that_is_shown_may_be_pasted(word: str, spoken: str) -> None:
    """What `stepback pronounce` prints is what the lexicon accepts."""
    found = parse_lexicon(lexicon_line(word, spoken), path="x")
    assert found == (Respelling(word=word, spoken=spoken),)
    with pytest.raises(InvalidScript):
        lexicon_line(word, "[[x]]")


def test_the_shipped_one_helps(scripts_path: Path) -> None:
    """Each of its respellings changes the sounds that the voice joe is given."""
    from server.voice import PACKAGES

    assert not read_lexicon(scripts_path / "lexicon.yaml").problems
    respellings = find_lexicon(scripts_path)
    assert respellings
    written = [each.word for each in respellings]
    sounds = list_phonemes(
        PACKAGES["joe"].config_path, [*written, *(each.spoken for each in respellings)]
    )
    old, new = sounds[: len(respellings)], sounds[len(respellings) :]
    pairs = zip(written, old, new, strict=True)
    assert [word for word, before, after in pairs if before == after] == []
