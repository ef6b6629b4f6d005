"""The square-bracket cues: their grammar, and what each one means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from server.script.cue_model import (
    BEDS,
    BELLS,
    LEVELS,
    Bed,
    Bell,
    Breath,
    Fill,
    Position,
    Silence,
)
from server.script.problems import Problems, list_words, quote
from server.units import Ms

CUES = ("bell", "bed", "breath", "silence")
"""The cues that begin with a name; a cue that begins with a digit is a pause."""

STROKES_APART_MS = Ms(6_000)
"""From one stroke of a bell to the next, where the script does not say."""

MOST_WEIGHT = 20
"""So many shares of the time that is left one silence may take."""

_EXPECTED_CUES = (
    "[3s], [bell], [bed rain], [breath x4 in=4s out=6s], [silence 40s] or [silence fill]"
)

# LALR with a contextual lexer: 'in=' is only a word where a breath may have it. The look-aheads
# keep '3sec' from being read as '3s' with something behind it. A name is taken whole, whatever
# it is, so that one that is not known can be compared with those that are.
_GRAMMAR = r"""
start: DURATION                                             -> pause
     | BELL [BELL_NAME] [COUNT [EVERY DURATION]]            -> bell
     | BED (OFF | BED_NAME [LEVEL LEVEL_NAME])              -> bed
     | BREATH COUNT IN DURATION [HOLD DURATION] OUT DURATION -> breath
     | SILENCE (DURATION | FILL [WEIGHT NUMBER])            -> silence

BELL: "bell"
BED: "bed"
BREATH: "breath"
SILENCE: "silence"
FILL: "fill"
OFF.2: /off(?!\S)/
IN: "in="
HOLD: "hold="
OUT: "out="
EVERY: "every="
LEVEL: "level="
WEIGHT: "weight="
NUMBER.2: /[0-9]{1,6}(?!\S)/
COUNT.2: /x[0-9]{1,6}(?![\w.])/
DURATION.2: /([0-9]{1,6}m)?[0-9]{1,6}(\.[0-9])?s(?![\w.])|[0-9]{1,6}m(?![\w.])/
BELL_NAME: /[^\s=]+(?!\S)/
BED_NAME: /[^\s=]+(?!\S)/
LEVEL_NAME: /[^\s=]+(?!\S)/
%ignore /[ \t]+/
"""

_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)

_PHRASES = {
    "DURATION": "a length such as 3s, 1.5s, 1m or 1m30s",
    "FILL": "'fill'",
    "BELL_NAME": "the name of a bell",
    "BED_NAME": "the name of a bed",
    "OFF": "'off'",
    "COUNT": "a count such as x4",
    "IN": "'in='",
    "HOLD": "'hold='",
    "OUT": "'out='",
    "EVERY": "'every='",
    "LEVEL": "'level='",
    "LEVEL_NAME": list_words(LEVELS),
    "WEIGHT": "'weight='",
    "NUMBER": f"a number from 1 to {MOST_WEIGHT}",
}

_MS_OF = {"m": 60_000, "s": 1000}

# A count such as x3 is no name; 'none' and 'as-written' are what a listener's choices say.
_SOUND_NAME = re.compile(r"(?!x[0-9]+\Z)[a-z][a-z0-9-]{0,39}")
_TAKEN_NAMES = frozenset({*BELLS, *BEDS, "off", "none", "as-written"})


def may_name_sound(name: str) -> bool:
    """Whether a sound of the house's own may be called this in scripts and choices."""
    return _SOUND_NAME.fullmatch(name) is not None and name not in _TAKEN_NAMES


def parse_cue(
    text: str, at: Position, own_sounds: frozenset[str], problems: Problems
) -> Silence | Fill | Bell | Bed | Breath | None:
    """Read the text between a cue's brackets; `at` is the place of the opening bracket.

    A mistake is kept in `problems` and gives None.
    """
    if not _has_known_name(text, at, problems):
        return None
    try:
        tree = _PARSER.parse(text)
    except (UnexpectedCharacters, UnexpectedToken) as error:
        _explain(error, text, at, problems)
        return None
    before = problems.count
    cue = _build(tree, _Reader(at=at, own_sounds=own_sounds, problems=problems))
    return cue if problems.count == before else None


def _has_known_name(text: str, at: Position, problems: Problems) -> bool:
    name = text.split(maxsplit=1)[0] if text.strip() else ""
    if name in CUES or name[:1].isdecimal():
        return True
    if name == "include":
        message = "A passage is taken in on a line of its own."
        problems.add(at, message, expected="'[include settle]' between empty lines")
    elif name:
        problems.add(
            at,
            f"There is no cue named {quote(name)}.",
            expected=_EXPECTED_CUES,
            wrote=name,
            known=(*CUES, "include"),
        )
    else:
        problems.add(at, "This cue is empty.", expected=_EXPECTED_CUES)
    return False


