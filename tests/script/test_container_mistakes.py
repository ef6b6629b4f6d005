"""Every mistake that containers, answers, arrows and passages can hold, and what is said of it."""

from __future__ import annotations

import pytest

from server.errors import InvalidScript
from server.script import parse_passage, parse_script

# fmt: off
# ruff: noqa: E501 -- a table is read line by line

PASSAGES = {
    "settle": "Sit as you like.\n",
    "empty": "<!-- -->\n",
    "wrong": "Be here [bel] now.\n",
    "staged": "# A\n\nBe here now.\n",
    "leaving": "Be here now.\n\n- a -> B\n- b -> next\n",
    "going": "Be here now.\n\n-> B\n",
    "again": "Be here now.\n\n- a -> again\n- b -> next\n",
    "around": "[include round]\n",
    "round": "Sit.\n\n[include around]\n",
    "worded": "It is {obstacle}.\n",
    "given": ":::when given=obstacle\nIt is.\n:::\n:::when given=nothing\nIt is not.\n:::\n",
    **{f"d{depth}": f"[include d{depth + 1}]\n" for depth in range(1, 6)},
    "d6": "Be here now.\n",
    "bells": ":::repeat 20\n[bell]\n:::\n",
    "many": ":::repeat 20\n[include bells]\n:::\n",
    "blank": "[3s",
}

