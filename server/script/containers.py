"""The lines that open a container, and what becomes of one when it is closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.script.cue_model import (
    AGAIN,
    ANCHORS,
    END,
    EYES,
    LIVE,
    NEXT,
    NOTHING,
    Answer,
    Ask,
    Condition,
    Cue,
    OneOf,
    Position,
    Repeat,
    Until,
    When,
)
from server.script.fields import VOICE_NAME, WORD_NAME
from server.script.inline import MOST_CHARACTERS
from server.script.paragraph import Names, Passage, read_paragraph
from server.script.problems import Problems, list_words, quote

CONTAINERS = ("repeat", "when", "one-of", "until", "ask")
"""The names after ':::'."""

MOST_TIMES = 20
MOST_ROUNDS = 12
USUAL_ROUNDS = 2
MOST_MINUTES = 120

_EXAMPLES = {
    "repeat": "2 to 20",
    "until": "':::until met, at most 6, usually 2'",
    "when": "':::when anchor=sound eyes=open' or ':::when minutes>=10'",
}
_UNTIL = re.compile(
    r"(?P<way>[a-z][a-z-]{0,19}), *at +most +(?P<most>[0-9]{1,3})"
    r"(?:, *usually +(?P<usually>[0-9]{1,3}))?"
)
_NAMED = {"anchor": ANCHORS, "eyes": EYES, "live": LIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The line that opens a container, as far as it could be read."""

    name: str
    at: Position
    times: int = 1
    """How often its cues are gone through at most."""
    usually: int = 1
    way_out: str = ""
    conditions: tuple[Condition, ...] = ()
    question: tuple[Cue, ...] = ()


def read_opening(line: Passage, names: Names, problems: Problems) -> Opening:
    """Read a line such as ':::repeat 3'; mistakes are kept in `problems`.

    What cannot be read opens a container all the same, so that its end is found.
    """
    match = re.match(r":::+ *(\S+) *", line.text)
    name = match[1] if match else ""
    start = match.end() if match else 0
    reader = _OPENINGS.get(name)
    rest = Passage(text=line.text[start:].rstrip(), line=line.line, column=line.column + start)
    if reader is None:
        problems.add(
            line.at(0),
            f"There is no container named {quote(name)}.",
            expected=list_words(f"':::{known}'" for known in CONTAINERS),
            wrote=name,
            known=CONTAINERS,
        )
        return Opening(name=name, at=line.at(0))
    if len(line.text) > MOST_CHARACTERS:
        message = f"This line is longer than {MOST_CHARACTERS:,} characters."
        problems.add(line.at(0), message, expected="a shorter one")
        return Opening(name=name, at=line.at(0))
    return reader(line.at(0), rest, names, problems)


def _repeat(at: Position, rest: Passage, names: Names, problems: Problems) -> Opening:
    times = 1
    if re.fullmatch(r"[0-9]{1,6}", rest.text) and 2 <= int(rest.text) <= MOST_TIMES:
        times = int(rest.text)
    else:
        message = "':::repeat' needs a number of times."
        problems.add(rest.at(0), message, expected=_EXAMPLES["repeat"])
    return Opening(name="repeat", at=at, times=times)


def _until(at: Position, rest: Passage, names: Names, problems: Problems) -> Opening:
    match = _UNTIL.fullmatch(rest.text)
    if match is None:
        message = "':::until' needs the word that leaves it, and how often it goes round at most."
        problems.add(rest.at(0), message, expected=_EXAMPLES["until"])
        return Opening(name="until", at=at)
    most = int(match["most"])
    usually = int(match["usually"] or min(USUAL_ROUNDS, most))
    if not 2 <= most <= MOST_ROUNDS:
        place = rest.at(match.start("most"))
        problems.add(place, "A loop cannot go round so often.", expected=f"2 to {MOST_ROUNDS}")
    elif not 1 <= usually <= most:
        place = rest.at(match.start("usually"))
        message = "It usually goes round at least once, and at most as often as it may."
        problems.add(place, message, expected=f"1 to {most}")
    if match["way"] in (AGAIN, NEXT, END):
        message = f"{quote(match['way'])} already means something else after '->'."
        problems.add(rest.at(0), message, expected="a word such as 'met'")
    return Opening(name="until", at=at, times=most, usually=usually, way_out=match["way"])


