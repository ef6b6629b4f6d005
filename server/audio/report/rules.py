"""The rules of the report: what a finished file has to be like before anybody hears it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.audio.level import PEAK_LIMIT_DB, TARGET_LUFS, TOLERANCE_LU
from server.audio.mix import FADE_IN_MS, FADE_OUT_MS
from server.audio.report.measure import Measured
from server.errors import ReportRefused
from server.timeline import Timeline
from server.units import Ms

LENGTH_TOLERANCE_MS = Ms(50)

MOST_REMOVED = 0.01
"""Share of a file that podcast apps may take for silence."""

FADES_MS = FADE_IN_MS + FADE_OUT_MS
"""They are quiet in part, and no pause is lost with them. Measured: a file without a bell at its
end loses 2 s of them, which in a minute would be three times MOST_REMOVED."""

PAUSE_TOLERANCE_DB = 0.5

MOST_TOLD = 3
"""More moments than this are counted and not listed: the reason has to be read by somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule of the report and what was found."""

    rule: str
    found: str | None
    """In words, with its unit; None where there was nothing to be found."""
    wanted: str
    is_met: bool


def judge(measured: Measured, timeline: Timeline, *, has_voice: bool) -> tuple[Finding, ...]:
    """Hold what was measured against every rule. `has_voice` is False for the silent voice."""
    return tuple(_findings(measured, timeline, has_voice=has_voice))


def judge_alone(measured: Measured) -> tuple[Finding, ...]:
    """Hold a file whose timeline is not known against the rules that do not need it."""
    return _true_peak(measured), _silence(measured)


def refuse_unless_met(findings: Iterable[Finding]) -> None:
    """Raise ReportRefused with every rule that was not met."""
    missed = [f for f in findings if not f.is_met]
    if missed:
        told = "; ".join(f"{f.rule}: {f.found or 'none'}, wanted {f.wanted}" for f in missed)
        raise ReportRefused(f"The recording was not published: {told}.")


def _findings(measured: Measured, timeline: Timeline, *, has_voice: bool) -> Iterator[Finding]:
    yield Finding(
        rule="length",
        found=f"{measured.length_ms / 1000:.3f} s",
        wanted=f"{timeline.total_ms / 1000:.3f} s, within {LENGTH_TOLERANCE_MS} ms",
        is_met=abs(measured.length_ms - timeline.total_ms) <= LENGTH_TOLERANCE_MS,
    )
    yield _true_peak(measured)
    if has_voice:
        lufs = measured.speech_lufs
        yield Finding(
            rule="speech loudness",
            found=None if lufs is None else _level(lufs, "LUFS"),
            wanted=f"{_level(TARGET_LUFS, 'LUFS')}, within {TOLERANCE_LU} LU",
            is_met=lufs is not None and abs(lufs - TARGET_LUFS) <= TOLERANCE_LU,
        )
        yield _none_of("sentences without sound", measured.unheard_ms)
    yield _none_of("clicks at seams", measured.clicks_ms)
    spread_db = measured.pause_spread_db
    yield Finding(
        rule="difference between pauses",
        found=None if spread_db is None else f"{spread_db:.1f} dB beyond chance",
        wanted=f"at most {PAUSE_TOLERANCE_DB} dB",
        is_met=spread_db is None or spread_db <= PAUSE_TOLERANCE_DB,
    )
    yield _silence(measured)


def _true_peak(measured: Measured) -> Finding:
    peak_db = measured.true_peak_db
    return Finding(
        rule="true peak",
        found=None if peak_db is None else _level(peak_db, "dBTP"),
        wanted=f"at most {_level(PEAK_LIMIT_DB, 'dBTP')}",
        is_met=peak_db is None or peak_db <= PEAK_LIMIT_DB,
    )


def _level(level: float, unit: str) -> str:
    return f"{level:.1f} {unit}".replace("-", "−")


def _silence(measured: Measured) -> Finding:
    share = measured.removed_ms / max(1, measured.length_ms)
    return Finding(
        rule="taken for silence",
        found=f"{measured.removed_ms / 1000:.1f} s, {share:.1%} of it",
        wanted=f"less than {MOST_REMOVED:.0%}, or no more than its fades",
        is_met=share < MOST_REMOVED or measured.removed_ms <= FADES_MS,
    )


def _none_of(rule: str, moments_ms: tuple[Ms, ...]) -> Finding:
    told = ", ".join(_clock(moment_ms) for moment_ms in moments_ms[:MOST_TOLD])
    more = f" and {len(moments_ms) - MOST_TOLD} more" if len(moments_ms) > MOST_TOLD else ""
    return Finding(
        rule=rule,
        found=f"{len(moments_ms)}, at {told}{more}" if moments_ms else "none",
        wanted="none",
        is_met=not moments_ms,
    )


def _clock(moment_ms: Ms) -> str:
    """Say a moment so that it is found in an editor: 4:05.2."""
    minutes, rest_ms = divmod(moment_ms, 60_000)
    return f"{minutes}:{rest_ms // 1000:02}.{rest_ms % 1000 // 100}"
