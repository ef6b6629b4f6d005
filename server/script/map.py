"""Reads the map: "How is it right now?", its answers, and the practice that each leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from server.script.guide_reader import GuideReader, Lead, read_guide

MOST_ANSWERS = 7
LONGEST_QUESTION = 120
LONGEST_ANSWER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAnswer:
    """One answer, in the words of the person who gives it."""

    text: str
    then: Lead | MapQuestion
    """A practice; or a second question, whose answers lead to practices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapQuestion:
    """A question with its answers; the map itself is one."""

    text: str
    answers: tuple[MapAnswer, ...]

    def leads(self) -> Iterator[Lead]:
        """Every practice that it leads to, in order."""
        for answer in self.answers:
            if isinstance(answer.then, Lead):
                yield answer.then
            else:
                yield from answer.then.leads()

    def keeping(self, slugs: frozenset[str]) -> MapQuestion | None:
        """The same with those answers alone that lead to one of these practices; None if none."""
        kept = tuple(filter(None, (_keep(answer, slugs) for answer in self.answers)))
        return MapQuestion(text=self.text, answers=kept) if kept else None


def _keep(answer: MapAnswer, slugs: frozenset[str]) -> MapAnswer | None:
    if isinstance(answer.then, Lead):
        return answer if answer.then.practice in slugs else None
    question = answer.then.keeping(slugs)
    return MapAnswer(text=answer.text, then=question) if question else None


def parse_map(text: str, *, path: str) -> MapQuestion:
    """Parse the text of a map; its answer for "none of this" comes last.

    `path` is only used to name the file in messages. Raises InvalidScript with every mistake
    found, in the order of the file; never anything else.
    """
    return read_guide(text, path, "The map", _map)


def _map(reader: GuideReader, node: yaml.Node) -> MapQuestion | None:
    nodes = reader.record(node, "The map", ("question", "answers", "none-of-this"))
    if nodes is None:
        return None
    text = reader.text(nodes["question"], "question", LONGEST_QUESTION)
    given = reader.items(nodes["answers"], "answers", 2, MOST_ANSWERS)
    answers = [_answer(reader, each) for each in given]
    answers.append(_plain_answer(reader, nodes["none-of-this"]))
    return _question(text, answers)


def _answer(reader: GuideReader, node: yaml.Node) -> MapAnswer | None:
    names = {key.value for key, _ in node.value} if isinstance(node, yaml.MappingNode) else ()
    if "ask" not in names and "answers" not in names:
        return _plain_answer(reader, node)
    nodes = reader.record(node, "An answer that asks further", ("answer", "ask", "answers"))
    if nodes is None:
        return None
    text = reader.text(nodes["answer"], "answer", LONGEST_ANSWER)
    asked = reader.text(nodes["ask"], "ask", LONGEST_QUESTION)
    given = reader.items(nodes["answers"], "answers", 2, MOST_ANSWERS)
    question = _question(asked, [_plain_answer(reader, each) for each in given])
    return MapAnswer(text=text, then=question) if text and question else None


def _plain_answer(reader: GuideReader, node: yaml.Node) -> MapAnswer | None:
    nodes = reader.record(node, "An answer", ("answer", "practice", "why"))
    if nodes is None:
        return None
    text = reader.text(nodes["answer"], "answer", LONGEST_ANSWER)
    lead = reader.lead(nodes)
    return MapAnswer(text=text, then=lead) if text and lead else None


def _question(text: str | None, answers: list[MapAnswer | None]) -> MapQuestion | None:
    return MapQuestion(text=text, answers=tuple(filter(None, answers))) if text else None
