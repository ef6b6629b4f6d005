"""Holds a script, or a passage, against every rule, and leaves out what the author allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from server.checker.allowance import Allowance, read_allowances
from server.checker.allowing import ALLOWING
from server.checker.model import Found, Remark, Rule
from server.checker.place import FIRST, Place, put_in_place
from server.checker.rules import RULES
from server.checker.subject import PAIRS, Line, Subject, list_lines, list_parts, listeners_of
from server.checker.telling import LengthOf, Misfit, Telling, list_options, tell
from server.script import NO_PASSAGES, Cue, Position, Respelling, Script, Stage
from server.timeline import NOTHING_ADDED, Additions

PASSAGE_MINUTES = (1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120)
"""The lengths for which a passage is judged: it does not know those of the scripts."""

_IDS = frozenset(rule.id for rule in RULES)
_FRONT = ("title", "summary", "intention", "for-whom", "not-when")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What the checker says of a script."""

    remarks: tuple[Remark, ...]
    """By line and column."""
    measured_minutes: tuple[int, ...] = ()
    """The lengths at which some telling was timed by what was really spoken."""


def check_script(
    script: Script,
    source: str,
    *,
    path: str,
    length_of: LengthOf,
    passages: Mapping[str, str] = NO_PASSAGES,
    additions: Additions = NOTHING_ADDED,
) -> Checkup:
    """Hold a script against every rule.

    `source` is its text and `path` its name in the remarks; `length_of` measures or estimates a
    sentence; `passages` are the texts of those that it takes in, by name. Raises SoundMissing
    where the script names a sound that is not among the additions.
    """
    texts = {name: _as_parsed(text) for name, text in {**passages, "": source}.items()}
    placed = put_in_place(script, texts)
    told = [
        tell(placed, options, additions, length_of)
        for options in list_options(script.minutes, PAIRS)
    ]
    tellings = tuple(each for each in told if isinstance(each, Telling))
    subject = replace(
        _subject(placed, additions.lexicon),
        fields=_fields(texts[""]),
        front=tuple(_front(script, _fields(texts[""]))),
        tellings=tellings,
        misfits=tuple(each for each in told if isinstance(each, Misfit)),
        allowances=_allowances(texts[""], "", script.stages[0].at.line),
    )
    measured = {each.options.minutes for each in tellings if each.is_measured}
    return Checkup(
        remarks=_judge(subject, RULES, texts, path),
        measured_minutes=tuple(sorted(measured)),
    )


def check_passage(
    cues: tuple[Cue, ...],
    source: str,
    *,
    path: str,
    passages: Mapping[str, str] = NO_PASSAGES,
    additions: Additions = NOTHING_ADDED,
) -> Checkup:
    """Hold a passage against the rules that can judge it without the script around it.

    The arguments are those of check_script(); a passage has no language of its own, and is taken
    for English.
    """
    texts = {name: _as_parsed(text) for name, text in {**passages, "": source}.items()}
    stand_in = Script(
        slug="",
        title="",
        summary="",
        intention="",
        track="",
        minutes=PASSAGE_MINUTES,
        language="en",
        voice="",
        pace=1.0,
        words=(),
        credits="",
        stages=(Stage(title="", cues=cues, at=Position(line=1, column=1)),),
    )
    subject = replace(
        _subject(put_in_place(stand_in, texts), additions.lexicon),
        allowances=_allowances(texts[""], "", 0),
    )
    rules = tuple(rule for rule in RULES if rule.reads_passages)
    return Checkup(remarks=_judge(subject, rules, texts, path))


def _subject(placed: Script, lexicon: tuple[Respelling, ...]) -> Subject:
    parts = tuple(list_parts(placed))
    return Subject(script=placed, parts=parts, lines=tuple(list_lines(parts)), lexicon=lexicon)


def _allowances(text: str, passage: str, first_heading: int) -> tuple[Allowance, ...]:
    return tuple(read_allowances(text, known=_IDS, first_heading=first_heading, passage=passage))


# ── the front matter ─────────────────────────────────────────────────────────────────────────


