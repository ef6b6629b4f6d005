"""A worksheet as it is kept beside its answers: as JSON, so that no later change touches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from server.care.worksheet import (
    ChoiceField,
    Field,
    PairField,
    ScaleField,
    TextField,
    Worksheet,
)

_KINDS: Mapping[type[Field], str] = {
    TextField: "text",
    ChoiceField: "choice",
    ScaleField: "scale",
    PairField: "pair",
}


def write_worksheet(worksheet: Worksheet) -> dict[str, Any]:
    """Give a worksheet as JSON holds it, each question with its `kind`."""
    fields = [{"kind": _KINDS[type(field)], **_plain(asdict(field))} for field in worksheet.fields]
    return {**asdict(worksheet), "fields": fields}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(each) if isinstance(each, tuple) else each for name, each in values.items()}
