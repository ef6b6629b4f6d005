"""The checker that cares. In: a Script, its text, and how long its sentences take to say.
Out: remarks, each about one place, by rules that say why and show what would be better.

A script without a mistake can still be one that nobody should have to hear. The parser says
what cannot be read; this room says what would not be kind, clear or honest to listen to.
"""

from server.checker.check import Checkup, check_passage, check_script
from server.checker.model import Remark, Rule, Severity
from server.checker.rules import RULES, find_rule, rule_as_data
from server.checker.telling import Length, LengthOf

__all__ = [
    "RULES",
    "Checkup",
    "Length",
    "LengthOf",
    "Remark",
    "Rule",
    "Severity",
    "check_passage",
    "check_script",
    "find_rule",
    "rule_as_data",
]
