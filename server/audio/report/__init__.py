"""The report: a finished file, decoded and measured again, may be published or not.

`measure_file()` listens, `judge()` compares, `refuse_unless_met()` refuses.
"""

from server.audio.report.measure import Measured, measure_file
from server.audio.report.rules import Finding, judge, judge_alone, refuse_unless_met
from server.audio.report.tenths import Tenths

__all__ = [
    "Finding",
    "Measured",
    "Tenths",
    "judge",
    "judge_alone",
    "measure_file",
    "refuse_unless_met",
]
