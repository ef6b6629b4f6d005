"""A text that is being written: read as its file would be, with its mistakes in their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Problem
from server.render import Catalogue
from server.render.drafts import Kind, read_draft
from tests.render.conftest import SCRIPT

PATH = "small-step.md"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """A catalogue with a practice, and a passage that it may take in."""
    root = tmp_path / "scripts"
    (root / "passages").mkdir(parents=True)
    (root / PATH).write_text(SCRIPT)
    (root / "passages/settle.md").write_text("Settle down. [3s]\n")
    return Catalogue(root)


def said(problems: tuple[Problem, ...]) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in problems]


def test_a_practice_is_read_with_the_passages_of_the_house(catalogue: Catalogue):
    """Whether or not it is on disk, and only with those that it takes in."""
    text = SCRIPT.replace("That was all.", "That was all.\n\n[include settle]\n\n")
    draft = read_draft(catalogue, PATH, text)
    assert (draft.kind, draft.problems, draft.added_lines) == (Kind.PRACTICE, (), 0)
    assert draft.loaded is not None
    assert dict(draft.loaded.passages) == {"settle": "Settle down. [3s]\n"}
    assert catalogue.get("small-step").passages == {}


def test_mistakes_are_told_in_their_places(catalogue: Catalogue):
    """And nothing can be heard of it until they are put right."""
    draft = read_draft(catalogue, PATH, SCRIPT.replace("[silence fill]", "[silnce fill]"))
    (problem,) = draft.problems
    assert (problem.path, problem.nearest) == (PATH, "silence")
    assert draft.loaded is None


def test_a_slug_belongs_to_one_file(catalogue: Catalogue):
    """A copy says so, and can be heard all the same."""
    draft = read_draft(catalogue, "ground/copy.md", SCRIPT)
    assert said(draft.problems) == [(1, f"The slug 'small-step' is already the one of {PATH}.")]
    assert draft.loaded is not None


def test_a_passage_is_read_as_one_and_can_be_heard(catalogue: Catalogue):
    """In a small practice of its own, with the voice of the library's first."""
    text = "Look around. [3s]\n\n[silence fill]\n"
    draft = read_draft(catalogue, "passages/look.md", text)
    assert (draft.kind, draft.problems) == (Kind.PASSAGE, ())
    assert draft.loaded is not None
    assert draft.loaded.source.split("\n")[draft.added_lines :] == text.split("\n")
    (stage,) = draft.loaded.script.stages
    assert (stage.title, stage.cues[0].at.line) == ("look", draft.added_lines + 1)
    assert draft.loaded.script.voice == "joe"
    (catalogue._scripts_path / PATH).unlink()
    assert read_draft(catalogue, "passages/look.md", text).loaded is not None


@pytest.mark.parametrize("text", ["# A heading\n\nText.\n", "[include look]\n", "Say {it}.\n"])
def test_what_a_passage_may_not_hold_is_told(catalogue: Catalogue, text: str):
    """A stage, itself, a listener's word."""
    draft = read_draft(catalogue, "passages/look.md", text)
    assert [problem.line for problem in draft.problems] == [1]
    assert draft.loaded is None


def test_a_lexicon_has_mistakes_and_no_sound(catalogue: Catalogue):
    """It is checked like all that an author writes."""
    draft = read_draft(catalogue, "lexicon.yaml", "lives: livz\n")
    assert (draft.kind, draft.problems, draft.loaded) == (Kind.LEXICON, (), None)
    assert len(read_draft(catalogue, "lexicon.yaml", "- a list\n").problems) == 1
