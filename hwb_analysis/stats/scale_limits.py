"""Limits of a slope index whose errors, or whose line, live on a curved scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import Flags, Floats, Words, quiet_divide
from hwb_analysis.stats.convolution import (
    Curve,
    curved_moments,
    ratio_quantiles,
    sum_quantiles,
)
from hwb_analysis.stats.inequality import direction_sign, slope_index
from hwb_analysis.stats.ridit import (
    Line,
    shares_and_ranks,
    spread_between,
    spread_of,
    weighted_line,
)
from hwb_analysis.stats.scale_ends import end_quantiles
from hwb_analysis.stats.slope_parts import fit_checks
from hwb_analysis.stats.slope_result import SlopeIndex

TOO_WIDE = "a standard error is above 1 on the scale"
FEWEST_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """A scale: to it, back from it, and how steep the way there is."""

    to: Curve
    back: Curve
    steepness: Curve


LINKS = {
    "log": Link(np.log, np.exp, lambda y: 1 / y),
    "logit": Link(special.logit, special.expit, lambda y: 1 / (y * (1 - y))),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a slope index on a scale is asked of.

    ``s`` are errors on the scale, missing in sets that are ``wide``: there one is above
    what the scale can bear.
    """

    y: Floats
    n: Floats
    s: Floats
    wide: Flags
    link: Link
    scale: str
    better: str
    levels: tuple[float, ...]
    multiplier: float
    unit: str

    def plain(self) -> SlopeIndex:
        """Return the slope index on the natural scale, errors carried over by the delta rule."""
        natural = self.s / self.link.steepness(self.y)
        return slope_index(
            self.y,
            self.n,
            better=self.better,
            se=natural,
            levels=self.levels,
            multiplier=self.multiplier,
            unit=self.unit,
        )

    def chances(self) -> list[float]:
        """Return the lower then the upper tail of each level."""
        tails = [((1 - level) / 2, (1 + level) / 2) for level in self.levels]
        return [chance for pair in tails for chance in pair]

    def flat(self, values: Floats) -> Floats:
        """Return sets by groups, whatever the leading axes are."""
        return values.reshape(-1, values.shape[-1])

    def shaped(self, values: Floats) -> Floats:
        """Return the leading axes to results that have chances first."""
        return values.reshape(len(values), *self.y.shape[:-1])

    def reason(self, found: SlopeIndex) -> Words:
        """Say which sets have errors too wide for the scale."""
        shown = self.wide & ~np.isnan(found.value)
        return np.asarray(np.where(shown, TOO_WIDE, found.reason), object)


def natural_line(setting: Setting) -> SlopeIndex:
    """Return the slope of a line through the values, limits by exact convolution."""
    found, sign = setting.plain(), direction_sign(setting.better)
    share, rank = shares_and_ranks(setting.n)
    line = weighted_line(setting.y, rank, share)
    eta, s = setting.link.to(setting.y), setting.s
    slope = sign * line.slope_weights
    better_end, worse_end = _end_weights(line, sign)
    chances, flat = setting.chances(), setting.flat
    back = setting.link.back
    slopes = sum_quantiles(flat(eta), flat(s), back, flat(slope), chances)
    ratios = ratio_quantiles(flat(eta), flat(s), back, flat(better_end), flat(worse_end), chances)
    means = ratio_quantiles(flat(eta), flat(s), back, flat(slope), flat(share), chances)
    _, variance = curved_moments(flat(eta), flat(s), back)
    spread = np.sqrt((flat(slope) ** 2 * variance).sum(axis=-1))
    return _limited(
        replace(
            found,
            se=spread.reshape(setting.y.shape[:-1]) * setting.multiplier,
            scale=setting.scale,
            method=f"line through the values, errors on the {setting.scale} scale, exact",
            reason=setting.reason(found),
        ),
        *(setting.shaped(side) for side in (slopes, ratios, means)),
    )


def _end_weights(line: Line, sign: float) -> tuple[Floats, Floats]:
    """Return the weights of the ends so that their ratio is above 1 with a positive index."""
    most, least = line.intercept_weights, line.intercept_weights + line.slope_weights
    return (least, most) if sign > 0 else (most, least)


def _limited(found: SlopeIndex, slopes: Floats, ratios: Floats, means: Floats) -> SlopeIndex:
    """Put limits in place: quantiles come as lower and upper tail of each level in turn."""
    hidden = np.where(found.reason == "", 1.0, np.nan)
    usable = hidden * np.where(np.isnan(found.rii_ratio), np.nan, 1.0)
    return replace(
        found,
        lower=slopes[0::2] * found.multiplier * hidden,
        upper=slopes[1::2] * found.multiplier * hidden,
        rii_ratio_lower=ratios[0::2] * usable,
        rii_ratio_upper=ratios[1::2] * usable,
        rii_mean_lower=means[0::2] * hidden,
        rii_mean_upper=means[1::2] * hidden,
    )


