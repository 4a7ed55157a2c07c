"""``hwb audit``: attack figures as they are published, before anybody else does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hwb_analysis.cli_parts import AsJson, print_json, print_lines
from hwb_analysis.errors import DisclosureError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from hwb_analysis.disclosure import AuditReport


def audit_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...", help="Tables as published: CSV of a run, or tidy CSV or Parquet."
        ),
    ] = None,
    series: Annotated[
        str, typer.Option(metavar="ID", help="A local series, such as local:training.")
    ] = "",
    rule: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Rule that the tables were published under.", show_default="strict"
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Work out what can be worked out of withheld figures; end with 13 when anything can."""
    if bool(paths) == bool(series):
        raise UsageError(
            "either files or --series were expected", remedy="hwb audit table.csv --rule under-5"
        )
    if series and rule:
        raise UsageError("--rule goes with files", remedy="a local series has the rule of its map")
    found = audit_series(series) if series else audit_files(paths or [], rule)
    print_json(found.as_dict()) if as_json else print_lines(found.lines())
    if not found.safe:
        raise typer.Exit(DisclosureError.exit_code)


@dataclass(frozen=True, slots=True)
class Audited:
    """What an attack came to, in counts: no figure, and nothing that tells one.

    ``exact`` figures can be worked out, ``narrowed`` ones to fewer numbers than the rule
    protects; ``faults`` are figures that tell of others without any calculation.
    """

    rule: str
    tables: int
    rows: int
    withheld: int
    attacked: int
    exact: int
    narrowed: int
    faults: tuple[str, ...]

    @property
    def safe(self) -> bool:
        """Say whether nothing can be narrowed further than the rule allows."""
        return not (self.exact or self.narrowed or self.faults)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a machine."""
        fields = ("rule", "tables", "rows", "withheld", "attacked", "exact", "narrowed")
        counts = {name: getattr(self, name) for name in fields}
        return {**counts, "faults": list(self.faults), "safe": self.safe}

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        yield f"rule            {self.rule}"
        yield f"tables          {self.tables}, {self.rows:,} rows, {self.withheld:,} withheld"
        yield f"attacked        {self.attacked:,} figures of withheld rows"
        yield f"worked out      {self.exact:,}"
        yield f"narrowed        {self.narrowed:,} to fewer numbers than the rule protects"
        for fault in self.faults:
            yield f"fault           {fault}"
        yield "safe under the rule" if self.safe else "NOT safe under the rule"


def audit_series(series_id: str) -> Audited:
    """Attack a local series as a report would show it, with rows that were shown before.

    The attack knows the true figures and says of each small number whether it can still be
    any that the rule protects.

    Raises
    ------
    UsageError
        When no map describes the series.
    DisclosureError
        When the series cannot be shown at all.
    """
    from hwb_analysis.disclosure import Structure, audit
    from hwb_analysis.sources.local.published import Published
    from hwb_analysis.sources.local.shown import strategy_around
    from hwb_analysis.sources.local.source import LocalFiles

    around = strategy_around()
    files = LocalFiles(parents=around)
    truth, shown = files.data(series_id), files.shown(series_id)
    frames = [shown.frame, *_gone(Published(files.folder).read(series_id), shown.frame)]
    structure = Structure(parents={**Structure().around(), **dict(around)})
    report = audit(frames, truth.disclosure, structure=structure, truth=truth.frame)
    return _audited(report, frames)


def _gone(earlier: pd.DataFrame | None, now: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows that were shown before and stand in the series no longer.

    What differs in rows that still stand there has been looked at before they were shown.
    """
    from hwb_analysis.sources.local.published import SAME

    if earlier is None:
        return
    here = now.set_index(SAME).index
    rows = earlier.loc[~earlier.set_index(SAME).index.isin(here)]
    if len(rows):
        yield rows.reset_index(drop=True)


def audit_files(paths: Sequence[Path], rule: str = "") -> Audited:
    """Attack tidy tables taken together, as published.

    Parameters
    ----------
    paths
        CSV or Parquet files with the columns of the tidy frame, or tables that a run publishes.
    rule
        Name of the rule set they were published under; the strictest by default.

    Raises
    ------
    UsageError
        A file that does not exist or is of another kind.
    DataContractError
        A table that is neither.
    """
    from hwb_analysis.audit_tables import read_tables
    from hwb_analysis.disclosure import audit

    frames = read_tables(paths)
    return _audited(audit(frames, rule or None), frames)


def _audited(report: AuditReport, frames: Sequence[pd.DataFrame]) -> Audited:
    cells = report.cells
    bad = ~cells["safe"].astype(bool)
    exact = bad & (cells["possible"] <= 1)
    return Audited(
        rule=f"{report.rule.name}: {report.rule.title}",
        tables=len(frames),
        rows=sum(len(frame) for frame in frames),
        withheld=sum(int((frame["status"] == "suppressed").sum()) for frame in frames),
        attacked=len(cells),
        exact=int(exact.sum()),
        narrowed=int((bad & ~exact).sum()),
        faults=report.faults,
    )
