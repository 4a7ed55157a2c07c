"""The value axis: round steps, zero kept where it can be, and a mark where it is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from hwb_analysis import style
from hwb_analysis.figures.parts import Canvas

NICE_STEPS = (1.0, 2.0, 5.0, 10.0)
MOST_STEPS = 6
# The narrowest span shown, so that noise does not fill the height of a chart.
LEAST_POINTS, LEAST_SHARE = 4.0, 0.1
PADDING = 0.04


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends and ticks of a value axis."""

    low: float
    high: float
    ticks: tuple[float, ...]

    @property
    def cut(self) -> bool:
        """Say whether the axis leaves out the way to zero."""
        return self.low > 0 or self.high < 0

    @property
    def texts(self) -> list[str]:
        """Return the ticks as they are written."""
        return [self.text(tick) for tick in self.ticks]

    def text(self, value: float) -> str:
        """Write one tick with as many decimals as the finest of them needs."""
        exact = (p for p in range(6) if all(abs(t - round(t, p)) < 1e-9 for t in self.ticks))
        return style.format_number(value, next(exact, 6))

    def note(self, axis: str, unit: str) -> str:
        """Say where a cut axis starts; nothing when zero is on it."""
        if not self.cut:
            return ""
        start = f"{self.text(self.low)} {unit.removeprefix('score ')}".strip()
        return f"The {axis} axis starts at {start}, not at zero."


def scale(
    values: Iterable[float], unit: str, most_steps: int = MOST_STEPS, *, zero: bool = True
) -> Scale:
    """Return a round scale that holds the values.

    It starts at zero whenever the values then still fill half of it. Percentages
    do not run past 0 or 100 unless the values do. ``zero=False`` leaves that out, for
    the classes of a map.

    Examples
    --------
    >>> s = scale([84.1, 95.8], "%")
    >>> s.low, s.high, s.cut, s.texts[:3]
    (82.0, 98.0, True, ['82', '84', '86'])
    >>> scale([2.0, 9.0], "%").low
    0.0
    """
    present = [float(v) for v in values if v is not None and isfinite(v)]
    least, most = min(present), max(present)
    low, high = _padded(least, most, unit)
    if zero and least >= 0 and most - least >= most / 2:
        low = 0.0
    low = max(low, 0.0) if least >= 0 else low
    high = min(high, 100.0) if unit == "%" and most <= 100 else high
    return _rounded(low, high, most_steps)


def _padded(least: float, most: float, unit: str) -> tuple[float, float]:
    span = LEAST_POINTS if unit == "%" else LEAST_SHARE * max(abs(least), abs(most)) or 1.0
    spare = max(span - (most - least), 0.0) / 2 + PADDING * (most - least)
    return least - spare, most + spare


def _rounded(low: float, high: float, most_steps: int) -> Scale:
    size = 10.0 ** floor(log10((high - low) / most_steps))
    # Rounding outwards at both ends may add a step, hence the spare one.
    step = next(n * size for n in NICE_STEPS if n * size >= (high - low) / (most_steps + 0.5))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def mark_cut(canvas: Canvas, *, along: str) -> None:
    """Draw two short strokes at the low end of a cut axis (``along`` x or y)."""
    _, _, width, height = canvas.box
    for lift in (0.05, 0.09):
        across, up = (-0.05, 0.05), (lift - 0.02, lift + 0.02)
        xs, ys = (across, up) if along == "y" else (up[::-1], across)
        canvas.axes.plot(
            [x / width for x in xs], [y / height for y in ys],
            transform=canvas.axes.transAxes, color=style.GREY, linewidth=0.9, clip_on=False,
        )  # fmt: skip
