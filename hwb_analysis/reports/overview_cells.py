"""Assessments as the cells of an overview, and as rows on the range of all authorities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from hwb_analysis.assessment import Assessment, Context, part_rows
from hwb_analysis.stats.verbs import compare
from hwb_analysis.vocabulary import AreaType, Comparison, Polarity

UPPER = (AreaType.COUNTY.value, AreaType.UNITARY.value, AreaType.UPPER_TIER.value)
# Fewer areas are a handful of neighbours, not the range of a nation.
LEAST_AREAS = 100
QUARTERS = {"range_low": 0.0, "quarter_low": 0.25, "quarter_high": 0.75, "range_high": 1.0}


def cells_of(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """Return one cell a measure and area: the area, its districts, the comparator.

    Districts stand in the row of their measure when they have the same period, else in a
    row of their own. Each area is compared with the comparator of its own period. Parts
    without any figure give no cell.
    """
    return pd.DataFrame([row for a in assessments for row in _cells(a)])


def area_order(context: Context, assessments: Sequence[Assessment]) -> list[str]:
    """Return the columns of an overview: the area, its districts, the comparator."""
    districts = [d.name for d in context.strategy.area.districts]
    first = assessments[0]
    own = [first.area, *(d for d in districts if d != first.area)]
    return [*(a for a in own if a != first.comparator_area), first.comparator_area]


def _cells(assessment: Assessment) -> Iterator[dict[str, object]]:
    name = assessment.heading + (" (proxy)" if assessment.is_proxy else "")
    districts, latest = assessment.districts, assessment.latest
    end = districts["period_end"].iloc[0] if len(districts) else None
    if latest is not None:
        last = pd.Timestamp(latest.period.end)
        yield from _rows(assessment, name, assessment.history, last, own=True)
        if end == last:
            yield from _rows(assessment, name, districts, last)
        yield from _rows(assessment, name, assessment.comparator_history, last)
        if end is None or end == last:
            return
    if end is not None:
        label = name if latest is None else f"{name}, districts"
        yield from _rows(assessment, label, districts, end)
        yield from _rows(assessment, label, assessment.comparator_history, end)


def _rows(
    assessment: Assessment,
    name: str,
    frame: pd.DataFrame,
    end: object,
    *,
    own: bool = False,
) -> Iterator[dict[str, object]]:
    if frame.empty:
        return
    same = frame.loc[frame["period_end"] == end]
    words = {} if own else _compared(assessment, same, end)
    for row in same.to_dict("records"):
        word = assessment.comparison.value if own else words.get(row["area_code"], "")
        yield {
            "measure": name,
            "area": row["area"],
            "value": row["value"],
            "unit": row["unit"],
            "lower_95": row["lower_95"],
            "upper_95": row["upper_95"],
            "period": row["period"],
            "comparison_95": word,
            "status": row["status"],
            "note": row["note"],
        }


def _compared(assessment: Assessment, rows: pd.DataFrame, end: object) -> dict[str, str]:
    """Return the comparison word of each area; nothing where the comparator has no figure."""
    history, part = assessment.comparator_history, assessment.part
    if history.empty or part is None:
        return {}
    other = history.loc[(history["period_end"] == end) & history["value"].notna()]
    if len(other) != 1:
        return {}
    code = str(other["area_code"].iloc[0])
    if code in set(rows["area_code"]):
        return {}
    better = None if part.polarity is Polarity.NONE else part.polarity.value
    done = compare(pd.concat([rows, other], ignore_index=True), to=code, better=better)
    return dict(zip(done["area_code"], done["comparison_95"], strict=True))


def range_rows(context: Context, assessments: Sequence[Assessment]) -> pd.DataFrame:
    """Return the measures whose series holds a hundred authorities or more in their period.

    One row a measure, as :func:`hwb_analysis.figures.spine.spine_chart` takes them, with the
    number of ``areas`` that the range is of.
    """
    with_figure = [a for a in assessments if a.latest is not None and a.comparator is not None]
    return pd.DataFrame([row for a in with_figure if (row := _range(context, a))])


def _range(context: Context, assessment: Assessment) -> dict[str, object]:
    part, latest, other = assessment.part, assessment.latest, assessment.comparator
    assert part is not None
    assert latest is not None
    assert other is not None
    frame = part_rows(context.snapshot.frame([part.series.id]), part)
    same = frame.loc[
        frame["area_type"].isin(UPPER)
        & (frame["period_end"] == pd.Timestamp(latest.period.end))
        & frame["value"].notna()
    ].drop_duplicates("area_code")
    if len(same) < LEAST_AREAS:
        return {}
    word = assessment.comparison
    return {
        "label": assessment.heading,
        "value": latest.value,
        "lower_95": latest.lower_95,
        "upper_95": latest.upper_95,
        "comparator": other.value,
        "unit": latest.unit,
        "better": part.polarity.value,
        "period": latest.period.label,
        "comparison_95": "" if word is Comparison.NOT_COMPARED else word.value,
        "areas": len(same),
        **{name: float(same["value"].quantile(share)) for name, share in QUARTERS.items()},
    }
