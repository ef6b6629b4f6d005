"""Whole scripts at random, made of their model: all that parsing can give, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from server.script import (
    AGAIN,
    ANCHORS,
    BEDS,
    BELLS,
    END,
    EYES,
    LEVELS,
    LIVE,
    NEXT,
    NOTHING,
    TRACKS,
    WORD_FORMS,
    Answer,
    Ask,
    Bed,
    Bell,
    Breath,
    Condition,
    Cue,
    Curve,
    Fill,
    Go,
    Include,
    OneOf,
    Position,
    Repeat,
    Respelling,
    Say,
    Script,
    Silence,
    Stage,
    Until,
    When,
    Word,
    WordUse,
    parse_passage,
)
from server.script.sentences import Run

OWN_SOUNDS = frozenset({"temple", "x"})
PASSAGES = {
    "settle": "Sit as you like. [3s]\n\n[silence fill]\n",
    "inner": "[include settle]\n[bell]\n:::when eyes=open\nLook around you.\n:::\n",
}

AT = Position(line=1, column=1)

# ── text ─────────────────────────────────────────────────────────────────────────────────────

# Pieces that mean something in Markdown, in YAML, in the language, or for the end of a sentence.
# fmt: off
_PIECES = [
    "So it is", "a", "B", "é", "你好", "1", "12", "word ", "Dr. ", " ", ". ", ".", "! ", "? ", "…",
    "。", "’", "“", "'", '"', ", ", ": ", " #", "#", "##", "- ", "-", "---", "->", "+ ", "> ", "=",
    "===", ":::", "|", "|-|", "1. ", "2) ", "*", "**", "_", "`", "```", "~~~", "\\", "[", "]", "{",
    "}", "(", ")", "[3s]", "{obstacle}", "<", "<b>", "<!--", "-->", "&", "&amp;", "&#0;", "!", "%",
    "@", "null", "yes", "~", "\ufeff", "\u200b", "😀", "ƻ", "[default]", "met", "end",
]
# fmt: on
_TEXTS = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=8).map("".join)
_NOT_SPOKEN = re.compile(r"\[\[|\]\]")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _may_be_said(text: str) -> bool:
    return re.search(r"\w", text) is not None and not _NOT_SPOKEN.search(text)


def _labels(longest: int) -> st.SearchStrategy[str]:
    return _TEXTS.map(_plain).filter(lambda text: 0 < len(text) <= longest)


def _said(parts: Sequence[str | WordUse]) -> tuple[Say, ...]:
    """The sentences of a run of text; none where it cannot be spoken."""
    run = Run()
    for part in parts:
        if isinstance(part, WordUse):
            run.add_word(part.name, 0)
        else:
            run.add_text(part, 0, is_verbatim=True)
    if not _may_be_said(run.text):
        return ()
    return tuple(Say(parts=sentence.parts, at=AT) for sentence in run.sentences())


def _runs(words: Sequence[str]) -> st.SearchStrategy[tuple[Say, ...]]:
    uses = [st.sampled_from(words).map(lambda name: WordUse(name=name))] if words else []
    return st.lists(st.one_of(_TEXTS, *uses), min_size=1, max_size=4).map(_said).filter(bool)


# ── single cues ──────────────────────────────────────────────────────────────────────────────


def _ms(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least // 100, most // 100).map(lambda tenths: tenths * 100)


_SINGLES = st.one_of(
    st.builds(Silence, length_ms=_ms(1000, 600_000), at=st.just(AT)),
    st.builds(Fill, weight=st.integers(1, 20), at=st.just(AT)),
    st.builds(Bell, kind=st.sampled_from([*BELLS, *OWN_SOUNDS]), at=st.just(AT)),
    st.builds(
        Bell,
        kind=st.sampled_from([*BELLS, *OWN_SOUNDS]),
        strokes=st.integers(2, 12),
        every_ms=_ms(2000, 30_000),
        at=st.just(AT),
    ),
    st.builds(
        Bed, name=st.sampled_from([*BEDS, *OWN_SOUNDS]), level=st.sampled_from(LEVELS),
        at=st.just(AT),
    ),
    st.just(Bed(name="", at=AT)),
    st.builds(
        Breath,
        count=st.integers(1, 20),
        in_ms=_ms(1000, 20_000),
        hold_ms=st.one_of(st.just(0), _ms(1000, 20_000)),
        out_ms=_ms(1000, 20_000),
        at=st.just(AT),
    ),
)  # fmt: skip


@st.composite
def _paragraphs(draw: st.DrawFn, words: Sequence[str], *, least: int = 1) -> tuple[Cue, ...]:
    """What one paragraph may give: between two runs of text there is a cue."""
    cues: list[Cue] = []
    for _ in range(draw(st.integers(least, 3))):
        if draw(st.booleans()) and not (cues and isinstance(cues[-1], Say)):
            cues += draw(_runs(words))
        else:
            cues.append(draw(_SINGLES))
    return tuple(cues)


# ── containers ───────────────────────────────────────────────────────────────────────────────

_CONDITIONS = st.one_of(
    st.builds(
        Condition,
        about=st.just("anchor"),
        names=st.lists(st.sampled_from(ANCHORS), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Condition,
        about=st.just("eyes"),
        names=st.lists(st.sampled_from(EYES), min_size=1, max_size=2).map(tuple),
    ),
    st.just(Condition(about="voice", names=("joe", "x_1.2-y"))),
    st.builds(Condition, about=st.just("live"), names=st.sampled_from([("yes",), ("no",), LIVE])),
    st.builds(Condition, about=st.just("minutes"), least=st.integers(1, 120)),
    st.builds(Condition, about=st.just("minutes"), below=st.integers(1, 120)),
)
_INCLUDES = st.sampled_from(
    [
        Include(name=name, cues=parse_passage(text, path=f"{name}.md", passages=PASSAGES), at=AT)
        for name, text in PASSAGES.items()
    ]
)


_DEEPEST = 2
_TO_THE_END = Go(goes=END, at=AT)


def _conditions(words: Sequence[str]) -> st.SearchStrategy[Condition]:
    """Conditions for a variant of a script that asks for these words."""
    names = st.lists(st.sampled_from([*words, NOTHING]), min_size=1, max_size=2).map(tuple)
    return st.one_of(_CONDITIONS, st.builds(Condition, about=st.just("given"), names=names))


@st.composite
def _answers(draw: st.DrawFn, targets: Sequence[str], leaves: str) -> tuple[Answer, ...]:
    """Two to eight answers; one goes on from there, and one leaves the loop around it."""
    goes = [NEXT, leaves or NEXT, *draw(st.lists(st.sampled_from(targets), max_size=6))]
    goes = draw(st.permutations(goes))
    chosen = draw(st.integers(0, len(goes) - 1))
    return tuple(
        Answer(label=draw(_labels(80)), goes=each, is_default=index == chosen, at=AT)
        for index, each in enumerate(goes)
    )


@st.composite
def _blocks(
    draw: st.DrawFn, words: Sequence[str], targets: Sequence[str], depth: int, leaves: str = ""
) -> tuple[Cue, ...]:
    """The cues of a stage or container; `leaves` is the way out of the loop around them."""
    cues: list[Cue] = []
    kinds = ["text", "text", "ask", "one-of", "include"]
    kinds += ["repeat", "when", "until"] if depth else []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4)):
        match kind:
            case "text":
                cues += draw(_paragraphs(words))
            case "include":
                cues.append(draw(_INCLUDES))
            case "ask":
                question = draw(st.one_of(st.just(()), _paragraphs(words)))
                cues.append(Ask(question=question, answers=draw(_answers(targets, leaves)), at=AT))
            case "one-of":
                ways = draw(st.lists(_paragraphs(words), min_size=2, max_size=3))
                cues.append(OneOf(alternatives=tuple(ways), at=AT))
            case "repeat":
                inner = draw(_blocks(words, targets, depth - 1, leaves))
                cues.append(Repeat(times=draw(st.integers(2, 3)), cues=inner, at=AT))
            case "when":
                conditions = draw(st.lists(_conditions(words), min_size=1, max_size=3))
                inner = draw(_blocks(words, targets, depth - 1, leaves))
                # An arrow stands in nothing but a ':::when' that stands in a stage.
                inner += draw(st.sampled_from([(), (_TO_THE_END,)])) if depth == _DEEPEST else ()
                cues.append(When(conditions=tuple(conditions), cues=inner, at=AT))
            case _:
                cues.append(draw(_loops(words, targets, depth)))
    return tuple(cues)


@st.composite
def _loops(draw: st.DrawFn, words: Sequence[str], targets: Sequence[str], depth: int) -> Until:
    way_out = draw(st.sampled_from(["met", "enough", "no-more"]))
    most = draw(st.integers(2, 3))
    inner = draw(_blocks(words, (*targets, AGAIN, way_out), depth - 1, way_out))
    last = Ask(question=(), answers=draw(_answers((*targets, AGAIN), way_out)), at=AT)
    return Until(
        way_out=way_out,
        most=most,
        usually=draw(st.integers(1, most)),
        cues=(*inner, last),
        at=AT,
    )


# ── the whole ────────────────────────────────────────────────────────────────────────────────

_FIELDS = st.one_of(_TEXTS, st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])))
_MILLIONTHS = 1_000_000


def _fields(longest: int) -> st.SearchStrategy[str]:
    return _FIELDS.map(_plain).filter(lambda text: 0 < len(text) <= longest)


def _spoken(longest: int) -> st.SearchStrategy[str]:
    return _fields(longest).filter(
        lambda text: any(letter.isalnum() for letter in text) and not _NOT_SPOKEN.search(text)
    )


def _decimals(least: float, most: float) -> st.SearchStrategy[float]:
    return st.integers(int(least * _MILLIONTHS), int(most * _MILLIONTHS)).map(
        lambda millionths: millionths / _MILLIONTHS
    )


_WORDS = st.builds(
    Word,
    name=st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True).filter(NOTHING.__ne__),
    ask=_fields(200),
    default=_spoken(50),
    longest=st.sampled_from([50, 120, 200]),
    form=st.sampled_from(WORD_FORMS),
    ready=st.lists(_spoken(50), max_size=3, unique_by=str.casefold).map(tuple),
)
_RESPELLINGS = st.builds(
    Respelling,
    word=_spoken(60).filter(lambda word: len(word.split()) <= 3),
    spoken=_spoken(60),
)


def _may_be_title(text: str) -> bool:
    """An answer names a stage as it is, so that not every name can be given in one."""
    means_more = text.casefold() in (NEXT, AGAIN, END, "met", "enough", "no-more")
    return not (means_more or "<!--" in text or text.endswith("[default]"))


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """A script without a mistake: its stages in order, each reached from the one before it."""
    words = draw(st.lists(_WORDS, max_size=2, unique_by=lambda word: word.name))
    names = [word.name for word in words]
    titles = draw(
        st.lists(_labels(60).filter(_may_be_title), min_size=1, max_size=3, unique_by=str.casefold)
    )
    first: tuple[Cue, ...] = (Say(parts=("Be here now.",), at=AT), Silence(length_ms=1000, at=AT))
    stages = []
    for index, title in enumerate(titles):
        later = titles[index + 1 :]
        cues = first + draw(_blocks(names, (NEXT, END, *later), _DEEPEST))
        cues += draw(st.sampled_from([(), (Go(goes=(*later, END)[0], at=AT),)]))
        stages.append(Stage(title=title, cues=cues, at=AT))
    return Script(
        slug=draw(st.sampled_from(["a", "1-2", "no", "stepping-back"])),
        title=draw(_fields(100)),
        summary=draw(_fields(300)),
        intention=draw(_fields(300)),
        track=draw(st.sampled_from(TRACKS)),
        minutes=tuple(sorted(draw(st.sets(st.integers(1, 120), min_size=1, max_size=3)))),
        language=draw(st.sampled_from(["en", "no", "en-GB"])),
        voice=draw(st.sampled_from(["joe", "x_1.2-y"])),
        pace=draw(_decimals(0.8, 2)),
        words=tuple(words),
        credits=draw(_fields(1000)),
        for_whom=draw(st.one_of(st.just(""), _fields(300))),
        not_when=draw(st.one_of(st.just(""), _fields(300))),
        curve=draw(st.builds(Curve, slower=_decimals(0, 0.3), softer_db=_decimals(0, 6))),
        lexicon=tuple(
            draw(st.lists(_RESPELLINGS, max_size=2, unique_by=lambda each: each.word.casefold()))
        ),
        stages=tuple(stages),
    )
