"""The square-bracket cues: their grammar, and what each one means."""

from __future__ import annotations

import re

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from server.script.model import Bell, Breath, Fill, Position, Silence
from server.script.problems import Problems, list_words, quote
from server.units import Ms

CUES = ("bell", "breath", "silence")
"""The cues that begin with a name; a cue that begins with a digit is a pause."""

LATER_CUES = ("include", "bed")
"""Names that the language keeps for later."""

_EXPECTED_CUES = "[3s], [bell], [breath x4 in=4s out=6s], [silence 40s] or [silence fill]"

# LALR with a contextual lexer: 'in=' is only a word where a breath may have it. The look-aheads
# keep '3sec' from being read as '3s' with something behind it.
_GRAMMAR = r"""
start: DURATION                                             -> pause
     | BELL                                                 -> bell
     | BREATH COUNT IN DURATION [HOLD DURATION] OUT DURATION -> breath
     | SILENCE (DURATION | FILL)                            -> silence

BELL: "bell"
BREATH: "breath"
SILENCE: "silence"
FILL: "fill"
IN: "in="
HOLD: "hold="
OUT: "out="
COUNT: /x[0-9]{1,6}(?![\w.])/
DURATION.2: /([0-9]{1,6}m)?[0-9]{1,6}(\.[0-9])?s(?![\w.])|[0-9]{1,6}m(?![\w.])/
%ignore /[ \t]+/
"""

_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="contextual")

_PHRASES = {
    "DURATION": "a length such as 3s, 1.5s, 1m or 1m30s",
    "FILL": "'fill'",
    "COUNT": "a count such as x4",
    "IN": "'in='",
    "HOLD": "'hold='",
    "OUT": "'out='",
}

_MS_OF = {"m": 60_000, "s": 1000}


def parse_cue(text: str, at: Position, problems: Problems) -> Silence | Fill | Bell | Breath | None:
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
    cue = _build(tree, at, problems)
    return cue if problems.count == before else None


def _has_known_name(text: str, at: Position, problems: Problems) -> bool:
    name = text.split(maxsplit=1)[0] if text.strip() else ""
    if name in CUES or name[:1].isdecimal():
        return True
    if name in LATER_CUES:
        problems.add(at, f"The cue '{name}' is not part of the language yet.")
    elif name:
        problems.add(
            at,
            f"There is no cue named {quote(name)}.",
            expected=_EXPECTED_CUES,
            wrote=name,
            known=CUES + LATER_CUES,
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


def _build(
    tree: Tree[Token], at: Position, problems: Problems
) -> Silence | Fill | Bell | Breath | None:
    tokens = [token for token in tree.children if isinstance(token, Token)]
    lengths = [token for token in tokens if token.type == "DURATION"]
    match tree.data:
        case "bell":
            return Bell(at=at)
        case "breath":
            return _build_breath(tokens, at, problems)
        case _ if lengths:
            length_ms = _read_length(lengths[0], at, problems, most_ms=600_000, most="10m")
            return Silence(length_ms=length_ms, at=at)
        case _:
            return Fill(at=at)


def _build_breath(tokens: list[Token], at: Position, problems: Problems) -> Breath:
    count = int(tokens[1][1:])
    if not 1 <= count <= 20:
        problems.add(
            _within(at, tokens[1].start_pos or 0),
            f"{quote(tokens[1])} is not a count of breaths.",
            expected="x1 to x20",
        )
    halves = {
        key.type: _read_length(length, at, problems, most_ms=20_000, most="20s")
        for key, length in zip(tokens[2::2], tokens[3::2], strict=True)
    }
    return Breath(
        count=count,
        in_ms=halves["IN"],
        hold_ms=halves.get("HOLD", Ms(0)),
        out_ms=halves["OUT"],
        at=at,
    )


def _read_length(token: Token, at: Position, problems: Problems, *, most_ms: int, most: str) -> Ms:
    """Turn a length such as 1m30s into milliseconds, and check that it is 1s to `most`."""
    amounts = re.findall(r"([0-9.]+)([ms])", token)
    length_ms = sum(round(float(amount) * _MS_OF[unit]) for amount, unit in amounts)
    if not 1000 <= length_ms <= most_ms:
        message = f"{quote(token)} is too {'short' if length_ms < 1000 else 'long'} here."
        problems.add(_within(at, token.start_pos or 0), message, expected=f"1s to {most}")
    return Ms(length_ms)
