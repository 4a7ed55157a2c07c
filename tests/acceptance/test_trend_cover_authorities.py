"""Quarterly vaccine coverage of the county and all authorities: verdicts, checked by hand.

Second dose of measles, mumps and rubella by five years, counts of children from 2013/14
quarter 2 to 2024/25 quarter 4. The yearly percentages in the remarks were added up from
the published quarters.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import hwb_analysis as hwb
from hwb_analysis.stats.multiplicity import adjust

SERIES = "cover-quarterly:mmr2-5y"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return hwb.load(SERIES, areas="all")


@pytest.fixture(scope="module")
def verdicts(frame: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(hwb.trend(frame, rule="auto"))
    return found.assign(area=found["area_code"].map(frame.groupby("area_code")["area"].first()))


def one(verdicts: pd.DataFrame, area: str) -> pd.Series:
    rows = verdicts.loc[verdicts["area"] == area]
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_authority_has_counts_and_a_verdict_or_a_reason(
    frame: pd.DataFrame, verdicts: pd.DataFrame
) -> None:
    assert frame["area_code"].nunique() == len(verdicts) == 162
    assert frame[["count", "denominator"]].notna().all(axis=None)
    tested = verdicts["direction"] != "not tested"
    assert tested.sum() == 159
    assert set(verdicts.loc[tested, "test"]) == {"binomial"}
    assert verdicts["note"].str.contains("seasons are taken for scatter")[tested].all()
    # Most authorities fall, some rise: by hand, 97 and 12 of 162.
    assert verdicts["direction"].value_counts().to_dict() == {
        "decrease": 97,
        "no clear change": 50,
        "increase": 12,
        "not tested": 3,
    }


@pytest.mark.parametrize(
    ("area", "direction", "points", "change"),
    [
        # 94.5 % in 2015/16, 95.3 in 2020/21, 91.4 in 2024/25.
        ("Leicestershire", "decrease", 39, -5.4),
        # 91.7, 70.9 in 2018/19, 64.6: every year lower but three.
        ("Islington", "decrease", 47, -13.8),
        # 86.9, 88.2, 90.9.
        ("Cambridgeshire", "increase", 47, 5.8),
        # 96.0, 83.8 in 2018/19, 79.5.
        ("Coventry", "decrease", 47, -13.8),
    ],
)
def test_verdicts_of_single_authorities(
    verdicts: pd.DataFrame, area: str, direction: str, points: int, change: float
) -> None:
    found = one(verdicts, area)
    assert (found["direction"], found["points"]) == (direction, points)
    assert found["change"] == pytest.approx(change, abs=0.1)


@pytest.mark.parametrize("area", ["Islington", "Cambridgeshire", "Lewisham"])
def test_the_line_is_that_of_other_software(
    frame: pd.DataFrame, verdicts: pd.DataFrame, area: str
) -> None:
    rows = frame.loc[frame["area"] == area].sort_values("period_start")
    middle = rows["period_start"] + (rows["period_end"] - rows["period_start"]) / 2
    years = (middle - middle.iloc[0]).dt.days.to_numpy() / 365.25
    x, n = rows["count"].to_numpy(), rows["denominator"].to_numpy()
    counts = np.column_stack([x, n - x])
    fit = sm.GLM(counts, sm.add_constant(years), family=sm.families.Binomial()).fit()
    p = fit.fittedvalues
    scatter = ((x - n * p) ** 2 / (n * p * (1 - p))).sum() / (x.size - 2)
    found = one(verdicts, area)
    assert found["change"] == pytest.approx(100 * np.expm1(fit.params[1]), rel=1e-4)
    assert found["dispersion"] == pytest.approx(scatter, rel=1e-4)


def test_a_straight_line_does_not_tell_the_whole_of_lewisham(verdicts: pd.DataFrame) -> None:
    # 69.1 %, 86.3 in 2017/18, 78.3: the line rises, the last seven years fall. What says so
    # is the scatter round the line, two dozen times that of a coin.
    found = one(verdicts, "Lewisham")
    assert found["direction"] == "increase"
    assert found["dispersion"] > 20


def test_few_children_give_no_clear_change(frame: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    # About five children a quarter: 14 % a year fewer in the odds, and no verdict.
    found = one(verdicts, "Isles of Scilly")
    assert found["direction"] == "no clear change"
    assert frame.loc[frame["area"] == "Isles of Scilly", "denominator"].max() < 40


def test_a_new_authority_starts_anew(frame: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    # A county that became a unitary authority in 2023 has two codes and is never joined.
    rows = verdicts.loc[verdicts["area_code"].isin(["E10000027", "E06000066"])]
    assert set(rows["area"]) == {"Somerset"}
    by_code = rows.set_index("area_code")
    assert by_code.loc["E06000066", "reason"].startswith("3 usable points")
    assert by_code.loc["E10000027", "points"] == 44


def test_the_national_marker_refuses_quarters(frame: pd.DataFrame) -> None:
    marker = hwb.trend(frame)
    assert set(marker["marker"]) == {"cannot be calculated"}
    assert (marker["reason"] == "the periods are shorter than a year").sum() == 159


def test_adjusted_over_authorities_fewer_stand_out(verdicts: pd.DataFrame) -> None:
    tested = verdicts.loc[verdicts["direction"] != "not tested", "p_value"].to_numpy()
    plain, kept = (int((p < 0.05).sum()) for p in (tested, adjust(tested)))
    assert kept <= plain
    assert kept > 90


def test_a_figure_that_looks_mis_keyed_is_marked_wherever_it_is() -> None:
    names = [s for s in hwb.current_snapshot().series if s.startswith("cover-quarterly:")]
    everything = hwb.load(names, areas="all")
    low = everything.loc[(everything["value"] < 40) & (everything["area_type"] != "England")]
    assert len(low) == 7
    marked = low.loc[low["status"] == "not_comparable"]
    # Read by eye in the source: Lancashire 25.4, North Tyneside 39.4, and so on.
    assert sorted(marked["value"].round(1)) == [25.4, 27.9, 31.3, 31.8, 39.4]
    assert marked["note"].str.contains("looks mis-keyed: kept as published").all()
    # One of three children and three of nine are small numbers, and no mistake.
    assert sorted(low["denominator"])[:2] == [3, 9]
