"""Promises that hold for every text: nothing but InvalidScript, and nothing lost on the way."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import InvalidScript
from server.script import (
    AGAIN,
    BEDS,
    BELLS,
    END,
    LEVELS,
    NEXT,
    Bed,
    Bell,
    Breath,
    Fill,
    Repeat,
    Say,
    Silence,
    WordUse,
    parse_script,
    print_script,
)

pytestmark = (
    pytest.mark.no_cover
)  # as many cases as there is time for; each branch has tests of its own

OWN_SOUNDS = frozenset({"temple", "x"})
PASSAGES = {"settle": "Sit as you like.\n", "round": "[include round]"}

# Pieces that mean something to one of the parsers.
# fmt: off
FRAGMENTS = [
    '---\n', '# A\n', '## b\n', '\n\n', '\n', '[3s]', '[', ']',
    '[[', '{obstacle}', '{', '}', '*', '**', '_', '`',
    ':::repeat 2\n', ':::\n', ':::', '<!--', '-->', '<b>', '- ', '1. ',
    '> ', '|a|\n|-|\n', '    ', '\t', '\\', '&amp;', '&#0;', '。',
    '…', '!', "'", '"', ': ', '? ', '%YAML', '!!',
    'title: x\n', 'words:\n', ' a: &a [*a]\n', 'Hello there you. ',
    '[breath x4 in=4s', '[silence fill]', '[bell ', 'temple', ' x3', ' every=',
    '[bed ', 'off', ' level=', 'low',
    'curve: {', 'slower: ', 'lexicon:\n',
    '...\n', '===\n', '\r', '\0', '\ud800',
    ':::when anchor=sound\n', ' minutes>=10', ':::one-of\n', ':::until met, at most 3\n',
    ', usually 2', ':::ask Is it so?\n', '- Yes -> next\n', '- No -> end [default]\n', ' -> met\n',
    ' -> again\n', '-> end\n', '->', '[include settle]\n', '[include round]', ' weight=3',
    'as: part\n', 'for-whom: ', '+ a -> A\n',
]
# fmt: on
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=[])),
    st.lists(st.sampled_from(FRAGMENTS)).map("".join),
)


def _parse(text):
    return parse_script(text, path="x.md", own_sounds=OWN_SOUNDS, passages=PASSAGES)


@settings(deadline=None)
@given(before=st.sampled_from(["", "---\n"]), text=TEXTS)
def test_any_text_is_a_script_or_has_problems_in_it(before, text):
    """No text raises anything but InvalidScript, and every place lies within the text."""
    try:
        problems = ()
        _parse(before + text)
    except InvalidScript as error:
        problems = error.problems
        assert problems
    lines = (before + text).count("\n") + 1
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in problems)


@settings(deadline=None)
@given(text=TEXTS)
def test_any_body_is_a_script_or_has_problems_in_it(front, text):
    """The same under a front matter without a mistake; and a script is printed as it is."""
    try:
        script = _parse(front + text)
    except InvalidScript:
        return
    printed = print_script(script)
    assert _parse(printed) == script
    assert print_script(_parse(printed)) == printed


# ── scripts that are right: written from their parts, and compared with them ─────────────────

WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=8)
SENTENCES = st.tuples(
    st.lists(WORDS, min_size=3, max_size=8), st.sampled_from(["", "{obstacle}"])
).map(lambda made: f"So {' '.join(made[0])} {made[1]}".strip() + ".")
LENGTHS = st.integers(1, 200).map(lambda tenths: tenths / 10).filter(lambda s: s >= 1)
BELL_NAMES = st.sampled_from([*BELLS, *sorted(OWN_SOUNDS)])
BED_NAMES = st.sampled_from([*BEDS, *sorted(OWN_SOUNDS)])
ONE_LINE = st.one_of(
    SENTENCES,
    LENGTHS.map(lambda s: f"[{s}s]"),
    st.integers(1, 10).map(lambda m: f"[{m}m]"),
    LENGTHS.map(lambda s: f"[silence {s}s]"),
    st.sampled_from(["[silence fill]", "[bell]", "[bed off]"]),
    st.builds("[bell {}]".format, BELL_NAMES),
    st.builds("[bell {} x{}]".format, BELL_NAMES, st.integers(2, 12)),
    st.builds(
        "[bell {} x{} every={}s]".format,
        BELL_NAMES,
        st.integers(2, 12),
        st.integers(20, 300).map(lambda tenths: tenths / 10),
    ),
    st.builds("[bed {}]".format, BED_NAMES),
    st.builds("[bed {} level={}]".format, BED_NAMES, st.sampled_from(LEVELS)),
    st.tuples(st.integers(1, 20), LENGTHS, LENGTHS).map(
        "[breath x{0[0]} in={0[1]}s out={0[2]}s]".format
    ),
    st.tuples(st.integers(1, 20), LENGTHS, LENGTHS, LENGTHS).map(
        "[breath x{0[0]} in={0[1]}s hold={0[2]}s out={0[3]}s]".format
    ),
)
LISTS = st.lists(ONE_LINE, min_size=1, max_size=5)
BLOCKS = st.lists(st.one_of(ONE_LINE, st.tuples(st.integers(2, 9), LISTS)), min_size=1, max_size=5)
TITLES = WORDS.filter(lambda title: title not in (NEXT, AGAIN, END))
STAGES = st.dictionaries(TITLES, BLOCKS, min_size=1, max_size=4)


def _write(block):
    if isinstance(block, str):
        return block
    times, inner = block
    return f":::repeat {times}\n" + "\n".join(inner) + "\n:::"


def _shape(cue):
    """Say in the script's own words what a parsed cue is."""
    match cue:
        case Say():
            return "".join(
                f"{{{part.name}}}" if isinstance(part, WordUse) else part for part in cue.parts
            )
        case Silence():
            return ("silence", cue.length_ms)
        case Fill():
            return "[silence fill]"
        case Bell():
            return ("bell", cue.kind, cue.strokes, cue.every_ms)
        case Bed():
            return ("bed", cue.name, cue.level)
        case Breath():
            return ("breath", cue.count, cue.in_ms, cue.hold_ms, cue.out_ms)
        case Repeat():
            return (cue.times, [_shape(inner) for inner in cue.cues])


