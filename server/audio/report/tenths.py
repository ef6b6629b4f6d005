"""A finished sound in tenths of a second: how loud each is, and how high its peak.

All that has to do with level over time is read from these few numbers, so that a long practice
is listened to once and takes no more memory than a short one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from server.units import SAMPLE_RATE_HZ, Lufs, Ms

TENTH_MS = Ms(100)
SHORT_TERM = 30
"""Tenths that a short-term loudness is the mean of, after EBU Tech 3341: three seconds."""

MOST_POINTS = 600
"""More than this a picture does not show."""

_FRAMES = SAMPLE_RATE_HZ // 10
_LEAST_POWER = 1e-12

_K_WEIGHTING = (
    # (b, a) of the two filters of ITU-R BS.1770-5, annex 1, at 48 kHz
    ((1.53512485958697, -2.69169618940638, 1.19839281085285),
     (-1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tenths:
    """A sound, a tenth of a second at a time; what is left over at its end is not in it."""

    powers: np.ndarray
    """Mean square after K-weighting: what loudness is made of. float32."""
    peaks: np.ndarray
    """The highest sample, 1.0 being full scale. float32."""

    def envelope(self) -> tuple[list[float], Ms]:
        """Thin the peaks out to at most MOST_POINTS, keeping the highest; and how far apart."""
        step = max(1, -(-len(self.peaks) // MOST_POINTS))
        starts = np.arange(0, len(self.peaks), step)
        highest = np.maximum.reduceat(self.peaks, starts) if len(starts) else self.peaks
        return [round(float(peak), 3) for peak in highest], Ms(step * TENTH_MS)

    def loudness(self) -> tuple[list[float], Ms]:
        """Thin the short-term loudness out to at most MOST_POINTS, in LUFS; and how far apart."""
        step = max(1, -(-len(self.powers) // (SHORT_TERM * MOST_POINTS))) * SHORT_TERM
        means = [self.powers[at : at + step].mean() for at in range(0, len(self.powers), step)]
        return [round(lufs_from_power(float(mean)), 1) for mean in means], Ms(step * TENTH_MS)


def lufs_from_power(power: float) -> Lufs:
    """The loudness of a K-weighted mean square."""
    return Lufs(-0.691 + 10 * float(np.log10(max(power, _LEAST_POWER))))


class TenthsMeter:
    """Takes 16-bit frames in any portions, then gives their Tenths."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, dtype="<i2")
        self._powers: list[np.ndarray] = []
        self._peaks: list[np.ndarray] = []

    def feed(self, frames: np.ndarray) -> None:
        """Hand over the next frames: mono, 16 bit, SAMPLE_RATE_HZ."""
        frames = np.concatenate((self._rest, frames)) if len(self._rest) else frames
        whole = len(frames) // _FRAMES * _FRAMES
        self._rest = frames[whole:]
        if whole:
            rows = frames[:whole].reshape(-1, _FRAMES) / np.float32(32768)
            self._peaks.append(np.maximum(rows.max(axis=1), -rows.min(axis=1)))
            spectrum = np.fft.rfft(rows, axis=1)
            self._powers.append((spectrum.real**2 + spectrum.imag**2) @ _WEIGHTS)

    def result(self) -> Tenths:
        """Give what was found so far."""
        nothing = np.zeros(0, dtype=np.float32)
        return Tenths(
            powers=np.concatenate((nothing, *self._powers)),
            peaks=np.concatenate((nothing, *self._peaks)),
        )


def _weights() -> np.ndarray:
    """How much each frequency of a tenth counts: K-weighting as a spectrum.

    Weighing a spectrum takes a tenth of the time that running a filter in Python would, and
    comes within 0.1 dB of ffmpeg's ebur128.
    """
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(_FRAMES))
    response = np.ones_like(turn)
    for (b0, b1, b2), (a1, a2) in _K_WEIGHTING:
        response *= (b0 + b1 * turn + b2 * turn**2) / (1 + a1 * turn + a2 * turn**2)
    return np.asarray(np.abs(response) ** 2 * 2 / _FRAMES**2, dtype=np.float32)


_WEIGHTS = _weights()
