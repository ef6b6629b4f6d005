"""What a voice says around the questions of a worksheet, language by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The sentences of one language; each invites, and none commands."""

    intention: str
    for_whom: str
    not_when: str
    credits: str
    arriving_title: str
    question_title: str
    reading_title: str
    returning_title: str
    name_of: str
    """Before the worksheet's title."""
    arriving: tuple[str, ...]
    eyes: Mapping[str, str]
    """What is said of the eyes, by what was chosen."""
    before: tuple[str, ...]
    first: str
    next: str
    headed: str
    """Before the title of one side of a pair."""
    under: str
    """Before that title, when what was written under it is to be rated."""
    rate: str
    """Where a worksheet has no words of its own for that."""
    optional: str
    options_one: str
    options_many: str
    option: str
    """Before each ready answer."""
    number: str
    short_quiet: str
    quiet: str
    more_quiet: str
    after_quiet: str
    read_both: tuple[str, ...]
    read_all: tuple[str, ...]
    kind_word: tuple[str, ...]
    reading_quiet: str
    after_reading: str
    returning: tuple[str, ...]


_ENGLISH = Phrases(
    intention="To see what is there, by writing it down.",
    for_whom="For anybody who would rather be asked by a voice than by a page.",
    not_when=(
        'If you feel in danger, or very far away from yourself, take "Too much" instead, '
        "and leave the writing for another day."
    ),
    credits="The words are our own.",
    arriving_title="Arriving",
    question_title="Question",
    reading_title="Reading",
    returning_title="Returning",
    name_of="This is a time to write. It is called",
    arriving=(
        "It is for seeing what is there, and there is nothing in it to get right.",
        "You can stop at any moment, and whatever you have written stays yours.",
    ),
    eyes={
        "any": "Your eyes may be open or shut while you listen, whichever is easier.",
        "open": "Your eyes can rest wherever it is easy to look while you listen.",
        "closed": "Your eyes may be shut while you listen, and open whenever you want to write.",
    },
    before=(
        "You might have something to write with: a pen, or a phone.",
        "After each question there is quiet for writing, and my voice comes back.",
    ),
    first="Here is a question, if you like.",
    next="And here is another, if you like.",
    headed="It has a name that you might write above it",
    under="You might look once more at what you wrote under this name",
    rate="How kind is that, by your own measure?",
    optional="You can also pass this one over.",
    options_one="You might pick one of these, the nearest one.",
    options_many="You might pick some of these, as many as fit.",
    option="It might be this",
    number="If you like, there can be a number for that, from {least} to {most}.",
    short_quiet="There is a little quiet for that now.",
    quiet="There is quiet now for writing, and I will say when it is over.",
    more_quiet="You might still be writing, and there is as much quiet again.",
    after_quiet="That was the quiet. You may write on whenever you like, now or later.",
    read_both=(
        "Both answers are there now, and they can lie side by side.",
        "You might go through the one, and then the other, as if somebody else had written them.",
        "Nothing has to be done about either of them.",
    ),
    read_all=(
        "You might go once through what you have written, as if it were somebody else's.",
        "Nothing has to be done about it.",
    ),
    kind_word=(
        "If something in it hurts, that is ordinary. Your feet are there, and the room, and you "
        "may stop.",
    ),
    reading_quiet="There is quiet now, to be with what is there.",
    after_reading="That was the quiet, and it may have been too short or too long.",
    returning=(
        "Perhaps you hear the room again, and feel your hands and your feet.",
        "Thank you for taking the time, whatever is on the page.",
    ),
)

_GERMAN = Phrases(
    intention="Sehen, was da ist, indem es aufgeschrieben wird.",
    for_whom="Für alle, die lieber von einer Stimme gefragt werden als von einer Seite.",
    not_when=(
        "Wenn du in Gefahr bist oder dir selbst sehr fern, lass das Schreiben für einen anderen "
        "Tag und such dir etwas, das dich jetzt hält."
    ),
    credits="Die Worte sind unsere eigenen.",
    arriving_title="Ankommen",
    question_title="Frage",
    reading_title="Lesen",
    returning_title="Zurückkommen",
    name_of="Das ist eine Zeit zum Schreiben. Sie heißt",
    arriving=(
        "Es geht darum zu sehen, was da ist, und nichts daran muss gelingen.",
        "Du kannst jederzeit aufhören, und was du geschrieben hast, bleibt deins.",
    ),
    eyes={
        "any": "Deine Augen können beim Zuhören offen sein oder zu, wie es leichter ist.",
        "open": "Deine Augen können beim Zuhören dort ruhen, wo es leicht ist hinzuschauen.",
        "closed": "Deine Augen können beim Zuhören zu sein und aufgehen, wenn du schreiben magst.",
    },
    before=(
        "Vielleicht hast du etwas zum Schreiben bei dir: einen Stift oder ein Telefon.",
        "Nach jeder Frage ist es still, damit du schreiben kannst, und dann hörst du mich wieder.",
    ),
    first="Hier ist eine Frage, wenn du magst.",
    next="Und hier ist noch eine, wenn du magst.",
    headed="Sie hat eine Überschrift, die du darüber setzen kannst",
    under="Du kannst noch einmal auf das schauen, was unter dieser Überschrift steht",
    rate="Wie freundlich ist das, nach deinem eigenen Maß?",
    optional="Du kannst sie auch auslassen.",
    options_one="Du kannst dir etwas davon aussuchen, das, was am nächsten kommt.",
    options_many="Du kannst dir davon aussuchen, was passt, auch mehreres.",
    option="Vielleicht dies",
    number="Wenn du magst, kann es dafür eine Zahl geben, von {least} bis {most}.",
    short_quiet="Dafür ist es jetzt ein wenig still.",
    quiet="Jetzt ist es still zum Schreiben, und ich sage, wann es vorbei ist.",
    more_quiet="Vielleicht schreibst du noch, und es bleibt noch einmal so lange still.",
    after_quiet="Das war die Stille. Du kannst weiterschreiben, wann du magst, jetzt oder später.",
    read_both=(
        "Jetzt sind beide Antworten da, und sie können nebeneinander liegen.",
        "Du kannst die eine lesen und dann die andere, als hätte sie jemand anders geschrieben.",
        "Mit keiner von beiden muss etwas geschehen.",
    ),
    read_all=(
        "Du kannst einmal lesen, was du geschrieben hast, als wäre es von jemand anderem.",
        "Es muss nichts damit geschehen.",
    ),
    kind_word=(
        "Wenn darin etwas weh tut, ist das nichts Ungewöhnliches. Deine Füße sind da und der Raum, "
        "und du kannst aufhören.",
    ),
    reading_quiet="Es ist still, während du liest.",
    after_reading="Das war die Stille zum Lesen.",
    returning=(
        "Vielleicht hörst du wieder den Raum und spürst deine Hände und deine Füße.",
        "Danke, dass du dir die Zeit genommen hast, was immer nun auf dem Blatt steht.",
    ),
)

PHRASES: Mapping[str, Phrases] = {"en": _ENGLISH, "de": _GERMAN}
"""By the first part of a language's tag."""
