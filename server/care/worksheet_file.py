"""Reads the file of a worksheet: its questions, in order, each mistake at its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml

from server.care.worksheet import (
    LONGEST_TEXT,
    MOST_FIELDS,
    ChoiceField,
    Field,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
)
from server.script import LANGUAGE, SLUG, SLUG_FORM, WORD_NAME, GuideReader, read_guide

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_MESSAGE = 100, 300, 1_500
LONGEST_CLOSING, LONGEST_CREDITS = 600, 600
LONGEST_ASK, LONGEST_HINT, LONGEST_END = 300, 400, 80
LONGEST_OPTION, MOST_OPTIONS, HIGHEST = 120, 20, 100

NEEDED = ("title", "language", "summary", "message", "fields")
OTHERS = ("closing", "credits")

Nodes = dict[str, yaml.Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfField:
    """What a field of one kind is written with."""

    read: Callable[[GuideReader, Nodes], Field]
    needed: tuple[str, ...] = ("kind", "name", "ask")
    others: tuple[str, ...]


SIDE_NEEDED = ("title", "ask", "rate")
SIDE_OTHERS = ("hint",)


def parse_worksheet(text: str, *, path: str) -> Worksheet:
    """Parse the text of a worksheet, which is named in addresses as its file is, without `.yaml`.

    Raises InvalidScript with every mistake found, in the order of the file; never anything else.
    """
    name = PurePosixPath(path).stem

    def read(reader: GuideReader, node: yaml.Node) -> Worksheet | None:
        if not SLUG.fullmatch(name):
            message = "The file's name cannot be a worksheet's."
            reader.refuse(node, message, expected=f"{SLUG_FORM}, and '.yaml'")
        return _worksheet(reader, node, name)

    # Answers are compared with options in composed form, so the file is read in it.
    return read_guide(unicodedata.normalize("NFC", text), path, "The worksheet", read)


def _worksheet(reader: GuideReader, node: yaml.Node, name: str) -> Worksheet | None:
    nodes = reader.record(node, "The worksheet", NEEDED, OTHERS)
    if nodes is None:
        return None
    form = "a language tag such as en or en-GB"
    return Worksheet(
        name=name,
        title=_text(reader, nodes, "title", LONGEST_TITLE),
        language=reader.pattern(nodes["language"], "language", LANGUAGE, form) or "",
        summary=_text(reader, nodes, "summary", LONGEST_SUMMARY),
        message=_text(reader, nodes, "message", LONGEST_MESSAGE),
        fields=_fields(reader, nodes["fields"]),
        closing=_text(reader, nodes, "closing", LONGEST_CLOSING),
        credits=_text(reader, nodes, "credits", LONGEST_CREDITS),
    )


def _fields(reader: GuideReader, node: yaml.Node) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    for each in reader.items(node, "fields", 1, MOST_FIELDS):
        field = _field(reader, each)
        if field is None:
            continue
        if field.name in fields:
            reader.refuse(each, f"There is a field '{field.name}' already.")
        if isinstance(field, PairField) and any(isinstance(f, PairField) for f in fields.values()):
            reader.refuse(each, "A worksheet has one pair at most: its ratings are seen over time.")
        fields[field.name] = field
    return tuple(fields.values())


def _field(reader: GuideReader, node: yaml.Node) -> Field | None:
    """Read a field; its `kind` says what else it has."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    kinds = [value for key, value in pairs if key.value == "kind"]
    if not kinds:
        reader.record(node, "A field", ("kind",), ALL_KEYS)
        return None
    kind = reader.one_of(kinds[0], "kind", tuple(KINDS))
    if kind is None or kind not in KINDS:
        return None
    known = KINDS[kind]
    nodes = reader.record(node, f"A {kind} field", known.needed, known.others)
    return known.read(reader, nodes) if nodes is not None else None


# ── kind by kind; a value with a mistake gives any other, since nothing is made of the file ──


def _text_field(reader: GuideReader, nodes: Nodes) -> TextField:
    return TextField(
        name=_name(reader, nodes),
        ask=_text(reader, nodes, "ask", LONGEST_ASK),
        hint=_text(reader, nodes, "hint", LONGEST_HINT),
        longest=_whole(reader, nodes, "longest", 1, LONGEST_TEXT, LONGEST_TEXT),
        is_optional=_is_said(reader, nodes, "optional"),
    )


