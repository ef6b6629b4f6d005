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
    Side,
    TextField,
    Worksheet,
)

_KINDS: Mapping[str, type[Field]] = {
    "text": TextField,
    "choice": ChoiceField,
    "scale": ScaleField,
    "pair": PairField,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def write_worksheet(worksheet: Worksheet) -> dict[str, Any]:
    """Give a worksheet as JSON holds it, each question with its `kind`."""
    fields = [{"kind": _NAMES[type(field)], **_plain(asdict(field))} for field in worksheet.fields]
    return {**asdict(worksheet), "fields": fields}


def read_worksheet(kept: Mapping[str, Any]) -> Worksheet:
    """Make the worksheet again of what `write_worksheet()` gave."""
    return Worksheet(**{**kept, "fields": tuple(_field(each) for each in kept["fields"])})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(each) if isinstance(each, tuple) else each for name, each in values.items()}


def _field(kept: Mapping[str, Any]) -> Field:
    values = {name: each for name, each in kept.items() if name != "kind"}
    if kept["kind"] == "pair":
        values |= {name: Side(**values[name]) for name in ("first", "second")}
    if kept["kind"] == "choice":
        values["options"] = tuple(values["options"])
    return _KINDS[kept["kind"]](**values)
