"""Many strategies and areas from one file: each a run of its own, on the same workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import HwbError, ParameterError, UsageError, did_you_mean
from hwb_analysis.reports.manifest import RunRecord
from hwb_analysis.reports.run_parts import Workers, exit_code
from hwb_analysis.reports.runner import run
from hwb_analysis.strategy import load_strategy

KEYS = ("name", "strategy", "priorities", "parameters")


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of a matrix: its name, which is its folder, and its registry."""

    name: str
    strategy: Path
    priorities: Sequence[str] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one entry ended: its record, or the error that kept it from starting."""

    name: str
    record: RunRecord | None
    error: HwbError | None = None

    @property
    def code(self) -> int:
        """Return the exit code of this run alone."""
        if self.error is not None:
            return self.error.exit_code
        return exit_code(self.record) if self.record is not None else 0

    def line(self) -> str:
        """Return how it ended in one line."""
        if self.record is None:
            return f"{self.name}: {self.error.message if self.error else 'not run'}"
        counts: dict[str, int] = {}
        for report in self.record.reports:
            counts[report.status.value] = counts.get(report.status.value, 0) + 1
        return f"{self.name}: " + ", ".join(f"{n} {word}" for word, n in counts.items())


def read_matrix(path: Path) -> list[Entry]:
    """Return the runs that a file lists.

    The file is YAML with the one key ``runs``: a list of entries with ``name`` (letters,
    digits, hyphens; the folder of the run), ``strategy`` (a registry file, seen from the
    matrix file) and, if wanted, ``priorities`` and ``parameters``.

    Raises
    ------
    ParameterError
        With every fault of the file at once.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ParameterError(f"the matrix cannot be read: {error}", where=str(path)) from error
    listed = data.get("runs") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not listed:
        raise ParameterError("the key 'runs' with a list of runs was expected", where=str(path))
    faults = [fault for number, one in enumerate(listed, 1) for fault in _faults(one, number, path)]
    names = [one.get("name") for one in listed if isinstance(one, dict)]
    faults += [
        f"the name '{n}' stands twice"
        for n in sorted({n for n in names if n})
        if names.count(n) > 1
    ]
    if faults:
        raise ParameterError("\n".join(faults), where=str(path))
    return [_entry(one, path) for one in listed]


def _faults(one: Any, number: int, path: Path) -> list[str]:
    if not isinstance(one, dict):
        return [f"run {number} is no mapping"]
    found = [
        f"run {number} has the unknown key '{key}': {did_you_mean(str(key), list(KEYS))}"
        for key in one
        if key not in KEYS
    ]
    name = str(one.get("name", ""))
    if not name.replace("-", "").isalnum():
        found.append(f"run {number} needs a name of letters, digits and hyphens, not '{name}'")
    file = path.parent / str(one.get("strategy", ""))
    if not file.is_file():
        found.append(
            f"run {number} names the registry '{one.get('strategy', '')}', which is no file"
        )
    return found


def _entry(one: Mapping[str, Any], path: Path) -> Entry:
    return Entry(
        name=str(one["name"]),
        strategy=(path.parent / str(one["strategy"])).resolve(),
        priorities=tuple(map(str, one.get("priorities") or ())),
        parameters={k: str(v) for k, v in (one.get("parameters") or {}).items()},
    )


def run_matrix(
    entries: Sequence[Entry],
    *,
    out: Path,
    workers: Workers | None = None,
    at_once: int = 1,
    told: Callable[[Ended], None] = lambda ended: None,
    **options: Any,
) -> list[Ended]:
    """Run every entry into a folder of its own name below ``out``.

    Parameters
    ----------
    entries
        From :func:`read_matrix`. One that fails stops no other.
    out
        Each run has its own lock, manifest, ``latest`` and retention in ``out/<name>``.
    workers
        What makes the reports of all of them, such as a cluster.
    at_once
        Runs at the same time; more than one only with a cluster, whose workers share.
    told
        Is called when an entry has ended.
    options
        As for :func:`hwb_analysis.reports.runner.run`.
    """
    if at_once > 1 and (workers is None or workers.name != "dask"):
        raise UsageError("several runs at once need a cluster", remedy="give --scheduler")

    def one(entry: Entry) -> Ended:
        ended = _run_entry(entry, out, workers, options)
        told(ended)
        return ended

    if at_once == 1:
        return [one(entry) for entry in entries]
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(one, entries))


def _run_entry(
    entry: Entry, out: Path, workers: Workers | None, options: Mapping[str, Any]
) -> Ended:
    try:
        record = run(
            entry.priorities,
            out=out / entry.name,
            strategy=load_strategy(entry.strategy),
            parameters={**options.get("parameters", {}), **entry.parameters},
            environment={"HWB_STRATEGY": str(entry.strategy)},
            workers=workers,
            **{name: value for name, value in options.items() if name != "parameters"},
        )
    except HwbError as error:
        return Ended(entry.name, None, error)
    return Ended(entry.name, record)
