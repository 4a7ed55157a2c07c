"""A withheld figure anywhere in what a run makes ends it with 13, and nothing is published."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from hwb_analysis.reports import publish, runner
from hwb_analysis.reports.content import file_digests
from hwb_analysis.reports.guard import LeakError
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.manifest import PageState, RunStatus, read_manifest
from hwb_analysis.reports.pool import run_all
from hwb_analysis.reports.render import page

COUNT = 654321
SPELT = ("654321", "654,321", "654321.0")
FORM = (
    "Measure id,Measure,Wanted direction,Period start,Period end,Value,Unit,Count,Denominator,"
    "Published,Status,Note,Who,Date of return\n"
    "P1-M,Something is done,achieve,2024-04-01,2025-03-31,{value},count,,,{published},final,,Team,"
    "2025-05-05\n"
)
ROW = "P1-M 2024/25, measures.csv row 2"
PRIORITIES = ("good", "fails", "hangs", "dies", "leaves")

Plant = Callable[[Path, str], None]


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Give a folder of local files with one return."""
    folder = tmp_path / "local"
    monkeypatch.setenv("HWB_LOCAL_DIR", str(folder))

    def give(value: int = COUNT, published: str = "no") -> Path:
        (folder / "returns").mkdir(parents=True, exist_ok=True)
        text = FORM.format(value=value, published=published)
        (folder / "returns" / "measures.csv").write_text(text, encoding="utf-8")
        return folder

    return give


@pytest.fixture
def go(tmp_path, monkeypatch, write_notebook, small_data, small_strategy):
    """Run with pages made at once; ``plant`` may put a text into the folder of one report."""
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    notebook = write_notebook(tmp_path / "template.ipynb", "1")

    def run(
        *priorities: str,
        plant: Plant | None = None,
        text: str = "",
        ended: Outcome | None = None,
        log: str = "",
        board: str = "",
        **options: object,
    ) -> runner.RunRecord:
        def pool(jobs, limit, started, finished):
            for job in jobs:
                started(job)
                job.staged.mkdir(parents=True)
                made = page(job.slug, f"<h1>{job.slug}</h1>", meta=job.meta)
                (job.staged / "report.html").write_text(made, encoding="utf-8")
                first = job.slug == "good"
                if plant is not None and first:
                    plant(job.staged, text)
                if log and first:
                    job.log.write_text(log, encoding="utf-8")
                finished(job, ended if ended and first else Outcome(RunStatus.OK, 1.0))

        def board_page(folder: Path, record: runner.RunRecord) -> Path:
            made = page("Board", f"<h1>Board</h1>{board}", meta=runner.PageMeta("P"))
            (folder / "index.html").write_text(made, encoding="utf-8")
            return folder / "index.html"

        monkeypatch.setattr(runner, "run_all", pool)
        options.setdefault("out", tmp_path / "out")
        options.setdefault("notebook", notebook)
        given = {"strategy": small_strategy, "board": board_page, "engine": "spawn"}
        return runner.run(priorities, **(given | options))

    return run


@pytest.fixture
def before(go, local, tmp_path) -> Path:
    """Make a run that is well, and then a return that is not for publication."""
    first = go()
    assert runner.exit_code(first) == 0
    local()
    return tmp_path / "out" / "runs" / first.run_id


def everything_below(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file, and of every file packed inside one."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        yield str(path), data.decode("utf-8", errors="replace")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path}:{name}", archive.read(name).decode("utf-8", errors="replace")


def assert_nowhere(out: Path) -> None:
    told = [n for n, text in everything_below(out) if any(s in text for s in SPELT[:2])]
    assert not told


def assert_stopped(out: Path, before: Path, caught: LeakError, slug: str) -> None:
    """Say what holds after every breach."""
    assert caught.exit_code == 13
    assert publish.latest_run(out) == before.resolve()
    assert not (out / ".staging").exists()
    run = max((out / "runs").iterdir())
    assert run != before
    assert [path.name for path in run.iterdir()] == ["manifest.json"]
    record = read_manifest(run)
    assert not record.finished
    assert runner.exit_code(record) == 13
    errors = record.board_error if slug == "board" else record.report(slug).error
    assert ROW in errors
    assert all(report.page is PageState.NONE for report in record.reports)
    summary = json.loads((out / "logs" / "run.json").read_text(encoding="utf-8"))
    assert summary["exit_code"] == 13
    assert "654" not in str(caught)
    assert_nowhere(out)


# -- what is planted --------------------------------------------------------------------


def _append(name: str, template: str) -> Plant:
    def plant(folder: Path, text: str) -> None:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(old + template.replace("TEXT", text), encoding="utf-8")

    return plant


def _notebook(key: str) -> Plant:
    def plant(folder: Path, text: str) -> None:
        cell = nbformat.v4.new_code_cell("1")
        if key == "metadata":
            cell.metadata["papermill"] = {"parameters": {"x": text}}
        else:
            cell.outputs = [nbformat.v4.new_output("display_data", {key: f"<p>{text}</p>"})]
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "notebook.ipynb")

    return plant


