"""Reads one paragraph, or one stage's title, with every mistake at its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.script.cue_model import Cue, Position, Say
from server.script.cues import parse_cue
from server.script.fields import WORD_NAME
from server.script.inline import Piece, split_pieces
from server.script.passages import Passages
from server.script.problems import Problems, list_words, quote
from server.script.sentences import Run
from server.script.source import position_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of the file with the place where it begins."""

    text: str
    line: int
    column: int = 1

    def at(self, offset: int) -> Position:
        """Turn an offset in the text into a place in the file."""
        place = position_at(self.text, offset, first_line=self.line)
        shift = self.column - 1 if place.line == self.line else 0
        return Position(line=place.line, column=place.column + shift)

    def part(self, start: int, end: int) -> Passage:
        """Cut a piece out of a text of one line."""
        return Passage(text=self.text[start:end], line=self.line, column=self.column + start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a body may call by name, besides what the language itself has."""

    words: frozenset[str] | None
    """The listener's words; None lets it use any."""
    own_sounds: frozenset[str] = frozenset()
    """Sounds of the house's own."""
    passages: Passages
    """Passages that it may take in."""


_REFUSED = {
    "link": ("A link cannot be spoken.", "its words alone"),
    "image": ("A picture cannot be spoken.", "words"),
    "code": ("Code cannot be spoken.", "words without '`'"),
    "html": ("HTML cannot be spoken.", "plain text, or a comment '<!-- … -->'"),
    "bracket": ("This '[' is not closed on its line.", "']', or '\\[' for the character itself"),
    "brace": ("This '{' is not closed on its line.", "'}', or '\\{' for the character itself"),
}


def read_paragraph(passage: Passage, names: Names, problems: Problems) -> list[Cue]:
    """Read the cues of a paragraph in order; mistakes are kept in `problems`."""
    cues: list[Cue] = []
    run = Run()
    for piece in split_pieces(passage.text):
        if piece.kind in ("text", "phonemes"):
            run.add_text(piece.content, piece.offset, is_verbatim=piece.is_verbatim)
            continue
        at = passage.at(piece.offset)
        if piece.kind == "word":
            _check_word(piece, at, names.words, problems)
            run.add_word(piece.content[1:-1], piece.offset)
        elif piece.kind == "cue":
            cues += _read_run(run, passage, problems)
            run = Run()
            cue = parse_cue(piece.content[1:-1], at, names.own_sounds, problems)
            cues += [cue] if cue else []
        else:
            message, expected = _REFUSED[piece.kind]
            problems.add(at, message, expected=expected)
    cues += _read_run(run, passage, problems)
    return cues


def read_plain(passage: Passage, what: str, longest: int, problems: Problems) -> str:
    """Read a text that is not spoken, such as the name of a stage; mistakes are in `problems`.

    `what` is how the problems call it: "The name of a stage".
    """
    if len(passage.text) > longest:
        problems.add(passage.at(0), f"{what} is longer than {longest:,} characters.")
        return ""
    run = Run()
    for piece in split_pieces(passage.text):
        if piece.kind == "text":
            run.add_text(piece.content, piece.offset, is_verbatim=piece.is_verbatim)
        else:
            message = f"{what} is plain text."
            problems.add(passage.at(piece.offset), message, expected="no cues and words in it")
    return run.text


def _check_word(
    piece: Piece, at: Position, word_names: frozenset[str] | None, problems: Problems
) -> None:
    name = piece.content[1:-1]
    if not WORD_NAME.fullmatch(name):
        message = f"{quote(name)} cannot be the name of a word."
        problems.add(at, message, expected="a name such as {obstacle}")
    elif word_names is not None and name not in word_names:
        names = sorted(word_names)
        problems.add(
            at,
            f"There is no word named {quote(name)} in the front matter.",
            expected=list_words(names) if names else "the word under 'words:' in the front matter",
            wrote=name,
            known=names,
        )


def _read_run(run: Run, passage: Passage, problems: Problems) -> list[Say]:
    """Make sentences of the text between two cues."""
    text = run.text
    if match := re.search(r"\[\[|\]\]", text):
        message = f"'{match[0]}' cannot be spoken; the voice would read raw sounds."
        problems.add(passage.at(run.offset_of(match.start())), message)
    elif re.search(r"\w", text):
        return [
            Say(parts=sentence.parts, at=passage.at(sentence.offset))
            for sentence in run.sentences()
        ]
    elif text:
        message = f"There is no word to speak in {quote(text)}."
        problems.add(passage.at(run.offset_of(0)), message)
    return []
