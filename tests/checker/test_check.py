"""Where a remark points, what comes from passages, and what an author has allowed."""

from __future__ import annotations

import pytest

from server.checker import Checkup, Length, Severity, check_passage
from server.script import parse_passage
from server.units import Ms
from tests.checker.practice import FIELDS, length_of, written


def places(checkup: Checkup) -> list[str]:
    return [f"{each.line}:{each.column} {each.rule}" for each in checkup.remarks]


@pytest.fixture
def examine_passage():
    """Check a text as a passage named `own`."""

    def check(source: str, **passages: str) -> Checkup:
        cues = parse_passage(source, path="passages/own.md", passages=passages)
        return check_passage(cues, source, path="passages/own.md", passages=passages)

    return check


# ── places ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.no_cover  # it takes long, and the rules have tests of their own
def test_a_long_draft_without_a_word_of_stopping_is_judged(said):
    """Its text is gone through once. Once for each of its letters took minutes."""
    sentence = "You might notice what is under you, and how it carries you. [6s]"
    arriving = "\n\n".join(["Your eyes may be open or closed. [6s]", *[sentence] * 200])
    fields = FIELDS.replace("minutes: [3]", "minutes: [60]")
    assert "stop-line" in said(arriving=arriving, fields=fields)


def test_a_remark_points_at_its_words(examine):
    """In the third line of a paragraph, in the middle of a sentence, across a line's end."""
    middle = (
        "There may be\nsomething here, and perhaps it is\n"
        "somatic, or healing, or an inner\nchild. [8s]"
    )
    first = written(middle=middle).split("\n").index("There may be") + 1
    assert places(examine(middle=middle)) == [
        f"{first + 2}:1 jargon",
        f"{first + 2}:13 jargon",
        f"{first + 2}:28 jargon",
    ]


def test_words_that_are_written_otherwise_than_heard_are_told_at_their_sentence(examine):
    """Emphasis is dropped before anything is read; the sentence is near enough."""
    middle = "It may be so. Perhaps it is your inner *child*. [8s]"
    line = written(middle=middle).split("\n").index(middle) + 1
    assert places(examine(middle=middle)) == [f"{line}:15 jargon"]


def test_a_foreign_editor_moves_no_place(examine):
    """A byte order mark and carriage returns are no characters of the text."""
    middle = "Perhaps it is healing. [8s]"
    here = places(examine(middle=middle))
    foreign = "\ufeff" + written(middle=middle).replace("\n", "\r\n")
    assert places(examine(source=foreign)) == here


def test_what_the_front_matter_says_is_read_too(examine):
    """A promise in the summary is one; a word of the trade may be needed there."""
    promise = FIELDS.replace("Three minutes in the room", "This will calm you. Trauma. A room")
    assert places(examine(fields=promise)) == ["4:10 promise"]


def test_what_is_missing_in_the_front_matter_is_told_at_its_beginning(examine):
    """There is no line that could be pointed at."""
    fields = FIELDS.replace("for-whom: For days with three minutes to spare.\n", "")
    assert places(examine(fields=fields)) == ["1:1 counsel"]


def test_a_remark_reads_as_one_line(examine):
    """Place, severity, rule, and a sentence about it."""
    (remark,) = examine(middle="Perhaps it is healing. [8s]").remarks
    assert str(remark).endswith(": warning jargon: “healing” is a word of the trade.")
    assert str(remark).startswith("x.md:")


def test_every_alternative_and_every_round_is_read(examine):
    """A fault is told once at its place, however often it is heard."""
    middle = (
        ":::repeat 2\n:::one-of\nIt may be so. [5s]\n\nIt may be healing. [5s]\n:::\n:::\n"
        ":::ask Is it healing? [5s]\n- Yes -> next\n- No -> Returning\n:::\nSo it may be. [5s]"
    )
    first = written(middle=middle).split("\n").index(":::repeat 2") + 1
    assert places(examine(middle=middle)) == [f"{first + 4}:11 jargon", f"{first + 7}:14 jargon"]


# ── passages ─────────────────────────────────────────────────────────────────────────────────


def test_what_a_passage_says_is_told_where_it_is_taken_in(examine):
    """With the name of the passage and its line; nested, with the innermost one's."""
    passages = {"outer": "[include inner]", "inner": "It may be so. [3s]\n\nLook around. [5s]"}
    middle = "[include outer]"
    line = written(middle=middle).split("\n").index(middle) + 1
    (remark,) = examine(middle=middle, passages=passages).remarks
    assert (remark.line, remark.column, remark.passage) == (line, 1, "inner")
    assert remark.message.startswith("In the passage 'inner', line 3: “Look …” tells")


def test_a_passage_is_judged_by_itself(examine_passage):
    """Its sentences and its variants are; what only a whole practice can have is not."""
    assert places(examine_passage("It may be so.\n\nLook around. [200s]")) == ["3:1 command"]
    halves = ":::when eyes=open\nYou might look. [5s]\n:::\n:::when eyes=closed\nYou may. [5s]\n:::"
    (remark,) = examine_passage(halves).remarks
    assert (remark.rule, remark.line) == ("missing-variant", 1)
    assert "by whoever chose any eyes" in remark.message


