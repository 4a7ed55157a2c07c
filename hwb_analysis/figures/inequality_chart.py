"""One figure to the one call of inequality: the groups as dots, the measures in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures.districts import district_dots
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.stats.frame_inequality import inequality
from hwb_analysis.stats.grouping import group_numbers

SPOKEN = {
    "difference, most and least deprived": "Most less least deprived",
    "difference, highest and lowest": "Highest less lowest",
    "slope index": "slope index",
    "sd": "standard deviation between groups",
}


def inequality_chart(
    frame: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    source: str,
    groups: str = "area_code",
    order: Sequence[str] | None = None,
    better: str | None = None,
    name: str = "inequality",
) -> Drawn:
    """Draw the groups of one figure as dots with limits, and say their inequality.

    Parameters
    ----------
    frame
        Rows of the tidy frame, one a group; one figure only.
    groups, order, better
        As in :func:`hwb_analysis.stats.frame_inequality.inequality`.

    Returns
    -------
    Drawn
        Dots in the order of deprivation where there is one, else from high to low; the
        caption gives difference, slope and dispersion, each with its 95% interval.

    Raises
    ------
    DataContractError
        As :func:`.districts.district_dots`.
    """
    table = inequality(frame, groups=groups, order=order, better=better)
    rows = frame
    if groups not in ("area_code", "area"):
        names = frame[groups].astype("str")
        rows = frame.assign(area_code=names, area=names)
        if order is None and names.str.match(r"^\s*\d+\b").all():
            order = names.iloc[group_numbers(names).argsort().to_numpy()].tolist()
    return district_dots(
        rows,
        title=title,
        subtitle=subtitle,
        source=source,
        unit=str(frame["unit"].iloc[0]),
        order=order,
        polarity=better,
        name=name,
        caption=caption_of(table),
    )


def caption_of(table: pd.DataFrame) -> str:
    """Return the measures that were found, in one sentence each."""
    lines = []
    for row in table.to_dict("records"):
        spoken = SPOKEN.get(str(row["measure"]))
        if spoken is None or not np.isfinite(row["value"]):
            continue
        shown = row["corrected"] if row["measure"] == "sd" else row["value"]
        without = " without sampling error" if row["measure"] == "sd" else ""
        if not np.isfinite(shown):
            shown, without = row["value"], " as it stands"
        unit = style.difference_unit(str(row["unit"]))
        limits = [float(row[f"{end}_95"]) for end in ("lower", "upper")]
        places = style.decimals_for(str(row["unit"]), float(shown), *limits)
        text = f"{spoken[0].upper()}{spoken[1:]}{without}: {style.format_number(shown, places)}"
        if np.isfinite(limits).all():
            low, high = (style.format_number(side, places) for side in limits)
            text += f" (95% interval {low} to {high})"
        lines.append(f"{text} {unit}.")
    return " ".join(lines)
