"""A small strategy of its own, and notebooks that behave badly on purpose."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
import yaml

from hwb_analysis.reports import runner
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.manifest import RunStatus
from hwb_analysis.reports.render import page
from hwb_analysis.strategy import Strategy, load_strategy

PARAMETERS = "\n".join(
    [
        'priority = ""',
        'area = ""',
        'comparator = ""',
        'data_cut = ""',
        'audience = "dashboard"',
        'suppression = "published"',
    ]
)
PRIORITIES = ("good", "fails", "hangs", "dies", "leaves")

WriteNotebook = Callable[..., Path]


@pytest.fixture(scope="session")
def write_notebook() -> WriteNotebook:
    """Write a notebook with a parameters cell and the given code cells."""

    def write(path: Path, *code: str, parameters: str = PARAMETERS, tagged: int = 1) -> Path:
        cell = nbformat.v4.new_code_cell
        head = [cell(parameters) for _ in range(max(tagged, 1))]
        for one in head[:tagged]:
            one.metadata["tags"] = ["parameters"]
        body = [cell(text) for text in code]
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=[*head, *body]), path)
        return path

    return write


@pytest.fixture
def kept_environment() -> Iterator[None]:
    """Put environment and working directory back after code that owns its process."""
    before, folder = dict(os.environ), Path.cwd()
    yield
    os.environ.clear()
    os.environ.update(before)
    os.chdir(folder)


def _priority(number: int, slug: str) -> dict[str, object]:
    return {
        "code": str(number),
        "slug": slug,
        "title": f"The one that is {slug}",
        "stage": "all",
        "commitments": [{"id": f"P{number}-C", "text": "Do something"}],
        "measures": [
            {
                "id": f"P{number}-M",
                "title": "Something is done",
                "direction": "qualitative-achieve",
                "population": "all",
                "type": "qualitative",
                "reason": "No series: judged on evidence.",
            }
        ],
    }


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with one small strategy and an empty snapshot."""
    folder = tmp_path_factory.mktemp("data")
    area = {"code": "E10000099", "name": "Northshire"}
    registry = {
        "schema_version": 1,
        "strategy": {
            "title": "Northshire Health Strategy",
            "publisher": "Northshire Board",
            "starts": 2025,
            "ends": 2030,
            "vision": "Long lives",
            "baseline": "2025-03-31",
        },
        "area": {
            **area,
            "area_type": "County",
            "districts": [{"code": "E07000901", "name": "Upper Dale"}],
            "nation": {"code": "E92000001", "name": "England"},
            "region": {"code": "E12000099", "name": "Far North"},
        },
        "stages": [{"slug": "all", "title": "All ages"}],
        "priorities": [_priority(n, slug) for n, slug in enumerate(PRIORITIES, start=1)],
        "indicators": {},
    }
    (folder / "strategy").mkdir()
    path = folder / "strategy" / "northshire.yaml"
    path.write_text(yaml.safe_dump(registry, sort_keys=False), encoding="utf-8")
    (folder / "snapshot" / "2026-01").mkdir(parents=True)
    for name in ("origins.yaml", "series.yaml"):
        (folder / "snapshot" / "2026-01" / name).write_text("{}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_strategy(small_data: Path) -> Strategy:
    return load_strategy(small_data / "strategy" / "northshire.yaml")


@pytest.fixture(scope="session")
def small_registry(small_data: Path) -> Path:
    """Return the registry file of the small strategy, for a command in a process of its own."""
    return small_data / "strategy" / "northshire.yaml"


@pytest.fixture(scope="session")
def publish_good(small_data: Path, small_strategy: Strategy) -> Callable[[Path], Path]:
    """Make a run in which every report is good, without notebooks; return its folder."""

    def made(jobs, limit, started, finished):
        for job in jobs:
            job.staged.mkdir(parents=True)
            text = page(job.slug, f"<h1>The last good report on {job.slug}</h1>", meta=job.meta)
            (job.staged / "report.html").write_text(text, encoding="utf-8")
            finished(job, Outcome(RunStatus.OK, 1.0))

    def publish(out: Path) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HWB_DATA_DIR", str(small_data))
            patch.setenv("HWB_STRATEGY", str(small_data / "strategy" / "northshire.yaml"))
            patch.setattr(runner, "run_all", made)
            record = runner.run(out=out, strategy=small_strategy, engine="spawn", force=True)
        assert runner.exit_code(record) == 0, record.board_error
        return out / "runs" / record.run_id

    return publish
