"""What each piece of the language becomes, and where it says it stands."""

import pytest
import yaml

from server.errors import InvalidScript
from server.script import (
    BEDS,
    BELLS,
    Bed,
    Bell,
    Breath,
    Curve,
    Fill,
    Position,
    Repeat,
    Respelling,
    Say,
    Silence,
    Word,
    WordUse,
    may_name_sound,
    parse_script,
)
from server.script.source import holds_unreadable

AT = Position(line=15, column=14)


def _said(script):
    return [cue.parts for stage in script.stages for cue in stage.cues if isinstance(cue, Say)]


def _parsed_with(front, line):
    text = front.replace("voice: joe", f"voice: joe\n{line}")
    return parse_script(text + "# A\n\nBe here now.\n", path="x.md")


def test_the_front_matter_becomes_the_fields_of_the_script(read):
    """Fields that are left out have their defaults."""
    script = read("# A\n\nBe here now.\n")
    assert (script.slug, script.title, script.track) == (
        "stepping-back",
        "Stepping back",
        "obstacles",
    )
    assert (script.minutes, script.pace, script.language) == ((5, 10), 1.3, "en")
    assert script.default_minutes == 10
    assert script.words == (
        Word(name="obstacle", ask="What is here?", default="a thought", longest=120),
    )


def test_optional_fields_are_taken(front):
    """One number will do for the minutes, and there need be no words."""
    text = front.replace("minutes: [5, 10]", "minutes: 2\npace: 1\nlanguage: en-GB\nwords: {}")
    text = text.replace('words:\n  obstacle: {ask: "What is here?", default: a thought}\n', "")
    script = parse_script(text + "# A\n\nBe here now.\n", path="x.md")
    assert (script.minutes, script.pace, script.language) == ((2,), 1.0, "en-GB")
    assert script.words == ()


@pytest.mark.parametrize(
    ("line", "slower", "softer_db"),
    [
        ("pace: 1.3", 0.08, 1.5),
        ("curve: none", 0, 0),
        ("curve: {}", 0.08, 1.5),
        ("curve: {slower: 0.3}", 0.3, 1.5),
        ("curve: {softer: 0}", 0.08, 0),
        ("curve: {slower: 0, softer: 6}", 0, 6),
    ],
)
def test_the_curve_is_what_the_script_says_or_the_usual_one(front, line, slower, softer_db):
    """Each half may be left out, and with 'none' the voice stays as it is."""
    assert _parsed_with(front, line).curve == Curve(slower=slower, softer_db=softer_db)


def test_the_lexicon_keeps_its_order(front):
    """Words of up to three parts have their respellings; a respelling may be longer."""
    script = _parsed_with(
        front, "lexicon: {Desmond: Dezmond, Tim of it: Timovit, MBCT: em be see tee}"
    )
    assert script.lexicon == (
        Respelling(word="Desmond", spoken="Dezmond"),
        Respelling(word="Tim of it", spoken="Timovit"),
        Respelling(word="MBCT", spoken="em be see tee"),
    )


def test_the_lexicon_holds_a_hundred_words(front):
    """One more is a mistake at the lexicon's place."""
    words = [f"  w{number}: v" for number in range(101)]
    assert len(_parsed_with(front, "\n".join(["lexicon:", *words[:100]])).lexicon) == 100
    with pytest.raises(InvalidScript, match="more than 100 words in the lexicon") as caught:
        _parsed_with(front, "\n".join(["lexicon:", *words]))
    assert [(each.line, each.column) for each in caught.value.problems] == [(10, 3)]


def test_sounds_of_the_houses_own_are_bells_and_beds(front):
    """A name that the house has added may stand wherever one of ours may."""
    body = "# A\n\nBe here now.\n[bell temple]\n[bed forest level=low]\n"
    script = parse_script(front + body, path="x.md", own_sounds=frozenset({"temple", "forest"}))
    _, bell, bed = script.stages[0].cues
    assert (bell.kind, bed.name, bed.level) == ("temple", "forest", "low")


def test_a_name_that_nobody_knows_is_compared_with_the_houses_own_too(front):
    """The mistake names all bells there are, and the nearest of them."""
    with pytest.raises(InvalidScript) as caught:
        parse_script(
            front + "# A\n\n[bell tempel]\n",
            path="x.md",
            own_sounds=frozenset({"temple", "forest"}),
        )
    assert str(caught.value) == (
        "x.md:15:7: There is no bell named 'tempel'. "
        "Expected small, large, singing, forest or temple. Did you mean 'temple'?"
    )


@pytest.mark.parametrize("name", ["temple", "forest-2", "x", "x3s", "offering"])
def test_a_name_that_may_be_given_can_be_used(front, name):
    """Whatever may name a sound of the house's own is read as its name, in both cues."""
    assert may_name_sound(name)
    body = f"# A\n\nBe here now.\n[bell {name} x2 every=4s] [bed {name}]\n"
    script = parse_script(front + body, path="x.md", own_sounds=frozenset({name}))
    assert [cue.at.line for cue in script.stages[0].cues] == [15, 16, 16]


