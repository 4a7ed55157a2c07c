"""Families of overdispersed funnels and empirical Bayes ratios."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from reference_harness import Cell, read

from hwb_analysis.stats.funnel import overdispersion_of_ratios
from hwb_analysis.stats.shrinkage import shrink_ratios


def funnel_eb(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "funnel_eb_inputs.csv"), read(folder, "funnel_eb.csv")
    known = {
        case: _ours(part["observed"].to_numpy(float), part["expected"].to_numpy(float))
        for case, part in inputs.groupby("case_id")
    }
    for row in theirs.to_dict("records"):
        key = (row["quantity"], row["unit"])
        if "SHMI" in row["method"]:
            key = (f"shmi {row['quantity']}", row["unit"])
        where = f"{row['case_id']}|{row['method']}|{row['unit']}"
        ours = known[row["case_id"]].get(key)
        name = f"{row['method']} {row['quantity']}"
        yield Cell(row["case_id"], where, name, ours, row["value"])


def _ours(observed: np.ndarray, expected: np.ndarray) -> dict[tuple[str, int], float]:
    funnel, eb = overdispersion_of_ratios(observed, expected), shrink_ratios(observed, expected)
    trimmed = overdispersion_of_ratios(observed, expected, method="shmi")
    out = {
        ("shmi phi", 0): trimmed.phi,
        ("shmi tau2", 0): trimmed.tau**2,
        ("phi", 0): funnel.phi,
        ("tau2", 0): funnel.tau**2,
        ("a", 0): float(eb.between[0]),
        ("b", 0): float(eb.mean[0]),
    }
    for unit, (raw, value) in enumerate(zip(eb.raw, eb.value, strict=True), start=1):
        out |= {("raw", unit): float(raw), ("shrunk", unit): float(value)}
    return out
