"""``load``: figures by the names that people use, for the areas they think in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.stats.frame_limits import with_limits
from hwb_analysis.stats.frame_segments import with_segments
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Measure, Strategy
from hwb_analysis.vocabulary import AreaType

GROUPS = ("all", "home", "districts", "nation", "region", "lsoa")


def load(
    what: str | Iterable[str],
    areas: str | Iterable[str] = "home",
    *,
    vintage: str = "newest",
    strategy: Strategy | None = None,
    snapshot: Snapshot | None = None,
    source: str | Source = "snapshot",
) -> pd.DataFrame:
    """Return the figures of a priority, a measure, an indicator or a series.

    Parameters
    ----------
    what
        Slug of a priority, id of a measure, key of an indicator, id of a series, or
        several of them.
    areas
        ``"home"`` (the strategy's area, its districts, region and nation; the default),
        ``"districts"``, ``"region"``, ``"nation"``, ``"lsoa"``, ``"all"``, or names or
        codes of areas.
    vintage
        ``"newest"``, ``"all"`` or the label of one release. Two vintages of one series
        are never joined.
    strategy, snapshot
        Other ones than the product's own.
    source
        ``"snapshot"`` (the default, without a network); ``"fingertips"``, the publisher's
        service now, through the cache; or any other source of figures.

    Returns
    -------
    pandas.DataFrame
        Tidy frame, limits filled from counts where the publisher prints none; the
        column ``method`` says how. ``segment`` is the day on which the segment of a row
        starts, where the registry knows a break of the series, and ``break_reason`` why;
        no test of this package joins two segments.

    Raises
    ------
    UsageError
        When a name is unknown; the message lists what is known.

    Examples
    --------
    >>> mmr = load("cover:mmr2-5y", areas="nation")
    >>> mmr.loc[mmr["period"] == "2023/24", "value"].round(1).tolist()
    [84.1]
    """
    strategy = strategy or load_strategy()
    snapshot = snapshot or current_snapshot()
    names = [what] if isinstance(what, str) else list(what)
    if source == "snapshot":
        ids = [s for name in names for s in series_of(name, strategy, snapshot)]
        frame = snapshot.frame(dict.fromkeys(ids), vintage=vintage)
    else:
        frame = _from(source, names, strategy, snapshot)
    attributes = frame.attrs
    kept = with_limits(_areas(frame, areas, strategy))
    kept = with_segments(kept, breaks_of(strategy, kept["series_id"].unique()))
    kept.attrs = attributes
    return kept


def breaks_of(strategy: Strategy, series: Iterable[str]) -> dict[str, tuple[tuple[date, str], ...]]:
    """Return the breaks that the registry knows of each series: the day, and the reason."""
    wanted, found = set(series), dict[str, set[tuple[date, str]]]()
    for indicator in strategy.indicators.values():
        for link in indicator.series:
            if link.id in wanted:
                cuts = {(one.after, one.reason) for one in link.breaks}
                found.setdefault(link.id, set()).update(cuts)
    return {name: tuple(sorted(cuts)) for name, cuts in found.items() if cuts}


def _from(
    source: str | Source, names: list[str], strategy: Strategy, snapshot: Snapshot
) -> pd.DataFrame:
    # Only here: the live modules load what figures from the snapshot never need.
    from hwb_analysis.sources.live.choose import live_series, live_source

    if isinstance(source, str):
        source = live_source(source, strategy, snapshot)
    known = source.list()
    ids = [s for name in names for s in live_series(name, known, strategy)]
    return source.get(dict.fromkeys(ids))


def series_of(name: str, strategy: Strategy, snapshot: Snapshot) -> list[str]:
    """Return the series in the snapshot that a name stands for, in order of preference.

    Raises
    ------
    UsageError
        When the name is neither priority, measure, indicator nor series, or when
        nothing in the snapshot serves it.
    """
    if name in snapshot.series:
        return [name]
    if name in strategy.indicators:
        wanted = [link.id for link in strategy.indicator(name).series]
        reason = strategy.indicator(name).missing
    else:
        measures = _measures(name, strategy, snapshot)
        parts = [p for m in measures for p in (*strategy.parts(m), *strategy.context_parts(m))]
        wanted = [p.series.id for p in parts]
        reason = " ".join(filter(None, (strategy.reason(m) for m in measures)))
    found = [s for s in dict.fromkeys(wanted) if s in snapshot.series]
    if not found:
        raise UsageError(
            f"the snapshot {snapshot.name} holds no series for '{name}'",
            remedy=reason or "choose another measure; `hwb status` lists what is served",
        )
    return found


def _measures(name: str, strategy: Strategy, snapshot: Snapshot) -> list[Measure]:
    slugs = {p.slug: list(p.measures) for p in strategy.priorities}
    ids = {m.id: [m] for m in strategy.measures}
    known = {**slugs, **ids}
    if name not in known:
        everything = [*known, *strategy.indicators, *snapshot.series]
        near = did_you_mean(name, everything).split("?")[0]
        remedy = f"{near}? " if near.startswith("did you") else ""
        raise UsageError(
            f"'{name}' is no priority, measure, indicator or series",
            remedy=f"{remedy}priorities: {', '.join(slugs)}; `hwb status` lists the rest",
        )
    return known[name]


def _areas(frame: pd.DataFrame, areas: str | Iterable[str], strategy: Strategy) -> pd.DataFrame:
    home = strategy.area
    districts = [d.code for d in home.districts]
    groups = {
        "districts": districts,
        "region": [home.region.code],
        "nation": [home.nation.code],
        "home": [home.code, *districts, home.region.code, home.nation.code],
    }
    if areas == "all":
        return frame
    if areas == "lsoa":
        return frame.loc[frame["area_type"] == AreaType.LSOA.value].reset_index(drop=True)
    wanted = [areas] if isinstance(areas, str) else list(areas)
    codes = [c for name in wanted for c in groups.get(name, [])]
    codes += [_code(name, frame, home.name) for name in wanted if name not in groups]
    return frame.loc[frame["area_code"].isin(codes)].reset_index(drop=True)


def _code(name: str, frame: pd.DataFrame, home: str) -> str:
    if name in set(frame["area_code"]):
        return name
    codes = frame.loc[frame["area"].str.casefold() == name.casefold(), "area_code"].unique()
    if len(codes) == 1:
        return str(codes[0])
    known = sorted(set(frame.loc[frame["area_type"] != AreaType.LSOA.value, "area"]))
    raise UsageError(
        f"these series hold no area '{name}'",
        remedy=f"{did_you_mean(name, known)}; or one of {', '.join(GROUPS)}; {home} is 'home'",
    )
