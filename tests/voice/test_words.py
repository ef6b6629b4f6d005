"""Words: found in the phonemes of what was said, in order, inside the clip, and kept beside it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.units import Ms
from server.voice import WordTime, clip_words_bytes, read_clip_words, speakable
from server.voice.words import Phoneme, shift_words, time_words

STEP_MS = 100


def phonemes(said: str) -> list[Phoneme]:
    """One phoneme for each symbol, a tenth of a second each."""
    return [
        Phoneme(symbol=symbol, start_ms=at * STEP_MS, end_ms=(at + 1) * STEP_MS)
        for at, symbol in enumerate(said)
    ]


ALONE = {"of": "ʌv", "the": "ðə", "25": "twˈɛnti fˈaɪv", "a": "ˈeɪ", "4": "fˈɔːɹ", "for": "fˈɔːɹ"}


def pronounce(word: str) -> str:
    """Say a word as espeak says it alone; what is not in the list is said as it is written."""
    return ALONE.get(word, word)


def found(text: str, said: str) -> list[tuple[str, int, int]]:
    words = time_words(text, phonemes(said), pronounce)
    return [(word.text, word.start_ms // STEP_MS, word.end_ms // STEP_MS) for word in words]


def test_a_word_is_what_stands_between_two_spaces():
    """Each begins where the one before it ends; a pause after a stop belongs to nobody."""
    assert found("Sit down, and rest.", "sˈɪt dˈaʊn,  ænd ɹˈɛst.") == [
        ("Sit", 0, 4),
        ("down", 4, 10),
        ("and", 13, 16),
        ("rest", 16, 22),
    ]


def test_words_that_are_run_together_are_told_apart():
    """Two words in one group are parted where the sounds of the second begin."""
    assert found("most of the time", "most ʌvðə time") == [
        ("most", 0, 4),
        ("of", 4, 7),
        ("the", 7, 9),
        ("time", 9, 14),
    ]


def test_a_number_is_one_word_however_many_are_said():
    """What stands as one word has the time of all that is said of it, stresses aside."""
    assert found("take 25 now", "take twˈɛnti fˈaɪv now") == [
        ("take", 0, 4),
        ("25", 4, 18),
        ("now", 18, 22),
    ]


def test_equal_counts_by_chance_are_seen_through():
    """A number of two words beside two words in one group: the counts agree, the words do not."""
    assert found("25 of the 4", "twˈɛnti fˈaɪv ʌvðə fˈɔːɹ") == [
        ("25", 0, 13),
        ("of", 13, 16),
        ("the", 16, 18),
        ("4", 18, 24),
    ]


def test_a_word_that_sounds_otherwise_among_others_keeps_its_place():
    """A short word is reduced between its neighbours; they are found, and it lies between."""
    assert found("for a while", "fɚɹə while") == [("for", 0, 3), ("a", 3, 4), ("while", 4, 10)]


def test_what_cannot_be_matched_is_shared_out_evenly():
    """Words of which no sound is found share their stretch by their lengths."""
    assert found("ab cd, ef", "xxxxxxxx, ef") == [("ab", 0, 4), ("cd", 4, 8), ("ef", 10, 12)]
    (first, second) = time_words("abc de", phonemes("xxxx"), pronounce)
    assert (first.end_ms, second.start_ms) == (240, 240)


def test_a_stop_that_was_not_said_costs_nobody_a_place():
    """When text and speech stop in different places, the whole is looked through at once."""
    assert found("ab, cd", "ab cd.") == [("ab", 0, 2), ("cd", 2, 5)]
    assert found("ab cd", "ab, cd.") == [("ab", 0, 2), ("cd", 2, 6)]


def test_nothing_said_is_no_word():
    """Without phonemes, or with stops alone, there is no time to tell."""
    assert found("Sit down.", "") == []
    assert found("Sit down.", " , .") == []
    assert found("Sit down.", "ˈˌ") == []
    assert found("", "sɪt.") == []


@given(
    text=st.text(st.sampled_from("ab4, .'-é"), max_size=40).map(speakable),
    said=st.lists(
        st.tuples(st.sampled_from("abx ,.ˈəf"), st.integers(0, 3_000).map(lambda n: n / 10)),
        max_size=60,
    ),
)
@example(text="4, 4.", said=[("ˈ", 0.0), (",", 0.0), ("a", 0.0)])
def test_words_never_cross_and_never_leave_the_speech(text, said):
    """Whatever is written and whatever is said: in order, without overlap, inside."""
    end_ms, spoken = 0.0, []
    for symbol, length_ms in said:
        spoken.append(Phoneme(symbol=symbol, start_ms=end_ms, end_ms=end_ms + length_ms))
        end_ms += length_ms
    words = time_words(text, spoken, pronounce)
    moments = [moment for word in words for moment in (word.start_ms, word.end_ms)]
    assert moments == sorted(moments)
    assert all(0 <= moment <= round(end_ms) for moment in moments)
    texts = [each for word in text.split() if (each := word.strip(",.;:!?'-"))]
    assert not words or [word.text for word in words] == texts


def word(text: str, start_ms: int, end_ms: int) -> WordTime:
    return WordTime(text=text, start_ms=Ms(start_ms), end_ms=Ms(end_ms))


def test_words_move_with_the_cut_and_stay_inside_the_clip():
    """What was cut off before a clip comes off each moment; nothing lies outside of it."""
    words = [word("Sit", 20, 400), word("down", 400, 900)]
    assert shift_words(words, cut_ms=Ms(50), length_ms=Ms(800)) == (
        word("Sit", 0, 350),
        word("down", 350, 800),
    )


def test_words_survive_the_shelf(tmp_path):
    """What is written is what is read."""
    words = (word("Sit", 30, 200), word("ça", 200, 420))
    path = tmp_path / "clip.words.json"
    path.write_bytes(clip_words_bytes(words))
    assert read_clip_words(path) == words
    path.write_bytes(clip_words_bytes(()))
    assert read_clip_words(path) == ()


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"version": 1}',
        b'{"version": 2, "words": [["Sit", 0, 10]]}',
        b'{"version": 1, "words": [["Sit", 0]]}',
        b'{"version": 1, "words": [["Sit", "now", 10]]}',
        b'{"version": 1, "words": 7}',
    ],
)
def test_a_missing_or_damaged_file_has_no_words(tmp_path, data):
    """A clip without readable words is a clip whose voice could not tell."""
    path = tmp_path / "clip.words.json"
    if data is not None:
        path.write_bytes(data)
    assert read_clip_words(path) == ()
