"""The most and the least deprived district over many measures, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hwb_analysis.assessment import Assessment, DistrictGap
from hwb_analysis.errors import DataContractError
from hwb_analysis.style import format_difference, format_interval, format_number, is_missing
from hwb_analysis.vocabulary import Polarity, Status

OVERLAP = {True: "yes", False: "no"}
NOT_KNOWN = "not known: no limits published"
# A ratio of two scores or of values near zero says nothing; shares, rates and years bear one.
UNSUPPORTED = ("score",)


def pair_rows(assessments: Sequence[Assessment], most: str, least: str) -> pd.DataFrame:
    """Return one row a measure for :func:`.dumbbell.dumbbell`, in the order given.

    A measure is left out when one of the two districts has no figure or is suppressed: the
    missing one is never derived from the whole less the rest.

    Parameters
    ----------
    assessments
        Parts of measures; those without a gap between the two districts are left out.
    most, least
        Codes of the most and of the least deprived district.

    Raises
    ------
    DataContractError
        When no measure has figures for both.
    """
    found = [row for a in assessments if (row := _pair(a, most, least))]
    if not found:
        raise DataContractError(
            f"none of {len(assessments)} measures has figures for both districts",
            where=f"{most}, {least}",
            remedy="say why there is no comparison in place of the chart",
        )
    return pd.DataFrame(found)


def _pair(assessment: Assessment, most: str, least: str) -> dict[str, object]:
    gap = assessment.gap
    if gap is None:
        return {}
    frame = assessment.districts.set_index("area_code")
    if not {most, least} <= set(frame.index) or _hidden(frame, most) or _hidden(frame, least):
        return {}
    end = frame["period_end"].iloc[0]
    part = assessment.part
    row: dict[str, object] = {
        "label": assessment.heading + (" (proxy)" if assessment.is_proxy else ""),
        "unit": gap.unit,
        "better": (part.polarity if part else Polarity.NONE).value,
        "difference": format_difference(gap.difference, gap.unit, gap.lower_95, gap.upper_95),
        "ratio": ratio_words(gap),
        "overlap": _overlap(frame, most, least),
        "period": gap.period,
        "county": _value_at(assessment.history, end),
        "england": _value_at(assessment.comparator_history, end),
    }
    for name, code in (("most", most), ("least", least)):
        row[name] = frame.at[code, "value"]
        row[f"{name}_lower"] = frame.at[code, "lower_95"]
        row[f"{name}_upper"] = frame.at[code, "upper_95"]
    return row


def _hidden(frame: pd.DataFrame, code: str) -> bool:
    suppressed = frame.at[code, "status"] == Status.SUPPRESSED.value
    return bool(suppressed) or bool(frame["value"].isna()[code])


def _overlap(frame: pd.DataFrame, most: str, least: str) -> str:
    """Say whether two intervals overlap; it is a description, no test of the difference."""
    low = frame.loc[[most, least], "lower_95"]
    high = frame.loc[[most, least], "upper_95"]
    if low.isna().any() or high.isna().any():
        return NOT_KNOWN
    return OVERLAP[bool(low.max() <= high.min())]


def ratio_words(gap: DistrictGap) -> str:
    """Return the ratio of most to least deprived, with its interval where there is one.

    Examples
    --------
    >>> ratio_words(DistrictGap("A", "B", ratio=1.234, ratio_lower_95=1.1, ratio_upper_95=1.4,
    ...                         unit="%"))
    '1.23 times (1.10 to 1.40)'
    """
    if is_missing(gap.ratio) or gap.unit.startswith(UNSUPPORTED):
        return ""
    text = f"{format_number(gap.ratio, 2)} times"
    if is_missing(gap.ratio_lower_95) or is_missing(gap.ratio_upper_95):
        return text
    return f"{text} ({format_interval(gap.ratio_lower_95, gap.ratio_upper_95, decimals=2)})"


def _value_at(history: pd.DataFrame, end: object) -> float:
    if history.empty:
        return float("nan")
    same = history.loc[history["period_end"] == end, "value"]
    return float(same.iloc[0]) if len(same) else float("nan")


def pair_title(gaps: Sequence[DistrictGap]) -> str:
    """Return on how many measures two districts differ, of those whose difference has an interval.

    A difference counts when its 95 per cent interval leaves out zero.

    Examples
    --------
    >>> pair_title([DistrictGap("A", "B", lower_95=1.0, upper_95=2.0), DistrictGap("A", "B")])
    'A and B: statistically significant difference on the one measure with an interval'
    """
    pair = f"{gaps[0].most} and {gaps[0].least}"
    limited = [gap for gap in gaps if not is_missing(gap.lower_95)]
    apart = sum(gap.lower_95 > 0 or gap.upper_95 < 0 for gap in limited)
    if not limited:
        return f"{pair}: {_measures(len(gaps))}, published without intervals"
    of = f"the {_measures(len(limited))}" if len(limited) > 1 else "the one measure"
    of = of if len(limited) == len(gaps) else f"{of} with an interval"
    if not apart:
        return f"{pair}: no statistically significant difference on {of}"
    some = "" if apart == len(limited) else f"{apart} of "
    return f"{pair}: statistically significant difference on {some}{of}"


def _measures(count: int) -> str:
    return "1 measure" if count == 1 else f"{count} measures"


def has_limits(assessment: Assessment, most: str, least: str) -> bool:
    """Say whether both districts of an assessment have a figure with 95% limits."""
    frame = assessment.districts
    own = frame.loc[frame["area_code"].isin([most, least])] if len(frame) else frame
    return len(own) == 2 and bool(own[["value", "lower_95", "upper_95"]].notna().all(axis=None))