def _meant(block):
    """The same for what was written."""
    if not isinstance(block, str):
        return (block[0], [_meant(line) for line in block[1]])
    head, *rest = block.strip("[]").split()
    if head == "breath":
        values = dict(pair.split("=") for pair in rest[1:])
        lengths = [_ms(values.get(name, "0s")) for name in ("in", "hold", "out")]
        return ("breath", int(rest[0][1:]), *lengths)
    if head == "bell":
        return _meant_bell(*rest)
    if head == "bed":
        name, level = (*rest, "level=medium")[:2]
        return ("bed", "" if name == "off" else name, level.removeprefix("level="))
    if block.startswith("[") and block != "[silence fill]":
        return ("silence", _ms(rest[0] if rest else head))
    return block


def _meant_bell(kind="small", strokes="x1", every="every=6s"):
    every_ms = 0 if strokes == "x1" else _ms(every.removeprefix("every="))
    return ("bell", kind, int(strokes[1:]), every_ms)


def _ms(length):
    return round(float(length[:-1]) * (60_000 if length[-1] == "m" else 1000))


@settings(deadline=None)
@given(stages=STAGES)
def test_a_script_parses_to_what_it_was_written_from(front, stages):
    """Every stage, cue and word is there, in order, and each knows a place of its own."""
    body = "\n\n".join(
        f"# {title}\n\nThis is always said.\n\n" + "\n".join(map(_write, blocks))
        for title, blocks in stages.items()
    )
    script = parse_script(front + body, path="x.md", own_sounds=OWN_SOUNDS)
    found = {stage.title: [_shape(cue) for cue in stage.cues[1:]] for stage in script.stages}
    assert found == {title: [_meant(block) for block in blocks] for title, blocks in stages.items()}
    places = [(cue.at.line, cue.at.column) for stage in script.stages for cue in stage.cues]
    assert places == sorted(set(places))