def _workbook(folder: Path, text: str) -> None:
    pd.DataFrame({"words": ["a", text]}).to_excel(folder / "report.xlsx", index=False)


def _document(folder: Path, text: str) -> None:
    with zipfile.ZipFile(folder / "report.docx", "w") as archive:
        # Word puts the letters of one number into two runs as it likes.
        cut = f"<w:r><w:t>{text[:-2]}</w:t></w:r><w:r><w:t>{text[-2:]}</w:t></w:r>"
        archive.writestr("word/document.xml", f"<w:p >{cut}</w:p>")


def _png(folder: Path, text: str) -> None:
    body = b"Comment\0" + text.encode()
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body
    data = b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    (folder / "figure.png").write_bytes(data)


def _pdf(folder: Path, text: str) -> None:
    import typst

    source = folder.parent / "planted.typ"
    source.write_text(f"= Title\n#table(columns: 2, [a], [{text}])", encoding="utf-8")
    typst.compile(source, output=folder / "report.pdf")
    source.unlink()


def _named(folder: Path, text: str) -> None:
    (folder / f"count-{text}.txt").write_text("x", encoding="utf-8")


KINDS: dict[str, Plant] = {
    "page text": _append("report.html", "<p>TEXT people</p>"),
    "table cell": _append("report.html", "<table><tr><td>TEXT</td></tr></table>"),
    "alternative text": _append("report.html", '<img src="x.png" alt="Up to TEXT people">'),
    "hidden attribute": _append("report.html", '<b data-count="TEXT">x</b>'),
    "comment": _append("report.html", "<!-- TEXT -->"),
    "script": _append("report.html", '<script>let x = {"count":TEXT};</script>'),
    "embedded drawing": _append(
        "report.html", '<img alt="x" src="data:image/svg+xml,%3Csvg>%3C!-- TEXT -->%3C/svg>">'
    ),
    "notebook output": _notebook("text/html"),
    "notebook text": _notebook("text/plain"),
    "notebook metadata": _notebook("metadata"),
    "figure data": _append("figures/measures.csv", 'Measure,Value\nx,"TEXT"\n'),
    "json": _append("board.json", '{"rows": [{"x": "TEXT"}]}'),
    "drawing": _append("figures/figure.svg", "<svg><desc>TEXT</desc></svg>"),
    "file name": _named,
    "spreadsheet": _workbook,
    "Word": _document,
    "PNG": _png,
    "PDF": _pdf,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_in_any_output_stops_the_run(kind: str, go, before: Path, tmp_path: Path) -> None:
    text = SPELT[0] if kind in ("script", "file name") else SPELT[1]
    with pytest.raises(LeakError) as caught:
        go(plant=KINDS[kind], text=text)
    assert "1 withheld figure stands in good" in str(caught.value)
    assert_stopped(tmp_path / "out", before, caught.value, "good")


def test_a_figure_in_the_log_stops_the_run_and_empties_the_log(
    go, before: Path, tmp_path: Path
) -> None:
    with pytest.raises(LeakError) as caught:
        go(log=f"read 12 rows\ncount {COUNT}\n")
    assert "good.log, line 2" in str(caught.value)
    assert_stopped(tmp_path / "out", before, caught.value, "good")


def test_a_figure_in_an_error_never_reaches_the_manifest(go, before: Path, tmp_path: Path) -> None:
    failed = Outcome(RunStatus.FAILED, 0.1, f"ValueError: the count {COUNT} is too large")
    with pytest.raises(LeakError) as caught:
        go(ended=failed)
    assert_stopped(tmp_path / "out", before, caught.value, "good")


def test_a_figure_on_the_board_page_stops_the_run(go, before: Path, tmp_path: Path) -> None:
    with pytest.raises(LeakError) as caught:
        go(board=f"<p>{SPELT[1]} people</p>")
    assert "index.html" in str(caught.value)
    assert_stopped(tmp_path / "out", before, caught.value, "board")


def test_a_file_that_cannot_be_searched_is_not_published(go, before: Path, tmp_path: Path) -> None:
    def plant(folder: Path, text: str) -> None:
        (folder / "data.pickle").write_bytes(b"\0\1\2")

    with pytest.raises(LeakError, match=r"cannot be searched .*: data\.pickle"):
        go(plant=plant)
    assert publish.latest_run(tmp_path / "out") == before.resolve()


def test_a_run_without_a_leak_is_published(go, before: Path, tmp_path: Path) -> None:
    record = go(plant=_append("report.html", "<p>TEXT people</p>"), text="654,322")
    assert runner.exit_code(record) == 0
    assert publish.latest_run(tmp_path / "out").name == record.run_id


def test_the_manifest_of_a_clean_run_holds_no_figure(go, before: Path, tmp_path: Path) -> None:
    go()
    assert_nowhere(tmp_path / "out")


# -- pages of earlier runs ------------------------------------------------------------------

SHOWN = _append("report.html", "<p>TEXT people</p>")


def _published(go, local) -> runner.RunRecord:
    """Make a run that shows a return which is public then, and is not any more."""
    local(published="yes")
    record = go(plant=SHOWN, text=SPELT[1])
    assert runner.exit_code(record) == 0
    local(published="no")
    return record


def test_a_return_that_turns_unpublished_is_not_carried_over(go, local, tmp_path: Path) -> None:
    _published(go, local)
    record = go("fails")
    report = record.report("good")
    assert (report.status, report.page) == (RunStatus.FAILED, PageState.STUB)
    assert "shows a figure that is withheld now" in report.error
    assert ROW in report.error
    assert runner.exit_code(record) == 13
    newest = publish.latest_run(tmp_path / "out")
    assert newest.name == record.run_id
    assert_nowhere(newest)
    assert record.report("hangs").page is PageState.KEPT


def test_a_failed_report_does_not_keep_an_old_page_with_the_figure(
    go, local, tmp_path: Path
) -> None:
    _published(go, local)
    record = go(ended=Outcome(RunStatus.FAILED, 0.1, "KeyError: 'x'"))
    assert record.report("good").page is PageState.STUB
    assert_nowhere(publish.latest_run(tmp_path / "out"))


def test_a_page_with_the_figure_is_made_again_and_not_reused(
    go, local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _published(go, local)
    # Even where the key says that nothing has changed.
    monkeypatch.setattr("hwb_analysis.reports.keys.content_key", lambda **_: "the same")
    local(published="yes")
    go(plant=SHOWN, text=SPELT[1])
    local(published="no")
    record = go()
    assert record.report("good").status is RunStatus.OK
    assert record.report("fails").status is RunStatus.REUSED
    assert_nowhere(publish.latest_run(tmp_path / "out"))


def test_the_board_page_made_again_is_searched_as_well(
    go, before: Path, small_registry: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HWB_STRATEGY", str(small_registry))
    old = (before / "index.html").read_bytes()

    def leaky(folder: Path, record: runner.RunRecord) -> Path:
        (folder / "index.html").write_text(f"<p>{COUNT}</p>", encoding="utf-8")
        return folder / "index.html"

    def sound(folder: Path, record: runner.RunRecord) -> Path:
        (folder / "index.html").write_text("<p>new</p>", encoding="utf-8")
        return folder / "index.html"

    with pytest.raises(LeakError):
        runner.rebuild_board(tmp_path / "out", leaky)
    assert (before / "index.html").read_bytes() == old
    runner.rebuild_board(tmp_path / "out", sound)
    assert (before / "index.html").read_text(encoding="utf-8") == "<p>new</p>"


# -- with notebooks that run ------------------------------------------------------------------

CODE = """
import os
from hwb_analysis.reports import emit
emit.show_markdown(f"# Report on {priority}")
count = 654_000 + 300 + 21
if priority == "good" and os.environ.get("HWB_PLANT") == "page":
    emit.show_markdown(f"In all {count:,} people.")
if priority == "good" and os.environ.get("HWB_PLANT") == "print":
    print(count)
if priority == "good" and os.environ.get("HWB_PLANT") == "fails":
    raise ValueError(f"no place for {count}")
"""


@pytest.fixture
def run_notebooks(tmp_path, monkeypatch, write_notebook, small_data, small_strategy):
    monkeypatch.setenv("HWB_DATA_DIR", str(small_data))
    notebook = write_notebook(tmp_path / "own.ipynb", CODE)

    def run(plant: str, engine: str) -> runner.RunRecord:
        # The run before was made at once; this one is made by processes of its own.
        monkeypatch.setattr(runner, "run_all", run_all)
        return runner.run(
            ["good"],
            out=tmp_path / "out",
            strategy=small_strategy,
            notebook=notebook,
            board=lambda folder, record: publish.write_plain_index(
                folder, record, runner.PageMeta("P")
            ),
            environment={"HWB_PLANT": plant},
            engine=engine,
            jobs=1,
        )

    return run


@pytest.mark.parametrize("engine", ["fork", "spawn"])
@pytest.mark.parametrize("plant", ["page", "print", "fails"])
def test_the_process_that_makes_a_report_searches_it(
    engine: str, plant: str, run_notebooks, before: Path, tmp_path: Path
) -> None:
    with pytest.raises(LeakError) as caught:
        run_notebooks(plant, engine)
    assert_stopped(tmp_path / "out", before, caught.value, "good")


def test_notebooks_that_tell_nothing_are_published(
    run_notebooks, before: Path, tmp_path: Path
) -> None:
    record = run_notebooks("", "fork")
    assert runner.exit_code(record) == 0
    assert_nowhere(tmp_path / "out")


def test_no_checksum_of_a_small_file_can_be_guessed(go, before: Path, tmp_path: Path) -> None:
    record = go()
    form = tmp_path / "local" / "returns" / "measures.csv"
    stated = record.inputs["local/returns/measures.csv"]
    assert len(stated) == 64
    assert hashlib.sha256(form.read_bytes()).hexdigest() not in json.dumps(record.inputs)
    # The same file in the same folder has the same one, so that nothing is made twice.
    assert file_digests({"local/returns/measures.csv": form}) == {
        "local/returns/measures.csv": stated
    }
    assert all(report.status is RunStatus.REUSED for report in go().reports)