def scale_line(setting: Setting, *, both: bool) -> SlopeIndex:
    """Return the slope between the turned-back ends of a line fitted on the scale."""
    found, sign = setting.plain(), direction_sign(setting.better)
    share, rank = shares_and_ranks(setting.n)
    line = weighted_line(setting.link.to(setting.y), rank, share)
    back, chances = setting.link.back, setting.chances()
    slopes, ratios = (_both_ends if both else _fixed_middle)(setting, line, sign, chances)
    moved = "both ends vary" if both else "the middle of the line held fixed"
    checks = fit_checks(
        line, setting.link.to(setting.y), setting.s, setting.levels, 1.0, setting.multiplier
    )
    most, least = back(line.at(0)), back(line.at(1))
    result = replace(
        _turned_back(found, most, least, sign),
        scale=setting.scale,
        method=f"line on the {setting.scale} scale, ends turned back, {moved}",
        reason=setting.reason(found),
        lack_of_fit=checks["lack_of_fit"],
        lack_of_fit_p=checks["lack_of_fit_p"],
        **_regression(setting, line, sign, checks),
    )
    means = slopes * setting.multiplier / result.mean
    return _limited(result, slopes, ratios, means)


def _turned_back(found: SlopeIndex, most: Floats, least: Floats, sign: float) -> SlopeIndex:
    scale = found.multiplier
    above, below = (least, most) if sign > 0 else (most, least)
    return replace(
        found,
        value=sign * (least - most) * scale,
        # On the curved scale the limits are not a multiple of one error.
        se=np.full(most.shape, np.nan),
        raw_slope=(least - most) * scale,
        raw_ratio=quiet_divide(most, least),
        fitted_most=most * scale,
        fitted_least=least * scale,
        rii_ratio=quiet_divide(above, below),
        rii_mean=sign * (least - most) * scale / found.mean,
    )


def _regression(
    setting: Setting, line: Line, sign: float, checks: dict[str, Floats]
) -> dict[str, Any]:
    """Return the t interval of the slope on the scale, turned back round the middle."""
    ends = []
    for side in ("regression_lower", "regression_upper"):
        slope = checks[side] / setting.multiplier
        ends.append(sign * _spanned(line, slope, setting.link.back) * setting.multiplier)
    low, high = np.minimum(*ends), np.maximum(*ends)
    return {"regression_lower": low, "regression_upper": high}


def _spanned(line: Line, slope: Floats, back: Curve) -> Floats:
    middle = line.at(0.5)
    return np.asarray(back(middle + slope / 2) - back(middle - slope / 2))


def _fixed_middle(
    setting: Setting, line: Line, sign: float, chances: Sequence[float]
) -> tuple[Floats, Floats]:
    error = np.sqrt(spread_of(line.slope_weights, setting.s))
    middle, back = line.at(0.5), setting.link.back
    slopes, ratios = [], []
    for chance in chances:
        slope = line.slope + sign * float(special.ndtri(chance)) * error
        most, least = back(middle - slope / 2), back(middle + slope / 2)
        slopes.append(sign * (least - most))
        ratios.append(least / most if sign > 0 else most / least)
    return np.stack(slopes), np.stack(ratios)


def _both_ends(
    setting: Setting, line: Line, sign: float, chances: Sequence[float]
) -> tuple[Floats, Floats]:
    better_end, worse_end = _end_weights(line, sign)
    values = setting.link.to(setting.y)
    centre = [(side * values).sum(axis=-1) for side in (better_end, worse_end)]
    parts = (
        spread_of(better_end, setting.s),
        spread_of(worse_end, setting.s),
        spread_between(better_end, worse_end, setting.s),
    )
    return end_quantiles(centre[0], centre[1], *parts, setting.link, chances)


def drawn(setting: Setting, line: str, draws: int, seed: int) -> SlopeIndex:
    """Return limits from seeded draws, for comparison with other software."""
    if draws < FEWEST_DRAWS:
        raise StatisticsError(
            f"at least {FEWEST_DRAWS:,} draws are needed, got {draws:,}",
            remedy="100,000 is usual; the exact method needs none",
        )
    on_scale = line == "scale"
    found = scale_line(setting, both=True) if on_scale else natural_line(setting)
    rng = np.random.default_rng(seed)
    sign, flat = direction_sign(setting.better), setting.flat
    eta, s, n = flat(setting.link.to(setting.y)), flat(setting.s), flat(setting.n)
    columns = [
        _one_set(*one, setting, sign, on_scale, draws, rng) for one in zip(eta, s, n, strict=True)
    ]
    slopes, ratios, means = (
        setting.shaped(np.stack(side, axis=-1)) for side in zip(*columns, strict=True)
    )
    method = f"{found.method}; {draws:,} draws, seed {seed}"
    return _limited(replace(found, method=method), slopes, ratios, means)


def _one_set(
    eta: Floats,
    s: Floats,
    n: Floats,
    setting: Setting,
    sign: float,
    on_scale: bool,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    curved = rng.normal(eta, s, size=(draws, eta.size))
    values = setting.link.back(curved)
    share, rank = shares_and_ranks(n)
    line = weighted_line(curved if on_scale else values, rank, share)
    most, least = line.at(0), line.at(1)
    if on_scale:
        most, least = setting.link.back(most), setting.link.back(least)
    ratio = least / most if sign > 0 else most / least
    slope = sign * (least - most)
    per_mean = slope / (values @ share)
    chances = setting.chances()
    return (
        np.quantile(slope, chances),
        np.quantile(ratio, chances),
        np.quantile(per_mean, chances),
    )
