"""What was answered to a worksheet: checked question by question, and kept as JSON without loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.care.worksheet import (
    HIGHEST_RATING,
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

_SIDES = ("first", "second")


def read_answers(worksheet: Worksheet, given: Mapping[str, object]) -> dict[str, Answer]:
    """Check what came as JSON, by the names of the questions; what was passed over is not in it.

    Texts are in composed form and are kept as they were written, blanks included; their length is
    in code points. A pair is `{"first": {"text": …, "rating": …}, "second": {…}}`.

    Raises InvalidOptions for the first answer that cannot be, by the name of its question, and
    within a pair as `answers.first.text`. Its message holds nothing that was written.
    """
    known = {field.name for field in worksheet.fields}
    if not given.keys() <= known:
        raise InvalidOptions(
            "answers", "There is an answer to a question that this worksheet does not ask."
        )
    answers: dict[str, Answer] = {}
    for field in worksheet.fields:
        answer = _read(field, given.get(field.name))
        if answer is not None:
            answers[field.name] = answer
    return answers


def write_answers(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Give answers as JSON holds them; `read_answers()` makes the same of it again."""
    return {name: _write(answer) for name, answer in answers.items()}


def _write(answer: Answer) -> object:
    if isinstance(answer, PairAnswer):
        return {
            "first": {"text": answer.first, "rating": answer.first_rating},
            "second": {"text": answer.second, "rating": answer.second_rating},
        }
    return list(answer) if isinstance(answer, tuple) else answer


def _read(field: Field, given: object) -> Answer | None:
    """Read one answer; None where it was passed over, and may be."""
    if isinstance(field, PairField):
        return _read_pair(field, given)
    if given is None or given == [] or (isinstance(given, str) and not given.strip()):
        if not field.is_optional:
            raise InvalidOptions(field.name, _MISSING[type(field)])
        return None
    if isinstance(field, TextField):
        return _read_text(field.name, given, field.longest)
    if isinstance(field, ChoiceField):
        return _read_choice(field, given)
    return _read_number(field.name, given, field.least, field.most)


_NO_TEXT = "Please write something here; a word or two will do."
_NO_CHOICE = "Please choose from the answers that are there."
_NO_NUMBER = "Please choose a number here."

_MISSING: Mapping[type[Field], str] = {
    TextField: _NO_TEXT,
    ChoiceField: _NO_CHOICE,
    ScaleField: _NO_NUMBER,
}


def _read_text(name: str, given: object, longest: int) -> str:
    if not isinstance(given, str) or not given.strip():
        raise InvalidOptions(name, _NO_TEXT)
    if len(given) > longest:
        raise InvalidOptions(name, f"Please use at most {longest} characters.")
    return given


def _read_choice(field: ChoiceField, given: object) -> Answer:
    """Read one option, or of several each once, in the order in which they are offered."""
    if not field.is_many:
        if isinstance(given, str) and given in field.options:
            return given
    elif isinstance(given, list) and all(isinstance(each, str) for each in given):
        chosen = set(given)
        if len(chosen) == len(given) and chosen <= set(field.options):
            return tuple(option for option in field.options if option in chosen)
    raise InvalidOptions(field.name, _NO_CHOICE)


def _read_number(name: str, given: object, least: int, most: int) -> int:
    if given is None:
        raise InvalidOptions(name, _NO_NUMBER)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise InvalidOptions(name, f"Please choose a whole number from {least} to {most}.")
    return given


def _read_pair(field: PairField, given: object) -> PairAnswer:
    texts: list[str] = []
    ratings: list[int] = []
    sides = given if isinstance(given, Mapping) else {}
    if not sides.keys() <= set(_SIDES):
        raise InvalidOptions(field.name, "A pair has a first answer and a second one.")
    for name in _SIDES:
        side = sides.get(name)
        side = side if isinstance(side, Mapping) else {}
        if not side.keys() <= {"text", "rating"}:
            raise InvalidOptions(
                f"{field.name}.{name}", "An answer of a pair has a text and a rating."
            )
        at = f"{field.name}.{name}"
        texts.append(_read_text(f"{at}.text", side.get("text"), field.longest))
        ratings.append(_read_number(f"{at}.rating", side.get("rating"), 0, HIGHEST_RATING))
    return PairAnswer(
        first=texts[0], second=texts[1], first_rating=ratings[0], second_rating=ratings[1]
    )
