"""Families of inequality measures: concentration, dispersion, attributable share, slopes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from reference_harness import Cell, read

from hwb_analysis.stats import gaps
from hwb_analysis.stats.arrays import z_value
from hwb_analysis.stats.attributable import attributable
from hwb_analysis.stats.concentration import concentration
from hwb_analysis.stats.concentration_people import concentration_of_people
from hwb_analysis.stats.dispersion import dispersion
from hwb_analysis.stats.slope_models import slope_models
from hwb_analysis.stats.slope_scatter import ScatterSlope, scatter_slope

Found = dict[str, float]
Z = z_value(0.95)
INDICES = {"CI": "relative", "CIg": "absolute", "CIc": "erreygers", "CIw": "wagstaff"}
DIFFERENCES = {
    "mdm": {"measure": "mean difference"},
    "mdb": {"measure": "mean difference", "centre": "best"},
    "mdr": {"measure": "mean difference", "centre": "reference"},
    "idis": {"measure": "disparity"},
}


def _groups(folder: Path) -> dict[str, pd.DataFrame]:
    inputs = read(folder, "ineq_inputs.csv")
    return {case: part.sort_values("subgroup_order") for case, part in inputs.groupby("case_id")}


def _cells(row: dict[str, Any], name: str, found: Found) -> Iterator[Cell]:
    where = f"{row['case_id']}|{name}"
    for quantity in ("estimate", "se", "lower", "upper"):
        if not math.isnan(row.get(quantity, math.nan)):
            given = found.get(quantity)
            yield Cell(row["case_id"], where, f"{name} {quantity}", given, row[quantity])


# -- concentration of people ----------------------------------------------------


def ci_rineq(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "ci_inputs.csv"), read(folder, "ci_rineq.csv")
    people = dict(iter(inputs.groupby("case_id")))
    for row in theirs.to_dict("records"):
        name = f"{row['type']} {row['method']} {row['robust']}"
        yield from _cells(row, name, _of_people(people[row["case_id"]], row))


def _of_people(part: pd.DataFrame, row: dict[str, Any]) -> Found:
    kind = INDICES[row["type"]]
    observed = (part["outcome"].min(), part["outcome"].max())
    found = concentration_of_people(
        part["outcome"],
        part["rank_var"],
        part["weight"],
        kind=kind,
        bounds=observed if kind in ("erreygers", "wagstaff") else None,
        error=next((w for w in ("delta", "direct") if w in row["method"]), "convenience"),
        robust=row["robust"] == "HC1",
        mean="fixed",
        rank_variance="sample",
        levels=0.95,
    )
    return _interval(found.value, found.se)


def _interval(estimate: float, se: float) -> Found:
    return {
        "estimate": estimate,
        "se": se,
        "lower": estimate - Z * se,
        "upper": estimate + Z * se,
    }


# -- measures of groups ---------------------------------------------------------


def ineq_healthequal(folder: Path) -> Iterator[Cell]:
    groups = _groups(folder)
    for row in read(folder, "ineq_healthequal.csv").to_dict("records"):
        options = row["options"] if isinstance(row["options"], str) else ""
        found = _measure(groups[row["case_id"]], row["measure"], options)
        yield from _cells(row, f"{row['measure']} {options}".strip(), found)


def _measure(part: pd.DataFrame, measure: str, options: str) -> Found:
    y, s, n = (part[name].to_numpy(float) for name in ("estimate", "se", "population"))
    high = bool(part["favourable"].iloc[0])
    if measure in ("aci", "rci"):
        return _concentration(y, s, n, measure, options)
    if measure in ("d", "r"):
        # Ordered groups are read so that the gap is what the deprived end is worse by.
        turned = options == "ordered" and not high
        return _extremes(*((y[::-1], s[::-1]) if turned else (y, s)), measure, options)
    if measure in ("par", "paf"):
        per = float(part["indicator_scale"].iloc[0])
        return _attributable(y, s, n, high, per, measure, options)
    if measure in ("bgv", "bgsd", "cov", "ti", "mld"):
        return _spread(y, s, n, measure)
    if measure in ("sii", "rii"):
        return _slope(part, measure, options)
    return _distance(part, measure, "high" if high else "low")


def _concentration(y: Any, s: Any, n: Any, measure: str, options: str) -> Found:
    kind = "absolute" if measure == "aci" else options.split()[0] if options else "relative"
    bounds = (0, 100) if kind in ("erreygers", "wagstaff") else None
    found = concentration(y, n, kind=kind, bounds=bounds, se=s)
    return _interval(float(found.value), float(found.regression_se))


def _extremes(y: Any, s: Any, measure: str, options: str) -> Found:
    first, last = (0, len(y) - 1) if options == "ordered" else (y.argmin(), y.argmax())
    make = gaps.difference_from_errors if measure == "d" else gaps.ratio_from_errors
    found = make(y[last], s[last], y[first], s[first], levels=0.95)
    value, lower, upper = (float(v) for v in (found.value, found.lower[0], found.upper[0]))
    se = (upper - lower if measure == "d" else math.log(upper / lower)) / (2 * Z)
    return {"estimate": value, "se": se, "lower": lower, "upper": upper}


def _attributable(
    y: Any, s: Any, n: Any, high: bool, per: float, measure: str, options: str
) -> Found:
    found = attributable(
        y, n, better="high" if high else "low", se=s, error="walter", per=per, levels=0.95,
        reference="last" if options == "ordered" else "best",
    )  # fmt: skip
    sign = 1 if high else -1
    if measure == "par":
        return _interval(sign * float(found.value), float(found.se))
    # The peer states the error of the fraction as a share, ours its interval in per cent.
    share = float(found.se / found.mean)
    return {**_interval(sign * float(found.fraction), 100 * share), "se": share}


def _spread(y: Any, s: Any, n: Any, measure: str) -> Found:
    name = {"bgv": "variance", "bgsd": "sd", "cov": "cv", "ti": "theil", "mld": "log deviation"}
    usable = s if (s > 0).all() else np.maximum(s, 1e-12)
    found = dispersion(y, n, measure=name[measure], se=usable, draws=1000)
    value, se = float(found.value), float(found.se)
    if measure == "bgv":
        return _interval(value, se)
    if measure in ("ti", "mld"):
        return {**_interval(1000 * value, 1000 * se), "se": se}
    return {"estimate": value, "lower": float(found.lower), "upper": float(found.upper)}


def _distance(part: pd.DataFrame, measure: str, better: str) -> Found:
    y, s, n = (part[name].to_numpy(float) for name in ("estimate", "se", "population"))
    options: dict[str, Any] = dict(DIFFERENCES[measure[:-1]])
    if options.get("centre") == "reference":
        options["centre"] = int(part["reference"].to_numpy(float).argmax())
    weights = n if measure.endswith("w") else None
    if weights is None and options.get("centre", "mean") == "mean":
        return _from_weighted_mean(y, n, options["measure"])
    found = dispersion(y, weights, **options, better=better, se=np.maximum(s, 1e-12), draws=1000)
    return {k: float(getattr(found, a)) for k, a in
            (("estimate", "value"), ("lower", "lower"), ("upper", "upper"))}  # fmt: skip


def _from_weighted_mean(y: Any, n: Any, measure: str) -> Found:
    """Return the unweighted mean distance from the weighted mean, as the peer has it."""
    at = np.append(y, (n * y).sum() / n.sum())
    size = len(y)
    weights = np.append(np.ones(size), 1e-12)
    found = dispersion(at, weights, measure=measure, centre=size)
    return {"estimate": float(found.value)}


def _slope(part: pd.DataFrame, measure: str, options: str) -> Found:
    y, n = (part[name].to_numpy(float) for name in ("estimate", "population"))
    per = float(part["indicator_scale"].iloc[0])
    if options == "linear":
        return _robust(y, n, per, measure)
    high = bool(part["favourable"].iloc[0])
    model = slope_models(
        y / per * n, n, better="high" if high else "low", models=["binomial"], multiplier=per
    ).iloc[0]
    names = ("value", "lower", "upper") if measure == "sii" else (
        "rii_ratio", "rii_lower", "rii_upper"
    )  # fmt: skip
    value, lower, upper = (float(model[name]) for name in names)
    se = (upper - lower if measure == "sii" else math.log(upper / lower)) / (2 * Z)
    if not high:
        # The peer's slope runs from the most to the least deprived end.
        value, lower, upper = (
            (-value, -upper, -lower) if measure == "sii" else (1 / value, 1 / upper, 1 / lower)
        )
    return {"estimate": value, "se": se / per if measure == "sii" else se, "lower": lower,
            "upper": upper}  # fmt: skip


def _robust(y: Any, n: Any, per: float, measure: str) -> Found:
    found = scatter_slope(y, n, levels=0.95, robust=True)
    if measure == "sii":
        # The peer states the error as a share, its interval in the indicator's scale.
        return {"estimate": found.value, "se": found.se / per, "lower": found.lower[0],
                "upper": found.upper[0]}  # fmt: skip
    return {"estimate": 1 / found.ratio, "se": found.ratio_log_se,
            "lower": 1 / found.ratio_upper[0], "upper": 1 / found.ratio_lower[0]}  # fmt: skip


def ineq_pysal(folder: Path) -> Iterator[Cell]:
    groups = _groups(folder)
    for row in read(folder, "ineq_pysal.csv").to_dict("records"):
        parts = row["measure"].split("_")
        extra = {"aversion": float(parts[1])} if parts[0] == "atkinson" else {}
        found = dispersion(groups[row["case_id"]]["estimate"], measure=parts[0], **extra)
        yield from _cells(row, row["measure"], {"estimate": float(found.value)})


# -- slopes ---------------------------------------------------------------------


def ineq_scotpho(folder: Path) -> Iterator[Cell]:
    groups = _groups(folder)
    for row in read(folder, "ineq_scotpho.csv").to_dict("records"):
        part = groups[row["case_id"]]
        y, n = (part[name].to_numpy(float) for name in ("estimate", "population"))
        yield from _cells(row, row["measure"], _scotpho(y, n, row["measure"]))


def _scotpho(y: Any, n: Any, measure: str) -> Found:
    if measure == "par":
        return {"estimate": float(attributable(y, n, better="low").fraction)}
    if measure in ("abs_range", "rel_range"):
        none = np.full(2, np.nan)
        make = gaps.difference_from_errors if measure == "abs_range" else gaps.ratio_from_errors
        return {"estimate": float(make(y[0], none[0], y[-1], none[1]).value)}
    scale = {"sii": 1.0, "rii": 1.0, "rii_int": 50.0}[measure]
    found = scatter_slope(y, n, levels=0.95)
    divisor = 1.0 if measure == "sii" else found.mean
    return {
        "estimate": -found.value / divisor * scale,
        "lower": -found.upper[0] / divisor * scale,
        "upper": -found.lower[0] / divisor * scale,
    }


def ineq_regression(folder: Path) -> Iterator[Cell]:
    groups = _groups(folder)
    for row in read(folder, "ineq_regression.csv").to_dict("records"):
        part = groups[row["case_id"]]
        make = _by_line if row["model"].startswith("linear") else _by_model
        yield from _cells(row, f"{row['model']} {row['quantity']}", make(part, row))


def _by_line(part: pd.DataFrame, row: dict[str, Any]) -> Found:
    y, s, n = (part[name].to_numpy(float) for name in ("estimate", "se", "population"))
    weights = {"pop": n, "invvar": s**-2.0, "none": np.ones(len(y))}[row["model"].split("_")[-1]]
    found = scatter_slope(y, n, weights, levels=0.95)
    if row["quantity"] == "rii_kunst_mackenbach":
        ends = found.ratio_lower[0], found.ratio_upper[0]
        return {"estimate": found.ratio, "se": found.ratio_log_se, "lower": ends[0],
                "upper": ends[1]}  # fmt: skip
    return _turned(found, found.mean if row["quantity"] == "rii_mean" else 1.0)


def _turned(found: ScatterSlope, divisor: float) -> Found:
    return {
        "estimate": -found.value / divisor,
        "se": found.se / divisor,
        "lower": -found.upper[0] / divisor,
        "upper": -found.lower[0] / divisor,
    }


def _by_model(part: pd.DataFrame, row: dict[str, Any]) -> Found:
    names = {
        "poisson_log": "poisson",
        "quasipoisson_log": "poisson",
        "binomial_logit": "binomial",
        "poisson_identity": "poisson identity",
        "binomial_log": "log binomial",
        "quasibinomial_log": "log binomial",
    }
    if row["model"] not in names:
        return {}
    y, n = (part[name].to_numpy(float) for name in ("estimate", "population"))
    per = float(part["indicator_scale"].iloc[0])
    found = slope_models(
        y / per * n, n, better="low", models=[names[row["model"]]], multiplier=per,
        dispersion_floor=False,
    ).iloc[0]  # fmt: skip
    quasi = row["model"].startswith("quasi")
    return _rescaled(found, row["quantity"].startswith("rii"), quasi, len(y))


def _rescaled(found: pd.Series, ratio: bool, quasi: bool, groups: int) -> Found:
    """Return the quasi interval, or the plain one: no dispersion factor, normal quantile."""
    from scipy import special

    t = float(special.stdtrit(groups - 2, 0.975))
    names = ("rii_ratio", "rii_lower", "rii_upper") if ratio else ("value", "lower", "upper")
    value, lower, upper = (float(found[name]) for name in names)
    if ratio:
        value, lower, upper = (math.log(v) for v in (value, lower, upper))
    se = (upper - lower) / (2 * t) / (1.0 if quasi else math.sqrt(found["dispersion"]))
    q = t if quasi else Z
    out = {"estimate": value, "lower": value - q * se, "upper": value + q * se}
    if ratio:
        out = {name: math.exp(v) for name, v in out.items()}
    return {**out, "se": se}
