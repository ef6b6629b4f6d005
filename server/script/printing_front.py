"""Writes a script's front matter: its fields in a fixed order, without those that are usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from server.script.fields import FIELDS, USUAL_LONGEST
from server.script.model import WORD_FORMS, Curve, Script, Word

_WIDTH = 98


def print_front_matter(script: Script) -> str:
    """Write the fields of a script between two lines of '---'."""
    return "\n".join(["---", *_fields(script), "---"])


def _fields(script: Script) -> Iterator[str]:
    for name, field in FIELDS.items():
        value = getattr(script, name.replace("-", "_"))
        if field.default is not None and value == field.default:
            continue
        match name:
            case "minutes":
                yield f"minutes: {value[0] if len(value) == 1 else list(value)}"
            case "pace":
                yield f"pace: {_number(value)}"
            case "curve":
                yield f"curve: {_curve(value)}"
            case "words":
                yield _dump({name: {word.name: _word(word) for word in value}})
            case "lexicon":
                yield _dump({name: {each.word: each.spoken for each in value}})
            case _:
                yield _dump({name: value})


def _dump(value: Mapping[str, object]) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return str(text).rstrip("\n")


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _curve(curve: Curve) -> str:
    if not curve.slower and not curve.softer_db:
        return "none"
    return f"{{slower: {_number(curve.slower)}, softer: {_number(curve.softer_db)}}}"


def _word(word: Word) -> dict[str, object]:
    parts: dict[str, object] = {"ask": word.ask, "default": word.default}
    if word.longest != USUAL_LONGEST:
        parts["longest"] = word.longest
    if word.form != WORD_FORMS[0]:
        parts["as"] = word.form
    if word.ready:
        parts["ready"] = list(word.ready)
    return parts
