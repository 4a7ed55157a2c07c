"""``load``: figures by the names that people use, for the areas they think in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.find import speaking_of
from hwb_analysis.sources.local.beside import unprotected_beside
from hwb_analysis.sources.selection import Days, selection
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
    periods: Days | None = None,
    strategy: Strategy | None = None,
    snapshot: Snapshot | None = None,
    source: str | Source = "snapshot",
    protected: bool = True,
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
    periods
        First and last day, as dates or ISO text, such as ``("2015-04-01", "2024-03-31")``:
        only periods that lie between them as a whole; None (the default) for all.
    strategy, snapshot
        Other ones than the product's own.
    source
        ``"snapshot"`` (the default, without a network); ``"fingertips"``, the publisher's
        service now, through the cache; or any other source of figures.
    protected
        Whether local figures come as they may be shown to others, small numbers withheld by
        the rule of their map (the default). ``False`` gives them as they came, for the eyes
        of whoever may see the file; the frame says so in ``attrs["unprotected"]``, and
        no report takes it.

    Returns
    -------
    pandas.DataFrame
        Tidy frame, limits filled from counts where the publisher prints none; the
        column ``method`` says how. ``segment`` is the day on which the segment of a row
        starts, where the registry knows a break of the series, and ``break_reason`` why;
        no test of this package joins two segments. ``attrs["disclosure"]`` holds, for each
        local series, the sentence that has to stand where its figures are shown.

    Raises
    ------
    UsageError
        When a name is unknown; the message lists what is known. When there is no figure
        for the areas and periods.
    DisclosureError
        When local figures cannot be shown without telling a small number, or unprotected
        ones are asked for in a report.

    Notes
    -----
    Where the snapshot lies in parts (:mod:`hwb_analysis.sources.partitioned`), only the rows
    of the wanted areas and periods are loaded.

    Examples
    --------
    >>> mmr = load("cover:mmr2-5y", areas="nation")
    >>> mmr.loc[mmr["period"] == "2023/24", "value"].round(1).tolist()
    [84.1]
    """
    strategy = strategy or load_strategy()
    snapshot = snapshot or current_snapshot()
    if not protected:
        snapshot = Snapshot(snapshot.folder, unprotected_beside())
    names = [what] if isinstance(what, str) else list(what)
    given = [areas] if isinstance(areas, str) else list(areas)
    if source == "snapshot":
        ids = list(dict.fromkeys(s for n in names for s in series_of(n, strategy, snapshot)))
        frame = _read(snapshot, ids, given, strategy, vintage=vintage, periods=periods)
    else:
        found = selection(periods=periods).of(_from(source, names, strategy, snapshot))
        frame = _areas(found, given, strategy)
    if frame.empty:
        between = f" between {periods[0]} and {periods[1]}" if periods else ""
        raise UsageError(
            f"{', '.join(names)}: no figure for {', '.join(given)}{between}",
            remedy='areas="all" without periods shows which areas and periods there are',
        )
    attributes = frame.attrs
    kept = with_limits(frame)
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


def _read(
    snapshot: Snapshot,
    ids: list[str],
    areas: list[str],
    strategy: Strategy,
    *,
    vintage: str,
    periods: Days | None,
) -> pd.DataFrame:
    groups = _groups(strategy)
    wanted = [code for name in areas for code in groups.get(name, [name])]
    everywhere = areas in (["all"], ["lsoa"])
    frame = snapshot.frame(
        ids, vintage=vintage, areas=None if everywhere else wanted, periods=periods
    )
    try:
        return _areas(frame, areas, strategy)
    except UsageError:
        # Read whole, so that the message can name the areas that there are.
        whole = _areas(snapshot.frame(ids, vintage=vintage), areas, strategy)
        return selection(periods=periods).of(whole)


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
    if name.startswith("local:") and snapshot.local is not None:
        raise snapshot.local.missing(name)
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
        remedy = f"{spoken}; " if (spoken := speaking_of(name, strategy)) else remedy
        raise UsageError(
            f"'{name}' is no priority, measure, indicator or series",
            remedy=f"{remedy}priorities: {', '.join(slugs)}; `hwb status` lists the rest",
        )
    return known[name]


def _groups(strategy: Strategy) -> dict[str, list[str]]:
    home = strategy.area
    districts = [d.code for d in home.districts]
    return {
        "districts": districts,
        "region": [home.region.code],
        "nation": [home.nation.code],
        "home": [home.code, *districts, home.region.code, home.nation.code],
    }


def _areas(frame: pd.DataFrame, areas: list[str], strategy: Strategy) -> pd.DataFrame:
    if areas == ["all"]:
        return frame
    if areas == ["lsoa"]:
        return frame.loc[frame["area_type"] == AreaType.LSOA.value].reset_index(drop=True)
    groups = _groups(strategy)
    codes = [c for name in areas for c in groups.get(name, [])]
    codes += [_code(name, frame, strategy.area.name) for name in areas if name not in groups]
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