def _fields(text: str) -> dict[str, Place]:
    """Find where each field of the front matter begins."""
    lines = text.split("\n---", 1)[0].split("\n")
    found = {}
    for number, line in enumerate(lines, 1):
        match = re.match(r"([a-z][a-z-]*):", line)
        if match:
            own = Position(line=number, column=1)
            found[match[1]] = replace(FIRST, line=number, paragraph=(0, "", number), own=own)
    return found


def _front(script: Script, fields: Mapping[str, Place]) -> Iterator[Line]:
    for name in _FRONT:
        text = getattr(script, name.replace("-", "_"))
        if text:
            yield Line(text=text, at=fields.get(name, FIRST), listeners=listeners_of(()))


# ── from what was found to what is said ──────────────────────────────────────────────────────


def _judge(
    subject: Subject, rules: tuple[Rule, ...], texts: Mapping[str, str], path: str
) -> tuple[Remark, ...]:
    """Let every rule speak, those about allowances when all others have spoken."""
    is_english = subject.script.language.split("-")[0] == "en"
    speaking = [rule for rule in rules if is_english or not rule.is_english]
    inner = [a for name in texts if name for a in _allowances(texts[name], name, 0)]
    sieve = _Sieve((*subject.allowances, *inner), texts, path)
    for rule in speaking:
        if rule not in ALLOWING:
            sieve.take(rule, rule.find(subject))
    asked = {rule.id for rule in speaking}
    unused = tuple(
        each
        for each in subject.allowances
        if each.rule in asked and each.reason and each not in sieve.used
    )
    for rule in ALLOWING:
        sieve.take(rule, rule.find(replace(subject, unused=unused)))
    return tuple(sorted(sieve.kept, key=lambda each: (each.line, each.column, each.rule)))


class _Sieve:
    """Makes remarks of what was found, each once, and holds back what was allowed."""

    def __init__(
        self, allowances: tuple[Allowance, ...], texts: Mapping[str, str], path: str
    ) -> None:
        self._allowances, self._texts, self._path = allowances, texts, path
        self.used: set[Allowance] = set()
        self.kept: dict[Remark, None] = {}

    def take(self, rule: Rule, found: Iterator[Found]) -> None:
        """Take what one rule found."""
        for each in found:
            own = _pointed_at(each, self._texts.get(each.at.passage, ""))
            allowing = {a for a in self._allowances if _allows(a, rule, each.at, own)}
            self.used |= allowing
            if not allowing:
                self.kept[self._remark(rule, each, own)] = None

    def _remark(self, rule: Rule, found: Found, own: Position) -> Remark:
        at, message = own, found.message
        if found.at.passage:
            at = found.at
            message = f"In the passage '{found.at.passage}', line {own.line}: {message}"
        return Remark(
            rule=rule.id,
            severity=rule.severity,
            path=self._path,
            line=at.line,
            column=at.column,
            message=message,
            passage=found.at.passage,
        )


def _allows(allowance: Allowance, rule: Rule, at: Place, own: Position) -> bool:
    """True for a comment where the words stand, or where the script takes their passage in."""
    if allowance.passage == at.passage:
        return allowance.covers(rule.id, at.own.line, own.line)
    return not allowance.passage and allowance.covers(rule.id, at.line, at.line)


def _pointed_at(found: Found, text: str) -> Position:
    """Where in its own file the words stand that are meant."""
    own = found.at.own
    lines = text.split("\n")
    rest = "\n".join([line.ljust(own.column - 1) for line in lines[own.line - 1 : own.line]])
    stretch = "\n".join([rest[own.column - 1 :], *lines[own.line :]]).split("\n\n")[0]
    words = r"\s+".join(re.escape(word) for word in found.phrase.split())
    match = re.search(words, stretch) if words else None
    if match is None:
        return own
    before = stretch[: match.start()]
    column = match.start() - before.rfind("\n")
    is_first = "\n" not in before
    return Position(
        line=own.line + before.count("\n"), column=column + (own.column - 1 if is_first else 0)
    )


def _as_parsed(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
