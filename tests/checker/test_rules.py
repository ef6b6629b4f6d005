"""Every rule finds what it is for, and lets its own better example pass."""

from __future__ import annotations

import re

import pytest

from server.checker import RULES, Severity, find_rule
from tests.checker.practice import BODY, FIELDS

PARTS = {
    "stop-line": "arriving",
    "eyes-line": "arriving",
    "return": "ending",
    "length-missed": "stillness",
}
"""Where an example stands, if not in the middle of the practice."""

FIELD = {"speech-pace": "pace", "length-too-short": "minutes"}
"""The field that an example gives anew."""


def planted(rule, example):
    """Put an example into the practice that no other rule speaks of."""
    if re.match(r"[a-z-]+: ", example):
        names = FIELD.get(rule.id, "for-whom|not-when|intention")
        kept = re.sub(rf"^({names}): .*\n", "", FIELDS, flags=re.MULTILINE)
        given = (
            example if rule.id in FIELD or "intention" in example else f"intention: X.\n{example}"
        )
        return {"fields": f"{given}\n{kept}"}
    parts = {PARTS.get(rule.id, "middle"): example}
    if rule.id == "way-out":
        parts["fields"] = FIELDS.replace("track: ground", "track: past-pain")
    if rule.id == "length-missed" and "fill" not in example:
        parts["before"] = ""
    if rule.id == "stop-line":
        parts["arriving"] += "\nYour eyes may be open or closed. [4s]"
    return parts


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_finds_its_bad_example(rule, examine):
    """The rule speaks of its bad example, with its own severity."""
    found = [each for each in examine(**planted(rule, rule.bad)).remarks if each.rule == rule.id]
    assert found
    assert {each.severity for each in found} == {rule.severity}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_nothing_is_said_of_a_better_example(rule, examine):
    """What a rule recommends breaks neither it nor any other."""
    assert [str(each) for each in examine(**planted(rule, rule.better)).remarks] == []


def test_the_practice_itself_is_without_a_remark(said):
    """What the examples are planted in has nothing to be said of it."""
    assert "# Looking" in BODY
    assert said() == []


def test_each_rule_explains_itself():
    """A rule has an id of its own, and says in whole sentences why."""
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
        assert rule.why.endswith((".", "?"))
        assert len(rule.why.split()) >= 10
        assert rule.bad != rule.better
        assert "!" not in rule.why + rule.title


def test_a_rule_is_found_by_its_id():
    """And there is none of a name that there is not."""
    rule = find_rule("jargon")
    assert rule is not None
    assert rule.severity == Severity.WARNING
    assert find_rule("jargoon") is None


def test_rules_about_english_words_are_silent_in_other_languages(said):
    """A German script is not held against English words; its lengths and silences are."""
    fields = FIELDS.replace("voice: joe", "voice: joe\nlanguage: de")
    assert said(fields=fields, middle="Notice, you should, your journey. [30s]") == []
    assert said(fields=fields, middle="Hier ist es still. [95s]")[-1] == "silence-too-long"
