"""The worksheets beside the practices: read when they change, and never in the way."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from server.care import PairField, TextField, find_spoken_script, parse_worksheet
from server.config import Settings
from server.errors import InvalidOptions, WorksheetNotFound
from server.render import Catalogue, check_source, find_guided, get_worksheet, list_worksheets
from server.render.checks import check_scripts
from server.render.worksheets import worksheet_problems
from server.timeline import Greeting, Options, lay_out, plan
from server.voice import estimate_ms

TEXT = """title: {title}
language: en
summary: A hard moment.
message: To look, not to improve.
fields:
  - {{kind: text, name: situation, ask: "What happened?"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "scripts"
    (path / "worksheets").mkdir(parents=True)
    (path / "worksheets" / "b.yaml").write_text(TEXT.format(title="Apples"))
    (path / "worksheets" / "a.yaml").write_text(TEXT.format(title="bread"))
    return path


def test_a_house_without_any_has_none(tmp_path: Path) -> None:
    """Nobody has to write one."""
    assert list_worksheets(tmp_path / "nowhere") == ()
    with pytest.raises(WorksheetNotFound):
        get_worksheet(tmp_path / "nowhere", "a")


def test_they_are_listed_by_title_and_found_by_name(folder: Path) -> None:
    """A name is looked for among those that are there, whatever it is."""
    assert [each.name for each in list_worksheets(folder)] == ["b", "a"]
    assert get_worksheet(folder, "a").title == "bread"
    for name in ("c", "A", "", "../worksheets/a", "a.yaml", "\0"):
        with pytest.raises(WorksheetNotFound):
            get_worksheet(folder, name)


def test_one_with_a_mistake_is_told_and_the_others_stay(folder: Path) -> None:
    """With the file's name from the scripts folder on; the house's checks tell it, too."""
    path = folder / "worksheets" / "a.yaml"
    path.write_text(TEXT.format(title="bread").replace("ask:", "aks:"))
    (folder / "worksheets" / "c.yaml").write_bytes(b"\xff")
    assert [each.name for each in list_worksheets(folder)] == ["b"]
    told = [str(problem) for problem in worksheet_problems(folder)]
    assert any("Did you mean 'ask'?" in each for each in told)
    assert {each.partition(":")[0] for each in told} == {
        "scripts/worksheets/a.yaml",
        "scripts/worksheets/c.yaml",
    }
    check = check_scripts(folder, Catalogue(folder))
    assert not check.ok
    assert "scripts/worksheets/a.yaml:6:" in check.detail


def test_one_is_read_again_when_it_changes_and_only_then(folder: Path, monkeypatch) -> None:
    """A look at a worksheet costs a look at the file's time."""
    path = folder / "worksheets" / "a.yaml"
    os.utime(path, ns=(1, 1))
    with monkeypatch.context() as patch:
        before = list_worksheets(folder)
        patch.setattr(Path, "read_text", None)
        assert list_worksheets(folder) == before
    path.write_text(TEXT.format(title="butter"))
    assert get_worksheet(folder, "a").title == "butter"


def test_the_shipped_ones_are_without_mistakes(scripts_path: Path) -> None:
    """Three of them, each to observe oneself and none to improve oneself."""
    assert worksheet_problems(scripts_path) == ()
    shipped = {each.name: each for each in list_worksheets(scripts_path)}
    assert set(shipped) == {"friend-and-self", "obstacle-diary", "after-the-sitting"}
    for each in shipped.values():
        assert each.message.startswith("This is for observing ")
        assert ", not for " in each.message
        assert each.closing
        assert each.credits
    situation, answers = shipped["friend-and-self"].fields
    assert isinstance(situation, TextField)
    assert isinstance(answers, PairField)
    assert "not for improving yourself" in shipped["friend-and-self"].message
    assert (answers.first.title, answers.second.title) == ("To a friend", "To myself")


def test_the_shipped_ones_name_practices_that_are_there(scripts_path: Path) -> None:
    """What a closing leads to can be found in the library."""
    titles = {script.title for script in Catalogue(scripts_path).scripts()}
    assert "Stepping back" in titles
    assert '"Stepping back"' in get_worksheet(scripts_path, "obstacle-diary").closing


def test_nobody_is_made_to_answer_more_than_the_heart_of_it(scripts_path: Path) -> None:
    """Of each, at most two questions cannot be passed over."""
    for each in list_worksheets(scripts_path):
        needed = [field for field in each.fields if not getattr(field, "is_optional", False)]
        assert 1 <= len(needed) <= 2


def test_the_shipped_ones_can_be_spoken(scripts_path: Path, tmp_path: Path) -> None:
    """As practices that no rule has anything against, each as long as it says."""
    settings = Settings.from_environment({"STEPBACK_CACHE": str(tmp_path)})
    for each in list_worksheets(scripts_path):
        text = find_spoken_script(each, voice="joe")
        assert text is not None
        checked = check_source(settings, text, tmp_path / f"{each.name}.md")
        assert [str(told) for told in (*checked.problems, *checked.remarks)] == []
        assert 10 <= checked.minutes[0] <= 20


def test_what_is_said_in_german_is_as_long_as_it_says(tmp_path: Path) -> None:
    """Around questions that are put in German."""
    settings = Settings.from_environment({"STEPBACK_CACHE": str(tmp_path)})
    text = TEXT.format(title="Ein Moment").replace("en\n", "de\n")
    worksheet = parse_worksheet(text.replace("What happened?", "Was war?"), path="a.yaml")
    spoken = find_spoken_script(worksheet, voice="silent")
    assert spoken is not None
    checked = check_source(settings, spoken, tmp_path / "a.md")
    assert [str(told) for told in (*checked.problems, *checked.remarks)] == []


def test_a_message_before_it_takes_no_time_to_write(folder: Path) -> None:
    """It is as many minutes longer as the message needs, and says the same."""
    settings = Settings.from_environment({"STEPBACK_SCRIPTS": str(folder)})
    worksheet = get_worksheet(folder, "a")
    plain = find_guided(settings, worksheet)
    assert plain is not None
    fills = []
    for text in ("", "For you.", "I am here, and you may stop at any time. " * 14):
        greeting = Greeting(title="From Ada", text=text) if text else None
        guided = find_guided(settings, worksheet, greeting)
        assert guided is not None
        assert guided.script.stages == plain.script.stages
        minutes = guided.script.default_minutes
        planned = plan(guided.script, Options(minutes=minutes, greeting=greeting))
        laid = lay_out(planned, {each: estimate_ms(each) for each in planned.utterances})
        before_ms = laid.chapters[1].start_ms if greeting else 0
        fills.append((minutes, minutes * 60_000 - before_ms))
    assert fills[0][0] <= fills[1][0] < fills[2][0]
    for _, left_ms in fills:
        assert left_ms >= fills[0][1] - 60_000
    with pytest.raises(InvalidOptions):
        find_guided(settings, worksheet, Greeting(title="From Ada", text="🙂"))


def test_a_worksheet_is_guided_by_a_voice_that_speaks_its_language(folder: Path) -> None:
    """Or by none: nobody is asked in English what they are to answer in Finnish."""
    settings = Settings.from_environment({"STEPBACK_SCRIPTS": str(folder)})
    guided = find_guided(settings, get_worksheet(folder, "a"))
    assert guided is not None
    assert (guided.script.voice, guided.script.slug) == ("joe", "write-a")
    drafted = find_guided(replace(settings, voice="silent"), get_worksheet(folder, "a"))
    assert drafted is not None
    assert drafted.script.voice == "silent"
    german = replace(get_worksheet(folder, "a"), language="de")
    assert find_guided(settings, german) is None
    assert find_guided(replace(settings, voice="joe"), german) is None
    assert find_guided(replace(settings, voice="nobody"), german) is None
