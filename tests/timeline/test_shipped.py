"""Every shipped practice is planned and laid out at every length it offers."""

from __future__ import annotations

import json
from dataclasses import asdict

from server.script import parse_script
from server.timeline import Options, SilenceSegment, captions, lay_out, plan
from server.voice import estimate_ms


def shipped(scripts_path):
    for path in sorted(scripts_path.rglob("*.md")):
        yield parse_script(path.read_text(encoding="utf-8"), path=str(path))


def test_every_length_is_hit_and_changes_silences_only(scripts_path):
    """5, 10 or 20 minutes have the same sentences, and differ from the target by nothing."""
    count = 0
    for script in shipped(scripts_path):
        plans = [plan(script, Options(minutes=minutes)) for minutes in script.minutes]
        assert len({each.utterances for each in plans}) == 1
        for minutes, each in zip(script.minutes, plans, strict=True):
            line = lay_out(each, {u: estimate_ms(u) for u in each.utterances})
            assert abs(line.total_ms - minutes * 60_000) <= 1000, (script.slug, minutes)
            count += 1
    assert count >= 4


def test_long_own_words_still_fit_the_shortest_length(scripts_path):
    """Words of the greatest length that a script allows fit into its shortest form."""
    for script in shipped(scripts_path):
        words = {word.name: "a feeling " * (word.longest // 10) for word in script.words}
        made = plan(script, Options(minutes=script.minutes[0], words=words))
        line = lay_out(made, {u: estimate_ms(u) for u in made.utterances})
        assert line.total_ms == script.minutes[0] * 60_000, script.slug


def test_no_silence_is_longer_than_ninety_seconds(scripts_path):
    """Stillness is at most a minute and a half, even in the longest form."""
    for script in shipped(scripts_path):
        made = plan(script, Options(minutes=script.minutes[-1]))
        line = lay_out(made, {u: estimate_ms(u) for u in made.utterances})
        silences = [s.length_ms for s in line.segments if isinstance(s, SilenceSegment)]
        assert max(silences) <= 90_000, script.slug


def test_golden_script_to_plan_to_timeline(scripts_path, golden):
    """From the text of a script to every millisecond of it, as a person has read it."""
    for script in shipped(scripts_path):
        made = plan(script, Options(minutes=script.default_minutes))
        line = lay_out(made, {u: estimate_ms(u) for u in made.utterances})
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
