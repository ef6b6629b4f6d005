"""What each piece of the language becomes, and where it says it stands."""

import contextlib
import time

import pytest
import yaml

from server.errors import InvalidScript
from server.script import (
    Bell,
    Breath,
    Fill,
    Position,
    Repeat,
    Say,
    Silence,
    Word,
    WordUse,
    parse_script,
)
from server.script.source import holds_unreadable


def _said(script):
    return [cue.parts for stage in script.stages for cue in stage.cues if isinstance(cue, Say)]


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
    ("cue", "expected"),
    [
        ("[3s]", Silence(length_ms=3000, at=Position(line=15, column=14))),
        ("[1.5s]", Silence(length_ms=1500, at=Position(line=15, column=14))),
        ("[1m]", Silence(length_ms=60_000, at=Position(line=15, column=14))),
        ("[1m30s]", Silence(length_ms=90_000, at=Position(line=15, column=14))),
        ("[10m]", Silence(length_ms=600_000, at=Position(line=15, column=14))),
        ("[silence 40s]", Silence(length_ms=40_000, at=Position(line=15, column=14))),
        ("[silence fill]", Fill(at=Position(line=15, column=14))),
        ("[ bell ]", Bell(at=Position(line=15, column=14))),
        (
            "[breath x4 in=4s hold=2.5s out=6s]",
            Breath(count=4, in_ms=4000, hold_ms=2500, out_ms=6000, at=Position(line=15, column=14)),
        ),
        (
            "[breath x1 in=1s out=20s]",
            Breath(count=1, in_ms=1000, hold_ms=0, out_ms=20_000, at=Position(line=15, column=14)),
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


def _seconds(read, body):
    start = time.process_time()
    with contextlib.suppress(InvalidScript):
        read(body)
    return time.process_time() - start


SENTENCE = "This is a plain sentence " + "of quite some length " * 8 + "that is spoken. "


@pytest.mark.parametrize(
    "block",
    [
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
    ],
)
def test_time_grows_with_the_size_and_no_faster(read, block):
    """Ten times the text takes about ten times as long, whatever it is made of."""
    body = "# A\n\nBe here now.\n\n" + block * (10_000 // len(block))
    small = min(_seconds(read, body) for _ in range(2))
    large = _seconds(read, body + block * (90_000 // len(block)))
    assert large < 40 * small + 0.5


def test_a_script_of_one_megabyte_is_read(read):
    """The largest script that is allowed is still a script, and does not take long."""
    body = "# A\n\n" + (SENTENCE * 9 + "\n\n") * 520
    assert 900_000 < len(body) < 990_000
    start = time.process_time()
    assert len(read(body).stages[0].cues) == 520 * 9
    assert time.process_time() - start < 10
