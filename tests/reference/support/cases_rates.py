"""Families of proportions, rates, means, limits and quantiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from reference_harness import Cell, arguments, by_of, cells, levels_of, long_by_level, read

from hwb_analysis.stats import verbs
from hwb_analysis.stats.intervals import byar, exact_poisson, wilson
from hwb_analysis.stats.means import mean
from hwb_analysis.stats.quantiles import NO_GROUP, count_quantiles


def answered(folder: Path, function: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the cases of a function that R answered, with their arguments."""
    table = read(folder, "cases_exact.csv")
    for row in table[(table["fn"] == function) & (table["status"] != "error")].to_dict("records"):
        yield row["case"], arguments(row["args"])


def count_limits_outputs(folder: Path) -> Iterator[Cell]:
    theirs = read(folder, "count_limits_outputs.csv")
    ours = theirs[["x", "confidence"]].copy()
    for level in ours["confidence"].unique():
        rows = ours["confidence"] == level
        for name, make in (("byars", byar), ("exact", exact_poisson)):
            low, high = make(ours.loc[rows, "x"], level)
            ours.loc[rows, f"{name}_lower"], ours.loc[rows, f"{name}_upper"] = low, high
    names = ("byars_lower", "byars_upper", "exact_lower", "exact_upper")
    yield from cells(ours, theirs, ["x", "confidence"], dict(zip(names, names, strict=True)))


def wilson_outputs(folder: Path) -> Iterator[Cell]:
    theirs = read(folder, "wilson_outputs.csv")
    ours = theirs[["x", "n", "confidence"]].copy()
    for level in ours["confidence"].unique():
        rows = ours["confidence"] == level
        ours.loc[rows, "lower"], ours.loc[rows, "upper"] = wilson(
            ours.loc[rows, "x"], ours.loc[rows, "n"], level
        )
    yield from cells(ours, theirs, ["x", "n", "confidence"], {"lower": "lower", "upper": "upper"})


def _rates(folder: Path, function: str, extra: list[str]) -> Iterator[Cell]:
    inputs = read(folder, f"{function}_inputs.csv").rename(columns={"x": "count", "n": "people"})
    theirs = read(folder, f"{function}_outputs.csv")
    make = verbs.rate if function == "phe_rate" else verbs.proportion
    keys = ["case", "row", *extra, "confidence"]
    for case, args in answered(folder, function):
        if args["confidence"] in ("NA", "1"):
            continue
        table = inputs[inputs["case"] == case]
        by = by_of(args)
        found = make(
            table[["row", "count", "people", *extra]],
            denominator="people",
            per=float(args["multiplier"]),
            by=by,
            levels=levels_of(args),
        )
        ours = long_by_level(found, [], levels_of(args), case)
        ours = ours.assign(**{name: None for name in ("row", *extra) if name not in ours})
        if by:
            ours["row"] = None
        beside = theirs[theirs["case"] == case]
        keys_here = ["case", "row", "confidence"] if not by else [k for k in keys if k != "row"]
        yield from cells(
            ours, beside, keys_here, {"value": "value", "lower": "lower", "upper": "upper"}
        )
        if function == "phe_rate":
            named = {"byar": "Byars", "exact": "Exact", "": None}
            ours["label"] = ours["method"].map(named)
            yield from cells(ours, beside[beside["value"].notna()], keys_here, {"method": "label"})


def phe_rate_outputs(folder: Path) -> Iterator[Cell]:
    yield from _rates(folder, "phe_rate", ["area", "sex"])


def phe_proportion_outputs(folder: Path) -> Iterator[Cell]:
    yield from _rates(folder, "phe_proportion", ["area"])
    inputs, theirs = (read(folder, f"phe_proportion_{end}.csv") for end in ("inputs", "outputs"))
    for case, args in answered(folder, "phe_proportion"):
        if args["confidence"] not in ("NA", "1"):
            continue
        table = inputs[inputs["case"] == case]
        value = float(args["multiplier"]) * table["x"] / table["n"]
        ours = table[["case", "row"]].assign(value=value, lower=np.nan, upper=np.nan)
        if args["confidence"] == "1":
            ends = wilson(table["x"], table["n"], 1.0)
            ours["lower"], ours["upper"] = (float(args["multiplier"]) * end for end in ends)
        yield from cells(
            ours,
            theirs[theirs["case"] == case],
            ["case", "row"],
            {"value": "value", "lower": "lower", "upper": "upper"},
        )


def phe_mean_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"phe_mean_{end}.csv") for end in ("inputs", "outputs"))
    for case, args in answered(folder, "phe_mean"):
        table, by, levels = inputs[inputs["case"] == case], by_of(args), levels_of(args)
        groups = table.groupby("area") if by else [(None, table)]
        rows = []
        for area, part in groups:
            found = mean(part["x"].to_numpy(), levels)
            rows += [
                {
                    "case": case,
                    "area": area,
                    "confidence": level,
                    "value": float(found.value),
                    "value_sum": float(found.count),
                    "lower": float(found.limits(level)[0]),
                    "upper": float(found.limits(level)[1]),
                }
                for level in levels
            ]
        beside = theirs[theirs["case"] == case]
        keys = ["case", "area", "confidence"] if by else ["case", "confidence"]
        names = ("value", "value_sum", "lower", "upper")
        yield from cells(pd.DataFrame(rows), beside, keys, dict(zip(names, names, strict=True)))


def phe_quantile_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"phe_quantile_{end}.csv") for end in ("inputs", "outputs"))
    for case, args in answered(folder, "phe_quantile"):
        parts = []
        for _, part in inputs[inputs["case"] == case].groupby("la"):
            groups = count_quantiles(
                part["score"], int(args["nquantiles"]), highest_first=args["invert"] == "TRUE"
            )
            shown = np.where(groups == NO_GROUP, np.nan, groups)
            parts.append(part[["case", "la", "id"]].assign(quantile=shown))
        beside = theirs[theirs["case"] == case]
        yield from cells(pd.concat(parts), beside, ["case", "la", "id"], {"quantile": "quantile"})
