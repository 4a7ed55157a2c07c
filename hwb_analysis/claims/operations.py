"""Operations that give a number or set it against a comparator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from hwb_analysis.claims.model import Finding
from hwb_analysis.claims.reader import NoFigureError, Reader, finding_of, one_of
from hwb_analysis.claims.recipes import (
    Compare,
    CompareEvery,
    Districts,
    Printed,
    Select,
    Shared,
    Total,
    Value,
)
from hwb_analysis.periods import parse_period
from hwb_analysis.stats.verbs import compare as compare_verb
from hwb_analysis.vocabulary import Comparison

NO_INTERVAL = "no interval is published, and no counts that would give one"
FORMULAS = {
    "sum": "sum of the figures",
    "difference": "difference between the figures",
    "share left": "100 less the first as a share of the second, of the figures",
}
NOT_ALL = "not the same in all periods"


def value(recipe: Value, reader: Reader) -> Finding:
    """Return the figure of a period, or its count."""
    row = one_of(reader.own(recipe), recipe.period, recipe.series)
    if recipe.column == "value":
        return finding_of(row)
    if pd.isna(row["count"]):
        raise NoFigureError(f"{recipe.series} for {recipe.period}: no count is published")
    nan = float("nan")
    return finding_of(
        row,
        value=float(row["count"]),
        lower_95=nan,
        upper_95=nan,
        unit="people",
        method="count behind the published figure",
    )


def total(recipe: Total, reader: Reader) -> Finding:
    """Return the sum of the figures of several series."""
    rows = [one_of(reader.own(Select(series=s)), recipe.period, s) for s in recipe.series]
    summed = " and ".join(
        f"{row['value']:g} ({reader.title(str(row['series_id']))})" for row in rows
    )
    nan = float("nan")
    return finding_of(
        rows[0],
        value=float(sum(row["value"] for row in rows)),
        lower_95=nan,
        upper_95=nan,
        series_id=", ".join(recipe.series),
        vintage=", ".join(dict.fromkeys(str(row["vintage"]) for row in rows)),
        method=f"sum of published figures: {summed}",
    )


def printed(recipe: Printed, reader: Reader) -> Finding:
    """Return what follows from printed figures of the strategy itself."""
    figures = [reader.printed(reference) for reference in recipe.of]
    names = " and ".join(name.replace("/", ", part ") for name in recipe.of)
    if recipe.formula == "sum":
        found = sum(figures)
    elif recipe.formula == "difference":
        found = figures[0] - figures[1]
    else:
        found = 100 * (1 - figures[0] / figures[1])
    return Finding(
        value=float(found),
        period="as printed",
        vintage="the strategy",
        method=f"{FORMULAS[recipe.formula]} that the strategy prints in {names}",
    )


def shared_time(recipe: Shared, reader: Reader) -> Finding:
    """Return the part of their time that two periods share; a change is refused above a half."""
    first, last = parse_period(recipe.first), parse_period(recipe.last)
    return Finding(
        value=first.shared_fraction(last),
        period=f"{first.label} and {last.label}",
        method="days that both periods hold, over the geometric mean of their lengths; "
        "a change is not tested above one half",
    )


def number_of_districts(recipe: Districts, reader: Reader) -> Finding:
    """Return how many districts the look-up of areas gives the strategy's area."""
    home = reader.strategy.area
    areas = pd.read_csv(reader.snapshot.checked("lookup-areas"))
    found = areas.loc[areas["parent_code"] == home.code]
    return Finding(
        value=float(len(found)),
        unit="districts",
        vintage=reader.snapshot.origins["lookup-areas"].release,
        method="districts of the area in the look-up of areas",
    )


def compare(recipe: Compare, reader: Reader) -> Finding:
    """Return the figure of a period against the comparator, by interval."""
    own = one_of(reader.own(recipe), recipe.period, recipe.series)
    return _against(recipe, reader, [own])[0]


def compare_every(recipe: CompareEvery, reader: Reader) -> Finding:
    """Return the comparison with the comparator in every period of a run.

    The word is that of all periods, empty where none has one; the tendency likewise from
    the values alone.
    """
    run = reader.between(recipe, recipe.first, recipe.last)
    each = _against(recipe, reader, [row for _, row in run.iterrows()])
    words = {found.word for found in each}
    tendencies = {found.tendency for found in each}
    return replace(
        each[-1],
        period=f"{recipe.first} to {recipe.last} ({len(each)} periods)",
        word=words.pop() if len(words) == 1 else NOT_ALL,
        tendency=tendencies.pop() if len(tendencies) == 1 else "",
    )


def _against(
    recipe: Compare | CompareEvery, reader: Reader, own: Sequence[pd.Series[Any]]
) -> list[Finding]:
    nation, home = reader.comparator(recipe.to), str(own[0]["area_code"])
    rows = reader.rows(recipe, [home, nation])
    rows = rows.loc[rows["period"].isin([row["period"] for row in own])]
    theirs = rows.loc[rows["area_code"] == nation]
    others = [one_of(theirs, str(row["period"]), recipe.series) for row in own]
    done = compare_verb(rows, to=nation, better=recipe.better)
    words = done.loc[done["area_code"] == home].set_index("period")["comparison_95"]
    pairs = zip(own, others, strict=True)
    return [_set_against(a, b, str(words[a["period"]]), recipe.better) for a, b in pairs]


def _set_against(own: pd.Series[Any], other: pd.Series[Any], word: str, better: str) -> Finding:
    decided = word != Comparison.NOT_COMPARED.value
    return finding_of(
        own,
        comparator=str(other["area"]),
        comparator_value=float(other["value"]),
        word=word if decided else "",
        tendency=_tendency(own["value"], other["value"], better),
        tested=True if decided else None,
        test="comparator's value against the 95 % interval" if decided else NO_INTERVAL,
    )


def _tendency(mine: float, other: float, better: str) -> str:
    if mine == other:
        return Comparison.SIMILAR.value
    good = (mine > other) == (better == "high")
    return (Comparison.BETTER if good else Comparison.WORSE).value
