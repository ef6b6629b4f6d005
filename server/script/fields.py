"""The fields of the front matter: what each may hold, and how its value is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from server.script.cue_model import NOTHING
from server.script.model import TRACKS, WORD_FORMS, Curve, Respelling, Word
from server.script.problems import quote
from server.script.values import FieldReader, child_nodes
from server.units import Db

WORD_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
MOST_WORDS = 20
USUAL_LONGEST = 120
MOST_READY = 24
MOST_RESPELLINGS = 100
LONGEST_RESPELLING = 60
MOST_WORDS_TOGETHER = 3
MOST_SLOWER = 0.3
MOST_SOFTER_DB = 6

SLUG = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(-[a-z0-9]+)*")
SLUG_FORM = "lower-case letters, digits and single hyphens, at most 60"
VOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def _minutes(reader: FieldReader, node: yaml.Node) -> tuple[int, ...]:
    """Read one length or a list of ascending lengths."""
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not items:
        reader.refuse(node, "'minutes' is empty.", expected="a list such as [5, 10, 20]")
    lengths: list[int] = []
    for item in items:
        length = reader.whole(item, "minutes", 1, 120)
        if length is not None and lengths and length <= lengths[-1]:
            message = "The lengths in 'minutes' must be ascending."
            reader.refuse(item, message, expected=f"more than {lengths[-1]}")
        elif length is not None:
            lengths.append(length)
    return tuple(lengths)


def _words(reader: FieldReader, node: yaml.Node) -> tuple[Word, ...]:
    """Read the listener's words by name."""
    nodes = reader.mapping(node, "'words'", None)
    if len(nodes) > MOST_WORDS:
        reader.refuse(node, f"There are more than {MOST_WORDS} words.")
    for key, _ in child_nodes(node):
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not WORD_NAME.fullmatch(name):
            message = f"{quote(name)} cannot be the name of a word."
            reader.refuse(key, message, expected="lower-case letters, digits and hyphens")
        elif name == NOTHING:
            message = f"{quote(name)} already means something else after 'given='."
            reader.refuse(key, message, expected="another name for the word")
    words = (_word(reader, name, value) for name, value in nodes.items())
    return tuple(word for word in words if word is not None)


_WORD_PARTS = ("ask", "default", "longest", "as", "ready")


def _word(reader: FieldReader, name: str, node: yaml.Node) -> Word | None:
    before = reader.problems.count
    parts = reader.mapping(node, f"The word {quote(name)}", _WORD_PARTS)
    for part in ("ask", "default"):
        if part not in parts and isinstance(node, yaml.MappingNode):
            reader.refuse(node, f"The word {quote(name)} has no '{part}'.", expected=f"'{part}:'")
    ask = reader.text(parts["ask"], "ask", 200) if "ask" in parts else None
    longest = (
        reader.whole(parts["longest"], "longest", 1, 200) if "longest" in parts else USUAL_LONGEST
    )
    default = (
        _said(reader, parts["default"], "default", longest or 200) if "default" in parts else ""
    )
    form = reader.one_of(parts["as"], "form", WORD_FORMS) if "as" in parts else WORD_FORMS[0]
    ready = _ready(reader, parts["ready"], longest or 200) if "ready" in parts else ()
    if (
        ask is None
        or default is None
        or longest is None
        or form is None
        or reader.problems.count != before
    ):
        return None
    return Word(name=name, ask=ask, default=default, longest=longest, form=form, ready=ready)


def _ready(reader: FieldReader, node: yaml.Node, longest: int) -> tuple[str, ...]:
    """Read the texts that a listener may pick; each of them only once."""
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    if not 1 <= len(items) <= MOST_READY:
        message = "'ready' is a list of texts to pick from."
        expected = f"1 to {MOST_READY} of them, such as [I hate this, I am too tired]"
        reader.refuse(node, message, expected=expected)
        return ()
    texts: dict[str, str] = {}
    for item in items:
        text = _said(reader, item, "ready", longest)
        if text is not None and texts.setdefault(text.casefold(), text) is not text:
            reader.refuse(item, f"{quote(text)} is in the list already.")
    return tuple(texts.values())


def _curve(reader: FieldReader, node: yaml.Node) -> Curve | None:
    """Read how the voice changes towards the middle; what is left out is as usual."""
    if isinstance(node, yaml.ScalarNode):
        if node.value == "none":
            return Curve(slower=0.0, softer_db=Db(0.0))
        message = f"{quote(node.value)} cannot be a curve."
        reader.refuse(node, message, expected="{slower: 0.08, softer: 1.5} or none")
        return None
    parts = reader.mapping(node, "The curve", ("slower", "softer"))
    usual = Curve()
    slower, softer = usual.slower, usual.softer_db
    if "slower" in parts:
        slower = reader.decimal(parts["slower"], "slower", 0, MOST_SLOWER) or 0.0
    if "softer" in parts:
        softer = Db(reader.decimal(parts["softer"], "softer", 0, MOST_SOFTER_DB) or 0.0)
    return Curve(slower=slower, softer_db=softer)


