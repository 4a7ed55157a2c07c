"""The command `hwb run` with its options; what it does is in the library."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hwb_analysis.cli_parts import AsJson, Out, folder, print_json, shown
from hwb_analysis.errors import UsageError

# Only typer is imported at the top: asking for help must not load pandas.
if TYPE_CHECKING:
    from hwb_analysis.reports.manifest import RunRecord
    from hwb_analysis.reports.run_parts import Workers

# Runs of a matrix that feed a cluster at the same time, so that none of its workers waits
# for the last report of one run.
AT_ONCE = 4


def run_command(
    priority: Annotated[
        list[str] | None,
        typer.Option(
            "--priority", "-p", metavar="SLUG", help="Slug of a priority; repeat for several."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All priorities; the default.")] = False,
    out: Out = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Notebooks at once.", show_default="number of cores"),
    ] = None,
    timeout: Annotated[
        int, typer.Option(min=1, metavar="S", help="Seconds that one cell of a notebook may take.")
    ] = 600,
    memory: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="MIB", help="Memory that a notebook may take.", show_default="no limit"
        ),
    ] = None,
    keep: Annotated[
        int, typer.Option(min=1, metavar="N", help="Complete runs to keep; older ones go.")
    ] = 10,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Kind of output: html, pdf, docx, xlsx; repeat for several.",
            show_default="html",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How notebooks run: auto, spawn (a kernel each), fork (a forked process each).",
            show_default="auto, or what HWB_ENGINE says",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make every report anew, changed or not.")
    ] = False,
    area: Annotated[str, typer.Option(metavar="TEXT", help="Code or name of the area.")] = "",
    comparator: Annotated[
        str, typer.Option(metavar="TEXT", help="Code or name of the area beside it.")
    ] = "",
    data_cut: Annotated[
        str, typer.Option(metavar="TEXT", help="Name of a snapshot, or an ISO date.")
    ] = "",
    audience: Annotated[
        str, typer.Option(metavar="TEXT", help="chapter, dashboard, highlight, annual, speaking.")
    ] = "",
    suppression: Annotated[
        str,
        typer.Option(metavar="NAME", help="Rule of disclosure for local files, besides their own."),
    ] = "",
    text: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Sections that people wrote.", show_default="text of the output"
        ),
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Run on this dask scheduler: tcp://host:8786.")
    ] = "",
    cluster: Annotated[
        str, typer.Option(metavar="NAME", help="Run on a cluster of this machine: local:2.")
    ] = "",
    notebook: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A notebook of your own.", show_default="the package's template"
        ),
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Run every strategy and area that a file lists."),
    ] = None,
    log_format: Annotated[
        str,
        typer.Option(metavar="NAME", help="auto (a bar on a terminal, else text), text, json."),
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Run the notebooks and write the reports and the Board page."""
    given = {
        "area": area,
        "comparator": comparator,
        "data_cut": data_cut,
        "audience": audience,
        "suppression": suppression,
    }
    if every and priority:
        raise UsageError("--all and --priority were both given", remedy="give one of the two")
    if matrix and priority:
        raise UsageError("--matrix and --priority were both given", remedy="name them in the file")
    options = {
        "jobs": jobs,
        "timeout": timeout,
        "memory": memory,
        "keep": keep,
        "formats": formats or ["html"],
        "engine": engine,
        "force": force,
        "parameters": {name: value for name, value in given.items() if value},
        "text": text,
        "notebook": notebook,
    }
    with _workers(scheduler, cluster) as workers:
        if matrix:
            code = _run_matrix(matrix, folder(out), workers, options, as_json)
        else:
            code = _run_one(priority or [], folder(out), workers, options, log_format, as_json)
    raise typer.Exit(code)


@contextlib.contextmanager
def _workers(scheduler: str, cluster: str) -> Iterator[Workers | None]:
    if not scheduler and not cluster:
        yield None
        return
    from hwb_analysis.reports.cluster import connect

    with connect(scheduler, cluster) as workers:
        yield workers


def _run_one(
    priorities: Sequence[str],
    out: Path,
    workers: Workers | None,
    options: dict[str, Any],
    log_format: str,
    as_json: bool,
) -> int:
    from hwb_analysis.reports.progress import shown_progress
    from hwb_analysis.reports.runner import exit_code, run
    from hwb_analysis.reports.runs import LOGS
    from hwb_analysis.reports.summary import refusals

    with refusals(out / LOGS), shown_progress(form=log_format) as progress:
        record = run(priorities, out=out, workers=workers, progress=progress, **options)
    if as_json:
        from hwb_analysis.reports.status import run_summary

        print_json(run_summary(out))
    else:
        _print_run(record, out)
    return exit_code(record)


def _run_matrix(
    matrix: Path, out: Path, workers: Workers | None, options: dict[str, Any], as_json: bool
) -> int:
    from hwb_analysis.reports.matrix import read_matrix, run_matrix

    entries = read_matrix(matrix)
    at_once = min(AT_ONCE, len(entries)) if workers else 1
    ended = run_matrix(
        entries,
        out=out,
        workers=workers,
        at_once=at_once,
        told=lambda one: typer.echo(one.line(), err=True),
        **options,
    )
    if as_json:
        print_json({one.name: {"exit_code": one.code, "told": one.line()} for one in ended})
    else:
        failed = sum(bool(one.code) for one in ended)
        typer.echo(f"{len(ended) - failed} runs well, {failed} not")
    return max((one.code for one in ended), default=0)


def _print_run(record: RunRecord, folder: Path) -> None:
    from hwb_analysis.reports.publish import INDEX_NAME, latest_run

    made = sum(r.status.value == "ok" for r in record.reports)
    reused = sum(r.status.value == "reused" for r in record.reports)
    unchanged = f", {reused} unchanged" if reused else ""
    reports = "1 report" if made == 1 else f"{made} reports"
    typer.echo(f"{reports} made{unchanged}, {len(record.failures)} failed")
    # The link, where there is one: it stays right when the next run has come.
    newest = folder / "latest" if (folder / "latest").is_dir() else latest_run(folder) or folder
    typer.echo(f"Board page: {shown(newest / INDEX_NAME)}")
    if record.board_error:
        typer.echo(f"the Board page failed: {record.board_error}", err=True)
    for report in record.failures:
        log = folder / "logs" / record.run_id / f"{report.slug}.log"
        typer.echo(f"\n{report.slug} failed: {report.error}\n  log: {shown(log)}", err=True)
