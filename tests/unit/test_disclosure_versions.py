"""Versions of a table, attacked together by code of this file alone.

The attacker takes what stands there now for what stood behind the gaps of an earlier
version, wherever the earlier figures allow it: most corrections move one figure.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from hwb_analysis.disclosure import Structure, protect
from hwb_analysis.disclosure.example import table
from hwb_analysis.errors import DisclosureError

COUNTY = "C"
RULE, LOWEST, HIGHEST = "under-5", 1, 4
Shown = dict[tuple[str, str], float]


def areas(counts: dict[str, int]) -> pd.DataFrame:
    """Return counts by area with their county."""
    whole = {COUNTY: sum(counts.values()), **counts}
    return table({k: [v] for k, v in whole.items()}, sexes=["Persons"], totals=False)


def tree(frame: pd.DataFrame) -> Structure:
    return Structure(parents=dict.fromkeys(set(frame["area_code"]) - {COUNTY}, COUNTY))


def shown(frame: pd.DataFrame) -> Shown:
    keys = zip(frame["area_code"], frame["sex"], strict=True)
    return dict(zip(keys, frame["count"].tolist(), strict=True))


def published(*tables: pd.DataFrame) -> list[pd.DataFrame]:
    """Return what is published of each version, knowing all that was before it."""
    out: list[pd.DataFrame] = []
    for frame in tables:
        out.append(protect(frame, RULE, structure=tree(frame), previous=out).frame)
    return out


def told(before: Shown, now: Shown) -> list[tuple[str, str]]:
    """Return the gaps of before that are narrowed when others are filled from now."""
    inner = sorted(k for k in before if k[0] != COUNTY and k[1] != "Persons") or sorted(
        k for k in before if k[0] != COUNTY
    )
    covers = {
        key: np.array([key[0] in (COUNTY, a) and key[1] in ("Persons", s) for a, s in inner], float)
        for key in before
    }
    found: set[tuple[str, str]] = set()
    for corrected in range(-1, len(inner)):
        known = {
            key: count if not np.isnan(count) else now.get(key, np.nan)
            for key, count in before.items()
            if not np.isnan(count) or corrected < 0 or not covers[key][corrected]
        }
        known = {key: count for key, count in known.items() if not np.isnan(count)}
        for gap in sorted(key for key in before if key not in known):
            wide = _width(covers[gap], [covers[k] for k in known], list(known.values()))
            found |= {gap} if wide < HIGHEST - LOWEST - 1e-6 else set()
    return sorted(found)


def _width(gap: np.ndarray, sums: list[np.ndarray], numbers: list[float]) -> float:
    equal = {"A_eq": np.array(sums), "b_eq": numbers} if sums else {}
    low, high = linprog(gap, **equal), linprog(-gap, **equal)
    # No table agrees with such a correction, or there is no end to those that do.
    return np.inf if 2 in (low.status, high.status) or high.status == 3 else -high.fun - low.fun


def test_a_small_number_that_grew_stays_withheld_with_its_cover() -> None:
    """County of then less the two districts of now would be the three people of then."""
    first, second = published(
        areas({"D1": 3, "D2": 24, "D3": 26}), areas({"D1": 8, "D2": 24, "D3": 26})
    )
    assert np.isnan(shown(first)[("D1", "Persons")])
    gaps = {key[0] for key, count in shown(second).items() if np.isnan(count)}
    assert gaps == {"D1", "D2"}
    assert told(shown(first), shown(second)) == []


def test_it_stays_so_in_later_versions_that_change_nothing() -> None:
    grown = areas({"D1": 8, "D2": 24, "D3": 26})
    first, *later = published(areas({"D1": 3, "D2": 24, "D3": 26}), grown, grown, grown)
    for version in later:
        assert told(shown(first), shown(version)) == []


def test_what_did_not_depend_on_a_correction_is_shown() -> None:
    """Both gaps were filled anew: neither of them tells the other."""
    first, second = published(
        areas({"D1": 3, "D2": 24, "D3": 26}), areas({"D1": 8, "D2": 19, "D3": 26})
    )
    assert np.isnan(shown(first)[("D2", "Persons")])
    assert not any(np.isnan(count) for count in shown(second).values())


def test_an_analyst_is_told_why_a_large_figure_is_withheld() -> None:
    before = areas({"D1": 3, "D2": 24, "D3": 26})
    now = areas({"D1": 8, "D2": 24, "D3": 26})
    first = protect(before, RULE, structure=tree(before))
    second = protect(now, RULE, structure=tree(now), previous=first.frame)
    assert any("2 figures stay withheld" in note for note in second.report.notes)
    assert second.report.small == 0
    assert second.report.withheld == 2


def test_the_first_and_the_third_version_are_compared_too() -> None:
    versions = [areas({"D1": n, "D2": 40}).query("area_code != 'C'") for n in (20, 30, 21)]
    with pytest.raises(DisclosureError, match="differ from the previous run"):
        published(*versions)


def test_a_row_that_is_gone_was_withheld_in_one_version_and_shown_in_another() -> None:
    frames = published(areas({"D1": 9, "D2": 24, "D3": 26}), areas({"D1": 3, "D2": 24, "D3": 26}))
    rest = areas({"D1": 3, "D2": 24, "D3": 26}).query("area_code != 'D1'").reset_index(drop=True)
    structure = Structure(parents=dict.fromkeys(["D1", "D2", "D3"], COUNTY))
    last = protect(rest, RULE, structure=structure, previous=frames).frame
    # With the county shown the district that is gone could be worked out again.
    assert np.isnan(shown(last)[(COUNTY, "Persons")])


def random_versions(seed: int) -> list[pd.DataFrame]:
    """Return a table by area and sex, and the same with one inner count changed."""
    random = np.random.default_rng(seed)
    inner = random.poisson(random.gamma(0.9, 12, (4, 2)))
    small = np.argwhere((inner >= LOWEST) & (inner <= HIGHEST))
    every = list(itertools.product(range(4), range(2)))
    place = tuple(small[random.integers(len(small))]) if len(small) else every[seed % 8]
    after = inner.copy()
    after[place] += random.integers(5, 12)
    return [_with_county(counts) for counts in (inner, after, after)]


def _with_county(inner: np.ndarray) -> pd.DataFrame:
    rows = {COUNTY: inner.sum(axis=0).tolist()}
    rows |= {f"D{i + 1}": line.tolist() for i, line in enumerate(inner)}
    return table(rows, sexes=["Female", "Male"])


@pytest.mark.parametrize("seed", range(6))
def test_no_gap_of_a_random_table_is_filled_from_the_versions_after_it(seed: int) -> None:
    first, second, third = (shown(frame) for frame in published(*random_versions(seed)))
    assert told(first, second) == []
    assert third == pytest.approx(second, nan_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 120))
def test_no_gap_of_many_random_tables_is_filled_from_later_ones(seed: int) -> None:
    first, *_, last = (shown(frame) for frame in published(*random_versions(seed)))
    assert told(first, last) == []


def test_an_exact_figure_of_before_stays_exact_under_a_rule_that_rounds() -> None:
    """County 55 was printed as it is: with 50 women shown that leaves 3 to 7 men, not 1 to 9."""
    before = table({"N": [55]}, sexes=["Persons"], totals=False)
    exact = protect(before, "under-5", structure=Structure(parents={})).frame
    now = table({"N": [3, 52]}, sexes=["Male", "Female"])
    alone = Structure(parents={})
    assert shown(protect(now, structure=alone).frame)[("N", "Female")] == 50
    safe = protect(now, structure=alone, previous=exact).frame
    assert np.isnan(shown(safe)[("N", "Female")])


def test_a_rounded_figure_of_before_contradicts_no_exact_one_of_now() -> None:
    frame = table({"N": [22, 31]}, sexes=["Male", "Female"])
    alone = Structure(parents={})
    rounded = protect(frame, structure=alone).frame
    safe = protect(frame, "under-5", structure=alone, previous=rounded)
    assert safe.report.changed == ()
    assert shown(safe.frame)[("N", "Male")] == 22
