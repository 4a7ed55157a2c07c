"""A real scheduler with two workers: nothing lost, nothing half, the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import dask
import pytest
import yaml

from hwb_analysis.disclosure.leaks import Secret
from hwb_analysis.errors import ParameterError, SourceError, UsageError
from hwb_analysis.reports import cluster, runner
from hwb_analysis.reports.job import Job, Outcome
from hwb_analysis.reports.manifest import RunStatus, checksums, read_manifest
from hwb_analysis.reports.matrix import Entry, read_matrix, run_matrix
from hwb_analysis.reports.render import PageMeta
from hwb_analysis.strategy import load_strategy

SLOW = """
import time
from hwb_analysis.reports import emit
emit.show_markdown(f"# {priority}")
emit.show_html("<h2>About</h2>")
time.sleep(1)
"""


@pytest.fixture(scope="module")
def workers():
    with cluster.connect(cluster="local:2") as found:
        yield found


def board(folder: Path, record: runner.RunRecord) -> Path:
    path = folder / "index.html"
    path.write_text(" ".join(r.page.value for r in record.reports), encoding="utf-8")
    return path


@pytest.fixture
def go(tmp_path, monkeypatch, small_data, small_strategy, write_notebook):
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    notebook = write_notebook(tmp_path / "n.ipynb", SLOW)

    def run(out: str, **options):
        return runner.run(
            out=tmp_path / out, strategy=small_strategy, notebook=notebook, board=board, **options
        )

    return run


def content(out: Path) -> dict[str, str]:
    return checksums((out / "latest").resolve(), but={"manifest.json"})


def test_a_cluster_gives_the_bytes_of_a_run_here(go, workers, tmp_path):
    there = go("cluster", workers=workers)
    here = go("here", engine="fork")
    kernels = go("kernels", engine="spawn")
    assert (there.engine, here.engine, kernels.engine) == ("dask", "fork", "spawn")
    assert content(tmp_path / "cluster") == content(tmp_path / "here")
    assert content(tmp_path / "kernels") == content(tmp_path / "here")
    keys = [[r.key for r in record.reports] for record in (there, here, kernels)]
    assert keys[0] == keys[1] == keys[2]
    # What a cluster made is taken over by a run without one.
    again = go("cluster", engine="fork")
    assert {r.status for r in again.reports} == {RunStatus.REUSED}


def test_a_worker_killed_in_the_middle_loses_nothing(go, workers, tmp_path):
    def kill() -> None:
        staged = tmp_path / "killed" / ".staging"
        end = time.monotonic() + 60
        while not list(staged.glob("*/.work/*/*/notebook.ipynb")) and time.monotonic() < end:
            time.sleep(0.05)
            if list(staged.glob("*/.work/*/.attempt-*")):
                break
        pids = workers.client.run(os.getpid)
        os.kill(next(iter(pids.values())), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    record = go("killed", workers=workers)
    killer.join()
    assert runner.exit_code(record) == 0, [r.error for r in record.reports]
    assert {r.status for r in record.reports} == {RunStatus.OK}
    folder = (tmp_path / "killed" / "latest").resolve()
    assert read_manifest(folder) == record
    for report in record.reports:
        assert checksums(folder / report.slug) == report.outputs
    assert sorted(p.name for p in folder.iterdir() if p.is_dir()) == sorted(
        r.slug for r in record.reports
    )
    assert not list(folder.rglob(".attempt*"))
    assert not (tmp_path / "killed" / ".staging").exists()


CLIENT = """
import sys
from pathlib import Path
from hwb_analysis.reports import cluster, runner
from hwb_analysis.strategy import load_strategy
registry, notebook, out, address = sys.argv[1:]
with cluster.connect(scheduler=address) as workers:
    runner.run(out=Path(out), strategy=load_strategy(registry), notebook=Path(notebook),
               workers=workers, board=None)
