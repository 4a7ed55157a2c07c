"""Whether everything is here that a run needs: one line a question, with what to do.

Nothing is left behind: the only file written is one of no length, at once removed.
"""

from __future__ import annotations

import locale
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import metadata, util
from pathlib import Path
from typing import Any

from hwb_analysis.errors import DataContractError, HwbError, OutputError
from hwb_analysis.reports.lock import lock_holder
from hwb_analysis.reports.publish import latest_run, previous_record
from hwb_analysis.reports.runs import LOGS, RUNS, STAGING

PRODUCT = "hwb-analysis"
MIB = 1024**2
# A first run of eleven priorities writes less than this.
ROOM_NEEDED = 100 * MIB
ROOM_WISHED = 1024 * MIB
# A figure published each year is two years old, at most, when the next one is due.
OLD_NEWEST, OLD_MEDIAN = 24, 48
ENVIRONMENT = 1
# Runs are dated in UTC: the day may be the next one there.
A_DAY = timedelta(days=1)
INSTALL = "install the package anew with its dependencies (`make reports` does)"


class State(StrEnum):
    """How a question was answered: a run works, works with a caution, or would fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. ``exit_code`` is what a command ends with that meets the fault."""

    name: str
    state: State
    text: str
    remedy: str = ""
    exit_code: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the answer, and what to do where there is something to do."""
        yield f"{self.state:<5} {self.name}: {self.text}"
        if self.remedy:
            yield f"      what to do: {self.remedy}"


def examine(out: Path, today: date) -> list[Check]:
    """Answer every question about this machine, its data and an output folder.

    Parameters
    ----------
    out
        Output folder; it need not exist yet.
    today
        The day to which ages are counted.
    """
    return [answer(name, ask) for name, ask in questions(out, today).items()]


def questions(out: Path, today: date) -> dict[str, Callable[[], Check]]:
    """Return what is asked, by name, in the order in which it is shown."""
    return {
        "Python": _python,
        "packages": _packages,
        "kernel": _kernel,
        "fonts": _fonts,
        "encoding": _encoding,
        "output folder": lambda: _output(out),
        "disk space": lambda: _space(out),
        "lock": lambda: _lock(out),
        "last run": lambda: _last_run(out, today),
        "data": _data,
        "age of data": lambda: _age(today),
    }


def answer(name: str, ask: Callable[[], Check]) -> Check:
    """Ask one question; an error of the package is an answer as well."""
    try:
        return ask()
    except HwbError as error:
        place = f" ({error.where})" if error.where else ""
        text = f"{error.message}{place}"
        return Check(name, State.FAIL, text, error.remedy or "", error.exit_code)


def exit_code(checks: Sequence[Check]) -> int:
    """Return 0 when nothing fails, else the code of the first answer that does."""
    return next((check.exit_code for check in checks if check.state is State.FAIL), 0)


def as_dict(checks: Sequence[Check]) -> dict[str, Any]:
    """Return plain values for a machine: the worst state, and every answer."""
    states = [check.state for check in checks]
    worst = max(states, key=list(State).index, default=State.OK)
    return {"state": worst.value, "checks": [asdict(check) for check in checks]}


def _python() -> Check:
    from packaging.specifiers import SpecifierSet

    version = ".".join(map(str, sys.version_info[:3]))
    wanted = str(metadata.metadata(PRODUCT).json.get("requires_python", ""))
    if version in SpecifierSet(wanted):
        return Check("Python", State.OK, f"{version} ({wanted} is asked for)")
    text = f"{wanted} is asked for, this is {version}"
    return Check("Python", State.FAIL, text, "use a newer Python", ENVIRONMENT)


def _packages() -> Check:
    wanted = list(_requirements())
    faults = [text for text in map(_package_fault, wanted) if text]
    if faults:
        return Check("packages", State.FAIL, "; ".join(faults), INSTALL, ENVIRONMENT)
    return Check("packages", State.OK, f"all {len(wanted)} are there, none too old")


def _requirements() -> Iterator[Any]:
    from packaging.requirements import Requirement

    for line in metadata.requires(PRODUCT) or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _package_fault(requirement: Any) -> str:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement} is asked for, {version} is there"


def _kernel() -> Check:
    if util.find_spec("ipykernel_launcher") is None:
        text = "no notebook can be run: ipykernel is missing"
        return Check("kernel", State.FAIL, text, INSTALL, ENVIRONMENT)
    return Check("kernel", State.OK, "notebooks run in the Python that runs this")


def _fonts() -> Check:
    from hwb_analysis.style import TYPEFACE, font_file

    if font_file() is None:
        text = f"matplotlib does not find {TYPEFACE}, the typeface of the charts"
        return Check("fonts", State.WARN, text, "install matplotlib anew; it brings the font")
    return Check("fonts", State.OK, f"charts are set in {TYPEFACE}")


def _encoding() -> Check:
    names = {
        "file names": sys.getfilesystemencoding(),
        "texts": locale.getpreferredencoding(),
        "output": getattr(sys.stdout, "encoding", None) or "none",
    }
    other = [
        f"{what} {name}"
        for what, name in names.items()
        if name.lower().replace("-", "").replace("_", "") != "utf8"
    ]
    if other:
        text = f"UTF-8 is expected everywhere, there is: {', '.join(other)}"
        return Check("encoding", State.WARN, text, "set the environment variable PYTHONUTF8=1")
    mode = " (UTF-8 mode)" if sys.flags.utf8_mode else ""
    return Check("encoding", State.OK, f"UTF-8{mode}")


def _nearest(out: Path) -> Path:
    return next(p for p in (out, *out.parents) if p.exists())


def _output(out: Path) -> Check:
    name, place = "output folder", _nearest(out)
    # One that another user has made may be open while a folder in it is not.
    for folder in (place, *(out / part for part in (RUNS, LOGS, STAGING))):
        if not folder.exists():
            continue
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            text = f"{folder if folder != place else out} cannot be written: {error.strerror}"
            remedy = "mend its permissions, or give another folder with --out"
            return Check(name, State.FAIL, text, remedy, OutputError.exit_code)
    made = "can be written" if place == out else "can be made"
    return Check(name, State.OK, f"{out} {made}")


def _space(out: Path) -> Check:
    free, last = shutil.disk_usage(_nearest(out)).free, _size_of_last_run(out)
    needed = max(last, ROOM_NEEDED)
    used = f"; the last run takes {math.ceil(last / MIB):,} MiB" if last else ""
    text = f"{free // MIB:,} MiB free{used}"
    remedy = "free some space, keep fewer runs with --keep, or give another folder with --out"
    if free < needed:
        return Check("disk space", State.FAIL, text, remedy, OutputError.exit_code)
    if free < ROOM_WISHED:
        return Check("disk space", State.WARN, text, remedy)
    return Check("disk space", State.OK, text)


def _size_of_last_run(out: Path) -> int:
    folder = latest_run(out)
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) if folder else 0


def _lock(out: Path) -> Check:
    holder = lock_holder(out)
    if holder is None:
        return Check("lock", State.OK, "no run is at work")
    return Check("lock", State.WARN, f"a run is at work: {holder}", "wait for it to end")


def _last_run(out: Path, today: date) -> Check:
    previous = previous_record(out)
    if previous is None:
        return Check("last run", State.OK, "there is none yet")
    record = previous[1]
    failed = [r.slug for r in record.failures] + ["Board page"] * bool(record.board_error)
    if failed:
        text = f"{record.run_id}: {', '.join(failed)} failed"
        return Check("last run", State.WARN, text, f"read the logs in logs/{record.run_id}")
    # A run goes by the clock, but never before an older one: the name tells of a clock ahead.
    if record.run_id[:8] > f"{today + A_DAY:%Y%m%d}":
        text = f"{record.run_id} is named for a later day than today, {today.isoformat()}"
        remedy = "set the clock right; if it is, nothing: runs keep their order until that day"
        return Check("last run", State.WARN, text, remedy)
    return Check("last run", State.OK, f"{record.run_id}, whole")


def _data() -> Check:
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    strategy, snapshot = load_strategy(), current_snapshot()
    snapshot.check(strategy.series_ids)
    served = sum(s in snapshot.series for s in strategy.series_ids)
    text = (
        f"snapshot {snapshot.name}: {len(snapshot.origins)} files as compiled, "
        f"{served} series that the strategy names"
    )
    if served:
        return Check("data", State.OK, text)
    remedy = "use a snapshot compiled for this strategy"
    return Check("data", State.FAIL, text, remedy, DataContractError.exit_code)


def _age(today: date) -> Check:
    from hwb_analysis.assessment import assess_all, make_context
    from hwb_analysis.reports.status import newest_periods
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    snapshot = current_snapshot()
    found = assess_all(make_context(load_strategy(), snapshot, as_of=today))
    ages = sorted(entry["age_months"] for entry in newest_periods(found).values())
    if not ages:
        return Check("age of data", State.WARN, "no measure has a figure", "see `hwb status`")
    newest, median = ages[0], ages[len(ages) // 2]
    text = f"newest figure {newest} months, median {median} months, snapshot {snapshot.name}"
    if newest > OLD_NEWEST or median > OLD_MEDIAN:
        return Check("age of data", State.WARN, text, "compile a newer snapshot")
    return Check("age of data", State.OK, text)
