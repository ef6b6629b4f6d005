"""A script as a person reads it on paper: lines of words with quiet marks, and their blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext

from server.script import (
    AGAIN,
    END,
    NEXT,
    Answer,
    Ask,
    Cue,
    Fill,
    Go,
    Include,
    OneOf,
    Repeat,
    Say,
    Script,
    Silence,
    Until,
    When,
    Word,
    WordUse,
)
from server.timeline import Options, linear_cues
from server.units import Ms
from server.web.printed_words import Mark, say_conditions, say_mark, say_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Some sentences, and what is heard after them."""

    words: tuple[tuple[str, bool], ...]
    """Text, and whether it stands for words of the listener's."""
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that belong together, with what has to be known of them."""

    kind: str
    """`when`, `repeat`, `until`, `one-of`, `ask` or `go`; a name for the page's style."""
    label: str
    """For whom, or how often; may be empty."""
    parts: tuple[Part, ...] = ()
    alternatives: tuple[tuple[Part, ...], ...] = ()
    answers: tuple[PrintedAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedAnswer:
    """One answer to a question, and where it leads."""

    label: str
    leads: str
    is_default: bool
    """True for the way that is taken where nobody is asked."""


Part = Line | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStage:
    """A stage on paper."""

    title: str
    parts: tuple[Part, ...]


def print_whole(script: Script) -> tuple[PrintedStage, ...]:
    """Print all that a script holds: every variant, every alternative, every answer."""
    printer = _Printer(words={word.name: word for word in script.words})
    return tuple(
        PrintedStage(title=stage.title, parts=tuple(printer.parts(stage.cues)))
        for stage in script.stages
    )


def print_telling(
    script: Script, options: Options, fills: Iterable[Ms] = ()
) -> tuple[PrintedStage, ...]:
    """Print one telling; `fills` are the lengths of its silences that fill, where known."""
    words = {word.name: word for word in script.words}
    printer = _Printer(words=words, fills=iter(fills))
    return tuple(
        PrintedStage(title=heard.stage.title, parts=tuple(printer.parts(heard.cues)))
        for heard in linear_cues(script, options)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printer:
    words: Mapping[str, Word]
    fills: Iterator[Ms] = field(default_factory=lambda: iter(()))

    def parts(self, cues: Iterable[Cue], way_out: str = "") -> Iterator[Part]:
        """Gather sentences and marks to lines: the sentence after a mark begins a new one.

        `way_out` is that of the loop around them.
        """
        words: list[tuple[str, bool]] = []
        marks: list[Mark] = []
        for cue in _open(cues):
            is_block = isinstance(cue, _BLOCKS)
            if (words or marks) and (is_block or (marks and isinstance(cue, Say))):
                yield self._line(words, marks)
                words, marks = [], []
            if isinstance(cue, _BLOCKS):
                yield self._block(cue, way_out)
            elif isinstance(cue, Say):
                words += [(" ", False)] if words else []
                words += [self._piece(part) for part in cue.parts]
            else:
                marks.append(cue)
        if words or marks:
            yield self._line(words, marks)

    def _line(self, words: list[tuple[str, bool]], marks: list[Mark]) -> Line:
        """Silences that follow one another are one."""
        joined: list[Mark] = []
        for cue in marks:
            last = joined[-1] if joined else None
            if isinstance(cue, Silence) and isinstance(last, Silence):
                joined[-1] = replace(last, length_ms=Ms(last.length_ms + cue.length_ms))
            else:
                joined.append(cue)
        said = (say_mark(cue, self._fill_ms(cue)) for cue in joined)
        return Line(words=tuple(words), marks=tuple(said))

    def _fill_ms(self, cue: Mark) -> Ms | None:
        return next(self.fills, None) if isinstance(cue, Fill) else None

    def _piece(self, part: str | WordUse) -> tuple[str, bool]:
        if isinstance(part, str):
            return part, False
        word = self.words[part.name]
        return word.quoted(word.default), True

    def _block(self, cue: _Block, way_out: str) -> Block:
        match cue:
            case When():
                label = say_conditions(cue.conditions)
                return Block(kind="when", label=label, parts=tuple(self.parts(cue.cues, way_out)))
            case Repeat():
                inner = tuple(self.parts(cue.cues, way_out))
                return Block(kind="repeat", label=say_times(cue.times), parts=inner)
            case Until():
                inner = tuple(self.parts(cue.cues, cue.way_out))
                return Block(kind="until", label=_say_rounds(cue), parts=inner)
            case OneOf():
                told = tuple(tuple(self.parts(each)) for each in cue.alternatives)
                return Block(
                    kind="one-of", label=gettext("One of these in turn"), alternatives=told
                )
            case Ask():
                answers = tuple(_print_answer(answer, way_out) for answer in cue.answers)
                asked = tuple(self.parts(cue.question))
                return Block(kind="ask", label="", parts=asked, answers=answers)
            case Go():
                return Block(kind="go", label=_say_leads(cue.goes, ""))


_Block = When | OneOf | Repeat | Until | Ask | Go
_BLOCKS = (When, OneOf, Repeat, Until, Ask, Go)


def _open(cues: Iterable[Cue]) -> Iterator[_Block | Say | Mark]:
    """Take passages in: whoever reads need not know which words are shared."""
    for cue in cues:
        if isinstance(cue, Include):
            yield from _open(cue.cues)
        else:
            yield cue


def _say_rounds(until: Until) -> str:
    said: str = gettext(
        "Again and again, until an answer leads on: at most %(most)s times. "
        "Where nobody is asked: %(usually)s.",
        most=until.most,
        usually=say_times(until.usually),
    )
    return said


def _print_answer(answer: Answer, way_out: str) -> PrintedAnswer:
    return PrintedAnswer(
        label=answer.label, leads=_say_leads(answer.goes, way_out), is_default=answer.is_default
    )


def _say_leads(goes: str, way_out: str) -> str:
    said: str
    if goes == NEXT:
        said = gettext("on from here")
    elif goes == AGAIN:
        said = gettext("once more from the beginning of this part")
    elif goes == END:
        said = gettext("to the end of the practice")
    elif goes == way_out:
        said = gettext("on, after this part")
    else:
        said = gettext("on to “%(stage)s”", stage=goes)
    return said
