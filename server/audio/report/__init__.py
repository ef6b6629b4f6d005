"""The report: a finished file, decoded and measured again, may be published or not.

`measure_file()` listens, `judge()` compares, `refuse_unless_met()` refuses.
"""

from server.audio.report.measure import Measured, measure_file
from server.audio.report.rules import Finding, judge, judge_alone, refuse_unless_met

__all__ = [
    "Finding",
    "Measured",
    "judge",
    "judge_alone",
    "measure_file",
    "refuse_unless_met",
]
