"""The whole run of all reports, and the floor beneath it.

The floor makes the same pages once, in one process that is already warm: every cell of
every notebook is executed and every page rendered, without kernels, forks, manifests or
checks. The distance between the two is what the pipeline costs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def whole_run(engine: str = "auto", *more: str) -> list[str]:
    """Return the command that makes every report and the Board page from nothing."""
    out = tempfile.mkdtemp(prefix="hwb-bench-")
    program = [sys.executable, "-m", "hwb_analysis"]
    return [*program, "run", "--out", out, "--jobs", "2", "--engine", engine, *more]


def floor(report: str = "", *formats: str) -> list[str]:
    """Return the command that makes every page once in one process."""
    call = f"make_all({report!r}, {list(formats)!r})"
    return [sys.executable, "-c", f"from benchmarks.reports_run import make_all; {call}"]


def make_all(report: str = "", formats: list[str] | None = None) -> None:
    """Load everything, make every page, and note what each of the two has cost."""
    from hwb_analysis.reports.engine import plain_settings

    before = (time.monotonic(), time.process_time())
    os.environ.update(plain_settings())
    from hwb_analysis.reports import warm

    warm.warm_up()
    loaded = (time.monotonic(), time.process_time())
    folder = Path(tempfile.mkdtemp(prefix="hwb-floor-"))
    pages = _pages(folder, formats or [])
    done = (time.monotonic(), time.process_time())
    costs = {
        "pages": pages,
        "import_wall": loaded[0] - before[0],
        "import_cpu": loaded[1] - before[1],
        "floor_wall": done[0] - loaded[0],
        "floor_cpu": done[1] - loaded[1],
    }
    if report:
        Path(report).write_text(json.dumps(costs), encoding="utf-8")


def _pages(folder: Path, formats: list[str]) -> int:
    from hwb_analysis.assessment.measures import share_assessments
    from hwb_analysis.reports.assessed import Shared
    from hwb_analysis.reports.board import write_board
    from hwb_analysis.reports.extra_pages import extra_pages
    from hwb_analysis.reports.manifest import PageState, ReportRecord, RunRecord
    from hwb_analysis.reports.plan import Options, make_plan
    from hwb_analysis.reports.render import PageMeta
    from hwb_analysis.strategy import load_strategy

    share_assessments(Shared(folder / ".assessed"))
    strategy = load_strategy()
    plan = make_plan(
        strategy,
        [],
        out=folder,
        notebook=None,
        options=Options(),
        overrides={},
        pages=extra_pages(strategy),
    )
    for task in plan.tasks.values():
        (folder / task.slug).mkdir()
        if task.notebook is not None:
            _page(task.notebook, dict(task.parameters), folder / task.slug)
        elif task.writer is not None:
            task.writer(folder / task.slug, task.parameters, PageMeta("floor"))
        if formats:
            _formats(folder / task.slug, formats)
    record = RunRecord("floor", "2026-01-01T00:00:00Z", plan.snapshot.name)
    record.parameters = dict(plan.shared)
    record.reports = [ReportRecord(s, t, page=PageState.NEW) for s, t in plan.titles.items()]
    write_board(folder, record)
    return len(plan.tasks) + 1


def _formats(folder: Path, formats: list[str]) -> None:
    from hwb_analysis.reports.formats import write_formats

    write_formats(folder / "report.html", formats, folder=folder)


def _page(notebook: Path, parameters: dict[str, str], folder: Path) -> None:
    """Execute the cells of a notebook as plain Python and render what they show."""
    from hwb_analysis.reports import emit
    from hwb_analysis.reports.engine import FIGURES_VARIABLE, read_notebook
    from hwb_analysis.reports.engine_inside import Outputs
    from hwb_analysis.reports.render import PageMeta, render_notebook

    outputs, node = Outputs(), read_notebook(notebook)
    kinds = {"HTML": "text/html", "Markdown": "text/markdown"}
    emit._display = lambda kind, text: outputs.show("display_data", data={kinds[kind]: text})
    os.environ[FIGURES_VARIABLE] = str(folder / "figures")
    (folder / "figures").mkdir()
    names: dict[str, object] = {}
    for cell in node.cells:
        if cell.cell_type != "code":
            continue
        outputs.begin()
        exec(compile(cell.source, notebook.name, "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names.update(parameters)
        cell.outputs = outputs.taken()
    page = render_notebook(node, meta=PageMeta("floor"))
    (folder / "report.html").write_text(page.html, encoding="utf-8")
