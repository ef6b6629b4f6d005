"""When each word is said: from the lengths of a voice's phonemes, and kept beside the clip.

A voice knows phonemes, not words. Between two stops a word is mostly what stands between two
spaces; but espeak runs "of the" together, and says "25" in two words. Where the counts differ,
each word is pronounced by itself and looked for in what was said.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from pathlib import Path

from server.units import Ms
from server.voice.model import WordTime

WORDS_VERSION = 1
"""Of the file beside a clip; one of another version is as good as none."""

_STOPS = frozenset(",.;:!?")
_MARKS = frozenset("ˈˌ")
"""How a syllable is stressed depends on the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phoneme:
    """One symbol of what a voice says, a space or a stop included, and when."""

    symbol: str
    start_ms: float
    end_ms: float


Pronounce = Callable[[str], Sequence[str]]
"""One word → the symbols of its phonemes, as the voice would say it alone."""


def time_words(
    text: str, phonemes: Sequence[Phoneme], pronounce: Pronounce
) -> tuple[WordTime, ...]:
    """Find each word of a speakable text in the phonemes that were spoken of it.

    Words come in order and do not overlap; stretches that cannot be told apart are shared out
    evenly. Empty where nothing was said.
    """
    clauses = list(_clauses(text))
    spoken = list(_spoken_clauses(phonemes))
    if len(clauses) != len(spoken):
        clauses = [[word for clause in clauses for word in clause]]
        spoken = [[group for clause in spoken for group in clause]]
    return tuple(
        word
        for words, groups in zip(clauses, spoken, strict=True)
        for word in _time_clause(words, groups, pronounce)
    )


def shift_words(words: Sequence[WordTime], *, cut_ms: Ms, length_ms: Ms) -> tuple[WordTime, ...]:
    """Move words from raw speech into the clip that was cut out of it, and keep them inside."""

    def placed(moment_ms: Ms) -> Ms:
        return Ms(min(max(0, moment_ms - cut_ms), length_ms))

    return tuple(
        WordTime(text=word.text, start_ms=placed(word.start_ms), end_ms=placed(word.end_ms))
        for word in words
    )


def clip_words_bytes(words: Sequence[WordTime]) -> bytes:
    """Pack the words of a clip for the shelf."""
    rows = [[word.text, word.start_ms, word.end_ms] for word in words]
    document = {"version": WORDS_VERSION, "words": rows}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def read_clip_words(path: Path) -> tuple[WordTime, ...]:
    """Read the words of a clip; none where the file is missing, damaged or of another version."""
    try:
        document = json.loads(path.read_bytes())
        if document["version"] != WORDS_VERSION:
            return ()
        return tuple(
            WordTime(text=str(text), start_ms=Ms(int(start_ms)), end_ms=Ms(int(end_ms)))
            for text, start_ms, end_ms in document["words"]
        )
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def _clauses(text: str) -> Iterator[list[str]]:
    """Give the words between two stops, without the stops."""
    words: list[str] = []
    for word in text.split():
        if any(letter.isalnum() for letter in word):
            words.append(word.strip(",.;:!?'-"))
        if words and word[-1] in _STOPS:
            yield words
            words = []
    if words:
        yield words


def _spoken_clauses(phonemes: Sequence[Phoneme]) -> Iterator[list[list[Phoneme]]]:
    """Give the phonemes between two stops, in the groups that stand between spaces."""
    groups: list[list[Phoneme]] = []
    group: list[Phoneme] = []
    for phoneme in [*phonemes, Phoneme(symbol=".", start_ms=0, end_ms=0)]:
        is_stop = phoneme.symbol in _STOPS
        if not is_stop and not phoneme.symbol.isspace():
            group.append(phoneme)
        elif group:
            if any(each.symbol not in _MARKS for each in group):
                groups.append(group)
            group = []
        if is_stop and groups:
            yield groups
            groups = []


def _time_clause(
    words: Sequence[str], groups: Sequence[Sequence[Phoneme]], pronounce: Pronounce
) -> Iterator[WordTime]:
    """Share a clause out among its words, each of which begins where the one before it ends.

    The length that a voice gives the space between two words is no pause: the second word is
    heard in it already.
    """
    if len(words) == len(groups) and not any(c.isdigit() for word in words for c in word):
        ends_ms = [group[-1].end_ms for group in groups]
    else:
        ends_ms = _look_for(words, [each for group in groups for each in group], pronounce)
    start_ms = groups[0][0].start_ms if groups else 0
    for word, end_ms in zip(words, ends_ms, strict=False):
        yield WordTime(text=word, start_ms=Ms(round(start_ms)), end_ms=Ms(round(end_ms)))
        start_ms = end_ms


def _look_for(
    words: Sequence[str], phonemes: Sequence[Phoneme], pronounce: Pronounce
) -> list[float]:
    """Tell where words end that are not simply one group each, by what they sound like alone."""
    said = [each for each in phonemes if each.symbol not in _MARKS]
    if not words or not said:
        return []
    alone = [[s for s in pronounce(word) if _is_sound(s)] or ["?"] for word in words]
    expected = [symbol for symbols in alone for symbol in symbols]
    matcher = SequenceMatcher(None, expected, [each.symbol for each in said], autojunk=False)
    # Where both agree, by places; between two of them a place is found in proportion.
    known = sorted({**dict(_ends(matcher)), 0: 0, len(expected): len(said)}.items())
    ends = accumulate(len(symbols) for symbols in alone)
    return [_end_ms(said, _in_proportion(end, known)) for end in ends]


def _is_sound(symbol: str) -> bool:
    return symbol not in _MARKS and symbol not in _STOPS and not symbol.isspace()


def _ends(matcher: SequenceMatcher[str]) -> Iterator[tuple[int, int]]:
    for block in matcher.get_matching_blocks():
        yield block.a, block.b
        yield block.a + block.size, block.b + block.size


def _in_proportion(end: int, known: Sequence[tuple[int, int]]) -> float:
    """Move a place among the expected sounds to its place among those that were said."""
    after = min(bisect_right(known, end, key=lambda pair: pair[0]), len(known) - 1)
    (a0, b0), (a1, b1) = known[after - 1], known[after]
    return b0 + (b1 - b0) * (end - a0) / (a1 - a0)


def _end_ms(said: Sequence[Phoneme], place: float) -> float:
    """Tell when so many sounds are over."""
    whole, part = int(place), place - int(place)
    if part:
        return said[whole].start_ms + (said[whole].end_ms - said[whole].start_ms) * part
    return said[whole - 1].end_ms if whole else said[0].start_ms
