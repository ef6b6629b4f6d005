"""Reads a course: practices one after the other, each with why it comes now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from server.script.guide_reader import GuideReader, Lead, read_guide

MOST_SITTINGS = 40
MOST_PARAGRAPHS = 6
LONGEST_PARAGRAPH = 600
LONGEST_MINUTES = 120
_FIELDS = ("slug", "title", "summary", "why", "sittings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A way through several practices, for whoever would like one."""

    slug: str
    """Its name in addresses."""
    title: str
    summary: str
    why: tuple[str, ...]
    """In paragraphs: what the order is for."""
    sittings: tuple[Lead, ...]
    """In order; each with its length, and why it comes now."""
    has_ended: bool = False
    """True where its author promises that nothing of it will ever change."""

    def leads(self) -> Iterator[Lead]:
        """Every practice that it leads to, in order."""
        return iter(self.sittings)

    def keeping(self, slugs: frozenset[str]) -> Course | None:
        """The same with those sittings alone whose practice is one of these; None if none."""
        kept = tuple(sitting for sitting in self.sittings if sitting.practice in slugs)
        return replace(self, sittings=kept) if kept else None


def parse_course(text: str, *, path: str) -> Course:
    """Parse the text of a course; `path` is only used to name the file in messages.

    Raises InvalidScript with every mistake found, in the order of the file; never anything else.
    """
    return read_guide(text, path, "The course", _course)


def _course(reader: GuideReader, node: yaml.Node) -> Course | None:
    nodes = reader.record(node, "The course", _FIELDS, ("ended",))
    if nodes is None:
        return None
    slug = reader.slug(nodes["slug"], "slug")
    title = reader.text(nodes["title"], "title", 100)
    summary = reader.text(nodes["summary"], "summary", 300)
    paragraphs = reader.items(nodes["why"], "why", 1, MOST_PARAGRAPHS)
    why = [reader.text(each, "why", LONGEST_PARAGRAPH) for each in paragraphs]
    given = reader.items(nodes["sittings"], "sittings", 2, MOST_SITTINGS)
    sittings = [_sitting(reader, each) for each in given]
    names = [sitting.name for sitting in sittings if sitting and sitting.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        reader.refuse(nodes["sittings"], f"Two sittings have the name '{name}'.")
    has_ended = reader.yes_or_no(nodes["ended"], "ended") if "ended" in nodes else False
    if slug is None or title is None or summary is None:
        return None
    return Course(
        slug=slug,
        title=title,
        summary=summary,
        why=tuple(filter(None, why)),
        sittings=tuple(filter(None, sittings)),
        has_ended=bool(has_ended),
    )


def _sitting(reader: GuideReader, node: yaml.Node) -> Lead | None:
    nodes = reader.record(node, "A sitting", ("practice", "minutes", "why"), ("name",))
    if nodes is None:
        return None
    minutes = reader.whole(nodes["minutes"], "minutes", 1, LONGEST_MINUTES)
    lead = reader.lead(nodes, minutes or 0)
    name = reader.slug(nodes["name"], "name") if "name" in nodes else None
    return replace(lead, name=name) if lead and name else lead
