"""How long a script of one megabyte takes to be read, whatever it is made of.

Each shape fills a script up to what one may hold: 1 MB or 20,000 lines. Prints the seconds per
megabyte (or per 20,000 lines) and how many times as long it takes as plain text, slowest first.
"""

from __future__ import annotations

import time
from contextlib import suppress

from server.errors import InvalidScript
from server.script import parse_script
from server.script.source import MOST_BYTES, MOST_LINES

FRONT = """\
---
title: Stepping back
slug: stepping-back
summary: For the days when something says no.
intention: To greet what is in the way.
track: obstacles
minutes: [5, 10]
voice: joe
words:
  obstacle: {ask: "What is here?", default: a thought}
credits: Our own words.
---
"""
HEAD = f"{FRONT}# A\n\nBe here now.\n\n"
PLAIN = "You may stay with what is here for a while. "

# In paragraphs as long as they may be.
PARAGRAPHS = {
    "plain text": PLAIN,
    "emphasis, closed": "*a* ",
    "emphasis, open": "*a ",
    "emphasis, never opened": "a* ",
    "emphasis of both kinds": "*a **b _c __d e__ f_ g** h* ",
    "stars and underscores": "*_ ",
    "stars alone": "*",
    "entities": "&amp;",
    "entities that are none": "&ampx",
    "backslashes": "\\*",
    "brackets": "[",
    "braces": "{",
    "backticks": "`a",
    "tags": "<a",
    "exclamation marks": "!",
    "words of the listener's": "{obstacle}",
    "pauses": "So [3s] ",
    "cues that nobody knows": "[bel] ",
    "very short sentences": "A. ",
    "abbreviations": "Dr. ",
    "Chinese": "你好。",
}
# As often as they fit.
BLOCKS = {
    "short paragraphs": "a b c.\n\n",
    "notes": "<!-- x -->\n",
    "notes in a line": "a <!-- x --> b c. ",
    "headings": "# A\n",
    "lists": "- a\n\n",
    "one list": "- a -> next\n",
    "lists in lists": "- - a -> next\n",
    "lists deep in lists": f"{'1. ' * 8}a\n",
    "quotations in quotations": f"{'> ' * 16}a\n",
    "questions": ":::ask Is it so?\n- a -> next\n- b -> next\n:::\n",
    "bare questions": "- a -> next\n- b -> next\n\nSo it is.\n\n",
    "variants": ":::when anchor=sound eyes=open\nSo it is now.\n:::\n",
    "alternatives": ":::one-of\nSo it is now.\n\nSo it was then.\n:::\n",
    "loops": ":::until met, at most 3\n- a -> met\n- b -> again\n:::\n",
    "containers that stay open": ":::repeat 20\n",
    "containers to be closed": ":::\n",
    "arrows": "-> end\n\n",
    "passages": "[include settle]\n\n",
    "passages that are not there": "[include nothing]\n\n",
    "tables": "|a|b|\n|-|-|\n\n",
    "quotations": "> a\n",
    "HTML": "<div>\n\n",
    "lines across": "***\n\n",
    "characters that cannot be read": "\x01",
    "empty lines": "\n",
}


def _fill(unit: str, head: str = HEAD) -> str:
    text = head + unit * ((MOST_BYTES - len(head)) // len(unit.encode("utf-8")))
    lines = text.split("\n", MOST_LINES - 1)
    return "\n".join(lines[: MOST_LINES - 1])


def _paragraph(piece: str) -> str:
    return f"a {piece * (1980 // len(piece))}\n\n"


def _shapes() -> dict[str, str]:
    one_line = {
        "one paragraph of one line": HEAD + PLAIN * 22_000,
        "one variant of many conditions": f"{HEAD}:::when {'eyes=open ' * 97_000}\nSo it is.\n:::",
        "one question of many sentences": f"{HEAD}:::ask {PLAIN * 22_000}\n- a -> next\n",
        "one answer of many blanks": f"{HEAD}- a{' ' * 480_000}b -> {' ' * 480_000}c\n- d -> end\n",
        "one table of many columns": f"{HEAD}{'|a' * 240_000}\n{'|-' * 240_000}\n",
        "one name of a stage": f"{FRONT}# {'*a ' * 320_000}\n",
        "one field": FRONT.replace("Our own", "x" * 960_000),
        "many fields": FRONT.replace("credits:", "a: b\n" * 3900 + "credits:"),
        "many lengths": FRONT.replace("[5, 10]", f"[{'5,' * 9000}]"),
    }
    filled = {name: _fill(_paragraph(piece)) for name, piece in PARAGRAPHS.items()}
    return one_line | filled | {name: _fill(block) for name, block in BLOCKS.items()}


def _seconds(text: str) -> float:
    start = time.process_time()
    with suppress(InvalidScript):  # a mistake takes its time as well
        parse_script(text, path="x.md", passages={"settle": "Sit as you like.\n"})
    return time.process_time() - start


def main() -> None:
    """Time each shape once."""
    plain = _seconds(_fill(_paragraph(PLAIN)))
    timed = {name: _seconds(text) for name, text in _shapes().items()}
    print("reading 1 MB or 20,000 lines of …          seconds   ratio to plain text")
    for name, seconds in sorted(timed.items(), key=lambda pair: -pair[1]):
        print(f"{name:<42} {seconds:7.2f} {seconds / plain:10.1f}")


if __name__ == "__main__":
    main()
