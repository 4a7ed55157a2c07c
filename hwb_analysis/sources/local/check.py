"""``load_check``: what would come of a local file, before anything uses it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.sources.local.column_map import ColumnMap, read_map
from hwb_analysis.sources.local.faults import MOST_LISTED, Fault
from hwb_analysis.sources.local.limits import STANDARD, Limits
from hwb_analysis.sources.local.load import Reading, file_of, read_local
from hwb_analysis.sources.local.rules import hidden_rows, rule_set
from hwb_analysis.vocabulary import Status

SHOWN = ("area", "period", "sex", "age", "category", "count", "denominator", "value", "status")
FIGURES = ["count", "denominator", "value", "lower_95", "upper_95"]
HIDDEN = "[c]"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a file holds by its map; figures that the rule set hides are not in it.

    ``preview`` holds the first rows, ``lowest`` and ``highest`` the range of the values that
    may be shown, ``hidden`` how many rows the rule set hides, ``suppressed`` and
    ``missing`` how many came without a figure.
    """

    file: str
    series: str
    title: str
    unit: str
    rule: str
    rows: int = 0
    blank_rows: int = 0
    left_out: int = 0
    areas: int = 0
    first: str = ""
    last: str = ""
    lowest: float = float("nan")
    highest: float = float("nan")
    hidden: int = 0
    suppressed: int = 0
    missing: int = 0
    preview: str = ""
    remarks: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def well(self) -> bool:
        """Say whether the file can be loaded."""
        return not self.faults

    def __str__(self) -> str:
        """Return the report as text, for a terminal."""
        lines = [f"{self.file}: {self.series}, {self.title} ({self.unit})"]
        if self.rows:
            lines += [*self._counts(), "", "first rows", self.preview]
        lines += [f"look at: {remark}" for remark in self.remarks]
        lines += ["", *self._verdict()]
        return "\n".join(lines)

    def _counts(self) -> list[str]:
        words = rule_set(self.rule).words
        return [
            f"rows           {self.rows:,}, besides {self.blank_rows:,} blank and "
            f"{self.left_out:,} left out by the map",
            f"areas          {self.areas:,}",
            f"periods        {self.first} to {self.last}",
            f"values shown   {self.lowest:g} to {self.highest:g}",
            f"no figure      {self.suppressed:,} suppressed, {self.missing:,} missing",
            f"would hide     {self.hidden:,} rows, before totals and differences are looked at",
            f"rule set       {self.rule}: {words}",
        ]

    def _verdict(self) -> list[str]:
        if self.well:
            return ["The file can be loaded."]
        count = f"{len(self.faults):,} fault{'s' if len(self.faults) > 1 else ''}"
        listed = [f"- {fault}" for fault in self.faults[:MOST_LISTED]]
        more = len(self.faults) - len(listed)
        return [
            f"The file cannot be loaded: {count}.",
            *listed,
            *([f"- and {more:,} more faults"] if more else []),
        ]


def load_check(
    path: Path | str | None, column_map: Path | str, limits: Limits = STANDARD, rows: int = 5
) -> LoadReport:
    """Return what would come of a file by its map: counts, ranges, first rows, every fault.

    Parameters
    ----------
    path
        The file; None for the one that the map names.
    column_map
        The map, a YAML file.
    limits
        The largest file that is read.
    rows
        How many rows to show.

    Raises
    ------
    MapError
        When the map itself breaks a rule. Faults of the file are in the report.
    """
    rules = read_map(column_map)
    file = file_of(rules, Path(column_map), path)
    reading = read_local(file, rules, limits)
    return _report(file, rules, reading, rows)


def _report(file: Path, rules: ColumnMap, reading: Reading, rows: int) -> LoadReport:
    about: dict[str, Any] = {
        "file": file.name,
        "series": rules.series.id,
        "title": rules.series.title,
        "unit": rules.series.unit,
        "rule": rule_set(rules.series.disclosure).name,
    }
    if reading.frame.empty:
        return LoadReport(**about, remarks=reading.remarks, faults=reading.faults)
    frame = conform(reading.frame)
    hide = hidden_rows(frame, rule_set(rules.series.disclosure))
    shown = frame.loc[~hide, "value"]
    dated = frame.loc[frame["period"] != ""].sort_values(["period_end", "period_start"])
    return LoadReport(
        **about,
        rows=len(frame),
        blank_rows=reading.table.blank_rows,
        left_out=sum(reading.left_out.values()),
        areas=frame.loc[frame["area_code"] != "", "area_code"].nunique(),
        first=str(dated["period"].iloc[0]) if len(dated) else "?",
        last=str(dated["period"].iloc[-1]) if len(dated) else "?",
        lowest=float(shown.min()),
        highest=float(shown.max()),
        hidden=int(hide.sum()),
        suppressed=int((frame["status"] == Status.SUPPRESSED).sum()),
        missing=int((frame["status"] == Status.MISSING).sum()),
        preview=_preview(frame, hide, rows),
        remarks=reading.remarks,
        faults=reading.faults,
    )


def _preview(frame: pd.DataFrame, hide: pd.Series[bool], rows: int) -> str:
    head = frame.head(rows)
    texts = pd.DataFrame({name: head[name].map(_word) for name in SHOWN})
    figures = [name for name in SHOWN if name in FIGURES]
    texts.loc[hide.head(rows), figures] = HIDDEN
    told = texts.loc[:, (texts != "").any()]
    return str(told.to_string(index=False))


def _word(cell: object) -> str:
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:g}"
    return str(cell)
