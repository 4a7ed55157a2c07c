"""The review a person reads after compiling: rows in, rows out, and why rows were left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from tools.compile_snapshot.compiled import Compiled

SHOWN = 5
JUMP_SD = 4.0
FEWEST_STEPS = 4
TINY = 1e-9


def review(name: str, compiled: Sequence[Compiled]) -> str:
    """Return the review of all files of one source."""
    return "\n".join(line for item in compiled for line in _lines(name, item))


def _lines(name: str, item: Compiled) -> Iterator[str]:
    yield f"{name}: {item.file}: {item.ledger.rows_in:,} rows in, {len(item.frame):,} out"
    for reason, rows in sorted(item.ledger.dropped.items()):
        yield f"  left out {rows:,}: {reason}"
    if item.series:
        yield from (f"  look at: {line}" for line in plausibility(item))


def plausibility(item: Compiled) -> Iterator[str]:
    """Say what a person should look at: ranges, counts against values, jumps."""
    frame = item.frame
    share = frame["series_id"].map(lambda s: item.series[s]["value_type"] == "proportion")
    outside = frame[share & ~frame["value"].between(0, 100) & frame["value"].notna()]
    yield from _some(outside, "a proportion outside 0 to 100")
    yield from _some(mismatches(item), "count over denominator differs from the value")
    yield from _some(jumps(frame), f"a step of over {JUMP_SD:g} robust SD")


def mismatches(item: Compiled) -> pd.DataFrame:
    """Return rows whose count over denominator is not the value to within rounding."""
    frame = item.frame
    factor = frame["series_id"].map(lambda s: float(str(item.series[s]["multiplier"])))
    derived = factor * frame["count"] / frame["denominator"]
    # Half a unit of the first decimal, or half a person where the area is small.
    slack = np.maximum(0.05, factor / frame["denominator"]) + 1e-9
    return frame[(derived - frame["value"]).abs() > slack]


def jumps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows that differ from the period before by over four robust standard deviations."""
    keys = ["series_id", "vintage", "area_code", "sex", "age", "category"]
    ordered = frame.sort_values([*keys, "period_start"])
    step = ordered.groupby(keys)["value"].diff()
    groups = [ordered[k] for k in keys]
    centre = step.groupby(groups).transform("median")
    spread = 1.4826 * (step - centre).abs().groupby(groups).transform("median")
    enough = step.groupby(groups).transform("count") >= FEWEST_STEPS
    return ordered[enough & ((step - centre).abs() > JUMP_SD * spread) & (spread > TINY)]


def _some(rows: pd.DataFrame, what: str) -> Iterator[str]:
    if len(rows):
        yield f"{what}: {len(rows)} row{'s' if len(rows) > 1 else ''}"
    for row in rows.head(SHOWN).itertuples():
        yield f"  {row.series_id} {row.area} {row.period} {row.sex}: {row.value}"
