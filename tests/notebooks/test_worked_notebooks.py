"""The worked notebooks run from top to bottom through the runner's own engine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
WORKED = sorted(p.stem for p in FOLDER.glob("[0-9][0-9]_*.ipynb"))
SECONDS_FOR_ALL = 180
PASSED = {"parameters", "injected-parameters"}
# What each notebook must have said: the numbers were read in the publishers' own tables.
SAYS = {
    "00_start_here": (
        "91.82",
        "wilson",
        "decreasing and getting worse",
        "the periods overlap",
        "Newcombe hybrid score",
        "slope index is 3.43 percentage points",
        "<figure>",
        "data:image/png",
    ),
    "10_find_a_measure": (
        "did you mean",
        "fingertips:92443",
        "Open Government Licence",
        "SHW-EHC-06",
    ),
    "11_compare_areas": ("better", "lower", "no interval published", "below (99.8%)"),
    "12_trends_of_short_series": (
        "quasi-binomial",
        "0.0833",
        "the periods overlap",
        "generalised least squares",
        "before the break",
        "2021/22",
    ),
    "13_life_expectancy_and_its_slope": ("78.62", "9.395", "do not lie on a line", "SlopeIndex"),
    "14_small_area_deprivation_and_maps": (
        "component of the index",
        "concentration index",
        "Contains OS data",
    ),
    "15_gaps_between_districts": ("1.335", "adjusted_p", "rank_lower", "no interval published"),
    "16_bring_your_own_data": (
        "The file can be loaded",
        "does not end in the year after it starts",
        "2 of 8 figures are withheld",
        "(4, True)",
    ),
    "17_a_new_indicator_from_counts_to_report": (
        "dobson",
        "332.8",
        "2 rules of the data contract are broken|3 rules of the data contract are broken",
        "deaths-under-75:",
    ),
    "18_write_a_priority_notebook": ("the notebook has no parameter", "data_cut", "<table"),
    "19_control_charts": ("p chart of 24 points", "fewer than 5 points", "XmR chart"),
    "20_how_verdicts_are_made": ("adjusted p", "because", "95 % interval", "verdict"),
}


@dataclass(frozen=True)
class Ran:
    """A notebook after its run."""

    node: Any
    seconds: float
    error: str

    @property
    def text(self) -> str:
        """Return everything that the cells showed."""
        shown = [str(t) for o in self.outputs for t in getattr(o, "data", {}).values()]
        return "\n".join([*shown, *(o.get("text", "") for o in self.outputs)])

    @property
    def outputs(self) -> list[Any]:
        return [o for c in self.node.cells if c.cell_type == "code" for o in c.outputs]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """Run all of them, two at a time, in processes forked from one warm parent."""
    folder = tmp_path_factory.mktemp("worked notebooks")
    program = [sys.executable, str(Path(__file__).with_name("run_notebooks.py")), str(folder)]
    subprocess.run([*program, *(str(FOLDER / f"{n}.ipynb") for n in WORKED)], check=True)
    return {name: found(folder, name) for name in WORKED}


def found(folder: Path, name: str) -> Ran:
    error = folder / f"{name}.error"
    return Ran(
        nbformat.read(folder / f"{name}.ipynb", as_version=4),
        json.loads((folder / f"{name}.seconds").read_text()),
        error.read_text(encoding="utf-8") if error.exists() else "",
    )


def test_each_notebook_has_expectations() -> None:
    assert set(WORKED) == set(SAYS)


@pytest.mark.parametrize("name", WORKED)
def test_it_runs_to_its_end(ran: dict[str, Ran], name: str) -> None:
    assert ran[name].error == ""


def test_all_together_take_no_longer_than_three_minutes(ran: dict[str, Ran]) -> None:
    """Seconds of work added up, so that a second core makes no difference."""
    assert sum(one.seconds for one in ran.values()) < SECONDS_FOR_ALL


@pytest.mark.parametrize("name", WORKED)
def test_it_says_what_it_promises(ran: dict[str, Ran], name: str) -> None:
    text = ran[name].text
    missing = [w for w in SAYS[name] if not any(part in text for part in w.split("|"))]
    assert not missing


@pytest.mark.parametrize("name", WORKED)
def test_cells_show_something_and_nothing_goes_to_the_error_stream(
    ran: dict[str, Ran], name: str
) -> None:
    """But for the parameters; a cell that only prepares has no place in a tour."""
    cells = [c for c in ran[name].node.cells if c.cell_type == "code"]
    silent = [
        c.source for c in cells if not c.outputs and not PASSED & set(c.metadata.get("tags", []))
    ]
    assert not silent
    noise = [o.text for o in ran[name].outputs if o.get("name") == "stderr"]
    assert not noise


@pytest.mark.parametrize("name", WORKED)
def test_it_ends_with_what_to_try_next(name: str) -> None:
    node = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    assert node.cells[0].cell_type == node.cells[-1].cell_type == "markdown"
    assert node.cells[0].source.startswith("# ")
    assert "## What to try next" in node.cells[-1].source


@pytest.mark.parametrize("name", WORKED)
def test_its_links_lead_somewhere(name: str) -> None:
    """Notebooks, and the documents named in back quotes."""
    node = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    text = "\n".join(c.source for c in node.cells if c.cell_type == "markdown")
    linked = [FOLDER / target for target in re.findall(r"\]\(([^)]+\.ipynb)\)", text)]
    named = [FOLDER.parent / target for target in re.findall(r"`(docs/[\w/.-]+\.md)`", text)]
    assert not [p.name for p in (*linked, *named) if not p.is_file()]


def test_the_first_notebook_lists_all_the_others() -> None:
    text = nbformat.read(FOLDER / "00_start_here.ipynb", as_version=4).cells[0].source
    assert [n for n in WORKED if f"({n}.ipynb)" not in text] == ["00_start_here"]


@pytest.mark.parametrize("name", WORKED)
def test_cells_are_short(name: str) -> None:
    node = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    lines = [len(c.source.splitlines()) for c in node.cells if c.cell_type == "code"]
    assert max(lines) <= 26
    assert sorted(lines)[len(lines) // 2] <= 8
