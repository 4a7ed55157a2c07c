"""How a gradient across deprivation groups is said in plain English.

A share that may be tested gets its slope index, its intervals and their cautions. One
that the index is partly made of, or that is modelled, gets its two ends and no more.
"""

from __future__ import annotations

from hwb_analysis.assessment import Gradient
from hwb_analysis.stats.slope_result import LACK_LEVEL, NOT_A_LINE, SlopeIndex
from hwb_analysis.style import (
    format_difference,
    format_interval,
    format_number,
    format_value,
)
from hwb_analysis.vocabulary import Basis


def gradient_words(found: Gradient, beside: Gradient | None = None) -> list[str]:
    """Return the slope in words, its fit, what it leaves out, and the ages beside it.

    The end with the higher share is named only when neither the sampling interval nor
    the interval of the regression contains zero. ``beside`` is the same share on the
    ranks of another edition of the index.
    """
    out = _described(found) if found.caution else _inferred(found)
    if beside is not None:
        out.append(_on_other_ranks(beside))
    if found.age is not None:
        ends = (found.age.fitted_most, found.age.fitted_least)
        most, least = (format_value(float(end.flat[0]), "%") for end in ends)
        out.append(
            "The groups also differ in age: along a line fitted to them "
            f"{most} of residents are aged 65 and over at the most deprived end, "
            f"{least} at the least."
        )
    return [*out, found.left_out] if found.left_out else out


def counted_words(found: Gradient) -> str:
    """Say who stands in the denominator: ``all ages``, ``households``, ``ages 5 and over``."""
    known = {"All ages": "all ages", "households": "households"}
    return known.get(found.counted, f"ages {found.counted}")


def end_shares(found: Gradient) -> tuple[float, float]:
    """Return the shares of the most and of the least deprived group."""
    value = found.groups["value"]
    return float(value.iloc[0]), float(value.iloc[-1])


def _described(found: Gradient) -> list[str]:
    most, least = end_shares(found)
    ratio = f" and a ratio of {format_number(most / least, 2)}" if least else ""
    return [
        f"{found.series.title}: {format_value(most, '%')} in the most deprived group and "
        f"{format_value(least, '%')} in the least, a difference of "
        f"{format_difference(most - least, '%')}{ratio}.",
        f"{found.caution[:1].upper()}{found.caution[1:]}.",
        f"The share is crude, for {counted_words(found)}.",
    ]


def _inferred(found: Gradient) -> list[str]:
    slope = found.slope
    sides = (slope.rii_ratio, slope.rii_ratio_lower, slope.rii_ratio_upper)
    times, low, high = (format_number(float(side.flat[0]), 2) for side in sides)
    crude = f"The share is crude, for {counted_words(found)}"
    if found.series.basis == Basis.COMPLETE_COUNT.value:
        crude += ", and all were counted: the sampling interval is as if the count were one draw"
    return [
        _slope_sentence(slope, found.series.title),
        f"The fitted share at the most deprived end is {times} times that at the least "
        f"(95 % interval {low} to {high}; relative index, ratio of the ends of the line).",
        f"{crude}.",
    ]


def _on_other_ranks(beside: Gradient) -> str:
    year = beside.edition.split()[-1]
    if beside.caution:
        most, least = (format_value(end, "%") for end in end_shares(beside))
        return f"On the ranks of {year}: {most} in the most deprived group, {least} in the least."
    bent = "; the groups do not lie on a line" if _bent(beside.slope) else ""
    return f"On the ranks of {year}: {_slope_words(beside.slope)}{bent}."


def _bent(slope: SlopeIndex) -> bool:
    return float(slope.lack_of_fit_p.flat[0]) < LACK_LEVEL


def _slope_words(slope: SlopeIndex) -> str:
    lower, upper = (float(side.flat[0]) for side in (slope.lower, slope.upper))
    told = format_difference(float(slope.value.flat[0]), "%", lower, upper)
    told = told.replace("(", "(95 % interval ", 1)
    return f"slope index of inequality {told[:-1]}, sampling error)"


def _not_apart(lower: float, upper: float) -> str:
    """Return why a slope counts as none: by its own interval, or by the scatter of the groups."""
    if lower <= 0 <= upper:
        return ", which chance could give"
    return ", which the scatter of the groups about the line could give"


def _slope_sentence(slope: SlopeIndex, title: str) -> str:
    value = float(slope.value.flat[0])
    lower, upper = (float(side.flat[0]) for side in (slope.lower, slope.upper))
    regression = (slope.regression_lower, slope.regression_upper)
    least, most = (float(side.flat[0]) for side in regression)
    text = f"{title}: {_slope_words(slope)}"
    if min(lower, least) > 0 or max(upper, most) < 0:
        text += f", {'higher' if value > 0 else 'lower'} at the most deprived end"
    else:
        text += _not_apart(lower, upper)
    if _bent(slope):
        text += (
            f". {NOT_A_LINE[:1].upper()}{NOT_A_LINE[1:]} (the largest distance from the line is "
            f"{format_number(abs(float(slope.largest_residual.flat[0])), 1)} percentage points; "
            f"interval of the regression {format_interval(least, most, '%')})"
        )
    return text + "."
