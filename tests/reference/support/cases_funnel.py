"""Families of funnel limits, significance and points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from cases_rates import answered
from reference_harness import Cell, cells, read

from hwb_analysis.stats.funnel import (
    axis_range,
    count_significance,
    funnel_axis,
    proportion_limits,
    proportion_significance,
    ratio_limits,
)

LABELS = {
    "above (99.8%)": "High (0.001)",
    "below (99.8%)": "Low (0.001)",
    "above (95%)": "High (0.025)",
    "below (95%)": "Low (0.025)",
    "within limits": "Not significant",
}
FEWEST = 10
WITHHELD = "Not applicable for events less than 10 for dsrs"


def _average(table: pd.DataFrame, statistic: str, args: dict[str, str]) -> float:
    """Return the average as R takes it: events over the people that make the rates."""
    if statistic != "rate":
        return float(table["x"].sum() / table["n"].sum())
    return float(table["x"].sum() / _people(table, args).sum())


def _people(table: pd.DataFrame, args: dict[str, str]) -> pd.Series:
    """Return the people that make the rates; of no events only the crude ones are known."""
    people = float(args["multiplier"]) * table["x"] / table["rate"].where(table["x"] > 0)
    return people.fillna(table["n"]) if args["rate_type"] == "crude" else people


def funnel_limits_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"funnel_limits_{end}.csv") for end in ("inputs", "outputs"))
    for case, args in answered(folder, "funnel_limits"):
        table, beside = inputs[inputs["case"] == case], theirs[theirs["case"] == case]
        make = {"proportion": _proportions, "rate": _rates, "ratio": _ratios}[args["statistic"]]
        ours = make(table, args).assign(case=case, point=range(1, 101))
        names = {name: name for name in ours if name not in ("case", "point")}
        yield from cells(ours, beside, ["case", "point"], names)


def _proportions(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    average, scale = _average(table, "proportion", args), float(args["multiplier"])
    size = funnel_axis(*axis_range(table["n"]))
    out = {"Population": size, "baseline": np.full(size.shape, average * scale)}
    for name, level in (("2s", 0.95), ("3s", 0.998)):
        low, high = proportion_limits(size, average, level)
        out |= {f"lower_{name}_limit": low * scale, f"upper_{name}_limit": high * scale}
    return pd.DataFrame(out)


def _rates(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    average, scale = _average(table, "rate", args), float(args["multiplier"])
    years = float(args["years_of_data"])
    low, high = axis_range(_people(table, args) / years)
    events = funnel_axis(math.floor(low * average), math.ceil(high * average * years))
    out = {"Events": events, "baseline": np.full(events.shape, average * scale)}
    for name, level in (("2s", 0.95), ("3s", 0.998)):
        below, above = ratio_limits(events, level)
        for end, ratio in (("lower", below), ("upper", above)):
            out[f"{end}_{name}_limit"] = ratio * average * scale
            out[f"{end}_{name}_population_1_year"] = events / ratio / average / years
    return pd.DataFrame(out)


def _ratios(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    del args
    low, high = axis_range(table["n"])
    events = funnel_axis(low, high, late=2)
    out = {"Observed_events": events}
    for name, level in (("2s", 0.95), ("3s", 0.998)):
        below, above = ratio_limits(events, level)
        for end, ratio in (("lower", below), ("upper", above)):
            out[f"{end}_{name}_limit"] = ratio * 100
            out[f"{end}_{name}_exp_events"] = events / ratio
    return pd.DataFrame(out)


def funnel_significance_outputs(folder: Path) -> Iterator[Cell]:
    inputs = read(folder, "funnel_limits_inputs.csv")
    theirs = read(folder, "funnel_significance_outputs.csv")
    limits = dict(answered(folder, "funnel_limits"))
    for case, args in limits.items():
        table = inputs[inputs["case"] == case]
        if args["statistic"] == "proportion":
            average = _average(table, "proportion", args)
            words = proportion_significance(table["x"], table["n"], average)
        elif args["statistic"] == "ratio":
            words = count_significance(table["x"], table["n"])
        else:
            words = _rate_words(table, args)
        ours = table[["case", "area"]].assign(label=[LABELS.get(word, word) for word in words])
        beside = theirs[theirs["case"] == case]
        yield from cells(ours, beside, ["case", "area"], {"significance": "label"})


def _rate_words(table: pd.DataFrame, args: dict[str, str]) -> np.ndarray:
    average, scale = _average(table, "rate", args), float(args["multiplier"])
    people = scale * table["x"] / table["rate"].where(table["x"] > 0)
    words = count_significance(table["x"], people.fillna(table["n"]) * average)
    if args["rate_type"] == "dsr":
        words[(table["x"] < FEWEST).to_numpy()] = WITHHELD
    return words


def funnel_points_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (
        read(folder, f"funnel_{end}.csv") for end in ("limits_inputs", "points_outputs")
    )
    for case, args in answered(folder, "funnel_points"):
        table = inputs[inputs["case"] == case].copy()
        years = float(args["years_of_data"])
        people = float(args["multiplier"]) * table["x"] / table["rate"].where(table["x"] > 0)
        few = (table["x"] < FEWEST) & (args["rate_type"] == "dsr")
        table["rate_chart"] = table["rate"].mask(few)
        table["denominator_derived"] = (people.fillna(table["n"]) / years).mask(few)
        names = {name: name for name in ("rate_chart", "denominator_derived")}
        yield from cells(table, theirs[theirs["case"] == case], ["case", "area"], names)
