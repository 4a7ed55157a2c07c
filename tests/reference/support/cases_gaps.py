"""Families of gaps between two areas: proportions and rates, differences and ratios."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from reference_harness import Cell, read

from hwb_analysis.stats import gap_rates, gaps
from hwb_analysis.stats.gap_result import Gap

Make = Callable[..., Gap]
# What each method of the file is called here.
METHODS: dict[tuple[str, str], dict[str, str]] = {
    ("binomial", "diff"): {
        "newcombe_wilson_mover": "newcombe",
        "statsmodels_newcomb": "newcombe",
        "miettinen_nurminen": "miettinen-nurminen",
        "mee_or_mn": "miettinen-nurminen",
        "statsmodels_score_n_over_n-1": "miettinen-nurminen",
        "mee": "mee",
        "statsmodels_score_no_correction": "mee",
        "mover_jeffreys": "jeffreys",
        "statsmodels_wald": "wald",
    },
    ("binomial", "ratio"): {
        "koopman": "score",
        "koopman_nam": "score",
        "statsmodels_score_no_correction": "score",
        "miettinen_nurminen": "miettinen-nurminen",
        "statsmodels_score_n_over_n-1": "miettinen-nurminen",
        "mover_wilson": "wilson",
        "mover_jeffreys": "jeffreys",
        "katz_log": "katz",
        "statsmodels_log": "katz",
    },
    ("poisson", "diff"): {
        "mover_byar": "byar",
        "mover_exact": "exact median",
        "mover_jeffreys": "jeffreys",
        "score": "score",
        "statsmodels_score": "score",
        "statsmodels_mover": "mover score",
        "statsmodels_wald": "wald",
    },
    ("poisson", "ratio"): {
        "exact_conditional": "exact",
        "midp_conditional": "mid-p",
        "score": "score",
        "statsmodels_score": "score",
        "statsmodels_mover": "mover score",
        "mover_jeffreys": "jeffreys",
        "log_wald": "wald",
        "statsmodels_wald-log": "wald",
        "statsmodels_score-log": "score-log",
        "statsmodels_sqrtcc": "square root",
    },
}
MAKERS: dict[tuple[str, str], Make] = {
    ("binomial", "diff"): gaps.difference,
    ("binomial", "ratio"): gaps.ratio,
    ("poisson", "diff"): gap_rates.rate_difference,
    ("poisson", "ratio"): gap_rates.rate_ratio,
}


def gap_two_areas(folder: Path) -> Iterator[Cell]:
    for row in read(folder, "gap_two_areas.csv").to_dict("records"):
        yield from _ends(row)


def _ends(row: dict[str, Any]) -> Iterator[Cell]:
    kind = (row["distribution"], row["contrast"])
    method = METHODS[kind].get(row["method"])
    name = f"{row['distribution']} {row['contrast']} {row['method']}"
    where = f"{row['case_id']}|{row['peer']}|{name}"
    if method is None:
        for end in ("lower", "upper"):
            yield Cell(row["case_id"], where, f"{name} {end}", None, row[end])
        return
    given = [row[column] for column in ("x1", "n1", "x2", "n2")]
    scale = {"multiplier": 1.0} if row["contrast"] == "diff" else {}
    found = MAKERS[kind](*given, levels=0.95, method=method, **scale)
    for end in ("lower", "upper"):
        ours = float(getattr(found, end)[0])
        cell = Cell(row["case_id"], where, f"{name} {end}", ours, row[end])
        yield _named(cell, row, kind == ("binomial", "diff"))


def _named(cell: Cell, row: dict[str, Any], absolute: bool) -> Cell:
    """Name the cells in which the peer has nothing, or what is known to be wrong."""
    theirs, ours = float(cell.theirs), float(cell.ours)
    if isinstance(row["peer_error"], str) and not (math.isnan(ours) and math.isnan(theirs)):
        return replace(cell, quantity=f"{cell.quantity} where it stops")
    if math.isnan(theirs) and not math.isnan(ours):
        return replace(cell, quantity=f"{cell.quantity} where it has none")
    if math.isnan(ours) and not math.isnan(theirs):
        return replace(cell, quantity=f"{cell.quantity} where ours has none")
    if row["method"] == "statsmodels_score-log" and (ours == 0 or math.isinf(ours)):
        return replace(cell, quantity=f"{cell.quantity} where the test rejects nothing")
    if isinstance(row["flag"], str):
        return replace(cell, quantity=f"{cell.quantity} flagged")
    score = "score" in row["method"] or row["method"] in ("mee", "miettinen_nurminen", "mee_or_mn")
    return replace(cell, within=1e-6) if absolute and score and math.isfinite(theirs) else cell
