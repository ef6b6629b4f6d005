"""Sentences of other rooms, told in German: they are recognised, and they are still told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask

from server.errors import Busy, InvalidOptions, TooShort
from server.timeline import Options
from server.timeline.options import NOTHING_ADDED, refuse_impossible
from server.units import Ms
from server.web.retelling import OF_ORDERS, OF_RENDERS, OF_REPORTS, retold, retold_finding

SERVER = Path(__file__).parents[2] / "server"
ALL = OF_ORDERS + OF_RENDERS + OF_REPORTS


@pytest.fixture
def in_german(app: APIFlask) -> Iterator[None]:
    """A request that asks for German."""
    with app.test_request_context(headers={"Accept-Language": "de"}):
        yield


def sources() -> str:
    """What the other rooms say, with sentences that go over two lines joined."""
    paths = [path for path in SERVER.rglob("*.py") if path.name != "retelling.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return re.sub(r'"\s*\n\s*f?"', "", text)


def test_each_sentence_is_still_told_somewhere():
    """Where another room changes a sentence, the list here is to change with it."""
    told = sources()
    missing = [
        (template, literal)
        for template in ALL
        for literal in re.split(r"%\(\w+\)s", template)
        if literal not in told
    ]
    assert missing == []


@pytest.mark.usefixtures("in_german")
def test_real_refusals_are_told_in_german(app: APIFlask):
    """As the rooms raise them, with their values."""
    with app.app_context():
        script = app.extensions["stepback"].catalogue.get("soft-ground").script
    with pytest.raises(InvalidOptions) as refused:
        refuse_impossible(script, Options(minutes=7, words={}, pace=1.0), NOTHING_ADDED)
    assert retold(str(refused.value)) == "Diese Übung kann 1, 2, 3 Minuten lang sein."
    too_short = TooShort(shortest_ms=Ms(90_500))
    assert retold(str(too_short)).startswith("So, wie du sie gewählt hast, braucht die Übung")
    assert "1 min 31 s" in retold(str(too_short))
    assert retold(str(Busy())).startswith("Gerade wartet zu vieles.")


@pytest.mark.usefixtures("in_german")
@pytest.mark.parametrize(
    "text", ["", "Nobody has ever said this.", "%(minutes)s 100 %", "Please use at most (a+)+$"]
)
def test_any_other_sentence_is_given_back(text: str):
    """Also one that looks like a pattern."""
    assert retold(text) == text
    assert retold_finding(text) == text


@pytest.mark.usefixtures("in_german")
@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("true peak", "Spitzenpegel (True Peak)"),
        ("at most −1.0 dBTP", "höchstens −1.0 dBTP"),
        ("300.000 s, within 50 ms", "300.000 s, auf 50 ms genau"),
        ("5, at 0:01.2, 0:02.0, 0:03.0 and 2 more", "5, bei 0:01.2, 0:02.0, 0:03.0 und 2 weitere"),
        ("2, at 0:01.2, 0:02.0", "2, bei 0:01.2, 0:02.0"),
        ("0.0 s, 0.0% of it", "0.0 s, 0.0% davon"),
        ("−19.0 LUFS", "−19.0 LUFS"),
    ],
)
def test_findings_are_told_in_german(english: str, german: str):
    """The rules, what was found and what is wanted; figures stay figures."""
    assert retold_finding(english) == german


@pytest.mark.parametrize("template", ALL)
def test_in_english_nothing_changes(template: str):
    """What is put together again is what was told."""
    text = re.sub(r"%\(\w+\)s", "7", template)
    assert retold(text) == text
    assert retold_finding(text) == text
