"""Every shipped practice, in all its tellings: it fits its length, and keeps to what was chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

import pytest

from server.errors import TooShort
from server.render import Catalogue
from server.script import (
    ANCHORS,
    ANY,
    EYES,
    Breath,
    Cue,
    Say,
    Script,
    When,
    inner_cues,
    list_ways,
)
from server.timeline import (
    TELLINGS,
    HeardStage,
    Options,
    SilenceSegment,
    Timeline,
    captions,
    choose_words,
    lay_out,
    linear_cues,
    plan,
    sentence_text,
)
from server.voice import estimate_ms

pytestmark = pytest.mark.no_cover  # many thousand tellings; the rules have tests of their own

WITH_GOLDEN = ("stepping-back", "three-breaths")
"""The two that a person reads to the millisecond: one with everything, one short."""

guess_ms = lru_cache(maxsize=None)(estimate_ms)


@pytest.fixture(scope="module")
def shipped(scripts_path: Path) -> tuple[Script, ...]:
    """Every practice of the library."""
    catalogue = Catalogue(scripts_path)
    assert catalogue.problems() == ()
    return catalogue.scripts()


def tellings(script: Script) -> Iterator[Options]:
    """Every way in which a practice can be told to somebody who gives no words."""
    for minutes, anchor, eyes, seed in product(script.minutes, ANCHORS, EYES, range(TELLINGS)):
        if (anchor, eyes) != ("sight", "closed"):
            yield Options(minutes=minutes, anchor=anchor, eyes=eyes, seed=seed)


def guess(script: Script, options: Options) -> Timeline:
    made = plan(script, options)
    return lay_out(made, {each: guess_ms(each) for each in made.utterances})


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
def test_every_telling_fits_its_length(shipped, every):
    """Whatever was chosen, it is as long as it says, and no silence is longer than 90 seconds."""
    wrong: set[tuple[str, int, str]] = set()
    count = 0
    for script in shipped:
        for options in islice(tellings(script), None, None, every):
            count += 1
            try:
                line = guess(script, options)
            except TooShort as error:
                wrong.add((script.slug, options.minutes, str(error)))
                continue
            if abs(line.total_ms - options.minutes * 60_000) > 1000:
                wrong.add((script.slug, options.minutes, f"{line.total_ms} ms"))
            silences = [s.length_ms for s in line.segments if isinstance(s, SilenceSegment)]
            if max(silences) > 90_000:
                wrong.add((script.slug, options.minutes, f"a silence of {max(silences)} ms"))
    assert sorted(wrong) == []
    assert count > 5000 / every


def test_long_own_words_still_fit_the_shortest_length(shipped):
    """Words of the greatest length that a script allows fit into its shortest form."""
    for script in shipped:
        words = {word.name: "a feeling " * (word.longest // 10) for word in script.words}
        line = guess(script, Options(minutes=script.minutes[0], words=words))
        assert abs(line.total_ms - script.minutes[0] * 60_000) <= 1000, script.slug


def test_who_gives_words_hears_them_and_who_gives_none_hears_what_is_neutral(shipped):
    """In each practice that greets an obstacle, at every length; and it still fits."""
    greeting = [script for script in shipped if script.track == "obstacles"]
    assert len(greeting) == 6
    for script, seed in product(greeting, range(TELLINGS)):
        (word,) = script.words
        for minutes in script.minutes:
            own = Options(minutes=minutes, seed=seed, words={word.name: "not another one of these"})
            line = guess(script, own)
            assert abs(line.total_ms - minutes * 60_000) <= 1000, script.slug
            said = " ".join(caption.text for caption in captions(line))
            assert "not another one of these" in said
            assert word.default not in said
            plain = guess(script, Options(minutes=minutes, seed=seed))
            assert word.default in " ".join(caption.text for caption in captions(plain))


def live_cues(cues: tuple[Cue, ...]) -> Iterator[Cue]:
    """Every cue that may be heard in a live sitting."""
    for cue in cues:
        conditions = cue.conditions if isinstance(cue, When) else ()
        if all("yes" in each.names for each in conditions if each.about == "live"):
            yield cue
            yield from live_cues(inner_cues(cue))


def test_a_live_sitting_never_says_that_its_words_can_go_by(shipped):
    """Who can answer need not let anything pass: that is for a recording alone."""
    passing = re.compile(r"\bmy words\b", re.I)
    asking = [s for s in shipped if any(way.label for way in list_ways(s))]
    assert len(asking) >= 10
    for script in asking:
        says = [c for stage in script.stages for c in live_cues(stage.cues) if isinstance(c, Say)]
        assert says
        words, _ = choose_words(script, {})
        assert [t for c in says if passing.search(t := sentence_text(c, words))] == []
        told = " ".join(sentence_text(c, words) for c in says)
        assert script.track != "obstacles" or "There will be a question now." in told


def test_each_practice_that_greets_has_words_to_pick_from(shipped):
    """Nobody has to type; every ready text may be said, and fits."""
    for script in shipped:
        for word in script.words if script.track == "obstacles" else ():
            assert 6 <= len(word.ready) <= 15
            for text in word.ready:
                choose_words(script, {word.name: text})


# ── what was chosen ──────────────────────────────────────────────────────────────────────────

BREATH = re.compile(r"\b(breath|inhal|exhal)", re.I)
SHUT = re.compile(r"\b(eye|lid)s?\b.*\b(shut|clos\w+|fall)\b|\b(shut|clos\w+)\b.*\beyes\b", re.I)
EITHER = re.compile(r"\bopen\b|^If your eyes (are|were)\b", re.I)
OPEN = re.compile(
    r"\beyes\b.*\b(stay|keep|remain) open|\beyes\b.*\b(rest|settle|take in)\b|\blook around\b"
    r"|\b(easy to look at|that you can see|you can simply look|only looking)\b",
    re.I,
)
"""What sends open eyes somewhere; to open them in the end is said to closed ones."""


def misses(options: Options, text: str) -> str:
    """Say what a sentence asks that its listener did not choose; empty where nothing."""
    eyes = "open" if options.anchor == "sight" else options.eyes
    if options.anchor not in (ANY, "breath") and BREATH.search(text):
        return "breath"
    if eyes == "open" and SHUT.search(text):
        return "shut"
    if eyes == "closed" and OPEN.search(text):
        return "open"
    if eyes == ANY and SHUT.search(text) and not EITHER.search(text):
        return "shut for all"
    return ""


def all_misses(script: Script, options: Options, heard: tuple[HeardStage, ...]) -> Iterator[str]:
    words, _ = choose_words(script, {})
    for each in heard:
        for cue in each.cues:
            if isinstance(cue, Breath) and options.anchor not in (ANY, "breath"):
                yield f"{script.slug}: a breath for {options.anchor}"
            if isinstance(cue, Say) and (missed := misses(options, sentence_text(cue, words))):
                chosen = f"{options.anchor}, eyes {options.eyes}"
                yield f"{script.slug}: {missed} for {chosen}: {sentence_text(cue, words)}"


def test_nobody_hears_what_they_did_not_choose(shipped):
    """ "Sounds, eyes open" holds no breath and nothing of shut eyes; and so for every choice."""
    found = {
        line
        for script in shipped
        for options in tellings(script)
        for line in all_misses(script, options, linear_cues(script, options))
    }
    assert sorted(found) == []


@pytest.mark.parametrize(
    ("anchor", "eyes", "text", "missed"),
    [
        ("sound", "open", "You might follow your breath.", "breath"),
        ("sound", "open", "Breathing goes on by itself.", "breath"),
        ("breath", "open", "You might follow your breath.", ""),
        ("any", "open", "A sound, your hands, or your breath.", ""),
        ("sound", "open", "Close your eyes, if you like.", "shut"),
        ("sight", "any", "Your eyes may fall shut.", "shut"),
        ("sound", "open", "The book can be shut.", ""),
        ("feet", "closed", "Your eyes can stay open.", "open"),
        ("feet", "closed", "Let your eyes rest on a window.", "open"),
        ("feet", "closed", "Find something that is easy to look at.", "open"),
        ("feet", "closed", "Your eyes may open in their own time.", ""),
        ("any", "any", "You might close your eyes.", "shut for all"),
        ("any", "any", "Your eyes may be open or shut.", ""),
    ],
)
def test_each_kind_of_miss_is_found(anchor, eyes, text, missed):
    """The test above can fail."""
    assert misses(Options(minutes=5, anchor=anchor, eyes=eyes), text) == missed


def test_golden_script_to_plan_to_timeline(shipped, golden):
    """From the text of a script to every millisecond of it, as a person has read it."""
    for script in shipped:
        if script.slug not in WITH_GOLDEN:
            continue
        line = guess(script, Options(minutes=script.default_minutes))
        told = {
            "chapters": [asdict(chapter) for chapter in line.chapters],
            "captions": [
                {"start_ms": c.start_ms, "end_ms": c.end_ms, "text": c.text} for c in captions(line)
            ],
            "segments": [[type(s).__name__, s.start_ms, s.length_ms] for s in line.segments],
            "total_ms": line.total_ms,
        }
        golden(
            f"timeline/{script.slug}.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        )
