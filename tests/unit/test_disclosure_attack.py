"""What is published is attacked by code of this file alone: enumeration and programmes.

Nothing here is taken from the package's own attacker: each table is cut into its inner
cells anew, and every printed number is a bound on a sum of them.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from hwb_analysis.disclosure import Structure, audit, protect
from hwb_analysis.frame import conform

AREAS = ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"]
SEXES = ["Female", "Male"]
AGES = ["0-4", "5-9", "10-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74"]
AGES += ["75-84", "85+"]
WHOLES = ("AA", "Persons", "All ages")
RULES = {"under-5": (1, 4, 1), "under-10": (1, 9, 1), "suppress-1-7-round-5": (1, 7, 5)}
FIXED = {
    "series_id": "local:made",
    "vintage": "2026-01",
    "area_type": "District",
    "period": "2024",
    "period_start": "2024-01-01",
    "period_end": "2024-12-31",
    "period_kind": "calendar",
    "unit": "people",
    "basis": "complete_count",
    "grade": "A",
    "status": "ok",
    "origin_id": "made",
}


def boxes(shape: tuple[int, ...]) -> list[tuple[tuple[str, str, str], np.ndarray]]:
    """Return the labels of every row of a full table, and which inner cells it sums."""
    names = [labels[:size] for labels, size in zip((AREAS, SEXES, AGES), shape, strict=True)]
    sides = [
        [(name, [i]) for i, name in enumerate(inner)] + [(whole, list(range(len(inner))))]
        for inner, whole in zip(names, WHOLES, strict=True)
    ]
    found = []
    for (a, i), (s, j), (g, k) in itertools.product(*sides):
        inside = np.zeros(shape)
        inside[np.ix_(i, j, k)] = 1
        found.append(((a, s, g), inside.ravel()))
    return found


def made(inner: np.ndarray) -> pd.DataFrame:
    rows = [
        {"area_code": a, "sex": s, "age": g, "count": float(inside @ inner.ravel())}
        for (a, s, g), inside in boxes(inner.shape)
    ]
    frame = pd.DataFrame(rows)
    return conform(frame.assign(area=frame["area_code"], value=frame["count"], **FIXED))


STRUCTURE = Structure(parents=dict.fromkeys(AREAS, "AA"))


def known_bounds(shown: float, rule: tuple[int, int, int]) -> tuple[float, float]:
    """Return what a printed number can stand for, by trying all numbers near it."""
    low, high, base = rule
    near = range(max(int(shown) - 10, 0), int(shown) + 11)
    fits = [n for n in near if base * ((2 * n + base) // (2 * base)) == shown]
    fits = [n for n in fits if not low <= n <= high]
    return float(min(fits)), float(max(fits))


def attacked(
    inner: np.ndarray, frame: pd.DataFrame, rule: tuple[int, int, int]
) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return the range of every withheld row."""
    printed = {
        (r.area_code, r.sex, r.age): r.count_
        for r in frame.rename(columns={"count": "count_"}).itertuples()
    }
    rows, limits, hidden = [], [], []
    for key, inside in boxes(inner.shape):
        if np.isnan(printed[key]):
            hidden.append((key, inside))
            continue
        low, high = known_bounds(printed[key], rule)
        rows += [inside, -inside]
        limits += [high, -low]
    found = {}
    for key, inside in hidden:
        ends = []
        for sign in (1, -1):
            got = linprog(sign * inside, A_ub=rows or None, b_ub=limits or None, bounds=(0, None))
            ends.append(np.inf if got.status == 3 else sign * got.fun)
        found[key] = (ends[0], abs(ends[1]) if np.isinf(ends[1]) else ends[1])
    return found


def narrowed(inner: np.ndarray, rule_name: str) -> tuple[list[object], int]:
    """Return the withheld rows that are narrowed too far, and how many are withheld."""
    low, high, _ = rule = RULES[rule_name]
    frame = made(inner)
    safe = protect(frame, rule_name, structure=STRUCTURE)
    truth = frame.set_index(["area_code", "sex", "age"])["count"].to_dict()
    found = attacked(inner, safe.frame, rule)
    bad: list[object] = []
    for key, (least, most) in found.items():
        small = low <= truth[key] <= high
        wide = most - least >= high - low - 1e-6
        if not wide or (small and (least > low + 1e-6 or most < high - 1e-6)):
            bad.append((key, truth[key], least, most))
    for key, number in truth.items():
        assert not low <= number <= high or key in found
    return bad, len(found)


