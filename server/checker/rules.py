"""The table of all rules, in the order in which they are listed."""

from __future__ import annotations

from server.checker.allowing import ALLOWING
from server.checker.anchors import ANCHOR_RULES
from server.checker.arc import ARC
from server.checker.branches import BRANCHES
from server.checker.hearing import HEARING
from server.checker.model import Rule
from server.checker.pacing import PACING
from server.checker.variants import VARIANTS
from server.checker.wording import WORDING

RULES: tuple[Rule, ...] = (
    *ARC,
    *WORDING,
    *HEARING,
    *PACING,
    *ANCHOR_RULES,
    *VARIANTS,
    *BRANCHES,
    *ALLOWING,
)
"""A new rule is one small function, and one entry in the table beside it."""


def find_rule(rule_id: str) -> Rule | None:
    """Find a rule by its id, or None."""
    return next((rule for rule in RULES if rule.id == rule_id), None)


def rule_as_data(rule: Rule) -> dict[str, str]:
    """Give a rule as JSON holds it, for editors that explain what they mark."""
    return {
        "id": rule.id,
        "severity": str(rule.severity),
        "title": rule.title,
        "why": rule.why,
        "bad": rule.bad,
        "better": rule.better,
    }