def _when(at: Position, rest: Passage, names: Names, problems: Problems) -> Opening:
    conditions: list[Condition] = []
    for match in re.finditer(r"\S+", rest.text):
        condition = _condition(match[0], rest.at(match.start()), names, problems)
        conditions += [condition] if condition else []
    if not rest.text:
        problems.add(at, "':::when' needs a condition.", expected=_EXAMPLES["when"])
    return Opening(name="when", at=at, conditions=tuple(conditions))


def _condition(text: str, at: Position, names: Names, problems: Problems) -> Condition | None:
    about, sign, value = re.fullmatch(r"([^=<>]*)(>=|<|=)?(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if about == "minutes" and sign in (">=", "<"):
        return _minutes(sign, value, at, problems)
    if about in (*_NAMED, "voice") and sign == "=":
        return _named(about, value, at, problems)
    if about == "given" and sign == "=":
        return _given(value, at, names.words, problems)
    problems.add(
        at,
        f"{quote(text)} is not a condition.",
        expected="anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<",
        wrote=about,
        known=(*_NAMED, "voice", "given", "minutes"),
    )
    return None


def _minutes(sign: str, value: str, at: Position, problems: Problems) -> Condition | None:
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= MOST_MINUTES:
        message = f"{quote(value)} is not a number of minutes."
        problems.add(at, message, expected=f"1 to {MOST_MINUTES}")
        return None
    if sign == "<":
        return Condition(about="minutes", below=int(value))
    return Condition(about="minutes", least=int(value))


def _named(about: str, value: str, at: Position, problems: Problems) -> Condition | None:
    names = tuple(value.split(","))
    known = _NAMED.get(about, ())
    for name in names:
        if name not in known if known else not VOICE_NAME.fullmatch(name):
            expected = list_words(known) if known else "the name of a voice, such as joe"
            message = f"There is no {about} named {quote(name)}."
            message = f"{quote(name)} is not an answer to 'live'." if about == "live" else message
            problems.add(at, message, expected=expected, wrote=name, known=known)
            return None
    return Condition(about=about, names=names)


def _given(
    value: str, at: Position, words: frozenset[str] | None, problems: Problems
) -> Condition | None:
    """Read the words of the listener's that a variant is about; `words` None allows any."""
    names = tuple(value.split(","))
    known = (*sorted(words or ()), NOTHING)
    for name in names:
        if name not in known and not (words is None and WORD_NAME.fullmatch(name)):
            message = f"There is no word named {quote(name)} in the front matter."
            problems.add(at, message, expected=list_words(known), wrote=name, known=known)
            return None
    return Condition(about="given", names=names)


def _one_of(at: Position, rest: Passage, names: Names, problems: Problems) -> Opening:
    if rest.text:
        message = "Nothing stands behind ':::one-of'."
        problems.add(rest.at(0), message, expected="the alternatives, each in its own paragraph")
    return Opening(name="one-of", at=at)


def _ask(at: Position, rest: Passage, names: Names, problems: Problems) -> Opening:
    question = read_paragraph(rest, names, problems) if rest.text else []
    if not rest.text:
        expected = "':::ask Can it be met?'"
        problems.add(at, "':::ask' needs a question.", expected=expected)
    return Opening(name="ask", at=at, question=tuple(question))


_OPENINGS: dict[str, Callable[[Position, Passage, Names, Problems], Opening]] = {
    "repeat": _repeat,
    "when": _when,
    "one-of": _one_of,
    "until": _until,
    "ask": _ask,
}


def close_container(
    opening: Opening,
    paragraphs: Sequence[Sequence[Cue]],
    answers: tuple[Answer, ...],
    problems: Problems,
) -> Cue | None:
    """Make a cue of what a container held: its paragraphs in order, or the answers of a question.

    None where there was a mistake, which is kept in `problems`.
    """
    at, cues = opening.at, tuple(cue for paragraph in paragraphs for cue in paragraph)
    match opening.name:
        case "repeat":
            return Repeat(times=opening.times, cues=cues, at=at)
        case "when":
            return When(conditions=opening.conditions, cues=cues, at=at)
        case "until":
            return Until(
                way_out=opening.way_out,
                most=opening.times,
                usually=opening.usually,
                cues=cues,
                at=at,
            )
        case "ask" if not answers:
            message = "This ':::ask' has no answers."
            problems.add(at, message, expected="a list such as '- Not yet -> next'")
        case "ask":
            return Ask(question=opening.question, answers=answers, at=at)
        case "one-of" if len(paragraphs) < 2:
            message = "A ':::one-of' needs at least two alternatives."
            problems.add(at, message, expected="an empty line between one and the next")
        case "one-of":
            return OneOf(alternatives=tuple(map(tuple, paragraphs)), at=at)
    return None
