"""Sentences that other rooms tell in English, told again in the language of the page.

The rooms below know no languages, and their sentences are kept in the database and in reports.
So the ones that people meet on a page are recognised here by their English, at the door.
A sentence that is not in the list stays as it is: better in English than not told.
"""

from __future__ import annotations

import re
from functools import cache

from flask_babel import gettext


def N_(text: str) -> str:
    """Mark a text for `make words`, which looks for this name."""
    return text


OF_ORDERS = (
    N_("This practice can be %(minutes)s minutes long."),
    N_(
        "With these choices the practice needs at least %(minutes)s min %(seconds)s s. "
        "Choose a longer length."
    ),
    N_("This practice does not ask for that word."),
    N_("Please use at most %(number)s characters."),
    N_("Please use at least one letter or digit."),
    N_("The bed can be %(beds)s."),
    N_("To rest the eyes on something, keep them open."),
    N_("Some fields are not as they should be."),
    N_("There is a character in it that cannot be kept. Please take it out."),
    N_("There is a letter in it with too many marks. Please take some of them away."),
    N_("There is nothing here."),
    N_("There is no practice of this name."),
    N_("There is no such recording."),
    N_("There is no such loudspeaker; it may have been ended. A new code begins another."),
    N_("This code opens nothing: it was used, or its ten minutes are over. Please show a new one."),
    N_("There is no such sitting; it may be over. A new one can be begun."),
    N_("This practice asks nothing, so it cannot be sat with live."),
    N_("It asks nothing at this length. Choose a longer one."),
    N_("This practice needs a stage of its own to return in, after its questions."),
    N_("Words can be given with a step back alone."),
    N_("There is an answer to a question that this worksheet does not ask."),
    N_("Please write something here; a word or two will do."),
    N_("Please choose from the answers that are there."),
    N_("Please choose a number here."),
    N_("A pair has a first answer and a second one."),
    N_("An answer of a pair has a text and a rating."),
    N_("Please choose a whole number from %(least)s to %(most)s."),
    N_("A different entry with this id is already in the log; both were kept."),
    N_("There is no worksheet of this name."),
    N_("A different worksheet with this id has already come; both were kept."),
    N_("The database cannot be reached just now. Nothing was changed; please try again."),
    N_("The store of recordings cannot be reached just now. Nothing is lost; please try again."),
    N_("Too much is waiting just now. Please try again in a minute."),
)
"""Why something that was asked for could not be had."""

OF_RENDERS = (
    N_("A sentence could not be spoken."),
    N_("A sentence of this practice has nothing in it that can be spoken."),
    N_("The voice is not installed, or its model file is damaged."),
    N_("The voice's process ended in the middle of a sentence."),
    N_("The voice's process ended with %(code)s."),
    N_("The voice took too long over a sentence and was stopped."),
    N_("The voice wanted more memory than a sentence may take and was stopped."),
    N_("The voice made no sound for a sentence."),
    N_("The voice has been stopped."),
    N_("Its voice has been replaced since. Please ask for it again."),
    N_("A sentence's own recording was taken away meanwhile. Please ask for the practice again."),
    N_("The practice uses the sound '%(name)s', which is not in this house any more."),
    N_("The sound could not be made."),
    N_("ffmpeg is missing, or ended with an error."),
    N_("The disk that holds %(path)s is full; nothing was published."),
    N_("The recording was not published: %(findings)s."),
    N_("The worker stopped three times in the middle of this recording."),
    N_("Something went wrong while this recording was being made. Please try it again."),
)
"""Why a recording came to nothing."""

OF_REPORTS = (
    N_("length"),
    N_("speech loudness"),
    N_("sentences without sound"),
    N_("clicks at seams"),
    N_("difference between pauses"),
    N_("true peak"),
    N_("taken for silence"),
    N_("none"),
    N_("%(count)s, at %(moments)s and %(more)s more"),
    N_("%(count)s, at %(moments)s"),
    N_("%(wanted)s, within %(tolerance)s"),
    N_("less than %(share)s, or no more than its fades"),
    N_("%(level)s dB beyond chance"),
    N_("at most %(level)s"),
    N_("%(length)s, %(share)s of it"),
)
"""What a report says of a recording: its rules, what was found and what is wanted."""


def retold(text: str) -> str:
    """Tell why something came to nothing in the page's language."""
    return _retold(text, OF_ORDERS + OF_RENDERS)


def retold_finding(text: str) -> str:
    """Tell a rule, what was found or what is wanted in the page's language."""
    return _retold(text, OF_REPORTS)


def _retold(text: str, templates: tuple[str, ...]) -> str:
    for template in templates:
        if found := _pattern(template).fullmatch(text):
            return str(gettext(template, **found.groupdict()))
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What a sentence looks like that was made of a template, with a group for each value."""
    literals_and_names = re.split(r"%\((\w+)\)s", template)
    literals = [re.escape(literal) for literal in literals_and_names[::2]]
    groups = [f"(?P<{name}>.+?)" for name in literals_and_names[1::2]] + [""]
    return re.compile("".join(map("".join, zip(literals, groups, strict=True))))