@pytest.mark.parametrize(
    "name", [*BELLS, *BEDS, "off", "none", "as-written", "x3", "", "Temple", "3x", "a b", "a" * 41]
)
def test_a_name_that_means_something_else_may_not_be_given(name):
    """Our own names, words of the cues and of the listener's choices stay ours."""
    assert not may_name_sound(name)


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("[3s]", Silence(length_ms=3000, at=AT)),
        ("[1.5s]", Silence(length_ms=1500, at=AT)),
        ("[1m]", Silence(length_ms=60_000, at=AT)),
        ("[1m30s]", Silence(length_ms=90_000, at=AT)),
        ("[10m]", Silence(length_ms=600_000, at=AT)),
        ("[silence 40s]", Silence(length_ms=40_000, at=AT)),
        ("[silence fill]", Fill(at=AT)),
        ("[ bell ]", Bell(at=AT)),
        ("[bell large]", Bell(kind="large", at=AT)),
        ("[bell x12]", Bell(strokes=12, every_ms=6000, at=AT)),
        (
            "[bell singing x2 every=2.5s]",
            Bell(kind="singing", strokes=2, every_ms=2500, at=AT),
        ),
        ("[bed rain]", Bed(name="rain", level="medium", at=AT)),
        ("[bed brown level=high]", Bed(name="brown", level="high", at=AT)),
        ("[bed off]", Bed(name="", level="medium", at=AT)),
        (
            "[breath x4 in=4s hold=2.5s out=6s]",
            Breath(count=4, in_ms=4000, hold_ms=2500, out_ms=6000, at=AT),
        ),
        (
            "[breath x1 in=1s out=20s]",
            Breath(count=1, in_ms=1000, hold_ms=0, out_ms=20_000, at=AT),
        ),
    ],
)
def test_each_cue_means_what_the_guide_says(read, cue, expected):
    """A cue stands anywhere in a paragraph and knows its place."""
    assert read(f"# A\n\nBe here now. {cue}\n").stages[0].cues[1] == expected


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("Dr. Smith is one sentence. So is this.", ["Dr. Smith is one sentence.", "So is this."]),
        ("Good. Stay with that.", ["Good. Stay with that."]),
        ("Stay with that. Good.", ["Stay with that. Good."]),
        ("Good. Here. There. All of it.", ["Good. Here. There.", "All of it."]),
        ("Good. [3s] Stay with that.", ["Good.", "Stay with that."]),
        ("Good.\n\nStay with that.", ["Good.", "Stay with that."]),
        ("One  line\n   and\tthe\u00a0next.", ["One line and the next."]),
        ("A hard\\\nbreak and  \nanother one.", ["A hard break and another one."]),
        ("It is *very **much*** so.", ["It is very much so."]),
        ("It is _quite_ so.", ["It is quite so."]),
        ("It is *one _way* to_ nest them.", ["It is one way to nest them."]),
        ("It is *not closed, and ** neither* is it.", ["It is not closed, and ** neither is it."]),
        ("It is ***so** and so*, or **so* at all.", ["It is so and so, or *so at all."]),
        ("It_is_one_word, and _this is not_.", ["It_is_one_word, and this is not."]),
        ("It is &#43; &#x2b; &nope; &#0; & so.", ["It is + + &nope; \ufffd & so."]),
        (r"It is a \ b, \a \\ and so.", [r"It is a \ b, \a \ and so."]),
        (r"It is \*not\* \[so\] \{at\} all.", ["It is *not* [so] {at} all."]),
        ("Fish &amp; chips, 2 * 3] <3 all.", ["Fish & chips, 2 * 3] <3 all."]),
        ("This is <!-- a note\nof two lines --> what is said.", ["This is what is said."]),
        ("你好。再见。", ["你好。再见。"]),
        ("   Up to three blanks are fine.", ["Up to three blanks are fine."]),
    ],
)
def test_paragraphs_become_sentences(read, paragraph, sentences):
    """Sentences are split, short ones joined, white space and emphasis made plain."""
    assert _said(read(f"# A\n\n{paragraph}\n")) == [(sentence,) for sentence in sentences]


@pytest.mark.parametrize(
    ("paragraph", "parts"),
    [
        ("It is {obstacle}.", ("It is ", WordUse(name="obstacle"), ".")),
        ("{obstacle}", (WordUse(name="obstacle"),)),
        ("*{obstacle}* again", (WordUse(name="obstacle"), " again")),
        ("{obstacle}{obstacle}", (WordUse(name="obstacle"), WordUse(name="obstacle"))),
    ],
)
def test_a_word_of_the_listeners_is_a_part_of_its_sentence(read, paragraph, parts):
    """The parts together are exactly what is read; none of them is empty."""
    assert _said(read(f"# A\n\n{paragraph}\n")) == [parts]


def test_a_sentence_may_begin_with_a_word(read):
    """The end before it is found though nobody knows yet how the word is written."""
    first, second = _said(read("# A\n\nThis is what is here. {obstacle} is allowed.\n"))
    assert first == ("This is what is here.",)
    assert second == (WordUse(name="obstacle"), " is allowed.")


