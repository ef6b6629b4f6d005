"""Two texts side by side: every line is there or counted, and both sides can be read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.web.author_schemas import RowOut
from server.web.compare import AROUND, compare


def said(row: RowOut) -> tuple[str, str | None, str | None]:
    """A row in short, with what is changed between brackets."""

    def one(side):
        if side is None:
            return None
        return "".join(f"[{p.text}]" if p.is_changed else p.text for p in side.pieces)

    return row.kind, one(row.before), one(row.after)


def test_the_words_that_changed_are_marked():
    """Not the whole line."""
    (row,) = compare("You can stop at any moment.", "You may stop at any time.")
    assert said(row) == (
        "changed",
        "You [can] stop at any [moment].",
        "You [may] stop at any [time].",
    )


def test_a_line_that_came_or_went_stands_alone():
    """With nothing beside it."""
    rows = compare("one\ngone\ntwo", "one\ntwo\nnew")
    assert [said(row) for row in rows] == [
        ("same", "one", "one"),
        ("changed", "[gone]", None),
        ("same", "two", "two"),
        ("changed", None, "[new]"),
    ]
    assert rows[2].before is not None
    assert rows[2].after is not None
    assert (rows[2].before.line, rows[2].after.line) == (3, 2)


def test_what_is_alike_is_left_out_in_between():
    """A little of it is shown around each change."""
    lines = [f"line {number}" for number in range(30)]
    changed = [*lines[:15], "other", *lines[16:]]
    rows = compare("\n".join(lines), "\n".join(changed))
    assert [row.kind for row in rows] == [
        "left-out", *["same"] * AROUND, "changed", *["same"] * AROUND, "left-out",
    ]  # fmt: skip
    assert (rows[0].left_out, rows[-1].left_out) == (15 - AROUND, 14 - AROUND)


def test_equal_texts_have_no_rows():
    """Then there is nothing to look at."""
    assert compare("one\ntwo", "one\ntwo") == []


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_nothing_is_lost(before: list[str], after: list[str]):
    """Shown and left out, the lines of each side are all there, in order."""
    one, other = "\n".join(before), "\n".join(after)
    rows = compare(one, other)
    if not rows:
        assert one == other
        return
    for name, text in (("before", one), ("after", other)):
        lines, now = text.split("\n"), 0
        for row in rows:
            side = getattr(row, name)
            if row.kind == "left-out":
                now += row.left_out
            elif side is not None:
                assert side.line == now + 1
                assert "".join(piece.text for piece in side.pieces) == lines[now]
                now += 1
        assert now == len(lines)
