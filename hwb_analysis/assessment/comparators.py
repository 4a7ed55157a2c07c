"""Further comparators: the region around the area, and the areas like it on published lists.

Each is set against the area as the nation is: its value against the area's own interval, in
the same period. The nation decides the category on the pages; these stand beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from hwb_analysis.assessment.measures import part_rows
from hwb_analysis.assessment.model import Assessment, Context
from hwb_analysis.errors import DataContractError
from hwb_analysis.paths import data_dir
from hwb_analysis.stats.benchmark import compare_with
from hwb_analysis.vocabulary import Comparison, Polarity, Status

REGION = "region"
MARKED = "one of the two is marked as not comparable"
LISTS = ("model", "area_code", "rank", "peer_code", "peer")
COLUMNS = (
    "key",
    "measure_id",
    "part",
    "list",
    "area_code",
    "area",
    "period",
    "value",
    "unit",
    "comparison",
    "reason",
)


@dataclass(frozen=True, slots=True)
class PeerCount:
    """How the areas of one list stand beside the area, for one part of a measure.

    ``better`` counts the areas that the area is better than (higher than, where the figure
    has no good end), ``worse`` likewise; ``listed`` is how many the
    list names, ``held`` how many of them have a figure for the period.
    """

    list: str
    listed: int
    held: int
    better: int
    similar: int
    worse: int
    not_compared: int
    lowest: float
    middle: float
    highest: float


def neighbour_lists(area_code: str) -> dict[str, tuple[str, ...]]:
    """Return the codes of the areas on each list of an area, nearest first.

    Raises
    ------
    DataContractError
        When the look-up lacks a column.
    """
    rows = _lists(data_dir() / "lookups" / "neighbours.csv")
    own = rows.loc[rows["area_code"] == area_code].sort_values(["model", "rank"])
    return {str(name): tuple(some["peer_code"]) for name, some in own.groupby("model")}


@lru_cache(maxsize=4)
def _lists(path: Path) -> pd.DataFrame:
    if not path.is_file():
        # The list is optional: an authority need not name the areas it is read against.
        return pd.DataFrame(columns=list(LISTS))
    rows = pd.read_csv(path)
    absent = [c for c in LISTS if c not in rows]
    if absent:
        raise DataContractError(
            f"the list of neighbours lacks {', '.join(absent)}",
            where=str(path),
            remedy="the columns are " + ", ".join(LISTS),
        )
    return rows


def comparators(context: Context, assessments: Sequence[Assessment]) -> pd.DataFrame:
    """Return region and listed areas beside each figure, one row an area and a list.

    Parameters
    ----------
    context
        The context that the assessments were made for.
    assessments
        Those with a figure of the area are looked up; the others give no row.

    Returns
    -------
    DataFrame
        ``comparison`` is the area's own word against that comparator, at 95 %; where there
        is none, ``reason`` says why.

    Examples
    --------
    >>> from hwb_analysis.assessment import assess_all, make_context
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> context = make_context(strategy, current_snapshot())
    >>> some = assess_all(context, [strategy.measure("SHW-BSF-08")])
    >>> comparators(context, some)[["list", "value", "comparison"]].values.tolist()
    [['region', 75.5, 'better']]
    """
    lists = {REGION: (context.strategy.area.region.code,), **neighbour_lists(context.area_code)}
    told = [a for a in assessments if a.latest is not None and a.part is not None]
    ids = list(dict.fromkeys(a.part.series.id for a in told if a.part))
    frame = context.snapshot.frame(ids) if ids else pd.DataFrame()
    wanted = {code for codes in lists.values() for code in codes}
    rows = frame.loc[frame["area_code"].isin(wanted)] if ids else frame
    found = [row for a in told for row in _beside(a, rows, lists)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _beside(
    assessment: Assessment, frame: pd.DataFrame, lists: dict[str, tuple[str, ...]]
) -> list[dict[str, object]]:
    part, latest = assessment.part, assessment.latest
    if part is None or latest is None:
        return []
    same = frame.loc[
        (frame["period_end"] == pd.Timestamp(latest.period.end))
        & (frame["period_start"] == pd.Timestamp(latest.period.start))
    ]
    held = part_rows(same, part).set_index("area_code")
    usable = held.loc[held["value"].notna()]
    found = compare_with(
        latest.value,
        latest.lower_95,
        latest.upper_95,
        usable["value"].to_numpy(),
        better=None if part.polarity is Polarity.NONE else part.polarity.value,
        level=0.95,
    )
    rows = usable.reset_index().to_dict("records")
    said = {
        str(row["area_code"]): _row(assessment, row, str(word), str(reason))
        for row, word, reason in zip(rows, found.word, found.reason, strict=True)
    }
    return [
        said[code] | {"list": name}
        for name, codes in lists.items()
        for code in codes
        if code in said
    ]


def _row(
    assessment: Assessment, other: Mapping[Hashable, object], word: str, reason: str
) -> dict[str, object]:
    own = assessment.latest.status if assessment.latest else ""
    marked = Status.NOT_COMPARABLE.value in (own, other["status"])
    return {
        "key": assessment.key,
        "measure_id": assessment.measure.id,
        "part": assessment.heading,
        "area_code": other["area_code"],
        "area": other["area"],
        "period": other["period"],
        "value": other["value"],
        "unit": other["unit"],
        "comparison": Comparison.NOT_COMPARED.value if marked else word,
        "reason": MARKED if marked else reason,
    }


def peer_counts(table: pd.DataFrame, key: str, area_code: str) -> list[PeerCount]:
    """Return how the areas of each list stand beside one part, from :func:`comparators`.

    Lists without a single figure give no entry. The region is no list.
    """
    lists = neighbour_lists(area_code)
    rows = table.loc[(table["key"] == key) & (table["list"] != REGION)]
    out = []
    for name, some in rows.groupby("list"):
        count = some["comparison"].value_counts().to_dict()
        out.append(
            PeerCount(
                list=str(name),
                listed=len(lists.get(str(name), ())),
                held=len(some),
                better=count.get("better", 0) + count.get("higher", 0),
                similar=count.get("similar", 0),
                worse=count.get("worse", 0) + count.get("lower", 0),
                not_compared=count.get("not compared", 0),
                lowest=float(some["value"].min()),
                middle=float(some["value"].median()),
                highest=float(some["value"].max()),
            )
        )
    return out
