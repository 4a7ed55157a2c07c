"""What changed between two runs: new periods, revised figures, verdicts, findings.

Two runs are compared by what they published (``board.json``), so that a change of the
data, of the registry and of the method all show, and each is called by its name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hwb_analysis.errors import UsageError
from hwb_analysis.reports.board import FIGURES_JSON
from hwb_analysis.reports.manifest import MANIFEST_NAME, read_manifest
from hwb_analysis.reports.publish import latest_run
from hwb_analysis.reports.runs import RUNS, run_ids
from hwb_analysis.style import decimals_for, format_number, format_value

ALERT_EXIT = 20
FOUND = ("better", "worse", "higher", "lower")
MOVED = ("increase", "decrease")
REVISABLE = ("value", "lower_95", "upper_95", "count", "denominator")
TOLD = {
    "value": "the value",
    "lower_95": "the lower 95 % limit",
    "upper_95": "the upper 95 % limit",
    "count": "the count",
    "denominator": "the number it is out of",
}
MOST_PLACES = 6
NOTHING = "nothing changed"

Row = Mapping[str, Any]


class ChangeKind(StrEnum):
    """What kind of change was found; the order is that of the list a person reads."""

    VERDICT = "verdict changed"
    SIGNIFICANT = "newly statistically significant"
    NO_LONGER = "no longer statistically significant"
    PERIOD = "new period"
    REVISED = "revised figure"
    SERIES = "other series"
    APPEARED = "figure appeared"
    VANISHED = "figure vanished"
    RETURNED = "local return changed"


# What a scheduler is told of with its own exit code.
ALERTING = (ChangeKind.VERDICT, ChangeKind.SIGNIFICANT)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was, in words and as the two values behind them."""

    kind: ChangeKind
    measure_id: str
    part: str
    before: str
    after: str
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes from one run to another."""

    older: str
    newer: str
    changes: tuple[Change, ...]

    @property
    def alerts(self) -> tuple[Change, ...]:
        """The changes of a verdict or of a statistically significant finding."""
        return tuple(c for c in self.changes if c.kind in ALERTING)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a machine."""
        return {
            "older": self.older,
            "newer": self.newer,
            "alerts": len(self.alerts),
            "changes": [asdict(c) for c in self.changes],
        }

    def lines(self) -> Iterator[str]:
        """Yield what a person reads, the kinds in their order."""
        yield f"from {self.older} to {self.newer}: {_counted(len(self.changes))}"
        for kind in ChangeKind:
            found = [c for c in self.changes if c.kind is kind]
            if found:
                yield f"{kind.value} ({len(found)})"
                yield from (f"  {c.text}" for c in found)


def _counted(number: int) -> str:
    if number == 0:
        return NOTHING
    return "1 change" if number == 1 else f"{number} changes"


def changes_of_runs(out: Path, older: str = "", newer: str = "") -> Changes:
    """Compare two runs below an output folder.

    Parameters
    ----------
    out
        The output folder.
    older, newer
        Names of runs. The newer is what ``latest`` points to unless named, the older the
        complete run before it.

    Raises
    ------
    UsageError
        When a run does not exist, or there is none to compare with.
    """
    new = newer or _newest(out)
    old = older or _before(out, new)
    return Changes(old, new, tuple(between(_rows(out, old), _rows(out, new))))


def _newest(out: Path) -> str:
    folder = latest_run(out)
    if folder is None:
        raise UsageError("there is no run yet", where=str(out), remedy="make one with `hwb run`")
    return folder.name


def _before(out: Path, run: str) -> str:
    names = run_ids(out)
    earlier = names[: names.index(run)] if run in names else names
    for name in reversed(earlier):
        folder = out / RUNS / name
        if (folder / FIGURES_JSON).is_file() and _finished(folder):
            return name
    raise UsageError(
        f"there is no complete run before {run} to compare with",
        where=str(out / RUNS),
        remedy="run again after the data have changed, or name a run with --older",
    )


def _finished(folder: Path) -> bool:
    return (folder / MANIFEST_NAME).is_file() and bool(read_manifest(folder).finished)


def _rows(out: Path, run: str) -> list[Row]:
    path = out / RUNS / run / FIGURES_JSON
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"run {run} has no figures to compare: {error.strerror}",
            where=str(path),
            remedy=f"name one of: {', '.join(run_ids(out)) or 'no run is there'}",
        ) from error
    rows: list[Row] = found["figures"]
    return rows


