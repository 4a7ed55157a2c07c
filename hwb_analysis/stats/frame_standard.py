"""Standardised rates of the groups in a frame: rows are bands, joined by age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import as_frame, check_columns, check_numbers
from hwb_analysis.stats import indirect, standardise
from hwb_analysis.stats.age_bands import ESP2013, standard_weights
from hwb_analysis.stats.arrays import (
    DEFAULT_LEVELS,
    Floats,
    check_levels,
    level_name,
    numbers,
    refuse,
)
from hwb_analysis.stats.grouping import sets_of
from hwb_analysis.stats.intervals import Estimates
from hwb_analysis.stats.standardise import MINIMUM_EVENTS, Missing

Levels = float | Sequence[float]


def direct_rate(
    frame: pd.DataFrame,
    *,
    count: str = "count",
    denominator: str = "denominator",
    age: str = "age",
    weights: str | None = None,
    standard: Mapping[str, float] = ESP2013,
    by: str | Sequence[str] = (),
    per: float = 100_000,
    levels: Levels = DEFAULT_LEVELS,
    frequency: str | None = None,
    missing: Missing = "withhold",
    minimum: float = MINIMUM_EVENTS,
    incomplete: bool = False,
) -> pd.DataFrame:
    """Return directly standardised rates, one row a group.

    Parameters
    ----------
    count, denominator, age
        Columns of events, people and age band.
    weights
        Column of the standard population; None joins ``standard`` by age.
    standard
        Weights by band label: the European Standard Population 2013.
    by
        Columns that tell the groups apart; also one group is summed.
    frequency
        Column with the number of events each counted person had, when one person may
        have several; ``count`` is then people.
    missing, minimum
        As in the array function.
    incomplete
        True lets groups have different sets of bands; otherwise a group that lacks a
        band the others have is missing, with the reason.

    Returns
    -------
    DataFrame
        Keys, ``total_count``, ``total_denominator``, ``value``, limits, ``method``,
        ``reason``.

    Raises
    ------
    StatisticsError
        A band twice in a group, a negative figure, a band that does not fit the
        standard, or people of one band that differ between frequencies.

    Examples
    --------
    >>> table = pd.DataFrame({"age": ["65-74", "75+"], "count": [20, 40],
    ...                       "denominator": [1000, 500]})
    >>> direct_rate(table, per=1000, levels=0.95)["value"].round(2).tolist()
    [47.69]
    """
    keys = [by] if isinstance(by, str) else list(by)
    extra = [name for name in (weights, frequency) if name]
    frame = as_frame(frame)
    check_columns(frame, [count, denominator, age, *keys, *extra])
    number, names = sets_of(frame, keys)
    band, labels = pd.factorize(frame[age])
    w = _column(frame, weights) if weights else _by_age(labels, standard)[band]
    f = _column(frame, frequency) if frequency else np.ones(len(frame))
    rows = _Rows(number, band, _column(frame, count), _column(frame, denominator), w, f)
    rows.check(len(labels), repeats=frequency is not None)
    found = rows.rate(
        len(names), len(labels), per, check_levels(levels), missing, minimum, incomplete
    )
    return _table(names, found)


def _by_age(labels: pd.Index, standard: Mapping[str, float]) -> Floats:
    found = standard_weights(labels.tolist(), standard)
    return np.array([found[str(label)] for label in labels], dtype=np.float64)


def _column(frame: pd.DataFrame, name: str) -> Floats:
    check_numbers(frame, [name])
    return numbers(name, frame[name].to_numpy(dtype="float64", na_value=np.nan))


class _Rows:
    """Rows of bands, summed by group without being laid out."""

    def __init__(
        self,
        number: NDArray[np.int64],
        band: NDArray[np.intp],
        x: Floats,
        n: Floats,
        w: Floats,
        f: Floats,
    ) -> None:
        self.number, self.band, self.x, self.n, self.w, self.f = number, band, x, n, w, f

    def check(self, bands: int, *, repeats: bool) -> None:
        """Refuse what no rate can be made of."""
        refuse(self.x < 0, "count is negative", "a count is zero or more; code missing as NaN")
        refuse(self.n < 0, "denominator is negative", "a denominator is zero or more")
        refuse(~(self.w >= 0), "a weight is negative or missing", "give every band its weight")
        refuse(~(self.f >= 1), "a frequency is below one", "count people with events only")
        cell = self.number * bands + self.band
        if not repeats and np.bincount(cell).max(initial=0) > 1:
            raise StatisticsError(
                "an age band occurs more than once in a group",
                remedy="name the columns that tell the groups apart in by=",
            )
        if repeats:
            self._one_denominator(cell)

    def _one_denominator(self, cell: NDArray[np.int64]) -> None:
        first = np.zeros(cell.max() + 1)
        first[cell] = self.n
        refuse(
            first[cell] != self.n,
            "the people of one band differ between frequencies",
            "repeat the same denominator for each frequency of a band",
        )

    def rate(
        self,
        groups: int,
        bands: int,
        per: float,
        levels: tuple[float, ...],
        missing: Missing,
        minimum: float,
        incomplete: bool,
    ) -> Estimates:
        """Return the rates of the groups from sums over their rows."""

        def total(values: Floats) -> Floats:
            return _sums(self.number, values, groups)

        cell = self.number * bands + self.band
        _, once = np.unique(cell, return_index=True)
        single = np.zeros(cell.size)
        single[once] = 1.0
        x = standardise.fill_missing(self.x, missing)
        share = np.where(self.w > 0, standardise.per_person(self.w, self.n), 0.0)
        scale = total(self.w * single)
        refuse(scale == 0, "the weights of a group sum to zero", "check the standard population")
        used = (self.w > 0) * single
        complete = np.full(groups, float(bands)) if not incomplete else total(single)
        fault = standardise.band_faults(
            total(used * np.isnan(self.n)) > 0,
            total(used * (self.n == 0)) > 0,
            total(single) < complete,
        )
        return standardise.dobson(
            total(np.nan_to_num(share) * x * self.f) / scale,
            total(np.nan_to_num(share) ** 2 * x * self.f**2) / scale**2,
            total(x * self.f),
            total(self.n * single),
            fault,
            per,
            levels,
            minimum,
            "directly standardised rate",
        )


def indirect_ratio(
    frame: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    count: str = "count",
    denominator: str = "denominator",
    age: str = "age",
    by: str | Sequence[str] = (),
    per: float = 100,
    as_rate: bool = False,
    levels: Levels = DEFAULT_LEVELS,
    missing: Missing = "withhold",
    observed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return indirectly standardised ratios (or rates), one row a group.

    Parameters
    ----------
    frame
        Bands of each group: ``count``, ``denominator``, ``age``.
    reference
        Bands of the reference population with the same column names, one row a band;
        joined by age, never by position.
    by
        Columns that tell the groups apart.
    per
        100 for the usual index; people the rate is stated for with ``as_rate``.
    as_rate
        True returns the reference's crude rate times the ratio.
    missing
        ``"withhold"`` or ``"zero"``: how a missing count or denominator is read.
    observed
        Table of observed events by group (columns of ``by`` and ``count``), when only the
        total is known; joined by key.

    Returns
    -------
    DataFrame
        Keys, ``total_count`` (observed), ``total_denominator`` (expected), ``value``,
        limits, ``method``, ``reason``.

    Raises
    ------
    StatisticsError
        A band the reference lacks or has twice, a reference band without people, or a
        negative figure.

    Examples
    --------
    >>> table = pd.DataFrame({"age": ["0-64", "65+"], "count": [4, 8],
    ...                       "denominator": [1000, 500]})
    >>> base = pd.DataFrame({"age": ["65+", "0-64"], "count": [100, 20],
    ...                      "denominator": [10_000, 10_000]})
    >>> indirect_ratio(table, base)["value"].round(2).tolist()
    [171.43]
    """
    keys = [by] if isinstance(by, str) else list(by)
    needed = [denominator, age, *keys] + ([count] if observed is None else [])
    frame, reference = as_frame(frame), as_frame(reference)
    check_columns(frame, needed)
    check_columns(reference, [count, denominator, age])
    number, names = sets_of(frame, keys)
    place = _reference_places(frame[age], reference[age])
    base = standardise.fill_missing(_column(reference, count), missing)
    refuse(np.isnan(base), "a reference count is missing", "complete the reference")
    people = _column(reference, denominator)
    x_ref, n_ref = base[place], people[place]
    n = standardise.fill_missing(_column(frame, denominator), missing)
    refuse(n < 0, "denominator is negative", "a denominator is zero or more")
    refuse(~(n_ref > 0), "a reference band has no people", "join the band to its neighbour")
    refuse(x_ref < 0, "reference count is negative", "a count is zero or more")
    expected = _sums(number, n * x_ref / n_ref, len(names))
    if observed is None:
        x = standardise.fill_missing(_column(frame, count), missing)
        refuse(x < 0, "count is negative", "a count is zero or more; code missing as NaN")
        events = _sums(number, x, len(names))
    else:
        joined = names.merge(as_frame(observed), how="left", on=keys, validate="one_to_one")
        events = standardise.fill_missing(_column(joined, count), missing)
    scale = per * base.sum() / people.sum() if as_rate else per
    return _table(names, indirect.indirect_ratio(events, expected, scale, levels))


def _sums(number: NDArray[np.int64], values: Floats, groups: int) -> Floats:
    found = np.bincount(number, weights=values, minlength=groups)
    return np.asarray(found, dtype=np.float64)


def _reference_places(age: pd.Series, reference: pd.Series) -> NDArray[np.intp]:
    if reference.duplicated().any():
        raise StatisticsError(
            "the reference has an age band more than once",
            where=", ".join(map(str, reference[reference.duplicated()].unique()[:3])),
            remedy="give one row a band",
        )
    place = np.asarray(pd.Index(reference).get_indexer(pd.Index(age)), dtype=np.intp)
    if (place < 0).any():
        absent = ", ".join(map(str, age[place < 0].unique()[:3]))
        raise StatisticsError(
            f"the reference lacks the age bands {absent}",
            remedy="use the same bands on both sides",
        )
    return place


def _table(names: pd.DataFrame, found: Estimates) -> pd.DataFrame:
    out = names.assign(
        total_count=found.count, total_denominator=found.denominator, value=found.value
    )
    for place, level in enumerate(found.levels):
        out[f"lower_{level_name(level)}"] = found.lower[place]
        out[f"upper_{level_name(level)}"] = found.upper[place]
    return out.assign(method=found.method, reason=found.reason)