def read_lexicon(
    reader: FieldReader, node: yaml.Node, most: int = MOST_RESPELLINGS
) -> tuple[Respelling, ...]:
    """Read words with their respellings, in the order in which they stand."""
    reader.mapping(node, "The lexicon", None)
    pairs = child_nodes(node)
    if len(pairs) > most:
        reader.refuse(node, f"There are more than {most} words in the lexicon.")
    found: dict[str, Respelling] = {}
    for key, value in pairs[:most]:
        respelling = _respelling(reader, key, value)
        if respelling is not None:
            first = found.setdefault(respelling.word.casefold(), respelling)
            if first.word != respelling.word:
                message = f"{quote(respelling.word)} is the same word as {quote(first.word)}."
                reader.refuse(key, message)
    return tuple(found.values())


def _respelling(reader: FieldReader, key: yaml.Node, value: yaml.Node) -> Respelling | None:
    word = _said(reader, key, "word", LONGEST_RESPELLING)
    spoken = _said(reader, value, "respelling", LONGEST_RESPELLING)
    if word is None or spoken is None:
        return None
    if len(word.split()) > MOST_WORDS_TOGETHER:
        message = f"{quote(word)} is too long for the lexicon."
        reader.refuse(key, message, expected="one to three words")
    return Respelling(word=word, spoken=spoken)


def _said(reader: FieldReader, node: yaml.Node, name: str, longest: int) -> str | None:
    """Read a text that the voice is to say."""
    text = reader.text(node, name, longest)
    if text is None:
        return None
    if "[[" in text or "]]" in text:
        reader.refuse(node, "'[[' and ']]' cannot be spoken.")
    elif not any(letter.isalnum() for letter in text):
        reader.refuse(node, f"There is no word to speak in {quote(text)}.")
    else:
        return text
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the front matter."""

    example: str
    """A line that is right."""
    read: Callable[[FieldReader, yaml.Node], Any]
    default: Any = None
    """What holds when the field is left out; None where it must be given."""


FIELDS: Mapping[str, Field] = {
    "title": Field(
        example="title: Stepping back",
        read=lambda reader, node: reader.text(node, "title", 100),
    ),
    "slug": Field(
        example="slug: stepping-back",
        read=lambda reader, node: reader.pattern(node, "slug", SLUG, SLUG_FORM),
    ),
    "summary": Field(
        example="summary: For the days when something in you says no.",
        read=lambda reader, node: reader.text(node, "summary", 300),
    ),
    "intention": Field(
        example="intention: To greet whatever is in the way.",
        read=lambda reader, node: reader.text(node, "intention", 300),
    ),
    "for-whom": Field(
        example="for-whom: For days when something in you would rather not practise.",
        read=lambda reader, node: reader.text(node, "for-whom", 300),
        default="",
    ),
    "not-when": Field(
        example="not-when: If you feel in danger, take 'Too much' instead.",
        read=lambda reader, node: reader.text(node, "not-when", 300),
        default="",
    ),
    "track": Field(
        example="track: obstacles",
        read=lambda reader, node: reader.one_of(node, "track", TRACKS),
    ),
    "minutes": Field(
        example="minutes: [5, 10, 20]",
        read=_minutes,
    ),
    "language": Field(
        example="language: en",
        read=lambda reader, node: reader.pattern(
            node, "language", LANGUAGE, "a language tag such as en or en-GB"
        ),
        default="en",
    ),
    "voice": Field(
        example="voice: joe",
        read=lambda reader, node: reader.pattern(
            node, "voice", VOICE_NAME, "the name of a voice, such as joe"
        ),
    ),
    "pace": Field(
        example="pace: 1.3",
        read=lambda reader, node: reader.decimal(node, "pace", 0.8, 2),
        default=1.3,
    ),
    "curve": Field(
        example="curve: {slower: 0.08, softer: 1.5}",
        read=_curve,
        default=Curve(),
    ),
    "words": Field(
        example='words: {obstacle: {ask: "What is here?", default: "a thought"}}',
        read=_words,
        default=(),
    ),
    "lexicon": Field(
        example="lexicon: {Desmond: Dezmond}",
        read=read_lexicon,
        default=(),
    ),
    "credits": Field(
        example="credits: The words of this script are our own.",
        read=lambda reader, node: reader.text(node, "credits", 1000),
    ),
}