def test_a_passage_may_be_checked_with_those_it_takes_in(examine_passage):
    """Their words are told at the line that takes them in."""
    assert places(examine_passage("You may. [3s]\n\n[include a]", a="Sit down.")) == ["3:1 command"]


def test_an_invitation_opens_its_own_paragraph_only(examine, said):
    """What is said in a paragraph before it, or in a passage, invites to nothing here."""
    invited = "You might look at it. [3s] Notice its colour. [5s]"
    assert said(middle=invited) == []
    assert said(middle=invited.replace(" Notice", "\n\nNotice")) == ["command"]
    passages = {"a": "You might look."}
    middle = "[include a]\n\nNotice its colour. [8s]"
    assert [r.passage for r in examine(middle=middle, passages=passages).remarks] == [""]


# ── what was allowed ─────────────────────────────────────────────────────────────────────────


def test_a_comment_allows_on_its_own_line_and_the_next(said):
    """Before the sentence, on its line, or on a later line of it; nowhere else."""
    comment = "<!-- allow jargon: her own word -->"
    spoken = "Perhaps it is\nhealing, or not. [8s]"
    assert said(middle=f"{comment}\n{spoken}") == []
    assert said(middle=f"{spoken} {comment}") == []
    assert said(middle=spoken.replace("is\n", f"is {comment}\n")) == []
    assert said(middle=f"{comment}\n\n{spoken}") == ["allow-unused", "jargon"]
    assert said(middle=f"{comment}\n{spoken.replace('healing', 'here')}") == ["allow-unused"]


def test_a_comment_allows_its_own_rule_only(said):
    """Another fault of the same sentence is still told."""
    comment = "<!-- allow jargon: her own word -->"
    assert said(middle=f"{comment}\nHere is healing; you should stay. [8s]") == ["judgement"]


def test_a_comment_before_the_first_heading_allows_in_the_whole_script(said):
    """It may be as long as it likes."""
    source = written(middle="Perhaps it is healing. [8s]")
    allowed = source.replace("# Arriving", "<!-- allow jargon:\nher own word -->\n# Arriving")
    assert said(source=allowed) == []


def test_without_a_reason_nothing_is_allowed(said):
    """The remark stays, and the comment gets one of its own; so with a rule that there is not."""
    spoken = "Perhaps it is healing. [8s]"
    assert said(middle=f"<!-- allow jargon -->\n{spoken}") == ["allow-reason", "jargon"]
    assert said(middle=f"<!-- allow jargon: -->\n{spoken}") == ["allow-reason", "jargon"]
    assert said(middle=f"<!-- allow words: mine -->\n{spoken}") == ["allow-unknown", "jargon"]


def test_an_ordinary_comment_is_none_of_the_checkers_business(said):
    """Not even one that speaks of allowing."""
    assert said(middle="<!-- allow some time here -->\nPerhaps it is here. [8s]") == []


def test_what_a_passage_allows_holds_wherever_it_is_taken_in(said, examine_passage):
    """And a script may allow what a passage does, at the line that takes it in."""
    text = "<!-- allow jargon: her own word -->\nPerhaps it is healing. [5s]"
    assert examine_passage(text).remarks == ()
    assert said(middle="[include a]", passages={"a": text}) == []
    bare = {"a": text.partition("\n")[2]}
    assert said(middle="[include a]", passages=bare) == ["jargon"]
    comment = "<!-- allow jargon: she knows it from there -->"
    assert said(middle=f"{comment}\n[include a]", passages=bare) == []


def test_a_comment_about_a_rule_that_did_not_speak_is_left_alone(said, examine_passage):
    """In another language, or in a passage by itself, nobody asked that rule."""
    fields = FIELDS.replace("voice: joe", "voice: joe\nlanguage: de")
    middle = "<!-- allow jargon: ihr eigenes Wort -->\nVielleicht ist es healing. [8s]"
    assert said(fields=fields, middle=middle) == []
    kept = "<!-- allow silence-too-long: a bell follows -->\nHere is quiet. [95s]"
    assert examine_passage(kept).remarks == ()


# ── measured, or estimated ───────────────────────────────────────────────────────────────────


def test_it_is_said_which_lengths_were_measured(examine):
    """A telling is measured when all its sentences are."""
    assert examine().measured_minutes == ()

    def measured(utterance):
        return Length(ms=length_of(utterance).ms, is_measured=True)

    assert examine(length_of=measured).measured_minutes == (3,)

    def mostly(utterance):
        return Length(ms=length_of(utterance).ms, is_measured="bell" not in utterance.text)

    assert examine(length_of=mostly).measured_minutes == ()


def test_a_slow_recording_is_told_by_what_was_measured(examine):
    """Three times as slow as the estimate, and the remark says how it knows."""

    def slow(utterance):
        return Length(ms=Ms(2 * length_of(utterance).ms), is_measured=True)

    told = {each.rule: each for each in examine(length_of=slow).remarks}
    assert "(measured)" in told["speech-pace"].message
    assert "Choose a smaller pace." in told["speech-pace"].message
    assert told["speech-pace"].severity == Severity.WARNING
