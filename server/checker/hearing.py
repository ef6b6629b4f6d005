"""Rules about sentences that cannot be followed, or are misunderstood, by ear alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from server.checker.english import is_attributed
from server.checker.model import Found, Rule, Severity
from server.checker.subject import Subject, count_words

LONG, TOO_LONG = 25, 30
"""A sentence of more words than this is hard to follow by ear; of more than that, lost."""


def _longer_than(least: int, most: int) -> Callable[[Subject], Iterator[Found]]:
    def find(subject: Subject) -> Iterator[Found]:
        for line in subject.lines:
            for sentence in line.sentences:
                count = count_words(sentence)
                if least < count <= most:
                    message = f"This sentence has {count} words."
                    yield Found(at=line.at, message=message, phrase=" ".join(sentence.split()[:3]))

    return find


def _unquoted_words(subject: Subject) -> Iterator[Found]:
    forms = {word.name: word.form for word in subject.script.words}
    for line in subject.lines:
        for sentence in line.sentences:
            for match in re.finditer(r"\{([^}]*)\}", sentence):
                is_heard = is_attributed(sentence, match.start())
                if forms.get(match[1]) == "thought" and not is_heard:
                    message = f"Nobody hears that {match[0]} is a thought and not the voice's own."
                    yield Found(at=line.at, message=message, phrase=match[0])


_HOMOGRAPHS = re.compile(
    r"\b(lives|live|close|closer|read|reads|wound|wounds|tear|tears|lead|leads|present"
    r"|content)\b",
    re.IGNORECASE,
)


def _homographs(subject: Subject) -> Iterator[Found]:
    known = [each.word.casefold() for each in (*subject.script.lexicon, *subject.lexicon)]
    for line in subject.lines:
        text = line.text.casefold()
        for match in _HOMOGRAPHS.finditer(line.text):
            if not any(match[0].casefold() in word and word in text for word in known):
                message = f"“{match[0]}” can be said in two ways, and the voice may choose wrongly."
                yield Found(at=line.at, message=message, phrase=match[0])


HEARING = (
    Rule(
        id="sentence-too-long",
        severity=Severity.WARNING,
        title=f"a sentence of more than {TOO_LONG} words",
        why="A listener cannot go back to the beginning of a sentence, as a reader can.",
        bad=(
            "You might notice the place where your feet touch the ground and how the ground has "
            "been there the whole time, under everything that you have thought and done and "
            "forgotten today. [5s]"
        ),
        better=(
            "You might notice the place where your feet touch the ground. [4s] It has been there "
            "the whole time, under everything that you have thought and done today. [5s]"
        ),
        find=_longer_than(TOO_LONG, 10_000),
        reads_passages=True,
    ),
    Rule(
        id="sentence-long",
        severity=Severity.HINT,
        title=f"a sentence of more than {LONG} words",
        why="Read it aloud: is it understood at the first hearing, with closed eyes?",
        bad=(
            "You might notice the place where your feet touch the ground and how the ground has "
            "been there the whole time, under everything that you did. [5s]"
        ),
        better=(
            "You might notice the place where your feet touch the ground. [4s] It has been there "
            "the whole time. [5s]"
        ),
        find=_longer_than(LONG, TOO_LONG),
        reads_passages=True,
    ),
    Rule(
        id="unquoted-word",
        severity=Severity.ERROR,
        title="the listener's words in a place where they sound asserted",
        why=(
            "Quotation marks cannot be heard. Without a word such as “thought” or “says”, or a "
            "colon, before it, the voice tells the listener as a fact what they fear is true."
        ),
        bad="Here it is again, {obstacle}. [5s]",
        better="Here is the thought again: {obstacle}. [5s]",
        find=_unquoted_words,
        is_english=True,
    ),
    Rule(
        id="homograph",
        severity=Severity.HINT,
        title="a word that is spelt like another",
        why=(
            "The voice cannot know which of the two is meant. Let it be spoken once and listen, "
            "give it a spelling in a lexicon, or take another word."
        ),
        bad="Perhaps that sentence is one you read long ago. [5s]",
        better="Perhaps that sentence is one you heard long ago. [5s]",
        find=_homographs,
        is_english=True,
        reads_passages=True,
    ),
)
