"""Measuring a command from outside, as one process with its children."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

# Linux counts the resident set in KiB, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: wall and CPU seconds, and the largest resident set in MiB."""

    wall: float
    cpu: float
    peak_mib: float
    exit_code: int

    def as_dict(self) -> dict[str, float]:
        """Return the figures, rounded for the record."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def measure(command: Sequence[str]) -> Measured:
    """Run a command and return what the operating system says of it.

    CPU time covers every child that was waited for; the resident set is that of the
    largest single process.
    """
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mib=usage.ru_maxrss * RSS_UNIT / MIB,
        exit_code=process.returncode,
    )


def summary(name: str, runs: Sequence[Measured]) -> str:
    """Return median, smallest and largest of each figure in one line."""
    parts = [f"{name} ({len(runs)} runs)"]
    for label, unit in (("wall", "s"), ("cpu", "s"), ("peak_mib", "MiB")):
        values = [getattr(run, label) for run in runs]
        middle = statistics.median(values)
        parts.append(f"{label} {middle:.1f} {unit} ({min(values):.1f} to {max(values):.1f})")
    failed = [run.exit_code for run in runs if run.exit_code]
    return " · ".join(parts) + (f" · exit codes {failed}" if failed else "")