def test_repeats_nest(read):
    """A ':::' closes the container that was opened last."""
    body = "# A\n\n:::repeat 3\nBe here now.\n:::  repeat 2\n[bell]\n:::\n[3s]\n:::\n[bell]\n"
    outer, last = read(body).stages[0].cues
    assert isinstance(outer, Repeat)
    say, inner, silence = outer.cues
    assert (outer.times, outer.at) == (3, Position(line=15, column=1))
    assert isinstance(say, Say)
    assert inner == Repeat(
        times=2, cues=(Bell(at=Position(line=18, column=1)),), at=Position(line=17, column=1)
    )
    assert isinstance(silence, Silence)
    assert last == Bell(at=Position(line=22, column=1))


def test_places_hold_across_lines_emphasis_and_comments(read):
    """Each cue's place is that of its first character in the file."""
    body = (
        "# A *b* &amp; c #\n\nOne **two** &amp; three.\n  Four *five* six. [bell] <!-- x\n-->"
        " Seven eight nine. [3s]\n"
    )
    (stage,) = read(body).stages
    assert stage.title == "A b & c"
    assert [(cue.at.line, cue.at.column) for cue in stage.cues] == [
        (15, 1),
        (16, 3),
        (16, 20),
        (17, 5),
        (17, 23),
    ]


def test_line_ends_and_byte_order_mark_change_nothing(front):
    """A file from another editor gives the same script, places included."""
    text = front + "# A\n\nBe here\nnow. [3s]\n"
    foreign = "\ufeff" + text.replace("\n", "\r\n")
    assert parse_script(foreign, path="x.md") == parse_script(text, path="x.md")


@pytest.mark.no_cover  # it takes long, and the rules have tests of their own
def test_no_character_gets_past_that_yaml_would_refuse():
    """Whatever YAML cannot read is called unreadable first, at its place."""
    readable = "".join(c for c in map(chr, range(0x110000)) if not holds_unreadable(c))
    assert len(readable) > 1_000_000
    assert not yaml.reader.Reader.NON_PRINTABLE.search(readable)


def test_five_thousand_cues_are_enough(read):
    """The limit counts what is gone through, repeats included."""
    repeats = ":::repeat 20\n:::repeat 20\n" + "[3s] " * 12 + "\n:::\n:::\n"
    assert len(read("# A\n\nBe here now.\n" + repeats + "[1s]" * 199).stages[0].cues) == 201
    with pytest.raises(InvalidScript):
        read("# A\n\nBe here now.\n" + repeats + "[1s]" * 200)


SENTENCE = "This is a plain sentence " + "of quite some length " * 8 + "that is spoken. "


SHAPES = (
    SENTENCE * 9 + "\n\n",
    "*a **b_ " * 245 + "\n\n",
    "[" * 1900 + "\n\n",
    "{" * 1900 + "\n\n",
    "!" * 1900 + "\n\n",
    "A. " * 600 + "\n\n",
    "Abc. " * 390 + "\n\n",
    ".'" * 900 + "a\n\n",
    "\\" * 1900 + "\n\n",
    "&a" * 900 + "\n\n",
    "> " * 900 + "\n\n",
    "- " * 900 + "\n\n",
    "<!--" * 400 + "\n\n",
    "- a" * 30 + "\n",
    ":::repeat 3" + " " * 80 + "\n",
    "|a" * 900 + "\n|-\n",
)
"""Blocks that are hard to read; `make bench` sees to it that time grows with the size alone."""


@pytest.mark.parametrize("block", SHAPES)
def test_whatever_it_is_made_of_it_is_read_or_its_mistakes_are_told(read, block):
    """A script full of what nobody would write, each mistake with its place."""
    problems, script = (), None
    try:
        script = read("# A\n\nBe here now.\n\n" + block * (10_000 // len(block)))
    except InvalidScript as error:
        problems = error.problems
    assert script.stages[0].cues if not problems else all(each.line >= 13 for each in problems)


@pytest.mark.no_cover  # it takes long, and the rules have tests of their own
def test_a_script_of_one_megabyte_is_read(read):
    """The largest script that is allowed is still a script."""
    body = "# A\n\n" + (SENTENCE * 9 + "\n\n") * 520
    assert 900_000 < len(body) < 990_000
    assert len(read(body).stages[0].cues) == 520 * 9


def test_a_sentence_is_found_alike_wherever_it_stands(read):
    """What it ends with is not mistaken because the text before it is long."""
    for length in range(170, 210):
        text = f"{'a' * length} it is so!…' Be here now and then."
        (first,), (second,) = _said(read(f"# A\n\n{text}\n"))
        assert first.endswith("it is so!…'")
        assert second == "Be here now and then."


def test_a_note_at_the_end_of_a_line_makes_no_paragraph_too_long(read):
    """Notes are not counted where nothing stands behind them."""
    note = f"<!-- {'note ' * 500}-->"
    assert _said(read(f"# A {note}\n\nBe here now. {note}\n")) == [("Be here now.",)]
