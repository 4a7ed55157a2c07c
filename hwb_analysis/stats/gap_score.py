"""Score limits of a gap: proportions (difference, ratio) and rates (difference, ratio).

A score interval holds every gap that a test would not reject when the variance is taken
at that gap. With t the tested gap and a tilde for the values most likely under it:

* difference of proportions: ``z = (p1 - p2 - t) / sqrt(p1~ q1~ / n1 + p2~ q2~ / n2)``,
  where p2~ is the root between 0 and 1 of the cubic
  ``N p^3 + [(n1 + 2 n2) t - N - x] p^2 + [n2 t^2 - (N + 2 x2) t + x] p + x2 t (1 - t)``
  with N = n1 + n2 and x = x1 + x2;
* ratio of proportions: ``z = (p1 - t p2) / sqrt(p1~ q1~ / n1 + t^2 p2~ q2~ / n2)``, p2~
  the smaller root of ``N t p^2 - [t (n1 + x2) + x1 + n2] p + x``;
* difference of rates: ``z = (r1 - r2 - t) / sqrt(r1~ / n1 + r2~ / n2)``, r2~ the larger
  root of ``N r^2 + (N t - x) r - x2 t``;
* ratio of rates: Wilson's limits of the share of events in the first group.

Miettinen and Nurminen multiply the binomial variance by N / (N - 1); Mee (difference)
and Koopman (ratio) do not. Limits are found by halving, to the last digits of a float.

Sources: Mee 1984; Miettinen and Nurminen 1985; Koopman 1984; Nam 1995; Gart 1985.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hwb_analysis.stats.arrays import LARGEST, Flags, Floats, quiet_divide, z_value
from hwb_analysis.stats.intervals import wilson

Pair = tuple[Floats, Floats]
Score = Callable[[Floats], Floats]
HALVINGS = 60


def proportion_difference(
    x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float, *, corrected: bool = True
) -> Pair:
    """Return the score limits of p1 - p2, as fractions.

    ``corrected`` is Miettinen and Nurminen's interval, without it Mee's. Counts have
    been checked; a missing or zero denominator gives missing limits.

    Examples
    --------
    >>> given = [np.array([float(v)]) for v in (56, 70, 48, 80)]
    >>> low, high = proportion_difference(*given, 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0528, 0.3382)
    """
    known = _known(x1, n1, x2, n2)
    x1, n1, x2, n2 = (np.where(known, side, 1.0) for side in (x1, n1, x2, n2))
    factor = _factor(n1 + n2, corrected)
    gap = x1 / n1 - x2 / n2

    def score(t: Floats) -> Floats:
        p2 = _second_under_difference(x1, n1, x2, n2, t)
        p1 = np.clip(p2 + t, 0.0, 1.0)
        return _studentised(gap - t, factor * (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2))

    found = _inverted(score, gap, np.full(gap.shape, -1.0), np.ones(gap.shape), z_value(level))
    return _where(known, found)


def _second_under_difference(x1: Floats, n1: Floats, x2: Floats, n2: Floats, t: Floats) -> Floats:
    """Return the most likely second proportion when the first is larger by t."""
    total, events = n1 + n2, x1 + x2
    b = ((n1 + 2 * n2) * t - total - events) / total
    c = ((n2 * t - total - 2 * x2) * t + events) / total
    d = x2 * t * (1 - t) / total
    # The cubic has three real roots; the middle one lies between 0 and 1.
    q = (b / 3) ** 3 - b * c / 6 + d / 2
    radius = np.sqrt(np.maximum((b / 3) ** 2 - c / 3, 0.0))
    radius = np.where(q < 0, -radius, radius)
    turn = np.clip(quiet_divide(q, radius**3), -1.0, 1.0)
    angle = (np.pi + np.arccos(np.where(np.isnan(turn), 0.0, turn))) / 3
    root = 2 * radius * np.cos(angle) - b / 3
    return np.clip(root, np.maximum(0.0, -t), np.minimum(1.0, 1.0 - t))


def proportion_ratio(
    x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float, *, corrected: bool = True
) -> Pair:
    """Return the score limits of p1 / p2; infinite where the second count is zero.

    ``corrected`` is Miettinen and Nurminen's interval, without it Koopman's.

    Examples
    --------
    >>> given = [np.array([float(v)]) for v in (56, 70, 48, 80)]
    >>> low, high = proportion_ratio(*given, 0.95, corrected=False)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (1.0798, 1.6708)
    """
    known = _known(x1, n1, x2, n2)
    x1, n1, x2, n2 = (np.where(known, side, 1.0) for side in (x1, n1, x2, n2))
    factor = _factor(n1 + n2, corrected)
    p1, p2 = x1 / n1, x2 / n2

    # Halving runs on the share u = t / (1 + t), which is finite where the ratio is not.
    def score(u: Floats) -> Floats:
        t = u / np.maximum(1 - u, 1 / LARGEST)
        low = _second_under_ratio(x1, n1, x2, n2, t)
        high = np.clip(t * low, 0.0, 1.0)
        variance = high * (1 - high) / n1 + t**2 * low * (1 - low) / n2
        return _studentised(p1 - t * p2, factor * variance)

    middle = np.where(x1 + x2 > 0, quiet_divide(p1, p1 + p2), 0.5)
    edges = np.zeros(middle.shape), np.ones(middle.shape)
    low, high = _inverted(score, middle, *edges, z_value(level))
    # Without events below, no ratio is too large; without events above, none too small.
    low, high = np.where(x1 == 0, 0.0, low), np.where(x2 == 0, 1.0, high)
    return _where(known, (_odds(low), _odds(high)))


def _second_under_ratio(x1: Floats, n1: Floats, x2: Floats, n2: Floats, t: Floats) -> Floats:
    a = (n1 + n2) * t
    b = t * (n1 + x2) + x1 + n2
    events = x1 + x2
    # The smaller root, written so that nothing cancels.
    root = 2 * events / (b + np.sqrt(np.maximum(b * b - 4 * a * events, 0.0)))
    return np.clip(root, 0.0, 1.0)


def rate_difference(x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float) -> Pair:
    """Return the score limits of the difference of two rates, x1/n1 - x2/n2.

    Examples
    --------
    >>> given = [np.array([float(v)]) for v in (15, 10, 10, 20)]
    >>> low, high = rate_difference(*given, 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.2889, 2.0063)
    """
    known = _known(x1, n1, x2, n2)
    x1, n1, x2, n2 = (np.where(known, side, 1.0) for side in (x1, n1, x2, n2))
    gap, total, events = x1 / n1 - x2 / n2, n1 + n2, x1 + x2

    def score(t: Floats) -> Floats:
        half = (events - total * t) / (2 * total)
        second = half + np.sqrt(np.maximum(half**2 + x2 * t / total, 0.0))
        second = np.maximum(second, np.maximum(0.0, -t))
        return _studentised(gap - t, (second + t) / n1 + second / n2)

    # No limit lies further off than a Poisson count can, counted generously.
    z = z_value(level)
    reach = (np.sqrt(x1) + z + 1) ** 2 / n1 + (np.sqrt(x2) + z + 1) ** 2 / n2
    return _where(known, _inverted(score, gap, gap - reach, gap + reach, z))


def rate_ratio(x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float) -> Pair:
    """Return the score limits of the ratio of two rates; 0 and infinity with zero counts.

    Examples
    --------
    >>> given = [np.array([v]) for v in (0.0, 20.1, 5.0, 33.2)]
    >>> low, high = rate_ratio(*given, 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0, 1.269)
    """
    known, total = _known(x1, n1, x2, n2), x1 + x2
    low, high = wilson(x1, np.where(total > 0, total, np.nan), level)
    low, high = np.where(total == 0, 0.0, low), np.where(total == 0, 1.0, high)
    turn = quiet_divide(n2, n1)
    return _where(known, (_odds(low) * turn, _odds(high) * turn))


def rate_ratio_on_logs(x1: Floats, n1: Floats, x2: Floats, n2: Floats, level: float) -> Pair:
    """Return the limits of the ratio of two rates by the score test of its logarithm.

    With N events in all, u the logarithm of the tested ratio of expected counts and L that of
    the counts seen, the test is ``z = (L - u) sqrt(N) / (2 cosh(u / 2))``. No limit where a
    count is zero; an end is 0 or infinite where the test rejects nothing beyond.

    Examples
    --------
    >>> given = [np.array([v]) for v in (7.0, 50.5, 3.0, 57.8)]
    >>> low, high = rate_ratio_on_logs(*given, 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 3)
    (0.7523, inf)
    """
    known = _known(x1, n1, x2, n2) & (x1 > 0) & (x2 > 0)
    x1, n1, x2, n2 = (np.where(known, side, 1.0) for side in (x1, n1, x2, n2))
    seen, events, scale = np.log(x1 / x2), x1 + x2, n2 / n1
    upper = _log_end(seen, events, z_value(level))
    lower = -_log_end(-seen, events, z_value(level))
    low, high = (np.where(known, np.exp(end) * scale, np.nan) for end in (lower, upper))
    return low, high


def _log_end(seen: Floats, events: Floats, z: float) -> Floats:
    """Return the first u above ``seen`` at which the test is as large as z, or infinity."""
    root = np.sqrt(events)

    def excess(u: Floats) -> Floats:
        return (u - seen) * root - 2 * z * np.cosh(u / 2)

    # Beyond this point the excess falls again, so that a first crossing lies before it.
    turn = 2 * np.arcsinh(root / z)
    crossed = (turn > seen) & (excess(turn) >= 0)
    left, right = np.where(crossed, seen, 0.0), np.where(crossed, turn, 1.0)
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        beyond = excess(middle) >= 0
        left, right = np.where(beyond, left, middle), np.where(beyond, middle, right)
    return np.where(crossed, (left + right) / 2, np.inf)


def _known(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Flags:
    return np.asarray((n1 > 0) & (n2 > 0) & ~np.isnan(x1) & ~np.isnan(x2))


def _factor(total: Floats, corrected: bool) -> Floats:
    return quiet_divide(total, total - 1) if corrected else np.ones(total.shape)


def _studentised(distance: Floats, variance: Floats) -> Floats:
    """Return the test statistic; infinite where there is a distance and no variance."""
    # A distance that rounding alone makes is none: the ends of the range are exact.
    none = np.abs(distance) < 1e-14
    with np.errstate(divide="ignore", invalid="ignore"):
        found = distance / np.sqrt(np.maximum(variance, 0.0))
    return np.where(none, 0.0, found)


def _inverted(score: Score, middle: Floats, low: Floats, high: Floats, z: float) -> Pair:
    """Return where the score, which falls with the tested gap, passes z and -z."""
    return _crossing(score, low, middle, z), _crossing(score, middle, high, -z)


def _crossing(score: Score, left: Floats, right: Floats, height: float) -> Floats:
    for _ in range(HALVINGS):
        centre = (left + right) / 2
        above = score(centre) > height
        left, right = np.where(above, centre, left), np.where(above, right, centre)
    return (left + right) / 2


def _odds(share: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(share / (1 - share))


def _where(known: Flags, pair: Pair) -> Pair:
    return np.where(known, pair[0], np.nan), np.where(known, pair[1], np.nan)
