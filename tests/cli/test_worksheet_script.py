"""`stepback worksheet-script`: a worksheet becomes the script of a practice."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.script import parse_script

SHIPPED = Path(__file__).parents[2] / "scripts/worksheets"


@pytest.fixture
def worksheets(environment: dict[str, str]) -> Path:
    """The folder of the worksheets, with one that is shipped."""
    folder = Path(environment["STEPBACK_SCRIPTS"]) / "worksheets"
    folder.mkdir(parents=True)
    (folder / "friend.yaml").write_bytes((SHIPPED / "friend-and-self.yaml").read_bytes())
    return folder


def test_a_worksheet_becomes_a_script(stepback, worksheets: Path) -> None:
    """What is printed is a script that asks its questions, spoken by whom was named."""
    result = stepback("worksheet-script", "friend", "--voice", "silent")
    assert result.exit_code == 0
    script = parse_script(result.output, path="x.md")
    assert (script.title, script.voice) == ("A friend, and you", "silent")
    assert "What happened?" in result.output


def test_what_cannot_be_spoken_says_why(stepback, worksheets: Path) -> None:
    """A language without words for what stands between; a name that nobody has."""
    path = worksheets / "friend.yaml"
    path.write_text(path.read_text().replace("language: en", "language: fr"))
    result = stepback("worksheet-script", "friend")
    assert result.exit_code == 1
    assert "cannot be spoken" in result.output
    result = stepback("worksheet-script", "none")
    assert result.exit_code == 1
    assert "no worksheet of this name" in result.output