def between(older: Sequence[Row], newer: Sequence[Row]) -> Iterator[Change]:
    """Yield every change from older rows to newer ones, measure by measure.

    Examples
    --------
    >>> row = {"measure_id": "M-1", "measure": "Fewer falls", "part": "Falls", "value": 3.0,
    ...        "unit": "%", "period": "2023", "series_id": "a:falls", "verdict": "no clear change"}
    >>> [c.kind.value for c in between([row], [row | {"period": "2024", "value": 2.5}])]
    ['new period']
    """
    before = {_key(r): r for r in older}
    seen: set[str] = set()
    for row in newer:
        old = before.get(_key(row))
        measure = str(row["measure_id"])
        same = next((r for r in older if r["measure_id"] == measure), None)
        if same is not None and measure not in seen:
            seen.add(measure)
            yield from _of_measure(same, row)
        yield from _of_part(old, row)
    now = {_key(r) for r in newer}
    yield from (_vanished(r) for r in older if _key(r) not in now and _has(r))


def _key(row: Row) -> tuple[str, str]:
    return str(row["measure_id"]), str(row["part"])


def _has(row: Row) -> bool:
    return _number(row, "value") is not None


def _number(row: Row, name: str) -> float | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    return None if math.isnan(float(value)) else float(value)


def _of_measure(old: Row, new: Row) -> Iterator[Change]:
    for name, kind in (("verdict", ChangeKind.VERDICT), ("returned", ChangeKind.RETURNED)):
        before, after = str(old.get(name) or ""), str(new.get(name) or "")
        if before != after and (before or after):
            text = f"{_measure(new)}: {before or 'none'}, now {after or 'none'}"
            yield Change(kind, str(new["measure_id"]), "", before, after, text)


def _measure(row: Row) -> str:
    return f"{row.get('measure', '')} ({row['measure_id']})".strip()


def _of_part(old: Row | None, new: Row) -> Iterator[Change]:
    if old is None or not _has(old):
        if _has(new):
            yield _change(ChangeKind.APPEARED, new, "", _figure(new), f"now {_figure(new)}")
        return
    if not _has(new):
        yield _vanished(old)
        return
    if old.get("series_id") != new.get("series_id"):
        names = str(old.get("series_id")), str(new.get("series_id"))
        words = f"{_figure(new)} from {names[1]}, before {_figure(old)} from {names[0]}"
        yield _change(ChangeKind.SERIES, new, *names, words)
    elif old.get("period") != new.get("period"):
        words = f"{_figure(new)}, before {_figure(old)}"
        yield _change(ChangeKind.PERIOD, new, str(old["period"]), str(new["period"]), words)
    elif any(_differs(old, new, name) for name in REVISABLE):
        yield _revision(old, new)
    yield from _findings(old, new)


def _differs(old: Row, new: Row, name: str) -> bool:
    before, after = _number(old, name), _number(new, name)
    if before is None or after is None:
        return before is not after
    return not math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-9)


def _findings(old: Row, new: Row) -> Iterator[Change]:
    asked = (
        ("comparison_95", "against the comparator", FOUND),
        ("part_direction", "since the baseline", MOVED),
    )
    for name, what, words in asked:
        before, after = str(old.get(name) or ""), str(new.get(name) or "")
        if before == after:
            continue
        told = f"{what}: {before or 'not tested'}, now {after or 'not tested'}"
        if after in words:
            yield _change(ChangeKind.SIGNIFICANT, new, before, after, told)
        elif before in words:
            yield _change(ChangeKind.NO_LONGER, new, before, after, told)


def _vanished(row: Row) -> Change:
    return _change(ChangeKind.VANISHED, row, _figure(row), "", f"was {_figure(row)}")


def _change(kind: ChangeKind, row: Row, before: str, after: str, words: str) -> Change:
    part = str(row["part"])
    text = f"{part or row.get('measure', '')} ({row['measure_id']}): {words}"
    return Change(kind, str(row["measure_id"]), part, before, after, text)


def _figure(row: Row) -> str:
    value = _number(row, "value")
    if value is None:
        return "no figure"
    shown = format_value(value, str(row["unit"]), decimals=_places(row))
    return f"{shown} in {row['period']}"


def _places(row: Row) -> int:
    """Return the decimals that the figure of a row deserves, by its interval."""
    limits = (_number(row, name) for name in ("value", "lower_95", "upper_95"))
    return decimals_for(str(row["unit"]), *limits)


def _revision(old: Row, new: Row) -> Change:
    """Return a revision in words that show it.

    One that the usual decimals hide is written with more of them; where only a limit or a
    count was revised, it is that which is told.
    """
    was, now = _figure(old), _figure(new)
    if was != now:
        return _change(ChangeKind.REVISED, new, was, now, f"{was} is now {now}")
    name = next(name for name in REVISABLE if _differs(old, new, name))
    values = [_number(row, name) for row in (old, new)]
    usual = 0 if name in ("count", "denominator") else _places(new)
    tries = range(usual, MOST_PLACES)
    apart = (n for n in tries if len({format_number(v, n) for v in values}) == len(values))
    places = next(apart, MOST_PLACES)
    before, after = (format_number(value, places) for value in values)
    words = f"{now}; {TOLD[name]} was {before}, now {after}"
    return _change(ChangeKind.REVISED, new, before, after, words)
