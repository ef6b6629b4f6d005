"""A worksheet that came back, as questions and answers in the order in which they were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from flask_babel import gettext


def lines_of(content: Mapping[str, object]) -> list[tuple[str, str]]:
    """Each question with what was answered; of a pair both sides. What was left out is left out."""
    worksheet = cast(Mapping[str, Any], content.get("worksheet") or {})
    answers = cast(Mapping[str, Any], content.get("answers") or {})
    lines: list[tuple[str, str]] = []
    for field in worksheet.get("fields", ()):
        if (answer := answers.get(field["name"])) not in (None, "", []):
            lines += _lines(field, answer)
    return lines


def title_of(content: Mapping[str, object]) -> str:
    """The worksheet's title, as it was when it was answered."""
    return str(cast(Mapping[str, Any], content.get("worksheet") or {}).get("title", ""))


def _lines(field: Mapping[str, Any], answer: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    if field["kind"] != "pair":
        yield field["ask"], ", ".join(answer) if isinstance(answer, list) else str(answer)
        return
    for side in ("first", "second"):
        rating = gettext("Kindness, by your own measure: %(value)s of 10",
                         value=answer[f"{side}_rating"])  # fmt: skip
        yield field[side]["title"], f"{answer[side]}\n{rating}"
