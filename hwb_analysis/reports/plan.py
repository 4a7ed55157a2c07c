"""What a run will do, checked as far as it can be before a notebook runs."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.paths import data_dir, notebooks_dir
from hwb_analysis.reports.engine import check_parameters, declared_parameters, read_notebook
from hwb_analysis.reports.parameters import (
    Allowed,
    Parameters,
    read_parameters,
    snapshot_names,
)
from hwb_analysis.reports.render import PageMeta
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot, snapshot_at

if TYPE_CHECKING:
    from hwb_analysis.disclosure.leak_ties import Secret
    from hwb_analysis.strategy.model import Strategy

FORMATS = ("html", "pdf", "docx", "xlsx")
ENGINES = ("auto", "spawn", "fork")
ENGINE_VARIABLE = "HWB_ENGINE"
TEMPLATE = "priority_report.ipynb"
CHAPTER, CHAPTER_TEMPLATE = "inequality-chapter", "inequality_chapter"
CHAPTER_TITLE = "Inequality across the life course"
BOARD_ANNUAL, BOARD_ANNUAL_TITLE = "board-annual", "Annual report of the Board"
RESIDENTS, RESIDENTS_TITLE = "residents", "For residents"
# Reports over all measures take longer than any priority.
ALL_MEASURES = 1000.0

# Writes a page and what belongs to it into a folder, from parameters and masthead.
PageWriter = Callable[[Path, Mapping[str, str], PageMeta], object]


@dataclass(frozen=True, slots=True)
class Task:
    """One report to make: from a notebook and parameters, or by a function.

    ``weight`` says which of several takes longest; the longest start first.
    """

    slug: str
    title: str
    parameters: Mapping[str, str]
    notebook: Path | None = None
    writer: PageWriter | None = None
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is made, whatever its content.

    ``force`` makes every report anew; ``engine`` is ``auto``, ``spawn`` or ``fork``.
    """

    jobs: int = 1
    timeout: int = 600
    memory: int | None = None
    keep: int = 10
    engine: str = "auto"
    force: bool = False
    formats: Sequence[str] = ("html",)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that has been checked and may start.

    ``tasks`` are the reports to make, by slug; ``titles`` all reports of the strategy,
    in its order; ``shared`` the parameters that are the same for all priorities;
    ``secrets`` the local figures that no output may show.
    """

    out: Path
    tasks: Mapping[str, Task]
    titles: Mapping[str, str]
    product: str
    snapshot: Snapshot
    series: Sequence[str]
    options: Options
    shared: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    secrets: Sequence[Secret] = field(default=(), repr=False)

    def check_data(self) -> None:
        """Read all figures of the strategy and compare every file with its checksum.

        The Board page shows every measure, so a run of one priority needs all of them.
        """
        self.snapshot.check(self.series)


def check_formats(formats: Sequence[str]) -> None:
    """Refuse a kind of output that does not exist."""
    for name in formats:
        if name not in FORMATS:
            raise UsageError(
                f"there is no format '{name}'", remedy=did_you_mean(name, list(FORMATS))
            )


def chosen_engine(name: str | None) -> str:
    """Return ``spawn`` or ``fork`` for the name of an engine.

    Parameters
    ----------
    name
        ``auto`` takes the fast way where it is safe; nothing means what the environment
        variable ``HWB_ENGINE`` says, else ``auto``.

    Raises
    ------
    UsageError
        When there is no such engine, or not on this system.
    """
    named = name or os.environ.get(ENGINE_VARIABLE) or "auto"
    if named not in ENGINES:
        raise UsageError(f"there is no engine '{named}'", remedy=did_you_mean(named, list(ENGINES)))
    if named == "fork" and not hasattr(os, "fork"):
        raise UsageError("this system cannot fork", remedy="use the engine spawn")
    safe = sys.platform.startswith("linux")
    return ("fork" if safe else "spawn") if named == "auto" else named


def make_plan(
    strategy: Strategy,
    priorities: Sequence[str],
    *,
    out: Path,
    notebook: Path | None,
    options: Options,
    overrides: Mapping[str, str],
    pages: Sequence[Task] = (),
    environment: Mapping[str, str] | None = None,
) -> Plan:
    """Check everything that can be checked before a notebook runs, but for the figures."""
    extras = _extras(strategy, notebook, pages)
    chosen = [name for name in priorities if name not in extras]
    slugs = list(dict.fromkeys(strategy.priority(name).slug for name in chosen))
    everything = not priorities
    slugs = slugs or [p.slug for p in strategy.priorities if everything]
    template = (notebook or notebooks_dir() / TEMPLATE).absolute()
    wanted = {s: p.as_dict() for s, p in _parameters(strategy, slugs, overrides).items()}
    shared = dict(next(iter(wanted.values()), {}))
    if not shared:
        first = strategy.priorities[0].slug
        shared = _parameters(strategy, [first], overrides)[first].as_dict()
    _check_template(template, shared)
    del shared["priority"]
    tasks = {
        s: Task(s, strategy.priority(s).title, wanted[s], template, weight=_weight(strategy, s))
        for s in slugs
    }
    for slug, task in extras.items():
        if everything or slug in priorities:
            own = {n: shared.get(n, v) for n, v in task.parameters.items() if v or n in shared}
            tasks[slug] = replace(task, parameters=own)
    snapshot, _ = snapshot_at(shared["data_cut"])
    return Plan(
        out=out,
        tasks=tasks,
        titles={p.slug: p.title for p in strategy.priorities}
        | {slug: task.title for slug, task in extras.items()},
        product=strategy.strategy.title,
        contact=strategy.strategy.contact or "",
        snapshot=snapshot,
        series=strategy.series_ids,
        options=options,
        shared=shared,
        inputs=_inputs([t.notebook for t in tasks.values() if t.notebook is not None]),
        environment=environment or {},
    )


def _parameters(
    strategy: Strategy, slugs: Sequence[str], overrides: Mapping[str, str]
) -> dict[str, Parameters]:
    snapshots = snapshot_names()
    defaults = {
        "area": strategy.area.code,
        "comparator": strategy.area.nation.code,
        "data_cut": snapshots[-1] if snapshots else current_snapshot().name,
        **overrides,
    }
    allowed = Allowed(slugs, strategy_areas(strategy), snapshots)
    return {s: read_parameters({"priority": s, **defaults}, allowed) for s in slugs}


def _extras(strategy: Strategy, notebook: Path | None, pages: Sequence[Task]) -> dict[str, Task]:
    """Return the reports of the strategy beyond its priorities.

    The inequality chapter compares districts by deprivation, so it needs their order; a
    template of the user's own comes without any of them.
    """
    found = {} if notebook is not None else {t.slug: t for t in _notebook_extras(strategy)}
    return {**found, **{task.slug: task for task in pages}}


def _notebook_extras(strategy: Strategy) -> Iterator[Task]:
    listed: list[tuple[str, str, str, float, dict[str, str]]] = [
        (BOARD_ANNUAL, BOARD_ANNUAL_TITLE, "board_annual", ALL_MEASURES, {}),
        (RESIDENTS, RESIDENTS_TITLE, "residents", ALL_MEASURES, {}),
    ]
    if strategy.area.deprivation is not None:
        listed.insert(0, (CHAPTER, CHAPTER_TITLE, CHAPTER_TEMPLATE, math.inf, {}))
    listed += [
        (v.slug, v.title, v.template, float(len(v.measures)), {"view": v.slug})
        for v in strategy.views
    ]
    for slug, title, stem, weight, given in listed:
        path = notebooks_dir() / f"{stem}.ipynb"
        if path.is_file():
            names = declared_parameters(read_notebook(path), path.name)
            blank = {name: given.get(name, "") for name in names}
            yield Task(slug, title, blank, path.absolute(), weight=weight)


def _weight(strategy: Strategy, slug: str) -> float:
    return float(sum(len(strategy.parts(m)) for m in strategy.priority(slug).measures))


def strategy_areas(strategy: Strategy) -> dict[str, str]:
    """Return code and name of the area of the strategy, its districts, region and nation."""
    area = strategy.area
    listed = (area, *area.districts, area.region, area.nation)
    return {a.code: a.name for a in listed}


def _check_template(notebook: Path, parameters: Mapping[str, str]) -> None:
    if not notebook.is_file():
        raise UsageError("the notebook does not exist", where=str(notebook))
    check_parameters(read_notebook(notebook), parameters, where=notebook.name)


def _inputs(notebooks: Sequence[Path]) -> dict[str, Path]:
    root = data_dir()
    folders = (root / name for name in ("strategy", "snapshot", "lookups", "boundaries"))
    found = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    named = {f"data/{p.relative_to(root).as_posix()}": p for p in sorted(found)}
    return {**named, **{f"notebooks/{path.name}": path for path in notebooks}}