BODIES = [
    (':::repeat\nBe here.\n:::\n', ["17:10: ':::repeat' needs a number of times. Expected 2 to 20."]),
    (':::repeat 1\nBe here.\n:::\n', ["17:11: ':::repeat' needs a number of times. Expected 2 to 20."]),
    (':::repeat 21\nBe here.\n:::\n', ["17:11: ':::repeat' needs a number of times. Expected 2 to 20."]),
    (':::repat 3\nBe here.\n:::\n', ["17:1: There is no container named 'repat'. Expected ':::repeat', ':::when', ':::one-of', ':::until' or ':::ask'. Did you mean 'repeat'?"]),
    (':::when\nBe here.\n:::\n', ["17:1: ':::when' needs a condition. Expected ':::when anchor=sound eyes=open' or ':::when minutes>=10'."]),
    (':::when ancho=sound\nBe here.\n:::\n', ["17:9: 'ancho=sound' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<. Did you mean 'anchor'?"]),
    (':::when anchor=sond\nBe here.\n:::\n', ["17:9: There is no anchor named 'sond'. Expected any, breath, sound, hands, feet or sight. Did you mean 'sound'?"]),
    (':::when anchor=sound,\nBe here.\n:::\n', ["17:9: There is no anchor named ''. Expected any, breath, sound, hands, feet or sight."]),
    (':::when eyes>=2\nBe here.\n:::\n', ["17:9: 'eyes>=2' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<. Did you mean 'eyes'?"]),
    (':::when minutes=10\nBe here.\n:::\n', ["17:9: 'minutes=10' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<. Did you mean 'minutes'?"]),
    (':::when minutes>=0\nBe here.\n:::\n', ["17:9: '0' is not a number of minutes. Expected 1 to 120."]),
    (':::when minutes<many\nBe here.\n:::\n', ["17:9: 'many' is not a number of minutes. Expected 1 to 120."]),
    (':::when voice=jo!\nBe here.\n:::\n', ["17:9: There is no voice named 'jo!'. Expected the name of a voice, such as joe."]),
    (':::when given=obstacl\nBe here.\n:::\n', ["17:9: There is no word named 'obstacl' in the front matter. Expected obstacle or nothing. Did you mean 'obstacle'?"]),
    (':::when given=\nBe here.\n:::\n', ["17:9: There is no word named '' in the front matter. Expected obstacle or nothing."]),
    (':::when given=nothing,\nBe here.\n:::\n', ["17:9: There is no word named '' in the front matter. Expected obstacle or nothing."]),
    (':::when given>=1\nBe here.\n:::\n', ["17:9: 'given>=1' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<. Did you mean 'given'?"]),
    (':::when live=maybe\nBe here.\n:::\n', ["17:9: 'maybe' is not an answer to 'live'. Expected yes or no."]),
    (':::when anchor = sound\nBe here.\n:::\n', ["17:9: 'anchor' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<. Did you mean 'anchor'?", "17:16: '=' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<.", "17:18: 'sound' is not a condition. Expected anchor=, eyes=, voice=, given=, live=, minutes>= or minutes<."]),
    (':::when anchor=sound\n:::\n', ["17:1: This ':::when' is empty."]),
    (':::one-of\nBe here now.\n:::\n', ["17:1: A ':::one-of' needs at least two alternatives. Expected an empty line between one and the next."]),
    (':::one-of two\nBe here now.\n\nBe there now.\n:::\n', ["17:11: Nothing stands behind ':::one-of'. Expected the alternatives, each in its own paragraph."]),
    (':::one-of\nBe here now.\n\n:::repeat 2\nBe there.\n:::\n:::\n', ["20:1: A ':::one-of' holds no other containers. Expected ':::' before it."]),
    (':::one-of\nBe here now.\n\n[include settle]\n:::\n', ["17:1: A ':::one-of' needs at least two alternatives. Expected an empty line between one and the next.", '20:1: An alternative is one paragraph of text. Expected the words themselves.']),
    (':::one-of\nBe here now.\n\n- a -> next\n- b -> end\n:::\n', ["17:1: A ':::one-of' needs at least two alternatives. Expected an empty line between one and the next.", "20:1: An alternative is one paragraph of text. Expected the answers after the ':::'."]),
    (':::one-of\nBe here now.\n\n-> end\n:::\n', ["17:1: A ':::one-of' needs at least two alternatives. Expected an empty line between one and the next.", "20:1: An arrow '->' stands in a stage or a ':::when', in nothing else. Expected an answer such as '- Not yet -> next'."]),
    (':::until\nBe here.\n:::\n', ["17:9: ':::until' needs the word that leaves it, and how often it goes round at most. Expected ':::until met, at most 6, usually 2'."]),
    (':::until met, at most 1\n- a -> met\n- b -> next\n:::\n', ['17:23: A loop cannot go round so often. Expected 2 to 12.']),
    (':::until met, at most 13\n- a -> met\n- b -> next\n:::\n', ['17:23: A loop cannot go round so often. Expected 2 to 12.']),
    (':::until met, at most 4, usually 5\n- a -> met\n- b -> next\n:::\n', ['17:34: It usually goes round at least once, and at most as often as it may. Expected 1 to 4.']),
    (':::until again, at most 4\n- a -> end\n- b -> next\n:::\n', ["17:10: 'again' already means something else after '->'. Expected a word such as 'met'."]),
    (':::until met, at most 4\nBe here now.\n:::\n', ["17:1: No answer leaves this loop. Expected an answer such as '- Yes, a little -> met'."]),
    (':::until met, at most 4\n- a -> again\n- b -> next\n:::\n', ["17:1: No answer leaves this loop. Expected an answer such as '- Yes, a little -> met'."]),
    (':::ask\n- a -> next\n- b -> end\n:::\n', ["17:1: ':::ask' needs a question. Expected ':::ask Can it be met?'."]),
    (':::ask Is it so?\n:::\n', ["17:1: This ':::ask' has no answers. Expected a list such as '- Not yet -> next'."]),
    (':::ask Is it so?\nBe here now.\n- a -> next\n- b -> end\n:::\n', ["18:1: A question holds its answers alone. Expected what is said before it, before ':::ask'."]),
    (':::ask Is it so?\n- a -> next\n- b -> end\n\n+ a -> next\n+ b -> end\n:::\n', ['21:1: This question has its answers already.']),
    (':::ask Is it [bel] so?\n- a -> next\n- b -> end\n:::\n', ["17:14: There is no cue named 'bel'. Expected [3s], [bell], [bed rain], [breath x4 in=4s out=6s], [silence 40s] or [silence fill]. Did you mean 'bell'?"]),
    (':::ask Is it so?\n:::repeat 2\nBe here.\n:::\n- a -> next\n- b -> end\n:::\n', ["18:1: A ':::ask' holds no other containers. Expected ':::' before it."]),
    ('- a -> next\n', ["17:1: A question has 2 to 8 answers. Expected '- Not yet -> next' for each of them."]),
    ('- 0 -> next\n- 1 -> next\n- 2 -> next\n- 3 -> next\n- 4 -> next\n- 5 -> next\n- 6 -> next\n- 7 -> next\n- 8 -> next\n', ["17:1: A question has 2 to 8 answers. Expected '- Not yet -> next' for each of them."]),
    ('- a -> next [default]\n- b -> end [default]\n', ["18:1: Only one answer can be the default. Expected the line without '[default]'."]),
    ('- a -> next\n- b\n', ["18:1: This line of the answers leads nowhere. Expected '- Not yet -> next', all on one line."]),
    ('- a -> next\n  or so\n- b -> end\n', ["18:3: This line of the answers leads nowhere. Expected '- Not yet -> next', all on one line."]),
    ('- a -> B\n- b -> next\n', ["17:8: There is no stage named 'B'. Expected a stage that comes later, or next or end."]),
    ('- a -> a\n- b -> next\n', ["17:8: 'A' does not come later, so this could go on for ever. Expected ':::until met, at most 6' around what is to come again."]),
    ('- a -> again\n- b -> next\n', ['17:8: There is no loop around this that could go round again. Expected a stage that comes later, or next or end.']),
    ('- a -> nxt\n- b -> next\n', ["17:8: There is no stage named 'nxt'. Expected a stage that comes later, or next or end. Did you mean 'next'?"]),
    ('- [3s] -> next\n- b -> end\n', ['17:3: An answer is plain text. Expected no cues and words in it.']),
    ('- a ->\n- b -> next\n', ["17:7: There is no stage named ''. Expected a stage that comes later, or next or end."]),
    ('-> next\n', ["17:4: There is no stage named 'next'. Expected a stage that comes later, or end."]),
    ('-> B\n', ["17:4: There is no stage named 'B'. Expected a stage that comes later, or end."]),
    ('-> A\n', ["17:4: 'A' does not come later, so this could go on for ever. Expected ':::until met, at most 6' around what is to come again."]),
    (':::repeat 2\n-> end\n:::\n', ["18:1: An arrow '->' stands in a stage or a ':::when', in nothing else. Expected an answer such as '- Not yet -> next'."]),
    ('-> end\n\nBe here now.\n', ["19:1: Nobody gets here: everything before it leads elsewhere. Expected an answer '-> next', or nothing here."]),
    ('- a -> end\n- b -> end\n\nBe here now.\n', ["20:1: Nobody gets here: everything before it leads elsewhere. Expected an answer '-> next', or nothing here."]),
    (':::repeat 2\n- a -> end\n- b -> end\n\nBe here now.\n:::\n', ["21:1: Nobody gets here: everything before it leads elsewhere. Expected an answer '-> next', or nothing here."]),
    (':::until met, at most 3\n- a -> met\n- b -> again\n\nBe here now.\n:::\n', ["21:1: Nobody gets here: everything before it leads elsewhere. Expected an answer '-> next', or nothing here."]),
    (':::until met, at most 3\n- a -> end\n- b -> B\n:::\n\nBe here now.\n\n# B\n\nBe here now.\n', ["22:1: Nobody gets here: everything before it leads elsewhere. Expected an answer '-> next', or nothing here."]),
    ('-> end\n\n# B\n\nBe here now.\n', ["19:1: Nothing leads to the stage 'B'. Expected an answer or '->' that goes there."]),
    ('# next\n\nBe here now.\n', ["17:1: 'next' already means something else after '->'. Expected another name for the stage."]),
    ('[include nothing]\n', ["17:1: There is no passage named 'nothing'. Expected the name of a file in the folder 'passages'. Did you mean 'going'?"]),
    ('[include setle]\n', ["17:1: There is no passage named 'setle'. Expected the name of a file in the folder 'passages'. Did you mean 'settle'?"]),
    ('[include empty]\n', ["17:1: The passage 'empty' has a mistake: passages/empty.md:1:1: This passage is empty."]),
    ('[include wrong]\n', ["17:1: The passage 'wrong' has a mistake: passages/wrong.md:1:9: There is no cue named 'bel'. Expected [3s], [bell], [bed rain], [breath x4 in=4s out=6s], [silence 40s] or [silence fill]. Did you mean 'bell'?"]),
    ('[include staged]\n', ["17:1: The passage 'staged' has a mistake: passages/staged.md:1:1: A passage has no stages. Expected its text alone."]),
    ('[include leaving]\n\n# B\n\nBe here.\n', ["17:1: The passage 'leaving' has a mistake: passages/leaving.md:3:8: A passage does not know any stage. Expected next or end."]),
    ('[include going]\n\n# B\n\nBe here.\n', ["17:1: The passage 'going' has a mistake: passages/going.md:3:4: A passage does not know any stage. Expected end."]),
    ('[include around]\n', ["17:1: The passage 'around' has a mistake: passages/around.md:1:1: The passage 'round' has a mistake: passages/round.md:3:1: This passage would take in itself: around → round → around."]),
    ('[include worded]\n', ["17:1: The passage 'worded' has a mistake: passages/worded.md:1:7: There is no word named 'obstacle' in the front matter. Expected the word under 'words:' in the front matter."]),
    ('[include given]\n', ["17:1: The passage 'given' has a mistake: passages/given.md:1:9: There is no word named 'obstacle' in the front matter. Expected nothing."]),
    ('[include d1]\n', ["17:1: The passage 'd1' has a mistake: passages/d1.md:1:1: The passage 'd2' has a mistake: passages/d2.md:1:1: The passage 'd3' has a mistake: passages/d3.md:1:1: The passage 'd4' has a mistake: passages/d4.md:1:1: The passage 'd5' has a mistake: passages/d5.md:1:1: Passages lie within each other at most 5 deep."]),
    (':::until met, at most 3\n[include again]\n- a -> met\n- b -> next\n:::\n', ["18:1: The passage 'again' has a mistake: passages/again.md:3:8: A passage does not know any stage. Expected next or end."]),
    ('Be here [include settle] now.\n', ["17:9: A passage is taken in on a line of its own. Expected '[include settle]' and nothing else on it."]),
    ('[include]\n', ["17:1: A passage is taken in on a line of its own. Expected '[include settle]' and nothing else on it."]),
    (':::repeat 13\n[include many]\n:::\n', ['18:1: With its repeats there are more than 5,000 cues from here on.']),
    ('[silence fill weight=21]\n', ["17:22: '21' is not a weight. Expected 1 to 20."]),
    ('[silence fill weight=0]\n', ["17:22: '0' is not a weight. Expected 1 to 20."]),
    ('[silence fill weight=x]\n', ["17:22: 'x' cannot be read here. Expected a number from 1 to 20."]),
    ('[silence fill wait=2]\n', ["17:15: 'wait=2' cannot be read here. Expected 'weight='. Did you mean 'weight='?"]),
    ('[silence 3s weight=2]\n', ["17:13: 'weight=2' cannot be read here. Expected the end of the cue."]),
    ('[include blank]\n\n[include blank]\n', ["17:1: The passage 'blank' has a mistake: passages/blank.md:1:1: This '[' is not closed on its line. Expected ']', or '\\[' for the character itself.", "19:1: The passage 'blank' has a mistake: passages/blank.md:1:1: This '[' is not closed on its line. Expected ']', or '\\[' for the character itself."]),
]

