"""Families of the slope index: national routine and its relatives in base R."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cases_trends import base_r_trends
from reference_harness import Cell, arguments, cells, levels_of, read
from scipy import stats

from hwb_analysis.stats.arrays import z_value
from hwb_analysis.stats.classic_tests import fisher_exact, free_break
from hwb_analysis.stats.inequality import slope_index
from hwb_analysis.stats.ridit import shares_and_ranks, weighted_line
from hwb_analysis.stats.slope_models import fit_counts
from hwb_analysis.stats.slope_result import SlopeIndex
from hwb_analysis.stats.slope_scales import slope_index_on_scale

# One simulated run of 100,000 draws errs by these shares of the spread (README of phe).
RUN_ERROR = {0.95: 0.0085, 0.998: 0.030}
SCALES = {"1": "log", "2": "logit"}
WITHIN = 5.0


def phe_sii_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"phe_sii_{end}.csv") for end in ("inputs", "outputs"))
    listed = read(folder, "cases_sii.csv")
    for row in listed[listed["status"] != "error"].to_dict("records"):
        args = arguments(row["args"])
        beside = theirs[theirs["case"] == row["case"]]
        if beside.empty:
            continue
        groups = inputs[inputs["case"] == row["case"]]
        if _at_the_end(groups, args):
            yield Cell(row["case"], row["case"], "at the end of the scale", None, 1.0)
            continue
        ours = [
            line
            for area, group in groups.groupby("area", dropna=False)
            for line in _lines(row["case"], area, group, args)
        ]
        yield from _with_widths(pd.DataFrame(ours), beside, args)


def _lines(case: str, area: object, group: pd.DataFrame, args: dict[str, str]) -> list[dict]:
    found = _slope(group, args)
    scale = 1.0 if args["transform"] == "TRUE" else 1 / found.multiplier
    return [
        {
            "case": case,
            "area": area if isinstance(area, str) else "all",
            "confidence": level,
            "sii": float(found.value),
            "rii": float(found.rii_ratio),
            "intercept": float(found.fitted_most) * scale,
            "sii_lower": float(found.lower[place]),
            "sii_upper": float(found.upper[place]),
            "rii_lower": float(found.rii_ratio_lower[place]),
            "rii_upper": float(found.rii_ratio_upper[place]),
        }
        for place, level in enumerate(found.levels)
    ]


def _at_the_end(group: pd.DataFrame, args: dict[str, str]) -> bool:
    """Say whether a value has no place on its scale: R simulates it without any spread."""
    value = group["value"] if args["value_from"] == "value" else group["x"] / group["population"]
    return args["value_type"] in SCALES and bool((value.isin([0, 1])).any())


def _slope(group: pd.DataFrame, args: dict[str, str]) -> SlopeIndex:
    number = pd.to_numeric(group["quantile"]).astype(int)
    group = group.assign(place=number).set_index("place").reindex(range(1, number.max() + 1))
    multiplier = float(args["multiplier"])
    counted = args["value_from"] != "value"
    value = group["x"] / group["population"] if counted else group["value"]
    given: dict[str, Any] = (
        {"se": group["se"]}
        if args["spread"] == "se"
        else {
            "lower": group["lower"],
            "upper": group["upper"],
        }
    )
    # A group without its row leaves the set out, as R does; it needs some population.
    people = group["population"].fillna(1.0)
    asked = {
        "better": "high" if multiplier > 0 else "low",
        "levels": levels_of(args),
        "multiplier": abs(multiplier),
    }
    if args["value_type"] == "0":
        return slope_index(value, people, **given, **asked)
    if "se" in given:
        given["se_on"] = "scale"
    line = "scale" if args["transform"] == "TRUE" else "natural"
    return slope_index_on_scale(
        value,
        people,
        scale=SCALES[args["value_type"]],
        line=line,
        ends="fixed middle",
        **given,
        **asked,
    )


def _with_widths(ours: pd.DataFrame, beside: pd.DataFrame, args: dict[str, str]) -> Iterator[Cell]:
    """Compare simulated limits within the error of the simulation, the rest exactly."""
    keys = ["case", "area", "confidence"]
    exact = {"sii": "sii", "rii": "rii", "intercept": "intercept"}
    closed = {f"sii_{end}_closed": f"sii_{end}" for end in ("lower", "upper")}
    yield from cells(ours, beside, keys, exact)
    known = beside[beside["sii_lower_closed"].notna()]
    yield from (_swapped(cell, args) for cell in cells(ours, known, keys, closed))
    fewer = math.sqrt(1e5 / float(args["repetitions"]))
    for index in ("sii", "rii"):
        for end in ("lower", "upper"):
            name = f"{index}_{end}_mean"
            for cell, row in zip(
                cells(ours, beside, keys, {name: f"{index}_{end}"}),
                beside.to_dict("records"),
                strict=True,
            ):
                spread = _spread(row, index)
                error = RUN_ERROR[round(row["confidence"], 3)] * fewer * spread
                allowed = WITHIN * error / math.sqrt(row["r_seeds"])
                yield _swapped(replace(cell, within=allowed), args)


def _swapped(cell: Cell, args: dict[str, str]) -> Cell:
    """Name the limits that R swaps: log scale, transformed, multiplier between 0 and 1."""
    log_line = args["value_type"] == "1" and args["transform"] == "TRUE"
    if log_line and 0 < float(args["multiplier"]) < 1:
        return replace(cell, quantity=f"{cell.quantity} swapped")
    return cell


def _spread(row: dict[str, Any], index: str) -> float:
    reach = abs(row[f"{index}_upper_mean"] - row[f"{index}_lower_mean"])
    return reach / (2 * z_value(row["confidence"]))


def phe_sii_reliability_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (
        read(folder, f"phe_sii_reliability_{end}.csv") for end in ("inputs", "outputs")
    )
    found = {
        area: float(
            slope_index(
                part.sort_values("quantile")["value"],
                part.sort_values("quantile")["population"],
                better="high",
            ).value
        )
        for area, part in inputs.groupby("area")
    }
    for row in theirs.to_dict("records"):
        where = f"reliability|{row['area']}|{row['repetitions']}"
        yield Cell("reliability", where, "sii", found[row["area"]], row["sii"])
        for name in ("sii_mad95_0", "sii_mad99_8", "rii_mad95_0", "rii_mad99_8"):
            # The interval is in closed form: run after run it is the same.
            yield Cell("reliability", where, name, 0.0, row[name])


def base_r_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "base_r_inputs.csv"), read(folder, "base_r_outputs.csv")
    known: dict[tuple[str, str, str], float] = {}
    for case, group in inputs[inputs["method"] == "wls_sii"].groupby("case"):
        known |= _least_squares(case, group.sort_values("quantile"))
    for case, group in inputs[inputs["method"] == "count_rii"].groupby("case"):
        known |= _models(case, group.sort_values("quantile"))
    for row in inputs[inputs["method"] == "two_groups"].to_dict("records"):
        known |= _two_groups(row)
    known |= base_r_trends(inputs)
    for case, group in inputs[inputs["method"] == "segmented"].groupby("case"):
        found = free_break(*(group[name].to_numpy(dtype=float) for name in ("v", "t")))
        known[("segmented_grid_best", case, "psi")] = found.at
        known[("segmented_grid_best", case, "rss")] = found.squares
    for row in theirs.to_dict("records"):
        key = (row["method"], row["case"], row["statistic"])
        where = "|".join(key)
        yield Cell(row["method"], where, row["statistic"], known.get(key), row["value"])


def _least_squares(case: str, group: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    y, n, se = (group[name].to_numpy(dtype=float) for name in ("value", "population", "se"))
    share, rank = shares_and_ranks(n)
    out = {}
    weightings = {"population": n, "inverse_variance": se**-2, "none": np.ones_like(n)}
    for name, weights in weightings.items():
        line = weighted_line(y, rank, weights)
        residual = y - line.fitted()
        sigma = math.sqrt((weights * residual**2).sum() / (len(y) - 2))
        middle = (line.share * rank).sum()
        error = sigma / math.sqrt((weights * (rank - middle) ** 2).sum())
        t = float(line.slope) / error
        centre = (line.share * y).sum()
        found = {
            "sii": float(line.slope),
            "intercept": float(line.intercept),
            "se": error,
            "t": t,
            "p": 2 * stats.t.sf(abs(t), len(y) - 2),
            "sigma": sigma,
            "r_squared": 1 - (weights * residual**2).sum() / (weights * (y - centre) ** 2).sum(),
            "rii_ratio": float(line.at(1) / line.at(0)),
            "rii_over_mean": float(line.slope) / (share * y).sum(),
        }
        for label, level in (("95", 0.95), ("998", 0.998)):
            q = stats.t.ppf(0.5 + level / 2, len(y) - 2)
            found |= {f"lower{label}": float(line.slope) - q * error}
            found |= {f"upper{label}": float(line.slope) + q * error}
        if name == "population":
            ours = slope_index(y, n, better="high")
            found |= {
                "sii": float(ours.value),
                "se": float(ours.regression_se),
                "lower95": float(ours.regression_lower[0]),
                "upper95": float(ours.regression_upper[0]),
                "lower998": float(ours.regression_lower[1]),
                "upper998": float(ours.regression_upper[1]),
                "rii_ratio": float(ours.rii_ratio),
                "rii_over_mean": float(ours.rii_mean),
            }
        out |= {(f"wls_sii_weights_{name}", case, key): v for key, v in found.items()}
    return out


def _models(case: str, group: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    x, n = (group[name].to_numpy(dtype=float) for name in ("x", "n"))
    _, rank = shares_and_ranks(n)
    poisson, logistic = (fit_counts(name, x, n, rank) for name in ("poisson", "binomial"))
    out = {}
    for method, fit, slope in (
        ("poisson_rii", poisson, "log_rii"),
        ("logistic_rank_slope", logistic, "slope"),
    ):
        found = {
            "intercept": fit.params[0],
            slope: fit.params[1],
            "se": fit.bse[1],
            "p": fit.pvalues[1],
        }
        out |= {(method, case, key): float(value) for key, value in found.items()}
    return out


def _two_groups(row: dict[str, Any]) -> dict[tuple[str, str, str], float]:
    from hwb_analysis.stats.rate_ratio import rate_ratio, two_proportions

    given = (row["x1"], row["n1"], row["x2"], row["n2"])
    exact, test = rate_ratio(*given, levels=0.95), two_proportions(*given)
    found = {
        ("rate_ratio_exact", "ratio"): exact.value,
        ("rate_ratio_exact", "lower"): exact.lower[0],
        ("rate_ratio_exact", "upper"): exact.upper[0],
        ("rate_ratio_exact", "p"): exact.p_by_likelihood,
        ("two_proportions", "chi_squared"): test.chi_squared,
        ("two_proportions", "p"): test.p_value,
        ("two_proportions", "diff_lower"): test.wald_lower,
        ("two_proportions", "diff_upper"): test.wald_upper,
        ("fisher", "p"): float(fisher_exact(*given)),
    }
    return {(method, row["case"], name): float(v) for (method, name), v in found.items()}
