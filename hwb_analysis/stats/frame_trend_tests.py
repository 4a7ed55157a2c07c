"""Trend tests of the series of a frame: the right test for the data, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hwb_analysis.errors import StatisticsError
from hwb_analysis.given import check_columns
from hwb_analysis.periods import PANDEMIC
from hwb_analysis.stats.arrays import DEFAULT_LEVELS, Flags, level_name, numbers, refuse
from hwb_analysis.stats.carried import CARRIED, carried_forward
from hwb_analysis.stats.frame_keys import ONE_ROW, SAME_SERIES
from hwb_analysis.stats.frame_limits import counts_make_value
from hwb_analysis.stats.frame_segments import Breaks, break_reasons, known_breaks
from hwb_analysis.stats.trend_batch import Outcome, in_unit, run
from hwb_analysis.stats.trend_choice import TESTS, Choice, Points, choose

NEEDED = ("period_start", "period_end", "value")
OPTIONAL = ("lower_95", "upper_95", "count", "denominator")
WORDS = ("unit", "basis", "grade")
# Services and surveys were disrupted in these days; decided for the whole product.
NO_CHANGE, NOT_TESTED = "no clear change", "not tested"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a frame, its choice of test, and what was left before a break.

    ``names`` are the labels of all periods of the series, those before a break included;
    ``carried`` says which of ``points`` repeat the point before them.
    """

    key: tuple[Any, ...]
    points: Points
    names: tuple[str, ...]
    labels: tuple[str, str]
    choice: Choice
    notes: tuple[str, ...]
    carried: Flags


def trend_tests(
    frame: pd.DataFrame,
    *,
    rule: str = "auto",
    breaks: Breaks | None = None,
    pandemic: bool = True,
    levels: Sequence[float] = DEFAULT_LEVELS,
) -> pd.DataFrame:
    """Return the trend test of every series and area, one row each.

    Parameters
    ----------
    frame
        A tidy frame. Points are put in order of time; vintages are never joined.
    rule
        ``"auto"`` chooses by :func:`~hwb_analysis.stats.trend_choice.choose`, or one of
        ``"binomial"``, ``"poisson"``, ``"log-linear"``, ``"linear"``, ``"rolling"``,
        ``"mann-kendall"``.
    breaks
        Days after which a series starts anew, by series_id, beside those that the frame
        marks itself (``segment``, as the loader writes it). Only the newest segment is
        tested; nothing is joined across a break.
    pandemic
        Repeat the test without the periods that touch March 2020 to March 2022. Where
        the two differ, the direction is "no clear change" and both are given.
    levels
        Confidence levels; the direction is read at the first.

    Returns
    -------
    DataFrame
        Key columns, ``direction`` (increase, decrease, no clear change, not tested),
        ``test``, ``why``, ``change`` with limits by level and ``change_unit``,
        ``p_value``, ``dispersion``, ``points``, ``first_period``, ``last_period``,
        ``pandemic``, ``direction_all`` and ``direction_without_pandemic``,
        ``p_without_pandemic``, ``note``, ``reason``, ``sentence``.

    Raises
    ------
    StatisticsError
        The rule is unknown, a column is missing, two rows of a series share a period.
    """
    if rule != "auto" and rule not in TESTS:
        raise StatisticsError(
            f"the rule '{rule}' is not known",
            remedy="known: auto, national, " + ", ".join(TESTS),
        )
    series = _series(frame, rule, known_breaks(frame, breaks), break_reasons(frame))
    outcomes = _outcomes([one.choice for one in series], tuple(levels))
    without = [_without_pandemic(one, rule) if pandemic else None for one in series]
    again = _outcomes([choice or Choice() for choice in without], tuple(levels))
    rows = [
        _row(one, outcome, choice, second, tuple(levels))
        for one, outcome, choice, second in zip(series, outcomes, without, again, strict=True)
    ]
    return pd.DataFrame(rows)


def _series(
    frame: pd.DataFrame, rule: str, breaks: Breaks, reasons: Mapping[str, str]
) -> list[Series]:
    keys = list(SAME_SERIES)
    check_columns(frame, [*keys, *NEEDED])
    table = _with_defaults(frame)
    _refuse_impossible(table)
    ordered = table.sort_values([*keys, "period_start", "period_end"], kind="stable")
    codes = ordered.groupby(keys, sort=True, dropna=False).ngroup().to_numpy()
    columns = {str(name): ordered[name].to_numpy() for name in ordered}
    for name in ("period_start", "period_end"):
        columns[name] = columns[name].astype("datetime64[D]")
    columns["counted"] = _counted(ordered)
    _refuse_repeated(codes, columns)
    figures = (columns[name].astype(float) for name in ("value", "count", "denominator"))
    columns["carried"] = carried_forward(codes, *figures)
    cuts = np.flatnonzero(np.diff(codes)) + 1
    starts, ends = np.r_[0, cuts], np.r_[cuts, codes.size]
    pieces = [slice(a, b) for a, b in zip(starts, ends, strict=True)] if codes.size else []
    return [_one_series(columns, piece, keys, rule, breaks, reasons) for piece in pieces]


