"""The reference harness: which cases to run, and the closing table."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SUPPORT = str(Path(__file__).resolve().parent / "support")
if SUPPORT not in sys.path:
    sys.path.insert(0, SUPPORT)

COLUMNS = ("run", "matched", "option", "peer defect", "not offered", "not built")
HEADS = ("run", "matched", "option", "deviating on purpose", "not offered", "not built")
TALLIES = pytest.StashKey[dict]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--reference-dir",
        default=None,
        help="folder with phe/, peers/, fingertips/ to run in place of the cases kept here",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLIES] = {}


@pytest.fixture
def tallies(request: pytest.FixtureRequest) -> dict:
    """Return the counts of every file, for the closing lines."""
    return request.config.stash.setdefault(TALLIES, {})


def pytest_terminal_summary(terminalreporter, exitstatus, config) -> None:
    del exitstatus
    tallies = config.stash.get(TALLIES, {})
    if not tallies:
        return
    terminalreporter.section("reference cases")
    terminalreporter.line(f"{'file':<48}" + "".join(f"{head:>{len(head) + 2}}" for head in HEADS))
    for name in sorted(tallies):
        counts = tallies[name].counts
        shown = "".join(f"{counts[c]:>{len(h) + 2}}" for c, h in zip(COLUMNS, HEADS, strict=True))
        terminalreporter.line(f"{name:<48}" + shown)
    totals = [sum(t.counts[c] for t in tallies.values()) for c in COLUMNS]
    shown = "".join(f"{n:>{len(h) + 2}}" for n, h in zip(totals, HEADS, strict=True))
    terminalreporter.line(f"{'all':<48}" + shown)
