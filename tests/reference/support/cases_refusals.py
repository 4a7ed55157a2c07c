"""Cases that R refuses: ours refuses too, or answers the rows that can be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from reference_harness import Cell, arguments, read

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats import verbs

REFUSED, PARTLY, ANSWERED = "refused", "missing rows with a reason", "answered"


def _table(folder: Path, function: str, case: str) -> pd.DataFrame:
    inputs = read(folder, f"{function}_inputs.csv")
    return inputs[inputs["case"] == case]


def _rate(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    return verbs.rate(table, count="x", denominator="n", levels=[float(args["confidence"])])


def _proportion(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    return verbs.proportion(table, count="x", denominator="n", levels=[float(args["confidence"])])


def _direct(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    frequency = "eventfreq" if "eventfreq" in table else None
    by = [name for name in ("area", "sex") if name in table]
    return verbs.direct_rate(
        table,
        count="x",
        denominator="n",
        age="ageband",
        weights="std",
        by=by,
        frequency=frequency,
        levels=[float(args.get("confidence", "0.95"))],
    )


def _indirect(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    del args
    reference = table.drop_duplicates("age_index")[["age_index", "x_ref", "n_ref"]]
    return verbs.indirect_ratio(
        table,
        reference.rename(columns={"x_ref": "x", "n_ref": "n"}),
        count="x",
        denominator="n",
        age="age_index",
        by="area",
    )


def _mean(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    return verbs.mean(table, value="x", levels=[float(args.get("confidence", "0.95"))])


def _life(table: pd.DataFrame, args: dict[str, str]) -> pd.DataFrame:
    del args
    by = [name for name in ("area", "sex") if table[name].notna().any()]
    return verbs.life_expectancy(table, population="pops", age="startage", by=by)


MAKERS: dict[str, Callable[[pd.DataFrame, dict[str, str]], pd.DataFrame]] = {
    "phe_rate": _rate,
    "phe_proportion": _proportion,
    "calculate_dsr": _direct,
    "calculate_dsr_nonindependent": _direct,
    "phe_dsr": _direct,
    "phe_mean": _mean,
    "phe_life_expectancy": _life,
    "calculate_ISRatio": _indirect,
    "calculate_ISRate": _indirect,
}


def cases_exact(folder: Path) -> Iterator[Cell]:
    listed = read(folder, "cases_exact.csv")
    for row in listed[listed["status"] == "error"].to_dict("records"):
        table = _table(folder, row["fn"], row["case"])
        case = f"{row['fn']}:{row['case']}"
        outcome = _outcome(MAKERS[row["fn"]], table, arguments(row["args"]))
        yield Cell(case, case, "outcome", outcome, REFUSED)


def _outcome(
    make: Callable[[pd.DataFrame, dict[str, str]], pd.DataFrame],
    table: pd.DataFrame,
    args: dict[str, str],
) -> str:
    try:
        found = make(table, args)
    except StatisticsError:
        return REFUSED
    return PARTLY if (found["reason"] != "").any() else ANSWERED
