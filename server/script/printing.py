"""Writes a Script as text in the language: one form for all scripts that mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from server.script.containers import USUAL_ROUNDS
from server.script.cue_model import (
    Ask,
    Condition,
    Cue,
    Go,
    Include,
    OneOf,
    Repeat,
    Single,
    Until,
    When,
)
from server.script.inline import MOST_CHARACTERS
from server.script.model import Script, Stage
from server.script.printing_front import print_front_matter
from server.script.printing_lines import (
    Line,
    may_follow,
    print_label,
    print_lines,
    print_title,
    to_lines,
)

_Block = Repeat | When | OneOf | Until | Ask | Include | Go

_BULLETS = "+-"


def print_script(script: Script) -> str:
    """Write the text of a practice, which parses to an equal Script.

    Paragraphs are not kept: each sentence stands on a line of its own, and a paragraph ends
    with a long pause. Notes are lost, and fields that say what is usual anyway are left out.
    What is taken in from a passage is written as its name. A script that is almost as large as
    one may be can be too large when it is printed.
    """
    return "\n\n".join([print_front_matter(script), *map(_print_stage, script.stages)]) + "\n"


def _print_stage(stage: Stage) -> str:
    return f"# {print_title(stage.title)}\n\n{_print_cues(stage.cues)}"


def _print_cues(cues: Sequence[Cue]) -> str:
    """Write cues with an empty line between one block and the next."""
    blocks: list[str] = []
    for _, group in groupby(cues, key=lambda cue: isinstance(cue, Single)):
        run, lists = list(group), 0
        blocks += ["\n".join(print_lines(lines)) for lines in _paragraphs(_singles(run))]
        for cue in (cue for cue in run if not isinstance(cue, Single)):
            # Two lists in a row are one, unless their bullets differ.
            lists = lists + 1 if isinstance(cue, Ask) and not cue.question else 0
            blocks.append(_print_block(cue, _BULLETS[lists % 2]))
    return "\n\n".join(blocks)


def _singles(cues: Sequence[Cue]) -> list[Single]:
    return [cue for cue in cues if isinstance(cue, Single)]


def _paragraphs(cues: Sequence[Single]) -> Iterator[list[Line]]:
    """Put the lines of single cues together to paragraphs."""
    paragraph: list[Line] = []
    for line in to_lines(cues):
        together = [*paragraph, line]
        is_long = len("\n".join(print_lines(together))) > MOST_CHARACTERS
        if paragraph and (is_long or not may_follow(paragraph, line)):
            yield paragraph
            together = [line]
        paragraph = together
    if paragraph:
        yield paragraph


def _print_block(cue: _Block, bullet: str) -> str:
    """Write a cue that is a block of its own; `bullet` stands before each of its answers."""
    match cue:
        case Repeat():
            return _container(f"repeat {cue.times}", _print_cues(cue.cues))
        case When():
            conditions = " ".join(map(_print_condition, cue.conditions))
            return _container(f"when {conditions}", _print_cues(cue.cues))
        case OneOf():
            ways = ("\n".join(print_lines(to_lines(_singles(way)))) for way in cue.alternatives)
            return _container("one-of", "\n\n".join(ways))
        case Until():
            usually = "" if cue.usually == USUAL_ROUNDS else f", usually {cue.usually}"
            name = f"until {cue.way_out}, at most {cue.most}{usually}"
            return _container(name, _print_cues(cue.cues))
        case Ask(question=()):
            return _print_answers(cue, bullet)
        case Ask():
            question = " ".join(print_lines(to_lines(_singles(cue.question))))
            return _container(f"ask {question}", _print_answers(cue, "-"))
        case Include():
            return f"[include {cue.name}]"
        case _:  # a Go
            return f"-> {cue.goes}"


def _container(opening: str, text: str) -> str:
    return f":::{opening}\n{text}\n:::"


def _print_answers(ask: Ask, bullet: str) -> str:
    return "\n".join(
        f"{bullet} {print_label(answer.label)} -> {answer.goes}"
        + (" [default]" if answer.is_default else "")
        for answer in ask.answers
    )


def _print_condition(condition: Condition) -> str:
    if condition.names:
        return f"{condition.about}={','.join(condition.names)}"
    if condition.least:
        return f"{condition.about}>={condition.least}"
    return f"{condition.about}<{condition.below}"
