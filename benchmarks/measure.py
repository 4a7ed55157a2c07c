"""Measuring a command from outside: the process and everything it starts."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import psutil

MIB = 1024 * 1024
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: wall and CPU seconds of the whole tree, and its largest memory in MiB."""

    wall: float
    cpu: float
    peak_mib: float
    exit_code: int

    def as_dict(self) -> dict[str, float]:
        """Return the figures, rounded for the record."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def measure(command: Sequence[str]) -> Measured:
    """Run a command and watch its tree of processes.

    CPU time is what each process had used when it was last seen, a tenth of a second
    before its end at the earliest, so it is a little low. Memory is the largest sum of
    proportional set sizes (shared pages counted once), of resident sets where the
    system knows no other.
    """
    started = time.monotonic()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    used: dict[tuple[int, float], float] = {}
    peak, beat = 0.0, 0
    while process.poll() is None:
        peak = max(peak, _sample(process, used, with_memory=beat % 5 == 0))
        beat += 1
        time.sleep(SAMPLE_SECONDS)
    return Measured(
        wall=time.monotonic() - started,
        cpu=sum(used.values()),
        peak_mib=peak / MIB,
        exit_code=process.returncode,
    )


def _sample(
    root: psutil.Process, used: dict[tuple[int, float], float], *, with_memory: bool
) -> float:
    """Note the CPU time of every process and return the memory of all of them."""
    total = 0.0
    for process in _tree(root):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            used[process.pid, process.create_time()] = times.user + times.system
            if with_memory:
                memory = process.memory_full_info()
                total += float(getattr(memory, "pss", memory.rss))
    return total


def _tree(root: psutil.Process) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        yield root
        yield from root.children(recursive=True)


def summary(name: str, runs: Sequence[Measured]) -> str:
    """Return median, smallest and largest of each figure in one line."""
    parts = [f"{name} ({len(runs)} runs)"]
    for label, unit in (("wall", "s"), ("cpu", "s"), ("peak_mib", "MiB")):
        values = [getattr(run, label) for run in runs]
        middle = statistics.median(values)
        parts.append(f"{label} {middle:.1f} {unit} ({min(values):.1f} to {max(values):.1f})")
    failed = [run.exit_code for run in runs if run.exit_code]
    return " · ".join(parts) + (f" · exit codes {failed}" if failed else "")
