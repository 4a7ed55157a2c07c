"""Families of standardised rates and life expectancy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
from cases_rates import answered
from reference_harness import Cell, by_of, cells, levels_of, long_by_level, read

from hwb_analysis.stats import verbs
from hwb_analysis.stats.age_bands import standard_weights

NATIONAL_BANDS = 20
LIMITS = {"value": "value", "lower": "lower", "upper": "upper"}
TOTALS = {"total_count": "total_count", "total_pop": "total_denominator"} | LIMITS


def _direct(folder: Path, function: str, frequency: str | None = None) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"{function}_{end}.csv") for end in ("inputs", "outputs"))
    for case, args in answered(folder, function):
        table, beside = inputs[inputs["case"] == case], theirs[theirs["case"] == case]
        by = by_of(args) if "groups" in args else ["area", "sex"]
        by = [name for name in by if name in table]
        # R took each row for a stratum; ours asks that a stratum be named once a group.
        strata = [name for name in ("area", "sex") if name in table and name not in by]
        stratum = table[["ageband", *strata]].astype("string").agg("/".join, axis=1)
        table = table.assign(ageband=stratum) if strata and not frequency else table
        found = verbs.direct_rate(
            table,
            count="x",
            denominator="n",
            age="ageband",
            weights="std",
            by=by,
            per=float(args["multiplier"]),
            levels=levels_of(args),
            frequency=frequency,
            missing="zero",
            incomplete=True,
        )
        ours = long_by_level(found, by, levels_of(args), case)
        yield from cells(ours, beside, ["case", *by, "confidence"], TOTALS)


def calculate_dsr_outputs(folder: Path) -> Iterator[Cell]:
    yield from _direct(folder, "calculate_dsr")


def calculate_dsr_nonindependent_outputs(folder: Path) -> Iterator[Cell]:
    yield from _direct(folder, "calculate_dsr_nonindependent", "eventfreq")


def phe_dsr_outputs(folder: Path) -> Iterator[Cell]:
    yield from _direct(folder, "phe_dsr")


def esp2013(folder: Path) -> Iterator[Cell]:
    theirs = read(folder, "esp2013.csv")
    found = standard_weights(theirs["ageband"].tolist())
    ours = pd.DataFrame({"ageband": list(found), "weight": list(found.values())})
    yield from cells(ours, theirs, ["ageband"], {"esp2013": "weight"})


def _indirect(folder: Path, function: str, scale: str) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"{function}_{end}.csv") for end in ("inputs", "outputs"))
    totals = read(folder, "calculate_IS_observed_totals.csv")
    for case, args in answered(folder, function):
        observed = totals[totals["case"] == case].rename(columns={"observed": "x"})
        parts = []
        # R reads the reference from each area's own rows, so each area gets its own here.
        for _, table in inputs[inputs["case"] == case].groupby("area"):
            reference = table[["age_index", "x_ref", "n_ref"]]
            parts.append(
                verbs.indirect_ratio(
                    table,
                    reference.rename(columns={"x_ref": "x", "n_ref": "n"}),
                    count="x",
                    denominator="n",
                    age="age_index",
                    by="area",
                    per=float(args[scale]),
                    as_rate=function == "calculate_ISRate",
                    levels=levels_of(args),
                    missing="zero",
                    observed=observed[["area", "x"]] if args["mode"] == "totals" else None,
                )
            )
        ours = long_by_level(pd.concat(parts), ["area"], levels_of(args), case)
        names = {"observed": "total_count", "expected": "total_denominator"} | LIMITS
        beside = theirs[theirs["case"] == case]
        yield from cells(ours, beside, ["case", "area", "confidence"], names)


def calculate_ISRatio_outputs(folder: Path) -> Iterator[Cell]:  # noqa: N802
    yield from _indirect(folder, "calculate_ISRatio", "refvalue")


def calculate_ISRate_outputs(folder: Path) -> Iterator[Cell]:  # noqa: N802
    yield from _indirect(folder, "calculate_ISRate", "multiplier")


def phe_life_expectancy_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (read(folder, f"phe_life_expectancy_{e}.csv") for e in ("inputs", "outputs"))
    for case, args in answered(folder, "phe_life_expectancy"):
        table, beside = inputs[inputs["case"] == case], theirs[theirs["case"] == case]
        if beside.empty:
            continue
        levels = levels_of(args)
        by = [name for name in ("area", "sex") if table[name].notna().any()]
        found = verbs.life_expectancy(
            table, deaths="deaths", population="pops", age="startage", by=by, levels=levels
        )
        ours = long_by_level(found.drop(columns="case"), by, levels, case)
        found_cells = list(cells(ours, beside, ["case", *by, "startage", "confidence"], LIMITS))
        if table["startage"].nunique() != NATIONAL_BANDS and beside["value"].isna().all():
            # R computes nothing but twenty bands.
            yield from (replace(c, quantity=f"{c.quantity} of other bands") for c in found_cells)
            continue
        for at in range(0, len(found_cells), 3):
            yield from _named_defects(found_cells[at : at + 3])


def _named_defects(row: list[Cell]) -> list[Cell]:
    """Name the rows in which R gives limits without a value, zero, or infinity."""
    value, lower, upper = (float(cell.theirs) for cell in row)
    if math.isnan(value) and not (math.isnan(lower) and math.isnan(upper)):
        return [
            replace(cell, quantity=f"{cell.quantity} without a value")
            for cell in row[1:]
            if not math.isnan(float(cell.theirs))
        ]
    if value == 0:
        return [replace(row[0], quantity="value where nobody is left")]
    return row