"""


def test_a_client_that_is_killed_is_resumed(
    go, workers, tmp_path, small_registry, write_notebook, small_data
):
    out = tmp_path / "resumed"
    notebook = write_notebook(tmp_path / "n.ipynb", SLOW)
    script = tmp_path / "client.py"
    script.write_text(CLIENT, encoding="utf-8")
    address = workers.client.scheduler.address
    words = [sys.executable, str(script), str(small_registry), str(notebook), str(out), address]
    process = subprocess.Popen(words, env={**os.environ, "HWB_DATA_DIR": str(small_data)})
    end = time.monotonic() + 90
    while not list(out.glob("runs/*/*/report.html")):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    cut = read_manifest(next((out / "runs").iterdir()))
    assert cut.finished == ""
    made = {r.slug for r in cut.reports if r.status is RunStatus.OK}
    assert made
    record = go("resumed", workers=workers)
    assert runner.exit_code(record) == 0
    assert {r.slug for r in record.reports if r.status is RunStatus.REUSED} >= made


@pytest.fixture
def job(tmp_path, write_notebook):
    path = write_notebook(tmp_path / "n.ipynb", "1", parameters='priority = ""')
    staged = tmp_path / "staging" / "good"
    return Job("good", "T", path, {}, staged, tmp_path / "w", tmp_path / "l", 9, PageMeta("P"))


class Pretends:
    """Stands in for the warm parent: makes a folder at once."""

    def __init__(self, text: str = "made", outcome: Outcome | None = None) -> None:
        self.text, self.count = text, 0
        self.outcome = outcome or Outcome(RunStatus.OK, 1.0, dropped={"stdout": 2})

    def make(self, job: Job) -> Outcome:
        self.count += 1
        job.staged.mkdir(parents=True)
        (job.staged / "report.html").write_text(self.text, encoding="utf-8")
        return self.outcome


def test_a_task_may_run_twice(job, monkeypatch):
    first, second = Pretends("first"), Pretends("second")
    monkeypatch.setattr(cluster, "_parent", lambda: first)
    told = cluster.do_once(job)
    monkeypatch.setattr(cluster, "_parent", lambda: second)
    assert cluster.do_once(job) == told
    assert (first.count, second.count) == (1, 0)
    # Two attempts at the same time: the second to finish leaves what is there.
    job.staged.with_name(".good.outcome.json").unlink()
    assert cluster.do_once(job).status is RunStatus.OK
    assert (job.staged / "report.html").read_text(encoding="utf-8") == "first"
    left = {p.name for p in job.staged.parent.iterdir()}
    assert left == {"good", ".good.outcome.json"}


def test_a_task_that_failed_leaves_no_folder(job, monkeypatch):
    bad = Outcome(RunStatus.FAILED, 1.0, "KeyError: 'x'")
    monkeypatch.setattr(cluster, "_parent", lambda: Pretends(outcome=bad))
    assert cluster.do_once(job) == bad
    assert list(job.staged.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "one of --scheduler and --cluster"),
        ({"scheduler": "tcp://a:1", "cluster": "local:2"}, "one of --scheduler and --cluster"),
        ({"cluster": "local:0"}, "no cluster 'local:0'"),
        ({"cluster": "slurm"}, "no cluster 'slurm'"),
    ],
)
def test_what_is_no_cluster_is_told(options, told):
    with pytest.raises(UsageError, match=told):
        cluster.connect(**options)


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(SourceError, match="does not answer"):
        cluster.connect(scheduler="tcp://127.0.0.1:9")


def test_an_address_that_dask_refuses_is_told():
    with (
        dask.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(SourceError, match="encryption required"),
    ):
        cluster.connect(scheduler="tcp://127.0.0.1:9")


@pytest.fixture
def registries(tmp_path, small_registry):
    """Write three registries with areas of their own beside a matrix of them."""
    text = small_registry.read_text(encoding="utf-8")
    names = ("north", "south", "west")
    for number, name in enumerate(names):
        own = text.replace("E10000099", f"E1000009{number}").replace("Northshire", name.title())
        (tmp_path / f"{name}.yaml").write_text(own, encoding="utf-8")
    runs = [{"name": n, "strategy": f"{n}.yaml", "priorities": ["good"]} for n in names]
    (tmp_path / "areas.yaml").write_text(yaml.safe_dump({"runs": runs}), encoding="utf-8")
    return tmp_path / "areas.yaml"


def test_a_matrix_makes_each_area_its_own_run(
    registries, workers, tmp_path, monkeypatch, small_data
):
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    entries = read_matrix(registries)
    told = []
    ended = run_matrix(entries, out=tmp_path / "out", workers=workers, at_once=3, told=told.append)
    assert [one.code for one in ended] == [0, 0, 0], [one.line() for one in ended]
    assert sorted(one.name for one in told) == ["north", "south", "west"]
    for name in ("north", "south", "west"):
        folder = (tmp_path / "out" / name / "latest").resolve()
        page = (folder / "index.html").read_text(encoding="utf-8")
        assert f"{name.title()} Health Strategy" in page
        code = load_strategy(tmp_path / f"{name}.yaml").area.code
        assert read_manifest(folder).parameters["area"] == code


def test_one_entry_that_fails_stops_no_other(tmp_path, registries, monkeypatch, small_data):
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    entries = read_matrix(registries)
    bad = Entry("bad", entries[0].strategy, parameters={"area": "Atlantis"})
    ended = run_matrix([bad, entries[1]], out=tmp_path / "out", engine="fork")
    assert [one.code for one in ended] == [10, 0]
    assert "Atlantis" in ended[0].line()
    with pytest.raises(UsageError, match="need a cluster"):
        run_matrix(entries, out=tmp_path / "out", at_once=2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the key 'runs'"),
        ("runs: []", "the key 'runs'"),
        ("runs: [1]", "run 1 is no mapping"),
        ("runs: [{name: a b, strategy: s.yaml}]", "not 'a b'"),
        ("runs: [{name: a, strategy: none.yaml}]", "'none.yaml', which is no file"),
        ("runs: [{name: a, strategie: s.yaml}]", "did you mean 'strategy'"),
        ("runs: [{name: a, strategy: m.yaml}, {name: a, strategy: m.yaml}]", "stands twice"),
        ("runs: [", "cannot be read"),
    ],
)
def test_a_faulty_matrix_is_told(tmp_path, text, told):
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        read_matrix(path)
    assert told in str(caught.value)


def test_outcomes_travel_as_json(job, monkeypatch):
    monkeypatch.setattr(cluster, "_parent", Pretends)
    cluster.do_once(job)
    told = job.staged.with_name(".good.outcome.json")
    assert json.loads(told.read_text(encoding="utf-8"))["dropped"] == {"stdout": 2}


WITHHELD = "917352"


def test_a_task_that_fails_tells_no_withheld_figure(job, workers, capfd):
    row = Secret("E07000901 2024", ("e07000901",), {}, {}, frozenset({WITHHELD}))
    job.staged.mkdir(parents=True)
    # What an earlier attempt has told cannot be read: the task itself ends with an error.
    job.staged.with_name(".good.outcome.json").write_text("{", encoding="utf-8")
    ended = []
    given = replace(job, secrets=(row,))
    workers.run_all([given], 1, lambda _: None, lambda _, outcome: ended.append(outcome))
    assert "the cluster gave the report up: JSONDecodeError" in ended[0].error
    client = workers.client
    logs = f"{client.get_worker_logs()} {client.get_scheduler_logs()} {client.get_events()}"
    assert "Compute Failed" in logs
    assert "hwb-good-" in logs
    told = [logs, ended[0].error, repr(given), str(given), *capfd.readouterr()]
    assert not [text for text in told if WITHHELD in text]