def random_inner(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    shape = [(4, 2, 1), (3, 2, 3), (5, 1, 4), (2, 2, 5), (8, 2, 1)][seed % 5]
    return random.poisson(random.gamma(0.8, [6, 15, 40][seed % 3], shape))


@pytest.mark.parametrize("seed", range(60))
def test_no_figure_of_a_random_table_is_worked_out(seed: int) -> None:
    rule = list(RULES)[seed % len(RULES)]
    bad, _ = narrowed(random_inner(seed), rule)
    assert not bad


@pytest.mark.slow
@pytest.mark.parametrize("start", range(60, 500, 40))
def test_no_figure_of_many_random_tables_is_worked_out(start: int) -> None:
    worst = [
        (seed, bad)
        for seed in range(start, min(start + 40, 500))
        if (bad := narrowed(random_inner(seed), list(RULES)[seed % len(RULES)])[0])
    ]
    assert not worst


def test_a_table_of_a_whole_county_is_solved_to_the_least() -> None:
    """Eight areas, two sexes and eleven ages, with all margins: 324 figures."""
    random = np.random.default_rng(1)
    frame = made(random.poisson(random.gamma(1, 20, (8, 2, 11))))
    safe = protect(frame, structure=STRUCTURE)
    assert (safe.report.rows, safe.report.optimal) == (324, True)
    assert audit(safe.frame, structure=STRUCTURE, truth=frame).safe


def test_the_attacker_of_this_file_breaks_what_is_not_covered() -> None:
    inner = np.array([[[3], [12]], [[20], [15]]])
    frame = made(inner)
    small = (frame["count"] >= 1) & (frame["count"] <= 4)
    frame.loc[small, ["count", "value"]] = np.nan
    found = attacked(inner, frame, RULES["under-5"])
    assert found[("A1", "Female", "0-4")] == pytest.approx((3, 3))


@pytest.mark.parametrize("seed", range(8))
def test_the_number_withheld_is_the_fewest_possible(seed: int) -> None:
    random = np.random.default_rng(seed)
    inner = random.poisson(random.gamma(1.5, 12, (3, 2, 1)))[:, :, :1]
    frame = made(inner)
    # One age only: its rows double those of all ages, and are left out of the trial.
    frame = frame.loc[frame["age"] == "All ages"].reset_index(drop=True)
    safe = protect(frame, "under-5", structure=STRUCTURE)
    assert safe.report.optimal
    assert safe.report.additional == _fewest_flat(inner[:, :, 0])


def _fewest_flat(inner: np.ndarray) -> int:
    """Return the fewest further rows for an area by sex table with its margins."""
    rows = []
    for (_, _, g), inside in boxes((*inner.shape, 1)):
        if g == "All ages":
            rows.append(inside)
    sums = np.array(rows)
    truth = sums @ inner.ravel()
    small = (truth >= 1) & (truth <= 4)
    others = np.flatnonzero(~small)
    for size in range(others.size + 1):
        for extra in itertools.combinations(others, size):
            hidden = small.copy()
            hidden[list(extra)] = True
            if _flat_safe(sums, truth, hidden):
                return size
    raise AssertionError("withholding everything is always safe")


def _flat_safe(sums: np.ndarray, truth: np.ndarray, hidden: np.ndarray) -> bool:
    shown = {"A_eq": sums[~hidden], "b_eq": truth[~hidden]} if (~hidden).any() else {}
    for place in np.flatnonzero(hidden):
        low = linprog(sums[place], **shown).fun
        got = linprog(-sums[place], **shown)
        high = np.inf if got.status == 3 else -got.fun
        small = 1 <= truth[place] <= 4
        if high - low < 3 - 1e-6 or (small and (low > 1 + 1e-6 or high < 4 - 1e-6)):
            return False
    return True
