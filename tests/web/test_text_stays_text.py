"""No page and no script of ours takes a text for markup; make long tries it with hostile ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "server" / "web"
MADE = re.compile(
    r"\b(?:innerHTML|outerHTML|srcdoc)\s*\+?=(?!=)|\b(?:insertAdjacentHTML|setHTMLUnsafe"
    r"|createContextualFragment)\b|\bdocument\.write"
)
TAKEN = re.compile(r"\|\s*safe\b|\bautoescape\b|\bsrcdoc\b")
READ = re.compile(r"\bparseFromString\b")
READERS = {"telling.js", "keep.js", "author/picture.js"}
"""Who reads a page or picture that our templates have made; none of its scripts would be run."""


def read(pattern: str) -> dict[str, str]:
    """The sources of a kind that are ours."""
    paths = (path for path in WEB.rglob(pattern) if "vendor" not in path.parts)
    return {str(path.relative_to(WEB)): path.read_text(encoding="utf-8") for path in paths}


def lines_with(mark: re.Pattern[str], sources: Mapping[str, str]) -> Iterator[str]:
    """Where a mark stands."""
    for name, text in sources.items():
        for number, line in enumerate(text.splitlines(), 1):
            if mark.search(line):
                yield f"{name}:{number}: {line.strip()}"


@pytest.mark.parametrize(("pattern", "mark"), [("*.js", MADE), ("*.html", TAKEN)])
def test_nothing_is_made_of_a_text(pattern: str, mark: re.Pattern[str]):
    """Scripts set text and attributes, templates escape what they are given."""
    sources = read(pattern)
    assert len(sources) > 40
    assert list(lines_with(mark, sources)) == []


def test_only_what_our_templates_made_is_read():
    """Nobody else reads a text as a page. In Python ruff's S704 asks for a reason."""
    places = {each.partition(":")[0] for each in lines_with(READ, read("*.js"))}
    assert {each.removeprefix("static/js/") for each in places} == READERS


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        (MADE, "part.innerHTML = words;"),
        (MADE, "part.innerHTML += words;"),
        (MADE, "part.insertAdjacentHTML('beforeend', words);"),
        (READ, "new DOMParser().parseFromString(words, 'text/html');"),
        (TAKEN, "{{ words|safe }}"),
        (TAKEN, "{% autoescape false %}"),
    ],
)
def test_a_planted_one_is_found(mark: re.Pattern[str], line: str):
    """Each kind."""
    assert list(lines_with(mark, {"a": line}))