def _choice_field(reader: GuideReader, nodes: Nodes) -> ChoiceField:
    return ChoiceField(
        name=_name(reader, nodes),
        ask=_text(reader, nodes, "ask", LONGEST_ASK),
        hint=_text(reader, nodes, "hint", LONGEST_HINT),
        options=_options(reader, nodes["options"]),
        is_many=_is_said(reader, nodes, "several"),
        is_optional=_is_said(reader, nodes, "optional"),
    )


def _options(reader: GuideReader, node: yaml.Node) -> tuple[str, ...]:
    options: dict[str, None] = {}
    for each in reader.items(node, "options", 2, MOST_OPTIONS):
        option = reader.text(each, "option", LONGEST_OPTION)
        if option in options:
            reader.refuse(each, f"The option '{option}' is given twice.")
        elif option is not None:
            options[option] = None
    return tuple(options)


def _scale_field(reader: GuideReader, nodes: Nodes) -> ScaleField:
    least = _whole(reader, nodes, "least", 0, HIGHEST, 0)
    most = _whole(reader, nodes, "most", 1, HIGHEST, 10)
    if least >= most:
        at = nodes.get("most") or nodes["least"]
        reader.refuse(at, "'most' must be more than 'least'.", expected=f"more than {least}")
    return ScaleField(
        name=_name(reader, nodes),
        ask=_text(reader, nodes, "ask", LONGEST_ASK),
        hint=_text(reader, nodes, "hint", LONGEST_HINT),
        least=least,
        most=most,
        least_means=_text(reader, nodes, "least-means", LONGEST_END),
        most_means=_text(reader, nodes, "most-means", LONGEST_END),
        is_optional=_is_said(reader, nodes, "optional"),
    )


def _pair_field(reader: GuideReader, nodes: Nodes) -> PairField:
    return PairField(
        name=_name(reader, nodes),
        first=_side(reader, nodes["first"], "first"),
        second=_side(reader, nodes["second"], "second"),
        longest=_whole(reader, nodes, "longest", 1, LONGEST_TEXT, LONGEST_TEXT),
    )


def _side(reader: GuideReader, node: yaml.Node, name: str) -> Side:
    nodes = reader.record(node, f"The side '{name}'", SIDE_NEEDED, SIDE_OTHERS) or {}
    return Side(
        title=_text(reader, nodes, "title", LONGEST_TITLE),
        ask=_text(reader, nodes, "ask", LONGEST_ASK),
        hint=_text(reader, nodes, "hint", LONGEST_HINT),
        rate=_text(reader, nodes, "rate", LONGEST_ASK),
    )


KINDS: Mapping[str, KindOfField] = {
    "text": KindOfField(read=_text_field, others=("hint", "longest", "optional")),
    "choice": KindOfField(
        read=_choice_field,
        needed=("kind", "name", "ask", "options"),
        others=("hint", "several", "optional"),
    ),
    "scale": KindOfField(
        read=_scale_field,
        others=("hint", "least", "most", "least-means", "most-means", "optional"),
    ),
    "pair": KindOfField(
        read=_pair_field, needed=("kind", "name", "first", "second"), others=("longest",)
    ),
}
"""Every kind of field, by the word that `kind` says."""

ALL_KEYS = tuple(dict.fromkeys(key for kind in KINDS.values() for key in kind.needed + kind.others))
"""All that a field of some kind may have."""


# ── values ───────────────────────────────────────────────────────────────────────────────────


def _name(reader: GuideReader, nodes: Nodes) -> str:
    form = "lower-case letters, digits and hyphens, a letter first"
    return reader.pattern(nodes["name"], "name", WORD_NAME, form) or ""


def _text(reader: GuideReader, nodes: Nodes, name: str, longest: int) -> str:
    return (reader.text(nodes[name], name, longest) or "") if name in nodes else ""


def _whole(
    reader: GuideReader, nodes: Nodes, name: str, least: int, most: int, usual: int
) -> int:  # fmt: skip
    found = reader.whole(nodes[name], name, least, most) if name in nodes else None
    return usual if found is None else found


def _is_said(reader: GuideReader, nodes: Nodes, name: str) -> bool:
    return bool(reader.yes_or_no(nodes[name], name)) if name in nodes else False
