"""A render without the queue: what is kept of own words, which is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Settings
from server.render import Phase, Progress
from server.render.once import render_once
from server.script import parse_script
from server.timeline import Options
from tests.render.conftest import SCRIPT


@pytest.mark.parametrize("phase", [None, *Phase])
def test_no_own_words_stay_on_the_shelf(
    settings: Settings, tmp_path: Path, phase: Phase | None
) -> None:
    """Whether it comes to its end or is stopped in the middle: only everybody's clips stay."""

    def stop(progress: Progress) -> None:
        if progress.phase == phase and progress.done_ms:
            raise InterruptedError

    def render(**words: str) -> None:
        options = Options(minutes=1, words=words)
        render_once(
            settings,
            parse_script(SCRIPT, path="x.md"),
            SCRIPT,
            options=options,
            voice_name="silent",
            out=tmp_path / "x.mp3",
            on_progress=stop if words else lambda _: None,
        )

    render()
    root = settings.cache_path
    kept = {path for path in root.rglob("*") if path.is_file()}
    if phase is None:
        render(obstacle="nobody must know")
    else:
        with pytest.raises(InterruptedError):
            render(obstacle="nobody must know")
    assert {path for path in root.rglob("*") if path.is_file()} == kept
