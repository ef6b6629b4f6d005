"""A practice that no rule speaks of, in which one part at a time is replaced."""

from __future__ import annotations

from server.checker import Length
from server.timeline import Utterance
from server.units import Ms

FIELDS = """\
title: Looking around
slug: looking-around
summary: Three minutes in the room where you are.
intention: To see what is here.
for-whom: For days with three minutes to spare.
not-when: In great distress; take another practice then.
track: ground
minutes: [3]
voice: joe
pace: 1.6
credits: Our own words.
words:
  obstacle: {ask: "What is here?", default: there is no time}
  guest: {ask: "Who is here?", default: it is too late, as: part}
"""

ARRIVING = """\
This is a short practice, and you can stop at any moment. [6s]
Your eyes may be open or closed. [6s]"""

BEFORE = "We can be quiet for a moment. [silence fill]"

MIDDLE = "You might notice what is under you. [8s]"

ENDING = "Perhaps you hear the room again, and feel your hands and your feet. [8s]"

STILLNESS = "We can be quiet until the bell. [silence fill]"

BODY = """\
# Arriving

[bell]

{arriving}

{before}

# Looking

{middle}

# Returning

{ending}

{stillness}

[bell]
"""


def length_of(utterance: Utterance) -> Length:
    """Estimate a sentence much as the house does."""
    return Length(
        ms=Ms(round((260 + 44 * len(utterance.text)) * utterance.pace)), is_measured=False
    )


def written(
    *,
    fields: str = FIELDS,
    arriving: str = ARRIVING,
    before: str = BEFORE,
    middle: str = MIDDLE,
    ending: str = ENDING,
    stillness: str = STILLNESS,
) -> str:
    """Write the practice, with parts of one's own."""
    body = BODY.format(
        arriving=arriving, before=before, middle=middle, ending=ending, stillness=stillness
    )
    return f"---\n{fields}---\n\n{body}"