def _with_defaults(frame: pd.DataFrame) -> pd.DataFrame:
    wanted = [*SAME_SERIES, *NEEDED]
    out = frame[wanted].copy()
    for name in ("value", *OPTIONAL):
        given = frame.get(name)
        out[name] = np.nan if given is None else numbers(name, given.to_numpy())
    for name in (*WORDS, "period"):
        out[name] = frame[name].astype("object") if name in frame else ""
    return out


def _refuse_impossible(table: pd.DataFrame) -> None:
    """Stop on what cannot be a figure or a period, before any series is looked at."""
    first, last = table["period_start"], table["period_end"]
    days = pd.api.types.is_datetime64_any_dtype
    if not (days(first) and days(last)):
        raise StatisticsError(
            "period_start and period_end must be dates", remedy="use pandas.to_datetime"
        )
    rules = (
        (first.isna() | last.isna(), "a period has no first or last day", "give both"),
        (last < first, "a period ends before it starts", "swap its days"),
        (table["count"] < 0, "count is negative", "code missing as NaN, never as -1"),
        (table["denominator"] <= 0, "denominator is not positive", "code missing as NaN"),
        (table["lower_95"] > table["upper_95"], "a lower limit is above its upper limit", "swap"),
    )
    for bad, rule, remedy in rules:
        refuse(bad.to_numpy(), rule, remedy)


def _counted(frame: pd.DataFrame) -> Flags:
    # A frame without a basis comes from the user's own counts.
    basis = frame["basis"].replace("", "complete_count")
    return np.asarray(counts_make_value(frame.assign(basis=basis)))


def _refuse_repeated(codes: np.ndarray, columns: Mapping[str, np.ndarray]) -> None:
    same = (np.diff(codes) == 0) & (np.diff(columns["period_start"]).astype(int) == 0)
    same &= np.diff(columns["period_end"]).astype(int) == 0
    if same.any():
        place = int(np.flatnonzero(same)[0])
        raise StatisticsError(
            "a series has two rows of one period",
            where=" ".join(
                filter(None, (str(columns[n][place]) for n in (*SAME_SERIES, "period")))
            ),
            remedy=f"rows are never averaged: {ONE_ROW}",
        )


def _one_series(
    columns: Mapping[str, np.ndarray],
    piece: slice,
    keys: Sequence[str],
    rule: str,
    breaks: Breaks,
    reasons: Mapping[str, str],
) -> Series:
    first = piece.start
    key = tuple(columns[name][first] for name in keys)
    points = Points(
        starts=columns["period_start"][piece],
        ends=columns["period_end"][piece],
        value=columns["value"][piece].astype(float),
        lower=columns["lower_95"][piece].astype(float),
        upper=columns["upper_95"][piece].astype(float),
        count=columns["count"][piece].astype(float),
        denominator=columns["denominator"][piece].astype(float),
        counted=columns["counted"][piece],
        unit=str(columns["unit"][first]),
        basis=str(columns["basis"][first]),
        grade=_best_grade(columns["grade"][piece]),
    )
    name = str(key[0])
    inside, notes = _newest_segment(points, breaks.get(name, ()), reasons.get(name, ""))
    segment, carried = points.keep(inside), columns["carried"][piece][inside]
    choice = choose(segment.keep(~carried), rule)
    labels = _labels(columns, piece, choice.points or segment)
    names = tuple(str(name) for name in columns["period"][piece])
    return Series(key, segment, names, labels, choice, (*notes, *_carried(carried)), carried)


def _carried(carried: Flags) -> tuple[str, ...]:
    many = int(carried.sum())
    return (f"{many} left out: {CARRIED}",) if many else ()


def _best_grade(grades: np.ndarray) -> str:
    found = sorted({str(grade) for grade in grades if grade})
    return found[0] if found else ""


def _newest_segment(
    points: Points, cuts: Sequence[object], reason: str
) -> tuple[Flags, tuple[str, ...]]:
    everything = np.ones(points.size, dtype=bool)
    if not cuts:
        return everything, ()
    last = max(np.datetime64(str(cut)[:10], "D") for cut in cuts)
    kept = points.starts > last
    left = int((~kept).sum())
    if not left:
        return everything, ()
    because = f" ({reason.rstrip('.')})" if reason else ""
    return kept, (f"{left} points before the break of {last} left out{because}",)


