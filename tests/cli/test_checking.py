"""`stepback check`: what it says to people and to editors, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.checker import RULES
from server.timeline import Additions, OwnSound
from server.units import Ms
from tests.checker.practice import written


@pytest.fixture
def script(tmp_path) -> Path:
    """A practice without a remark."""
    path = tmp_path / "scripts/ground/looking-around.md"
    path.parent.mkdir(parents=True)
    path.write_text(written())
    return path


def test_a_folder_stands_for_what_is_in_it(stepback, script):
    """Practices, passages and the lexicon; where all is well the exit code is 0."""
    scripts = script.parents[1]
    (scripts / "passages").mkdir()
    (scripts / "passages/look.md").write_text("You might look. [5s]")
    (scripts / "lexicon.yaml").write_text("lives: livvs\n")
    result = stepback("check", str(scripts))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{script}: Looking around, 3 minutes: no mistakes (pace estimated)",
        f"{scripts}/lexicon.yaml: 1 respelling: no mistakes",
        f"{scripts}/passages/look.md: a passage: no mistakes",
    ]


def test_every_mistake_is_told_with_its_place(stepback, script):
    """Each has file, line, column and what was meant; the exit code is 1."""
    script.write_text(written().replace("[bell]", "[bel]"))
    result = stepback("check", str(script))
    assert result.exit_code == 1
    assert f"{script}:20:1: There is no cue named 'bel'." in result.stderr
    assert "Did you mean 'bell'?" in result.stderr
    assert result.stderr.endswith("2 mistakes.\n")
    assert result.stdout == ""


def test_every_remark_is_told_with_its_rule(stepback, script):
    """An error or a warning makes the exit code 1, and is counted by its kind."""
    script.write_text(written(middle="Notice it. [4s]\nYou should, and on a journey. [8s]"))
    result = stepback("check", str(script))
    assert result.exit_code == 1
    told = [line.split(": ")[1] for line in result.stderr.splitlines()[:-1]]
    assert told == ["warning command", "error judgement", "warning jargon"]
    assert result.stderr.endswith("1 error, 2 warnings.\n")
    assert "3 minutes: 1 error, 2 warnings (pace estimated)" in result.stdout


def test_a_hint_does_not_count(stepback, script):
    """It is told, and the exit code is 0."""
    script.write_text(written(middle="Perhaps a tear. [8s]"))
    result = stepback("check", str(script))
    assert result.exit_code == 0
    assert "hint homograph" in result.stderr
    assert ": 1 hint (" in result.stdout


def test_each_rule_is_explained_once(stepback, script):
    """With its reason and a better example, below the first remark of it."""
    script.write_text(written(middle="Notice it. [4s]\n\nLook at it. [8s]"))
    said = stepback("check", "--explain", str(script)).stderr
    assert said.count("warning command") == 2
    assert said.count("can only obey or fail") == 1
    assert said.index("can only obey") < said.index("“Look …”")
    assert "  Better:\n    You might notice your hands. [5s]\n" in said


def test_all_rules_are_listed(stepback):
    """One a line; with --explain also why."""
    said = stepback("check", "--rules").stdout.splitlines()
    assert [line.split()[:2] for line in said] == [[rule.id, rule.severity] for rule in RULES]
    assert RULES[0].better in stepback("check", "--rules", "--explain").stdout
    data = json.loads(stepback("check", "--rules", "--json").stdout)
    assert (data["version"], data["rules"][0]["id"]) == (1, RULES[0].id)


def test_an_editor_gets_json(stepback, script):
    """On standard output alone, with the same exit code."""
    script.write_text(written(middle="Notice it. [8s]"))
    result = stepback("check", "--json", str(script))
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    (remark,) = data["files"][0]["remarks"]
    assert data["version"] == 1
    assert (remark["rule"], remark["severity"], remark["column"]) == ("command", "warning", 1)


@pytest.mark.parametrize(
    ("measured", "said"),
    [((), "estimated"), ((3,), "measured at 3 minutes, else estimated"), ((3, 5), "measured")],
)
def test_it_is_said_whether_the_pace_was_measured(stepback, script, monkeypatch, measured, said):
    """All of it, some of it, or none."""
    from server.render import Checked

    checked = Checked(path="x.md", title="X", minutes=(3, 5), measured_minutes=measured)
    monkeypatch.setattr("server.render.check_source", lambda *_: checked)
    assert f"no mistakes (pace {said})" in stepback("check", str(script)).stdout


def test_the_sounds_of_the_house_are_known(stepback, script, monkeypatch):
    """A sound that the operator has added is no mistake; without it the check names what is."""
    script.write_text(written().replace("[bell]", "[bell temple]"))
    result = stepback("check", str(script))
    assert result.exit_code == 1
    assert "There is no bell named 'temple'. Expected small, large or singing." in result.stderr
    temple = OwnSound(name="temple", key="a" * 64, length_ms=Ms(9000))
    added = Additions(sounds={"temple": temple})
    monkeypatch.setattr("server.render.checking.find_additions", lambda *_: added)
    assert stepback("check", str(script)).exit_code == 0


def test_a_lexicon_is_checked_by_its_own_name(stepback, tmp_path):
    """Its mistakes are told as those of a script are."""
    path = tmp_path / "lexicon.yaml"
    path.write_text("lives: livvs\nno: know\n")
    for given in (path, tmp_path):
        result = stepback("check", str(given))
        assert result.exit_code == 1
        assert f"{path}:2:1: 'word' must be text." in result.stderr
        assert result.stderr.endswith("1 mistake.\n")


def test_map_and_courses_are_checked_too(stepback, tmp_path):
    """With the practices of their own folder: a practice that is not there is a mistake."""
    small = Path(__file__).parents[1] / "golden/script/smallest.md"
    (tmp_path / "small.md").write_text(small.read_text())
    lead = "practice: one-kind-minut, why: It is small."
    (tmp_path / "map.yaml").write_text(
        f"question: How?\nanswers:\n- {{answer: So, {lead}}}\n- {{answer: Or so, {lead}}}\n"
        f"none-of-this: {{answer: None, {lead}}}\n"
    )
    result = stepback("check", str(tmp_path))
    assert result.exit_code == 1
    assert "map.yaml:3:" in result.output
    assert "Did you mean 'one-kind-minute'?" in result.output
    assert "3 mistakes" in result.output


def test_the_crisis_cards_are_checked_too(stepback, tmp_path):
    """It is said how many numbers each language has: none are the ones to be set."""
    path = tmp_path / "crisis.yaml"
    path.write_text(
        "en: {title: So, text: Please ring., phrases: [kill myself]}\n"
        "de:\n  title: So\n  text: Bitte.\n  phrases: [mich umbringen]\n"
        "  numbers: [{who: Notruf, call: '112'}]\n"
    )
    for given in (path, tmp_path):
        result = stepback("check", str(given))
        assert result.exit_code == 0
        assert "crisis.yaml: crisis cards (numbers: en 0, de 1): no mistakes" in result.stdout
    path.write_text("en: {title: So, text: Please ring.}\n")
    result = stepback("check", str(tmp_path))
    assert result.exit_code == 1
    assert f"{path}:1:5: The card 'en' has no 'phrases'." in result.stderr


def test_worksheets_are_checked_too(stepback, tmp_path, monkeypatch):
    """Each says its title and how much it asks; its mistakes are told as those of a script are."""
    folder = tmp_path / "worksheets"
    folder.mkdir()
    shipped = Path(__file__).parents[2] / "scripts/worksheets/friend-and-self.yaml"
    text = shipped.read_text()
    (folder / "friend-and-self.yaml").write_text(text)
    for given in (tmp_path, folder, folder / "friend-and-self.yaml"):
        result = stepback("check", str(given))
        assert result.exit_code == 0
        assert result.stdout == (
            f"{folder}/friend-and-self.yaml: A friend, and you, 2 questions: no mistakes\n"
        )
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        assert "A friend, and you" in stepback("check", "friend-and-self.yaml").stdout
    (folder / "friend-and-self.yaml").write_text(text.replace("kind: pair", "kind: pear"))
    result = stepback("check", str(tmp_path))
    assert result.exit_code == 1
    assert "There is no kind named 'pear'." in result.stderr
    assert "Did you mean 'pair'?" in result.stderr
    assert result.stderr.endswith("1 mistake.\n")
