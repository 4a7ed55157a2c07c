"""The warm parent: no threads when it forks, nothing shared between reports, a true end."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from hwb_analysis.errors import UsageError
from hwb_analysis.reports import runner
from hwb_analysis.reports.engine import execute, read_notebook
from hwb_analysis.reports.job import Job
from hwb_analysis.reports.manifest import RunStatus
from hwb_analysis.reports.plan import chosen_engine
from hwb_analysis.reports.render import PageMeta
from hwb_analysis.reports.warm import Warm

HEAD = 'priority = ""'


@pytest.fixture(scope="module")
def warm():
    with Warm() as parent:
        yield parent


@pytest.fixture
def make_job(tmp_path, write_notebook):
    def make(slug: str, *code: str, timeout: int = 60, **options: object) -> Job:
        path = write_notebook(tmp_path / f"{slug}.ipynb", *code, parameters=HEAD)
        return Job(
            slug,
            slug,
            path,
            {"priority": slug},
            tmp_path / "staged" / slug,
            tmp_path / "work" / slug,
            tmp_path / f"{slug}.log",
            timeout,
            PageMeta("P"),
            inside=True,
            **options,
        )

    return make


def go(warm, *jobs: Job, limit: int = 2) -> dict:
    ended = {}
    left = warm.run_all(jobs, limit, lambda job: None, lambda j, o: ended.update({j.slug: o}))
    assert left == []
    return ended


def outputs(job: Job) -> list:
    cells = read_notebook(job.work / "notebook.ipynb").cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def test_the_parent_has_one_thread_when_it_forks(warm, make_job):
    ended = go(warm, make_job("any", "print(1)"))
    assert ended["any"].status is RunStatus.OK
    assert len(os.listdir(f"/proc/{warm.process.pid}/task")) == 1


def test_nothing_of_one_report_reaches_the_next(warm, make_job):
    leave = make_job(
        "first",
        "import os, sys, math\nleft = 1\nos.environ['LEFT'] = '1'\nmath.pi = 3\nos.chdir('/')",
    )
    look = make_job(
        "second",
        "import os, sys, math\n"
        "assert 'left' not in globals()\nassert 'LEFT' not in os.environ\nassert math.pi > 3.1\n"
        "assert os.getcwd().endswith('second')",
    )
    ended = go(warm, leave, look, limit=1)
    assert [o.status for o in ended.values()] == [RunStatus.OK] * 2, ended


def test_each_report_is_a_fresh_process(warm, make_job):
    jobs = [make_job(f"p{n}", "import os\nprint(os.getpid())") for n in range(4)]
    go(warm, *jobs)
    pids = {outputs(job)[0].text for job in jobs}
    assert len(pids) == 4
    assert str(os.getpid()) not in pids


def test_outputs_are_those_of_a_kernel(warm, make_job, tmp_path, kept_environment):
    code = [
        "import sys\nprint('one')\nprint('two')\nprint('warned', file=sys.stderr)\nprint('three')",
        "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<p>x</p>'))\n1 + 1",
        "x = [1, 2]\nx",
        "_ + [3]",
        "import pandas as pd\npd.Series([1.5, None])",
        "import asyncio\nawait asyncio.sleep(0)\nprint(priority)",
        "x;",
    ]
    job = make_job("same", *code)
    assert go(warm, job)["same"].status is RunStatus.OK
    kernel = tmp_path / "kernel"
    kernel.mkdir()
    execute(job.notebook, kernel / "out.ipynb", job.parameters, timeout=60, cwd=kernel)
    theirs = read_notebook(kernel / "out.ipynb").cells
    ours = read_notebook(job.work / "notebook.ipynb").cells
    assert [json.dumps(c.get("outputs")) for c in ours] == [
        json.dumps(c.get("outputs")) for c in theirs
    ]
    assert [c.get("execution_count") for c in ours] == [c.get("execution_count") for c in theirs]


@pytest.mark.parametrize(
    "code",
    [
        "import time\ntime.sleep(60)",
        "while True:\n    pass",
        "while True:\n    try:\n        import time; time.sleep(60)\n    except Exception:\n"
        "        pass",
    ],
)
def test_a_slow_cell_is_ended(warm, make_job, code):
    before = time.monotonic()
    outcome = go(warm, make_job("slow", code, timeout=2))["slow"]
    assert outcome.status is RunStatus.TIMEOUT
    assert "a cell took longer than 2 seconds" in outcome.error
    assert "cell 2" in outcome.error
    assert time.monotonic() - before < 30


def test_a_cell_that_holds_the_interpreter_is_ended(warm, make_job):
    code = "import re\nre.match(r'(a|aa)+$', 'a' * 64 + 'b')"
    outcome = go(warm, make_job("holds", code, timeout=1))["holds"]
    assert outcome.status is RunStatus.TIMEOUT
    assert "a cell took longer than 1 seconds" in outcome.error


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os\nos.kill(os.getpid(), 9)", "for want of memory"),
        ("import os\nos._exit(0)", "ended with code 0"),
        ("import sys\nsys.exit(0)", "SystemExit: 0"),
        ("exit()", "'print(1)' did not run"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_what_ends_a_report_is_told_and_ends_no_other(warm, make_job, code, told):
    ended = go(warm, make_job("bad", code, "print(1)"), make_job("well", "print(1)"))
    assert ended["bad"].status is RunStatus.FAILED
    assert told in ended["bad"].error
    assert ended["well"].status is RunStatus.OK


def test_memory_is_limited_for_the_notebook_and_not_for_its_page(warm, make_job):
    hungry = make_job("hungry", "x = bytearray(500 * 2**20)", memory=200)
    modest = make_job("modest", "x = bytearray(50 * 2**20)", memory=200)
    ended = go(warm, hungry, modest)
    assert "more memory than the limit of 200 MiB" in ended["hungry"].error
    assert ended["modest"].status is RunStatus.OK


def test_jobs_left_by_a_parent_that_died_get_a_kernel(make_job):
    ended = {}
    with Warm() as parent:
        crew = runner.Forked(parent)
        os.kill(parent.process.pid, signal.SIGKILL)
        crew.run_all(
            [make_job("a", "print(1)")], 1, lambda job: None, lambda j, o: ended.update({j.slug: o})
        )
    assert ended["a"].status is RunStatus.OK


def test_reports_end_when_the_parent_is_closed(make_job, tmp_path):
    job = make_job("long", "open('started', 'w').close()\nimport time\ntime.sleep(100)")
    parent = Warm()
    parent.connection.send(([job], 1))
    started = tmp_path / "work" / "long" / "started"
    end = time.monotonic() + 60
    while not started.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    below = psutil.Process(parent.process.pid).children(recursive=True)
    assert below
    parent.close()
    assert psutil.wait_procs(below, timeout=10)[1] == []


def test_the_engine_is_chosen_by_name_variable_and_system(monkeypatch):
    monkeypatch.delenv("HWB_ENGINE", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert chosen_engine(None) == "spawn"
    assert chosen_engine("fork") == "fork"
    monkeypatch.setattr(sys, "platform", "linux")
    assert chosen_engine("auto") == "fork"
    monkeypatch.setenv("HWB_ENGINE", "spawn")
    assert chosen_engine(None) == "spawn"
    monkeypatch.delattr(os, "fork")
    with pytest.raises(UsageError, match="cannot fork"):
        chosen_engine("fork")


def test_log_receives_what_libraries_print_beside_python(warm, make_job):
    job = make_job("prints", "import os\nos.write(1, b'from below')")
    go(warm, job)
    assert "from below" in Path(job.log).read_text(encoding="utf-8")