def _labels(columns: Mapping[str, np.ndarray], piece: slice, used: Points) -> tuple[str, str]:
    if not used.size:
        return "", ""
    starts = columns["period_start"][piece]
    names = columns["period"][piece]
    first, last = (int(np.flatnonzero(starts == used.starts[i])[0]) for i in (0, -1))
    return str(names[first]), str(names[last])


def touches_pandemic(points: Points) -> Flags:
    """Say of each point whether its period touches the pandemic."""
    first, last = (np.datetime64(day, "D") for day in PANDEMIC)
    return np.asarray((points.starts <= last) & (points.ends >= first))


def _without_pandemic(one: Series, rule: str) -> Choice | None:
    """Return the choice for the same points without the pandemic's, if any touch it."""
    used = one.choice.points
    if used is None or not touches_pandemic(used).any():
        return None
    rest = used.keep(~touches_pandemic(used))
    choice = choose(rest, one.choice.test if rule == "auto" else rule)
    if choice.reason and "overlap" in choice.reason:
        choice = choose(rest, "auto")
    return choice


def _outcomes(choices: Sequence[Choice], levels: tuple[float, ...]) -> list[Outcome | None]:
    out: list[Outcome | None] = [None] * len(choices)
    for test in TESTS:
        places = [i for i, choice in enumerate(choices) if choice.test == test]
        points = [choices[i].points for i in places]
        if places:
            found = run(test, [one for one in points if one is not None], levels)
            for place, outcome in zip(places, found, strict=True):
                out[place] = outcome
    return out


def direction_of(outcome: Outcome | None, level: float) -> str:
    """Return increase, decrease, no clear change, or not tested.

    Examples
    --------
    >>> direction_of(None, 0.95)
    'not tested'
    """
    if outcome is None or outcome.reason or np.isnan(outcome.p_value):
        return NOT_TESTED
    if outcome.p_value >= 1 - level:
        return NO_CHANGE
    rising = outcome.change > 0 or (outcome.change == 0 and outcome.statistic > 0)
    return "increase" if rising else "decrease"


def _row(
    one: Series,
    outcome: Outcome | None,
    without: Choice | None,
    second: Outcome | None,
    levels: tuple[float, ...],
) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(SAME_SERIES, one.key, strict=True))
    whole, apart = direction_of(outcome, levels[0]), direction_of(second, levels[0])
    differ = apart not in (NOT_TESTED, whole)
    blank = Outcome(*_BLANK)
    shown = in_unit(outcome, one.points.unit) if outcome else blank
    again = in_unit(second, one.points.unit) if second else blank
    row |= {
        "direction": NO_CHANGE if differ and whole != NOT_TESTED else whole,
        "test": one.choice.test,
        "why": one.choice.why,
        "change": shown.change,
        **_limits(shown, levels),
        "change_unit": shown.unit,
        "p_value": shown.p_value,
        "dispersion": shown.dispersion,
        "points": shown.points or (one.choice.points or one.points).size,
        "first_period": one.labels[0],
        "last_period": one.labels[1],
        "pandemic": without is not None,
        "direction_all": whole,
        "direction_without_pandemic": apart if without else "",
        "p_without_pandemic": again.p_value,
        "note": "; ".join((*one.notes, *one.choice.notes, *_pandemic_note(without, apart))),
        "reason": one.choice.reason or shown.reason,
    }
    row["sentence"] = _sentence(one, row, outcome, whole, apart if differ else "")
    return row


_NAN = float("nan")
_BLANK = (_NAN, (), (), "", _NAN, _NAN, _NAN, 0, "", "", "", "")


def _limits(shown: Outcome, levels: tuple[float, ...]) -> dict[str, float]:
    out = {}
    for place, level in enumerate(levels):
        for side, ends in (("lower", shown.lower), ("upper", shown.upper)):
            out[f"change_{side}_{level_name(level)}"] = ends[place] if ends else _NAN
    return out


def _pandemic_note(without: Choice | None, apart: str) -> tuple[str, ...]:
    if without is None:
        return ()
    if apart == NOT_TESTED:
        return ("touches the pandemic; too few points to repeat it without",)
    return (f"touches the pandemic; without those periods: {apart}",)


def _sentence(
    one: Series, row: Mapping[str, Any], outcome: Outcome | None, whole: str, apart: str
) -> str:
    if outcome is None:
        return f"No verdict on a trend: {one.choice.reason}."
    if not apart or whole == NOT_TESTED:
        return outcome.sentence
    return (
        f"{outcome.sentence} Without the periods of the pandemic: {apart}. "
        f"The two differ, so the verdict is '{NO_CHANGE}'."
    )


def series_of_frame(frame: pd.DataFrame) -> list[Series]:
    """Return the series of a frame in order of time, for other verbs."""
    return _series(frame, "auto", {}, {})
