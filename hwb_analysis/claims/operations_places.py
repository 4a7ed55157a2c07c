"""Operations on many areas: position, rank, counts of small areas, land, gradients."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd

from hwb_analysis.assessment import assess_all, gradient_of, make_context
from hwb_analysis.claims.model import Finding
from hwb_analysis.claims.reader import NoFigureError, Reader, finding_of, one_of
from hwb_analysis.claims.recipes import (
    CountSmallAreas,
    Gradients,
    LandShare,
    MoreThanSome,
    Overall,
    Position,
    Rank,
    Select,
    ShareOfSmallAreas,
)
from hwb_analysis.vocabulary import AreaType, Comparison

MORE, NOT_MORE = "more than some", "no more than any"
STEEP, FLAT = "worse at the deprived end", "not worse at the deprived end"
MOSTLY_BETTER, NOT_MOSTLY = "more better than worse", "no more better than worse"
ADMINISTRATIVE = "lookup-lsoa21"


def position(recipe: Position, reader: Reader) -> Finding:
    """Return the group of equal size that the area falls into among all areas of its tier.

    ``ceil(groups * rank / n)`` with ties at their lowest rank; group 1 holds the figures
    that ``first_is`` names, ``low`` or ``high``.
    """
    rows = reader.rows(recipe)
    among = rows.loc[
        (rows["period"] == recipe.period)
        & rows["area_type"].isin(recipe.tier)
        & rows["value"].notna()
    ]
    own = one_of(reader.own(recipe), recipe.period, recipe.series)
    ranks = among["value"].rank(method="min", ascending=recipe.first_is == "low")
    mine = ranks.loc[among["area_code"] == own["area_code"]]
    if mine.empty:
        raise NoFigureError(f"{recipe.series} for {recipe.period}: the area is not in its tier")
    rank, size = int(mine.iloc[0]), len(among)
    nan = float("nan")
    return finding_of(
        own,
        value=float(math.ceil(recipe.groups * rank / size)),
        lower_95=nan,
        upper_95=nan,
        unit=f"of {recipe.groups} groups",
        method=f"place {rank} of {size} areas, {recipe.first_is}est figure first; "
        f"the area's own figure is {own['value']:.2f} {own['unit']}",
    )


def rank(recipe: Rank, reader: Reader) -> Finding:
    """Return the rank of an area among the districts of the strategy, highest figure first."""
    codes = [d.code for d in reader.strategy.area.districts]
    rows = reader.rows(recipe, codes)
    among = rows.loc[(rows["period"] == recipe.period) & rows["value"].notna()]
    own = one_of(reader.own(recipe), recipe.period, recipe.series)
    ranks = among["value"].rank(method="min", ascending=False)
    nan = float("nan")
    return finding_of(
        own,
        value=float(ranks.loc[among["area_code"] == own["area_code"]].iloc[0]),
        lower_95=nan,
        upper_95=nan,
        unit=f"of {len(among)} districts",
        method=f"districts in order, highest figure first; its own is {own['value']:.2f}",
    )


def count_small_areas(recipe: CountSmallAreas, reader: Reader) -> Finding:
    """Return how many small areas have a look-up value of at most some size, and which."""
    small = reader.lookup
    if recipe.msoas:
        small = small.loc[small["msoa21_code"].isin(recipe.msoas)]
    found = small.loc[small[recipe.column] <= recipe.at_most]
    names = ", ".join(sorted(found["lsoa21"])) or "none"
    return Finding(
        value=float(len(found)),
        unit=f"of {len(small)} small areas",
        period=_ranking(recipe.column),
        vintage=reader.snapshot.origins[ADMINISTRATIVE].release,
        series_id=ADMINISTRATIVE,
        method=f"small areas in {_tenths(recipe.at_most)}: {names}",
    )


def _ranking(column: str) -> str:
    """Return the index whose tenths a column of the look-up holds.

    Examples
    --------
    >>> _ranking("imd2019_decile")
    'Index of Multiple Deprivation, 2019'
    """
    found = re.match(r"imd(\d{4})_decile$", column)
    return f"Index of Multiple Deprivation, {found[1]}" if found else column.replace("_", " ")


def _tenths(at_most: float) -> str:
    """Return which tenths of all small areas of the nation are meant.

    Examples
    --------
    >>> _tenths(1), _tenths(2)
    ('the most deprived tenth', 'the 2 most deprived tenths')
    """
    return "the most deprived tenth" if at_most == 1 else f"the {at_most:g} most deprived tenths"


def share_of_small_areas(recipe: ShareOfSmallAreas, reader: Reader) -> Finding:
    """Return the share of small areas with a figure of at least some size, per cent."""
    rows = _small(recipe, reader)
    kept = rows.loc[rows["period"] == recipe.period]
    if kept.empty:
        raise NoFigureError(f"{recipe.series} for {recipe.period}")
    nan = float("nan")
    return finding_of(
        kept.iloc[0],
        value=float(100 * (kept["value"] >= recipe.at_least).mean()),
        lower_95=nan,
        upper_95=nan,
        unit="%",
        method=f"share of the {len(kept)} small areas that lie in tenth {recipe.at_least:g} or "
        "above, of ten from the most to the least deprived",
    )


def _small(select: Select, reader: Reader) -> pd.DataFrame:
    rows = reader.rows(select, reader.small_areas)
    return rows.loc[rows["area_type"] == AreaType.LSOA.value]


def more_than_some(recipe: MoreThanSome, reader: Reader) -> Finding:
    """Return whether more small areas lie in the tenths that are meant than by some others."""
    counts = {}
    for series in recipe.series:
        rows = _small(Select(series=series), reader)
        counts[series] = int((rows["value"] <= recipe.at_most).sum())
    own, *others = counts.values()
    fewer = sum(own > other for other in others)
    told = "; ".join(f"{reader.title(name)} {count}" for name, count in counts.items())
    first = reader.rows(Select(series=recipe.series[0])).iloc[0]
    nan = float("nan")
    return finding_of(
        first,
        value=float(own),
        lower_95=nan,
        upper_95=nan,
        unit="small areas",
        comparator=f"the fewest among the other {len(others)}",
        comparator_value=float(min(others)),
        word=MORE if fewer else NOT_MORE,
        method=f"number of small areas in {_tenths(recipe.at_most)}: {told}",
    )


def land_share(recipe: LandShare, reader: Reader) -> Finding:
    """Return the share of land in small areas of a kind of the rural-urban classification."""
    snapshot = reader.snapshot
    kinds = pd.read_csv(snapshot.checked("lookup-rural-urban"))
    outlines = snapshot.boundaries("lsoa21")
    land = outlines.assign(hectares=outlines.area / 10_000)[["area_code", "hectares"]]
    own = land.loc[land["area_code"].isin(reader.lookup["lsoa21_code"])]
    joined = own.merge(kinds, left_on="area_code", right_on="lsoa21_code", validate="one_to_one")
    inside = joined["ruc21"].str.startswith(recipe.of_kind)
    return Finding(
        value=float(100 * joined.loc[inside, "hectares"].sum() / joined["hectares"].sum()),
        unit="% of land",
        vintage=snapshot.origins["lookup-rural-urban"].release,
        series_id="lookup-rural-urban",
        method=f"land of the {len(joined)} small areas, measured on simplified outlines",
    )


def gradients(recipe: Gradients, reader: Reader) -> Finding:
    """Return whether every slope across groups of small areas is worse at the deprived end.

    A slope counts when its 95 per cent interval lies above zero. Shares are crude.
    """
    home = reader.strategy.area.code
    steep, told = 0, []
    for series, better in zip(recipe.series, recipe.better, strict=True):
        slope = gradient_of(series, reader.snapshot, home, better=better).slope
        low, high = float(slope.lower[0, 0]), float(slope.upper[0, 0])
        steep += low > 0
        told.append(f"{reader.title(series)} {float(slope.value[0]):.1f} ({low:.1f} to {high:.1f})")
    row = reader.rows(Select(series=recipe.series[0])).iloc[0]
    nan = float("nan")
    return finding_of(
        row,
        value=float(steep),
        lower_95=nan,
        upper_95=nan,
        unit=f"of {len(recipe.series)} gradients",
        series_id=", ".join(recipe.series),
        method="a line fitted over ten groups of small areas by national rank, its most less its "
        "least deprived end in percentage points (slope index, crude shares): " + "; ".join(told),
        word=STEEP if steep == len(recipe.series) else FLAT,
    )


def overall(recipe: Overall, reader: Reader) -> Finding:
    """Return whether more figures of the registry are better than worse than the comparator."""
    context = make_context(reader.strategy, reader.snapshot)
    compared: dict[tuple[str, ...], Comparison] = {}
    for one in assess_all(context):
        if one.part is not None and one.comparison is not Comparison.NOT_COMPARED:
            key = (one.part.series.id, one.part.sex, one.part.age, one.part.category)
            compared.setdefault(key, one.comparison)
    counts = {word: list(compared.values()).count(word) for word in set(compared.values())}
    better = counts.get(Comparison.BETTER, 0)
    worse = counts.get(Comparison.WORSE, 0)
    found = Finding(
        value=float(better),
        unit="figures better",
        vintage=f"snapshot {reader.snapshot.name}",
        comparator="figures worse",
        comparator_value=float(worse),
        method=f"{len(compared)} figures of the strategy's own measures, each against the "
        f"comparator by its 95 % interval: {better} better, "
        f"{counts.get(Comparison.SIMILAR, 0)} similar, {worse} worse",
    )
    return replace(found, word=MOSTLY_BETTER if better > worse else NOT_MOSTLY)
