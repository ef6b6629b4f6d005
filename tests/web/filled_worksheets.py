"""The shipped worksheets in a house of a test's, and answers to whatever they ask."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from server.care import ChoiceField, PairField, ScaleField, Worksheet
from server.render import list_worksheets
from server.store.care import make_id

WORKSHEETS = Path(__file__).parents[2] / "scripts" / "worksheets"


def bring_worksheets(scripts_path: Path) -> Worksheet:
    """Put the shipped worksheets into a house; gives the first that asks for a pair."""
    shutil.copytree(WORKSHEETS, scripts_path / "worksheets", dirs_exist_ok=True)
    found = list_worksheets(scripts_path)
    english = [each for each in found if each.language.startswith("en")]
    return next(each for each in english if find_pair(each))


def find_pair(worksheet: Worksheet) -> PairField | None:
    """The first pair that a worksheet asks for."""
    return next((each for each in worksheet.fields if isinstance(each, PairField)), None)


def fill(worksheet: Worksheet, word: str = "rain", *, second: str | None = None) -> dict[str, Any]:
    """Answer everything; `word` stands in each text, and both sides of a pair differ."""
    answers: dict[str, Any] = {}
    for each in worksheet.fields:
        if isinstance(each, PairField):
            answers[each.name] = {
                "first": {
                    "text": f"Come here, sit with me; no wonder, with all this {word}.",
                    "rating": 9,
                },
                "second": {
                    "text": second or f"Again you. Pull yourself together, it is only {word}!",
                    "rating": 2,
                },
            }
        elif isinstance(each, ScaleField):
            answers[each.name] = each.least
        elif isinstance(each, ChoiceField):
            answers[each.name] = [each.options[0]] if each.is_many else each.options[0]
        else:
            answers[each.name] = f"It is about {word}."
    return answers


def submission(worksheet: Worksheet, word: str = "rain", **changes: Any) -> dict[str, Any]:
    """What a phone sends."""
    return {
        "id": make_id(),
        "template": worksheet.name,
        "assignment": None,
        "answers": fill(worksheet, word),
        "answered_at": "2026-11-28T08:30:00+01:00",
        **changes,
    }
