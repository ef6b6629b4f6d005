"""Whether two answers are the same words again: counted, and never judged."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

from server.care.worksheet import Answer, PairAnswer, Worksheet

NEAR = 0.85
"""From this share of words in common on, two answers are nearly identical.

DESIGN.md says how it was chosen; tests/care/pairs.yaml holds the pairs.
"""

_MOST_TYPOS = 0.6
"""Where a greater share of the words differ, nobody looks for typos: it would take long."""

_PRONOUN, _BE = "i", "am"  # not "be": to be told to be kind is not to say that one is

_FOLDED: Mapping[str, str] = {
    word: folded
    for folded, words in {
        _PRONOUN: "me my mine myself you u your yours yourself yourselves ya we us our ours "
        "ourselves he him his himself she her hers herself they them their theirs themself "
        "themselves "
        "ich mich mir du dich dir er ihn ihm sie ihr ihnen wir uns euch sich "
        "mein meine meinem meinen meiner meines dein deine deinem deinen deiner deines "
        "sein seine seinem seinen seiner seines ihre ihrem ihren ihrer ihres "
        "unser unsere unserem unseren unserer eure eurem euren eurer",
        _BE: "am are is was were m re s bin bist ist seid sind war warst waren wart",
        "have": "have has had ve hab habe hast hat haben habt hatte hattest hatten hattet",
        "will": "ll would d werde wirst wird werden wurde wurdest wurden wurde",
        "do": "does", "go": "goes", "tu": "tue tust tut tun",
        "geb": "gib gibst gibt", "nehm": "nimm nimmst nimmt", "seh": "sieh siehst sieht",
        "kann": "kannst konnen", "soll": "sollst sollen", "muss": "musst mussen",
        "darf": "darfst durfen", "les": "lies liest", "ess": "iss isst",
        "helf": "hilf hilfst hilft", "sprech": "sprich sprichst spricht",
        "vergess": "vergiss vergisst",
    }.items()
    for word in words.split()
}  # fmt: skip
"""What changes of a sentence when somebody else says it, in English and German.

Both are known at once: people write in the language they think in, which need not be the
worksheet's.
"""

TURNING = (
    *("not", "no", "never", "nothing", "nobody", "none", "neither", "nor", "without"),
    *("nicht", "kein", "keine", "keinem", "keinen", "keiner", "keines", "nie", "niemals"),
    *("nichts", "niemand", "ohne"),
)
"""One of these more, and a sentence says the opposite."""

_NOT = re.compile(
    r"\b(ca|wo|do|does|did|is|are|was|were|could|should|would|have|has|had|must|need)n'?t\b"
)
_APART: Mapping[str, str] = {
    "ca": "can", "wo": "will", "cannot": "can not", "im": "i m", "ive": "i ve",
    "youre": "you re", "youve": "you ve", "theyre": "they re", "weve": "we ve",
    "thats": "that s", "its": "it s",
}  # fmt: skip
_ENDING = re.compile(r"(?<=...)(?:e?st|e)$")
"""What German verbs end with when `du` or `ich` does something. English words lose it as well,
which is no harm, since both answers lose the same."""

_TURNING = frozenset(_ENDING.sub("", word) for word in TURNING)

_SMALL_WORDS = """
    i am have will a an the this that these those it there here to of in on at by for from with
    about into as than and or but so because since although though while if when where which who
    what how do did be been being really just only also quite very then now still already even
    actually guess suppose think hope know oh yes ok okay course
    ein eine einem einen einer eines der die das dem den des dies diese diesem diesen dieser dieses
    es da hier zu zum zur von vom im bei beim fur mit aus auf nach uber um und oder aber weil denn
    dass ob wenn als wie wo wer welche welcher welches obwohl ja doch mal auch nur noch schon eben
    halt eigentlich wirklich echt ganz sehr vollig dann jetzt nun glaube denke hoffe ach naturlich
"""
_SMALL = frozenset(_FOLDED.get(word) or _ENDING.sub("", word) for word in _SMALL_WORDS.split())
"""Words that say little by themselves. One of these for another is no other content; any other
word for another one may be anything, as far as a count can tell."""

_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
"""Letters of languages that put no blanks between words: each is taken for a word."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def is_marked(worksheet: Worksheet, answers: Mapping[str, Answer]) -> bool:
    """Tell whether the two answers of the worksheet's pair are nearly identical."""
    answer = answers.get(worksheet.pair.name) if worksheet.pair else None
    return isinstance(answer, PairAnswer) and are_nearly_identical(answer.first, answer.second)


def are_nearly_identical(first: str, second: str) -> bool:
    """Tell whether two answers are the same words again.

    Other pronouns, another order, a typo here and there, or a word or two more do not count;
    one "not" more does, always, and so does one word that another stands for.
    """
    if not _words(first) and not _words(second):
        return _signs(first) == _signs(second) != ""
    share = likeness(first, second)
    return share is not None and share >= NEAR


def likeness(first: str, second: str) -> float | None:
    """The share of words that two answers have in common, whatever their order.

    A small word that was exchanged for another one counts twice: it says more than one that was
    added. So the share is 1 for the same words, and below 0 where few of them are. None where they
    cannot be the same: where each says something that the other does not, however long the rest
    is, or one of them says "not" more often, or there are no words.
    """
    # In an order of their own, so that the same typos are found whichever comes first.
    words, others = sorted((_words(first), _words(second)))
    left, right = _differences(words, others)
    if _turns(left) != _turns(right) or not words or not others:
        return None
    if _says_something(left) and _says_something(right):
        return None
    exchanged = min(left.total(), right.total())
    different = left.total() + right.total() + 2 * exchanged
    return 1 - different / (len(words) + len(others))


def _differences(words: Sequence[str], others: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """What only one of them has; a word with a typo in it is the same word."""
    left, right = Counter(words), Counter(others)
    left, right = left - right, right - left
    if left.total() + right.total() > _MOST_TYPOS * (len(words) + len(others)):
        return left, right
    for slips in (1, 2):  # the small ones first, so that each word finds its own
        for word in tuple(left.elements()):
            near = next((other for other in right if _is_typo(word, other, slips)), None)
            if near is not None:
                left -= Counter((word,))
                right -= Counter((near,))
    return left, right


def _is_typo(word: str, other: str, slips: int) -> bool:
    """Tell whether two words are one, written differently; of short ones every letter counts."""
    longest = max(len(word), len(other))
    most = min(slips, 0 if longest <= 3 else 1 if longest <= 7 else 2)
    return word[0] == other[0] and OSA.distance(word, other, score_cutoff=most) <= most


def _words(text: str) -> tuple[str, ...]:
    """The words of a text, as they are compared."""
    return tuple(_fold_words(text))


def _fold_words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("’", "'")
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _NOT.sub(lambda found: f"{_APART.get(found[1], found[1])} not", plain)
    for found in _WORD.findall(plain):
        for word in _APART.get(found, found).split():
            yield _FOLDED.get(word) or _ENDING.sub("", word)


def _turns(words: Counter[str]) -> int:
    """How many words there are that turn a sentence round."""
    return sum(words[word] for word in _TURNING)


def _says_something(words: Counter[str]) -> bool:
    """Tell whether any of the words is more than a small one."""
    return bool(words.keys() - _SMALL)


def _signs(text: str) -> str:
    """What there is in a text without blanks, joiners and marks: of "❤️" the heart."""
    return "".join(char for char in text if unicodedata.category(char)[0] in "LNS")
