"""What somebody answered on a worksheet: checked field by field, and whether two are alike."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz

from server.care.worksheet import (
    Answer,
    ChoiceField,
    Field,
    PairAnswer,
    PairField,
    ScaleField,
    TextField,
    Worksheet,
)
from server.errors import InvalidOptions

ALIKE = 90
"""From this likeness on, of 100, two answers are nearly the same."""


def read_answers(worksheet: Worksheet, given: Mapping[str, object]) -> dict[str, Answer]:
    """Check what was given against what was asked. Raises InvalidOptions for the first mistake."""
    known = {each.name for each in worksheet.fields}
    for name in given:
        if name not in known:
            raise InvalidOptions(name, "The worksheet does not ask this.")
    answers: dict[str, Answer] = {}
    for each in worksheet.fields:
        answer = _read(each, given.get(each.name))
        if answer is not None:
            answers[each.name] = answer
    return answers


def are_nearly_identical(first: str, second: str) -> bool:
    """True where two answers say nearly the same in nearly the same words."""
    one, other = (" ".join(text.casefold().split()) for text in (first, second))
    return bool(fuzz.ratio(one, other) >= ALIKE)


def is_marked(worksheet: Worksheet, answers: Mapping[str, Answer]) -> bool:
    """True where the two answers of a pair are nearly the same."""
    pairs = (answers.get(each.name) for each in worksheet.fields if isinstance(each, PairField))
    return any(
        are_nearly_identical(pair.first, pair.second)
        for pair in pairs
        if isinstance(pair, PairAnswer)
    )


def _read(asked: Field, given: object) -> Answer | None:
    match asked:
        case TextField():
            text = _text(asked.name, given, asked.longest)
            if not text:
                _check_may_be_left_out(asked.name, asked.is_optional)
            return text or None
        case ChoiceField():
            return _choice(asked, given)
        case ScaleField():
            if given is None:
                _check_may_be_left_out(asked.name, asked.is_optional)
                return None
            return _number(asked.name, given, asked.least, asked.most)
        case PairField():
            return _pair(asked, given)


def _check_may_be_left_out(name: str, is_optional: bool) -> None:
    if not is_optional:
        raise InvalidOptions(name, "This is not answered yet.")


def _text(name: str, given: object, longest: int) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise InvalidOptions(name, "This must be text.")
    if len(given.strip()) > longest:
        raise InvalidOptions(name, f"This may have at most {longest} characters.")
    return given.strip()


def _number(name: str, given: object, least: int, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise InvalidOptions(name, f"This must be a whole number from {least} to {most}.")
    return given


def _choice(asked: ChoiceField, given: object) -> Answer | None:
    if given is None or given in ([], ""):
        _check_may_be_left_out(asked.name, asked.is_optional)
        return None
    chosen = list(given) if asked.is_many and isinstance(given, list | tuple) else [given]
    if any(each not in asked.options for each in chosen):
        raise InvalidOptions(asked.name, "This must be one of the ready answers.")
    ready = tuple(each for each in asked.options if each in chosen)
    return ready if asked.is_many else ready[0]


def _pair(asked: PairField, given: object) -> PairAnswer:
    if not isinstance(given, Mapping):
        raise InvalidOptions(asked.name, "This is not answered yet.")
    texts = [_text(asked.name, given.get(side), asked.longest) for side in ("first", "second")]
    if not all(texts):
        raise InvalidOptions(asked.name, "This is not answered yet.")
    first, second = (
        _number(asked.name, given.get(f"{side}_rating"), 0, 10) for side in ("first", "second")
    )
    return PairAnswer(first=texts[0], second=texts[1], first_rating=first, second_rating=second)
