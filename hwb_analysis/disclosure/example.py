"""A small table as a tidy frame, for examples, tests and trying out a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from hwb_analysis.frame import conform


def table(
    counts: Mapping[str, Sequence[float]],
    *,
    sexes: Sequence[str],
    totals: bool = True,
    whole: str = "County",
) -> pd.DataFrame:
    """Return counts by area and sex as a frame, with totals when asked.

    The whole area is given only when it is among ``counts`` or the areas have it as
    parent; ``Persons`` is added to the sexes.

    Examples
    --------
    >>> found = table({"North": [3, 12]}, sexes=["Male", "Female"])
    >>> dict(zip(found["sex"], found["count"].astype(int), strict=True))
    {'Male': 3, 'Female': 12, 'Persons': 15}
    """
    rows = []
    for area, numbers in counts.items():
        pairs = list(zip(sexes, numbers, strict=True))
        if totals:
            pairs.append(("Persons", sum(numbers)))
        rows += [{"area_code": area, "sex": sex, "count": count} for sex, count in pairs]
    frame = pd.DataFrame(rows)
    fixed = {
        "series_id": "local:example",
        "vintage": "2026-01",
        "area_type": "County",
        "period": "2024",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
        "period_kind": "calendar",
        "age": "All ages",
        "unit": "people",
        "basis": "complete_count",
        "grade": "A",
        "status": "ok",
        "origin_id": "example",
    }
    return conform(frame.assign(area=frame["area_code"], value=frame["count"], **fixed))
