"""Worksheets and answers as JSON can hold them: how a page reads them, and how they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from server.care.worksheet import Answer, ChoiceField, Field, PairField, ScaleField, Worksheet


def worksheet_as_json(worksheet: Worksheet) -> dict[str, Any]:
    """Everything of a worksheet; each field has its kind: text, choice, scale or pair."""
    fields = [{"kind": _kind(each), **asdict(each)} for each in worksheet.fields]
    return {**asdict(worksheet), "fields": fields}


def answers_as_json(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Answers by the name of their field; of a pair both sides and both ratings."""
    return {
        name: asdict(answer)
        if is_dataclass(answer)
        else (list(answer) if isinstance(answer, tuple) else answer)
        for name, answer in answers.items()
    }


def _kind(field: Field) -> str:
    if isinstance(field, PairField):
        return "pair"
    if isinstance(field, ChoiceField):
        return "choice"
    return "scale" if isinstance(field, ScaleField) else "text"
