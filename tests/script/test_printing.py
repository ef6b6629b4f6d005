"""A script that is printed and parsed is the same script, whatever it is made of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from server.script import Script, parse_script, print_script
from tests.random_scripts import OWN_SOUNDS, PASSAGES, scripts


def parse(text: str) -> Script:
    return parse_script(text, path="x.md", own_sounds=OWN_SOUNDS, passages=PASSAGES)


@pytest.mark.no_cover
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.no_cover  # as many cases as there is time for
@given(script=scripts())
def test_what_is_printed_is_read_again(script):
    """Every field and cue comes back, and printing once more changes nothing."""
    text = print_script(script)
    found = parse(text)
    assert found == script
    assert print_script(found) == text


def printed(front: str, body: str) -> str:
    """Print what a body means, without the front matter."""
    return print_script(parse(f"{front}# A\n\n{body}")).split("# A\n\n", 1)[1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One is *here* now. Two is\nthere too.", "One is here now.\nTwo is there too.\n"),
        ("One is here.\n\nTwo is there.", "One is here.\nTwo is there.\n"),
        ("Be here.\n\nBe there now.", "Be here.\n\nBe there now.\n"),
        ("Be here now. [10s] And there now.", "Be here now. [10s]\n\nAnd there now.\n"),
        ("Be here now. [9.9s]\n\nAnd there now.", "Be here now. [9.9s]\nAnd there now.\n"),
        (
            "Be here now. [ 60s ] [1m1s]\nBe here now. [silence 24s]",
            "Be here now. [silence 1m] [silence 1m1s]\n\nBe here now. [24s]\n",
        ),
        (
            "[bell small x2 every=6s] [bell large x2 every=2s]",
            "[bell x2]\n[bell large x2 every=2s]\n",
        ),
        ("[bed rain level=medium] [bed off]", "[bed rain]\n[bed off]\n"),
        (
            "1. a -> next\n2. b -> end\n\n* a -> next\n* b -> end",
            "- a -> next [default]\n- b -> end\n\n+ a -> next [default]\n+ b -> end\n",
        ),
        (
            ":::until met, at most 4, usually 2\n- a -> met\n- b -> next\n:::",
            ":::until met, at most 4\n- a -> met [default]\n- b -> next\n:::\n",
        ),
    ],
)
def test_there_is_one_form_for_what_means_the_same(front, body, expected):
    """Whatever way it was written."""
    text = printed(front, f"So it is.\n\n{body}\n")
    assert text.removeprefix("So it is.").lstrip("\n") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"\# no heading here", r"\# no heading here"),
        (r"\- no list here", r"\- no list here"),
        (r"1\. no list here", r"1\. no list here"),
        (r"1.5 is not a list", r"1.5 is not a list"),
        (r"\> no arrow -> here", r"\> no arrow -> here"),
        (r"\:::when it is so", r"\:::when it is so"),
        (r"\=== it is so", r"\=== it is so"),
        (r"\|a| is no table", r"\|a| is no table"),
        (r"It is 2 * 3_000 and &lt;b>", r"It is 2 \* 3\_000 and \<b>"),
        (r"It is <3 & more &amp;amp; ]", r"It is <3 & more \&amp; ]"),
        (r"It is \<\!-- no note", r"It is \<\!-- no note"),
        (r"It is a \ and \[3s], \{a} \`b\`", r"It is a \\ and \[3s], \{a} \`b\`"),
    ],
)
def test_what_would_mean_more_has_a_backslash(front, body, expected):
    """And nothing else has."""
    assert printed(front, f"{body}\n") == f"{expected}\n"


def test_a_paragraph_is_parted_where_it_would_be_too_long(front):
    """No text that could be read is printed as one that could not."""
    text = printed(front, f"{'Now all of it * here. ' * 85}\n\n{'And all of it _ there. ' * 85}")
    assert [len(each) < 2000 for each in text.split("\n\n")] == [True] * 3


def test_no_curve_is_printed_as_none(front):
    """As it was written."""
    flat = front.replace("---\n", "---\ncurve: none\n", 1)
    assert "\ncurve: none\n" in print_script(parse(f"{flat}# Here\n\nBe here now.\n"))


@pytest.mark.parametrize("title", ["A #", "# A ##", r"1\. A -\> B", "`A` & <b>"])
def test_a_title_keeps_its_signs(front, title):
    """Also those that a heading would lose at its end."""
    written = title.replace("#", "\\#").replace("`", "\\`").replace("<b", "\\<b")
    script = parse(f"{front}# {written}\n\nBe here now.\n")
    assert parse(print_script(script)).stages[0].title == script.stages[0].title


@pytest.mark.no_cover  # it takes long, and the rules have tests of their own
def test_every_shipped_practice_is_printed_and_read_again(scripts_path):
    """So that an editor may save any of them."""
    shared = scripts_path / "passages"
    passages = {path.stem: path.read_text("utf-8") for path in shared.glob("*.md")}
    count = 0
    for path in scripts_path.rglob("*.md"):
        if path.parent != shared:
            script = parse_script(path.read_text("utf-8"), path=str(path), passages=passages)
            text = print_script(script)
            assert parse_script(text, path=str(path), passages=passages) == script
            count += 1
    assert count >= 4