def _explain(
    error: UnexpectedCharacters | UnexpectedToken, text: str, at: Position, problems: Problems
) -> None:
    """Turn the parser's complaint into a sentence at the piece that could not be read."""
    if isinstance(error, UnexpectedCharacters):
        offset, terminals = error.pos_in_stream or 0, error.allowed
    else:
        offset = len(text) if error.token.type == "$END" else error.token.start_pos or 0
        terminals = error.expected
    piece = text[offset:].split(maxsplit=1)[0] if text[offset:].strip() else ""
    if offset == len(text) - len(text.lstrip()):
        message, terminals = f"{quote(piece)} is not a length.", {"DURATION"}
    elif piece:
        message = f"{quote(piece)} cannot be read here."
    else:
        message = f"The cue {quote(f'[{text}]')} stops too early."
    phrases = [phrase for name, phrase in _PHRASES.items() if name in terminals]
    problems.add(
        _within(at, offset),
        message,
        expected=list_words(phrases or ["the end of the cue"]),
        wrote=re.sub(r"=.*", "=", piece),
        known=[phrase.strip("'") for phrase in phrases if phrase.startswith("'")],
    )


def _within(at: Position, offset: int) -> Position:
    return Position(line=at.line, column=at.column + 1 + offset)


def _build(tree: Tree[Token], reader: _Reader) -> Silence | Fill | Bell | Bed | Breath:
    tokens = {token.type: token for token in tree.children if isinstance(token, Token)}
    match tree.data:
        case "bell":
            return _build_bell(tokens, reader)
        case "bed":
            return _build_bed(tokens, reader)
        case "breath":
            return _build_breath(tree, reader)
        case _ if "DURATION" in tokens:
            length_ms = reader.length(tokens["DURATION"], 1000, 600_000, "1s to 10m")
            return Silence(length_ms=length_ms, at=reader.at)
        case _:
            return Fill(weight=reader.weight(tokens.get("NUMBER")), at=reader.at)


def _build_bell(tokens: Mapping[str, Token], reader: _Reader) -> Bell:
    kind, strokes, every_ms = BELLS[0], 1, Ms(0)
    if "BELL_NAME" in tokens:
        kind = reader.name(tokens["BELL_NAME"], "bell", (*BELLS, *sorted(reader.own_sounds)))
    if "COUNT" in tokens:
        strokes = reader.count(tokens["COUNT"], "strokes", 2, 12)
        every_ms = STROKES_APART_MS
    if "EVERY" in tokens:
        every_ms = reader.length(tokens["DURATION"], 2000, 30_000, "2s to 30s")
    return Bell(kind=kind, strokes=strokes, every_ms=every_ms, at=reader.at)


def _build_bed(tokens: Mapping[str, Token], reader: _Reader) -> Bed:
    if "OFF" in tokens:
        return Bed(name="", at=reader.at)
    name = reader.name(tokens["BED_NAME"], "bed", (*BEDS, *sorted(reader.own_sounds), "off"))
    level = reader.name(tokens["LEVEL_NAME"], "level", LEVELS) if "LEVEL" in tokens else LEVELS[1]
    return Bed(name=name, level=level, at=reader.at)


def _build_breath(tree: Tree[Token], reader: _Reader) -> Breath:
    tokens = [token for token in tree.children if isinstance(token, Token)]
    count = reader.count(tokens[1], "breaths", 1, 20)
    parts = {
        key.type: reader.length(length, 1000, 20_000, "1s to 20s")
        for key, length in zip(tokens[2::2], tokens[3::2], strict=True)
    }
    return Breath(
        count=count,
        in_ms=parts["IN"],
        hold_ms=parts.get("HOLD", Ms(0)),
        out_ms=parts["OUT"],
        at=reader.at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the values within one cue and keeps each mistake at its place."""

    at: Position
    own_sounds: frozenset[str]
    problems: Problems

    def name(self, token: Token, what: str, known: tuple[str, ...]) -> str:
        """Read one of the `known` names."""
        if token not in known:
            self._refuse(
                token,
                f"There is no {what} named {quote(token)}.",
                expected=list_words(known),
                known=known,
            )
        return str(token)

    def count(self, token: Token, what: str, least: int, most: int) -> int:
        """Turn a count such as x4 into a number from `least` to `most`."""
        count = int(token[1:])
        if not least <= count <= most:
            message = f"{quote(token)} is not a count of {what}."
            self._refuse(token, message, expected=f"x{least} to x{most}")
        return count

    def weight(self, token: Token | None) -> int:
        """Turn a number into the weight of a silence; 1 where there is none."""
        if token is not None and not 1 <= int(token) <= MOST_WEIGHT:
            message = f"{quote(token)} is not a weight."
            self._refuse(token, message, expected=f"1 to {MOST_WEIGHT}")
        return int(token or 1)

    def length(self, token: Token, least_ms: int, most_ms: int, expected: str) -> Ms:
        """Turn a length such as 1m30s into milliseconds from `least_ms` to `most_ms`."""
        amounts = re.findall(r"([0-9.]+)([ms])", token)
        length_ms = sum(round(float(amount) * _MS_OF[unit]) for amount, unit in amounts)
        if not least_ms <= length_ms <= most_ms:
            message = f"{quote(token)} is too {'short' if length_ms < least_ms else 'long'} here."
            self._refuse(token, message, expected=expected)
        return Ms(length_ms)

    def _refuse(
        self, token: Token, message: str, *, expected: str, known: tuple[str, ...] = ()
    ) -> None:
        place = _within(self.at, token.start_pos or 0)
        self.problems.add(place, message, expected=expected, wrote=token, known=known)
