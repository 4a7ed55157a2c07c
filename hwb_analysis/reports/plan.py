"""What a run will do, checked as far as it can be before a notebook runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.paths import data_dir, notebooks_dir
from hwb_analysis.reports.engine import check_parameters, read_notebook
from hwb_analysis.reports.parameters import Allowed, read_parameters, snapshot_names
from hwb_analysis.sources.snapshot import current_snapshot, snapshot_at

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Strategy

FORMATS = ("html",)
TEMPLATE = "priority_report.ipynb"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that has been checked and may start.

    ``asked`` holds the parameters of each report to make, by slug, and ``shared`` those
    that are the same for all; ``titles`` all priorities of the strategy, in its order.
    """

    out: Path
    notebook: Path
    titles: Mapping[str, str]
    asked: Mapping[str, Mapping[str, str]]
    product: str
    snapshot: str
    jobs: int
    timeout: int
    memory: int | None
    keep: int
    shared: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Path] = field(default_factory=dict)


def check_formats(formats: Sequence[str]) -> None:
    """Refuse a kind of output that does not exist."""
    for name in formats:
        if name not in FORMATS:
            raise UsageError(
                f"there is no format '{name}'", remedy=did_you_mean(name, list(FORMATS))
            )


def make_plan(
    strategy: Strategy,
    priorities: Sequence[str],
    *,
    out: Path,
    notebook: Path | None,
    jobs: int,
    timeout: int,
    memory: int | None,
    keep: int,
    overrides: Mapping[str, str],
) -> Plan:
    """Check everything that can be checked before a notebook runs."""
    slugs = [strategy.priority(name).slug for name in priorities]
    asked = list(dict.fromkeys(slugs)) or [p.slug for p in strategy.priorities]
    snapshots = snapshot_names()
    newest = snapshots[-1] if snapshots else current_snapshot().name
    defaults = {
        "area": strategy.area.code,
        "comparator": strategy.area.nation.code,
        "data_cut": newest,
        **overrides,
    }
    allowed = Allowed(asked, strategy_areas(strategy), snapshots)
    wanted = {s: read_parameters({"priority": s, **defaults}, allowed).as_dict() for s in asked}
    notebook = notebook or notebooks_dir() / TEMPLATE
    shared = dict(next(iter(wanted.values())))
    _check_template(notebook, shared)
    del shared["priority"]
    snapshot, _ = snapshot_at(shared["data_cut"])
    # The Board page shows every measure, so a run of one priority needs all figures as well.
    snapshot.check(strategy.series_ids)
    return Plan(
        out=out,
        notebook=notebook.absolute(),
        titles={p.slug: p.title for p in strategy.priorities},
        asked=wanted,
        product=strategy.strategy.title,
        snapshot=snapshot.name,
        jobs=max(1, min(jobs, len(asked))),
        timeout=timeout,
        memory=memory,
        keep=keep,
        shared=shared,
        inputs=_inputs(notebook),
    )


def strategy_areas(strategy: Strategy) -> dict[str, str]:
    """Return code and name of the area of the strategy, its districts, region and nation."""
    area = strategy.area
    listed = (area, *area.districts, area.region, area.nation)
    return {a.code: a.name for a in listed}


def _check_template(notebook: Path, parameters: Mapping[str, str]) -> None:
    if not notebook.is_file():
        raise UsageError("the template notebook does not exist", where=str(notebook))
    check_parameters(read_notebook(notebook), parameters, where=notebook.name)


def _inputs(notebook: Path) -> dict[str, Path]:
    root = data_dir()
    folders = (root / name for name in ("strategy", "snapshot", "lookups", "boundaries"))
    found = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    named = {f"data/{p.relative_to(root).as_posix()}": p for p in sorted(found)}
    return {**named, f"notebooks/{notebook.name}": notebook}
