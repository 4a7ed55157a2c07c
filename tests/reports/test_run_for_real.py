"""One run with real kernels: one report that works among four that fail each in its own way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.manifest import PageState, RunRecord, RunStatus, read_manifest
from hwb_analysis.reports.runner import exit_code, run

SECRET = "this-must-stay-here"
CODE = """
import os, signal, sys, time
import pandas as pd
from hwb_analysis.reports import emit
if priority == "fails":
    raise KeyError("no such series")
if priority == "hangs":
    time.sleep(100)
if priority == "dies":
    os.kill(os.getpid(), signal.SIGKILL)
if priority == "leaves":
    sys.exit(0)
print("a stray print")
print("a warning about " + os.environ["HWB_SECRET"], file=sys.stderr)
emit.show_markdown(f"# Report on {priority}\\n\\nFor {area} & <others>.")
emit.show_html("<h2>Numbers</h2>")
emit.show_table(pd.DataFrame({"Area": ["A", "B"], "Value": [1.25, None]}), "Values", "values")
1 + 1
"""


@dataclass(frozen=True)
class Done:
    out: Path
    folder: Path
    record: RunRecord

    def text(self, slug: str, name: str = "report.html") -> str:
        return (self.folder / slug / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["spawn", "fork"])
def done(request, tmp_path_factory, write_notebook, small_data, small_strategy) -> Done:
    out = tmp_path_factory.mktemp("out") / "reports"
    notebook = write_notebook(tmp_path_factory.mktemp("template") / "priority_report.ipynb", CODE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HWB_DATA_DIR", str(small_data))
        patch.setenv("HWB_SECRET", SECRET)
        record = run(
            out=out,
            strategy=small_strategy,
            notebook=notebook,
            timeout=6,
            jobs=2,
            engine=request.param,
            board=lambda folder, run: folder / "index.html",
        )
    return Done(out, (out / "latest").resolve(), record)


def test_each_report_tells_how_it_ended(done):
    ended = {r.slug: (r.status, r.page) for r in done.record.reports}
    assert ended == {
        "good": (RunStatus.OK, PageState.NEW),
        "fails": (RunStatus.FAILED, PageState.STUB),
        "hangs": (RunStatus.TIMEOUT, PageState.STUB),
        "dies": (RunStatus.FAILED, PageState.STUB),
        "leaves": (RunStatus.FAILED, PageState.STUB),
    }
    assert exit_code(done.record) == 14


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("fails", "KeyError: 'no such series'"),
        ("hangs", "a cell took longer than 6 seconds"),
        ("dies", "the system may have ended it for want of memory"),
        ("leaves", "SystemExit: 0"),
    ],
)
def test_a_report_that_failed_has_a_page_that_says_why(done, slug, told):
    assert told in done.record.report(slug).error
    page = done.text(slug)
    assert "could not be made on" in page
    assert told.replace("'", "&#x27;") in page
    assert "Traceback" not in page
    assert "notebook.ipynb" not in page
    assert page_faults(page) == []
    assert (done.out / "logs" / done.record.run_id / f"{slug}.log").is_file()


def test_the_good_report_is_whole(done):
    page = done.text("good")
    assert "<h1" in page
    assert "Report on good</h1>" in page
    assert "For E10000099 &amp; &lt;others&gt;." in page
    assert "<caption>Values</caption>" in page
    assert "a stray print" not in page
    assert "a warning" not in page
    assert done.text("good", "figures/values.csv") == "Area,Value\nA,1.25\nB,\n"
    assert done.record.report("good").dropped == {"stdout": 1, "stderr": 1, "plain text": 1}


def test_the_published_notebook_tells_nothing_of_the_machine(done):
    notebook = json.loads(done.text("good", "notebook.ipynb"))
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
    text = done.text("good", "notebook.ipynb")
    assert SECRET not in text
    assert str(done.out) not in text
    assert "papermill" not in text
    assert sys.executable not in text
    assert any("text/html" in str(c.get("outputs")) for c in notebook["cells"])


def test_no_environment_in_page_or_manifest(done):
    assert SECRET not in done.text("good")
    assert SECRET not in (done.folder / "manifest.json").read_text(encoding="utf-8")


def test_manifest_is_what_was_returned_and_its_checksums_hold(done, small_data):
    assert read_manifest(done.folder) == done.record
    listed = {
        f"{r.slug}/{name}": digest
        for r in done.record.reports
        for name, digest in r.outputs.items()
    }
    on_disk = {p.relative_to(done.folder).as_posix() for p in done.folder.rglob("*") if p.is_file()}
    assert on_disk == {*listed, *done.record.outputs, "manifest.json"}
    for name, digest in {**listed, **done.record.outputs}.items():
        assert sha256((done.folder / name).read_bytes()).hexdigest() == digest
    registry = small_data / "strategy" / "northshire.yaml"
    digest = sha256(registry.read_bytes()).hexdigest()
    assert done.record.inputs["data/strategy/northshire.yaml"] == digest
    assert "notebooks/priority_report.ipynb" in done.record.inputs
    assert done.record.started <= done.record.finished
    assert done.record.packages["papermill"]


def test_nothing_is_left_over(done):
    assert sorted(p.name for p in done.out.iterdir()) == [".lock", "latest", "logs", "runs"]
    assert (done.out / "latest").is_symlink()
    assert not (done.out / "latest").readlink().is_absolute()
    assert done.folder.name == done.record.run_id


RUN_IN_ITS_OWN_PROCESS = """
import sys
from pathlib import Path
from hwb_analysis.errors import Interrupted
from hwb_analysis.reports.runner import run
from hwb_analysis.strategy import load_strategy
data, notebook, out = map(Path, sys.argv[1:4])
engine = sys.argv[4]
strategy = load_strategy(data / "strategy" / "northshire.yaml")
try:
    run(["hangs", "good"], out=out, strategy=strategy, notebook=notebook, jobs=1, engine=engine,
        board=lambda folder, run: folder)
except Interrupted as error:
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("engine", ["spawn", "fork"])
def test_a_run_that_is_ended_leaves_a_true_manifest(tmp_path, write_notebook, small_data, engine):
    notebook = write_notebook(tmp_path / "n.ipynb", "open('started', 'w')", CODE)
    script = tmp_path / "own_process.py"
    script.write_text(RUN_IN_ITS_OWN_PROCESS, encoding="utf-8")
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, str(script), str(small_data), str(notebook), str(out), engine],
        env={"HWB_DATA_DIR": str(small_data), "PATH": "/usr/bin:/bin"},
    )
    _wait_for(lambda: list(out.glob(".staging/*/.work/hangs/started")))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 143
    (folder,) = (out / "runs").iterdir()
    record = read_manifest(folder)
    assert record.finished == ""
    assert [record.report(s).status for s in ("hangs", "good")] == [RunStatus.INTERRUPTED] * 2
    assert not (out / ".staging").exists()
    assert not (out / "latest").exists()
    _wait_for(lambda: not _kernels_below(out))


def _wait_for(true: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def _kernels_below(folder: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["environ", "cmdline"]):
        environment = process.info["environ"] or {}
        if str(folder) in environment.get("JUPYTER_PATH", ""):
            found.append(process.pid)
    return found
