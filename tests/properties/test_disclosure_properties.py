"""What holds of protection whatever the table."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hwb_analysis.disclosure import Structure, audit, protect
from hwb_analysis.disclosure.example import table
from hwb_analysis.disclosure.rules import read_rule

AREAS = ("C", "D1", "D2", "D3")
TREE = Structure(parents={"D1": "C", "D2": "C", "D3": "C"})
RULES = st.sampled_from(["under-5", "under-10", "suppress-1-7-round-5"])
SMALL = st.one_of(st.integers(0, 12), st.integers(0, 60))
TABLES = arrays(np.int64, (3, 2), elements=SMALL)
few = settings(max_examples=25)


def framed(inner: np.ndarray) -> pd.DataFrame:
    lines = {"C": inner.sum(axis=0).tolist()}
    lines |= {f"D{i + 1}": line for i, line in enumerate(inner.tolist())}
    return table(lines, sexes=["Female", "Male"])


def shown(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    keys = zip(frame["area_code"], frame["sex"], strict=True)
    return dict(zip(keys, frame["count"], strict=True))


@few
@given(TABLES, RULES)
def test_what_is_published_withstands_the_audit(inner: np.ndarray, rule: str) -> None:
    frame = framed(inner)
    safe = protect(frame, rule, structure=TREE)
    assert safe.report.optimal
    assert audit(safe.frame, rule, structure=TREE, truth=frame).require_safe().safe


@few
@given(TABLES, RULES, st.randoms())
def test_the_order_of_rows_changes_nothing(inner: np.ndarray, rule: str, random: Random) -> None:
    frame = framed(inner)
    order = list(range(len(frame)))
    random.shuffle(order)
    first = protect(frame, rule, structure=TREE).frame
    second = protect(frame.iloc[order], rule, structure=TREE).frame
    pd.testing.assert_frame_equal(first, second)


@few
@given(TABLES, RULES)
def test_protecting_twice_is_protecting_once(inner: np.ndarray, rule: str) -> None:
    once = protect(framed(inner), rule, structure=TREE).frame
    pd.testing.assert_frame_equal(protect(once, rule, structure=TREE).frame, once)


@few
@given(TABLES, RULES, st.integers(0, 2), st.integers(0, 1), st.integers(1, 40))
def test_raising_a_count_bares_no_small_number(
    inner: np.ndarray, rule: str, area: int, sex: int, more: int
) -> None:
    raised = inner.copy()
    raised[area, sex] += more
    frame = framed(raised)
    safe = protect(frame, rule, structure=TREE).frame
    small = read_rule(rule).protects(list(shown(frame).values()))
    printed = shown(safe)
    assert all(
        np.isnan(printed[key])
        for key, is_small in zip(shown(frame), small, strict=True)
        if is_small
    )


@few
@given(TABLES, RULES)
def test_what_is_shown_is_the_count_as_the_rule_rounds_it(inner: np.ndarray, rule: str) -> None:
    frame = framed(inner)
    printed = shown(protect(frame, rule, structure=TREE).frame)
    released = read_rule(rule).released
    for key, count in shown(frame).items():
        assert np.isnan(printed[key]) or printed[key] == released([count])[0]
