"""Fixtures of the checker's tests: a practice is examined with parts of one's own in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from server.checker import Checkup, LengthOf, check_script
from server.script import parse_script
from tests.checker.practice import length_of, written


@pytest.fixture
def examine() -> Callable[..., Checkup]:
    """Check the practice that no rule speaks of, with parts of one's own in it."""

    def check(
        *,
        passages: Mapping[str, str] | None = None,
        source: str = "",
        length_of: LengthOf = length_of,
        **parts: str,
    ) -> Checkup:
        source, passages = source or written(**parts), passages or {}
        script = parse_script(source, path="x.md", passages=passages)
        return check_script(script, source, path="x.md", length_of=length_of, passages=passages)

    return check


@pytest.fixture
def said(examine) -> Callable[..., list[str]]:
    """The rules that have something to say of that practice, in order."""
    return lambda **parts: [remark.rule for remark in examine(**parts).remarks]
