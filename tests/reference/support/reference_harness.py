"""Run reference cases: read them, compute ours, set them beside theirs, count.

A family is a function that takes the folder of cases and yields tables of ours; the
harness joins them to the file of theirs by key and compares cell by cell. ``plan.csv``
says of each file, case and quantity what is expected.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent.parent
PLAN = HERE / "plan.csv"
CASES = HERE / "cases"
FOLDERS = ("phe", "peers", "fingertips")
STATUSES = ("input", "ours", "option", "peer defect", "not offered", "not built")
ABSOLUTE = 1e-12


@dataclass(frozen=True)
class Expectation:
    """One row of the plan: what is expected of a file, a case and a quantity."""

    folder: str
    file: str
    case: str
    quantity: str
    status: str
    tolerance: float
    note: str

    def covers(self, folder: str, file: str, case: str, quantity: str) -> bool:
        """Say whether this row speaks of the cell."""
        return (
            self.folder == folder
            and self.file == file
            and fnmatch(case, self.case)
            and fnmatch(quantity, self.quantity)
        )


@dataclass(frozen=True)
class Cell:
    """Ours beside theirs."""

    case: str
    where: str
    quantity: str
    ours: object
    theirs: object
    within: float | None = None

    def agrees(self, tolerance: float) -> bool:
        """Say whether the two are equal: to the tolerance, both missing, or the same word."""
        one, other = self.ours, self.theirs
        if isinstance(one, str) or isinstance(other, str):
            return one == other
        if _missing(one) or _missing(other):
            return _missing(one) and _missing(other)
        if self.within is not None:
            return abs(float(one) - float(other)) <= self.within
        return math.isclose(float(one), float(other), rel_tol=tolerance, abs_tol=ABSOLUTE)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


@dataclass
class Tally:
    """What came of the cells of one file."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def read_plan(path: Path = PLAN) -> list[Expectation]:
    """Read the plan and refuse a status that is not known."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [
            Expectation(**{**row, "tolerance": float(row["tolerance"] or "nan")})
            for row in csv.DictReader(handle)
        ]
    unknown = sorted({row.status for row in rows} - set(STATUSES))
    if unknown:
        raise ValueError(f"{path.name} has the unknown statuses {unknown}")
    return rows


def case_files(root: Path) -> list[tuple[str, str]]:
    """Return folder and name of each CSV that counts: only the three folders, only CSV."""
    return sorted(
        (folder, path.name) for folder in FOLDERS for path in (root / folder).glob("*.csv")
    )


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read a file of cases; NA is missing, numbers stay exact."""
    return pd.read_csv(folder / name, na_values=["NA", "NaN"])


def arguments(text: object) -> dict[str, str]:
    """Read the arguments of a case: ``name=value; name=value``."""
    pairs = (part.split("=", 1) for part in str(text).split("; ") if "=" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def levels_of(args: dict[str, str]) -> tuple[float, ...]:
    """Return confidence levels as fractions; R also took percentages."""
    found = [float(part) for part in args.get("confidence", "0.95").split("|")]
    return tuple(level / 100 if level > 1 else level for level in found)


def by_of(args: dict[str, str]) -> list[str]:
    """Return the grouping columns of a case."""
    return [name for name in args.get("groups", "").split("+") if name]


def long_by_level(
    table: pd.DataFrame, keys: Sequence[str], levels: Iterable[float], case: str
) -> pd.DataFrame:
    """Return one row a level, as R writes them: confidence, lower, upper."""
    from hwb_analysis.stats.arrays import level_name

    others = [c for c in table if not str(c).startswith(("lower_", "upper_"))]
    parts = [
        table[others].assign(
            lower=table[f"lower_{level_name(level)}"],
            upper=table[f"upper_{level_name(level)}"],
            confidence=level,
        )
        for level in levels
    ]
    return pd.concat(parts, ignore_index=True).assign(case=case)


def cells(
    ours: pd.DataFrame, theirs: pd.DataFrame, keys: Sequence[str], quantities: dict[str, str]
) -> Iterator[Cell]:
    """Join ours to theirs by key and yield every cell; a row we lack is missing."""
    ours, theirs = (_keyed(table, keys) for table in (ours, theirs))
    joined = theirs.merge(
        ours, how="left", on="join", suffixes=("_theirs", "_ours"), validate="one_to_one"
    )
    for row in joined.to_dict("records"):
        for name, mine in quantities.items():
            left = row.get(f"{mine}_ours", row.get(mine))
            right = row.get(f"{name}_theirs", row.get(name))
            yield Cell(str(row["join"]).split("|")[0], row["join"], name, left, right)


def _keyed(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    parts = [table[key].map(_key_text) for key in keys]
    join = parts[0].str.cat(parts[1:], sep="|") if len(parts) > 1 else parts[0]
    return table.assign(join=join)


def _key_text(value: object) -> str:
    if _missing(value) or value is pd.NA:
        return ""
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def judge(folder: str, file: str, found: Iterable[Cell], plan: Sequence[Expectation]) -> Tally:
    """Count the cells of a file by what the plan expects, and list those that fail it."""
    tally = Tally()
    for cell in found:
        row = next((p for p in plan if p.covers(folder, file, cell.case, cell.quantity)), None)
        if row is None:
            tally.faults.append(f"not in plan.csv: {cell.case} {cell.quantity}")
            continue
        tally.counts["run" if row.status in ("ours", "option", "peer defect") else row.status] += 1
        if row.status not in ("ours", "option", "peer defect"):
            continue
        agrees = cell.agrees(row.tolerance)
        if agrees == (row.status != "peer defect"):
            tally.counts[{"ours": "matched"}.get(row.status, row.status)] += 1
        else:
            tally.faults.append(f"{cell.where} {cell.quantity}: ours {cell.ours}, {cell.theirs}")
    return tally