# fmt: on


@pytest.mark.parametrize(("body", "expected"), BODIES)
def test_each_mistake_is_named_at_its_place(front, body, expected):
    """Line, column, what is wrong, and what would be right."""
    with pytest.raises(InvalidScript) as caught:
        parse_script(f"{front}# A\n\nBe here now.\n\n{body}", path="x.md", passages=PASSAGES)
    assert [str(each).removeprefix("x.md:") for each in caught.value.problems] == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: This passage is empty."),
        ("# A\n\nBe here.\n", "1:1: A passage has no stages. Expected its text alone."),
        (
            "Be here.\n\n[include settle]\n",
            "3:1: This passage would take in itself: settle → settle.",
        ),
        (":::repeat 2\nBe here.\n", "1:1: This ':::repeat' is not closed in its stage."),
    ],
)
def test_a_passage_has_mistakes_of_its_own(text, said):
    """It is checked by itself, under its own name."""
    with pytest.raises(InvalidScript) as caught:
        parse_passage(text, path="passages/settle.md", passages=PASSAGES)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"passages/settle.md:{said}")


def test_a_passage_may_not_be_larger_than_a_script(front):
    """It is refused before anybody reads it."""
    body = f"{front}# A\n\n[include large]\n"
    with pytest.raises(InvalidScript, match="The script is larger than 1 MB"):
        parse_script(body, path="x.md", passages={"large": "x" * 1_000_001})


@pytest.mark.parametrize(("count", "is_right"), [(100, True), (101, False)])
def test_a_script_has_at_most_a_hundred_stages(front, mistakes, count, is_right):
    """And the one that is too many is named."""
    body = "".join(f"# A{number}\n\nBe here now.\n\n" for number in range(count))
    assert mistakes(front + body) == (
        [] if is_right else ["413:1: There are more than 100 stages."]
    )


@pytest.mark.parametrize("length", [80, 81])
def test_an_answer_is_short_enough_to_be_chosen(front, mistakes, length):
    """Its characters are counted as they are read, so that a backslash is none."""
    label = r"\*" * length
    found = mistakes(f"{front}# A\n\nIs it so?\n\n- {label} -> next\n- b -> end\n")
    assert found == ([] if length == 80 else ["17:3: An answer is longer than 80 characters."])
