"""The command line: thin, since every verb is a function of the library.

Exit codes: 0 well; 2 a name that does not exist; 10 a parameter or the registry;
11 data; 12 a source was not read in full (what was not read keeps its old figures);
13 a protected figure would have been shown (nothing is published); 14 a report failed (the
others are published); 15 a page broke a rule of accessibility; 16 another run is at work;
17 the output cannot be written; 20 well, and `hwb changes --alert` found something; 130 and
143 ended by Ctrl-C or by the system.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hwb_analysis.audit_command import audit_command
from hwb_analysis.cli_parts import (
    AsJson,
    Out,
    folder,
    is_utf8,
    print_columns,
    print_json,
    print_lines,
    shown,
)
from hwb_analysis.cli_run import run_command
from hwb_analysis.commands import more
from hwb_analysis.errors import HwbError, Interrupted

# Only typer is imported at the top: asking for help must not load pandas.
if TYPE_CHECKING:
    from hwb_analysis.assessment import Assessment, Context

INTERRUPTED, UNEXPECTED = 130, 1

app = typer.Typer(
    name="hwb",
    help="Progress of a health and wellbeing strategy: reports from published figures.",
    epilog="Exit codes: 0 well, 2 unknown name, 10 bad parameter or registry, 11 data, "
    "12 a source not read in full, 13 a protected figure would be shown, 14 a report failed, "
    "15 accessibility, 16 another run is at work, 17 output cannot be written, 20 changes found.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"hwb {version('hwb-analysis')}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Progress of a health and wellbeing strategy: reports from published figures."""


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the priorities, their measures, and how many have a figure."""
    from hwb_analysis.reports.status import list_priorities

    context, found = _assessed()
    rows = list_priorities(context.strategy, found)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    cells = [(r.slug, r.title, r.stage, str(r.measures), str(r.with_figure)) for r in rows]
    print_columns(("priority", "title", "stage", "measures", "with a figure"), cells)


@app.command("status")
def status_command(as_json: AsJson = False, out: Out = None) -> None:
    """Show what is known: evidence, ages, measures without a figure, the last run."""
    from hwb_analysis.reports.status import status

    context, found = _assessed()
    state = status(context, found, folder(out))
    if as_json:
        print_json(state)
    else:
        _print_status(state)


app.command("run")(run_command)
app.command("audit")(audit_command)


@app.command("board")
def board_command(out: Out = None) -> None:
    """Write the Board page of the newest run again."""
    from hwb_analysis.reports.runner import rebuild_board

    typer.echo(f"Board page: {shown(rebuild_board(folder(out)))}")


@app.command("verify")
def verify_command(out: Out = None, as_json: AsJson = False) -> None:
    """Compare the data and the newest run with their checksums."""
    from hwb_analysis.reports.verify import verify

    found = verify(folder(out))
    print_json(found.as_dict()) if as_json else print_lines(found.lines())
    raise typer.Exit(found.exit_code)


@app.command("doctor")
def doctor_command(out: Out = None, as_json: AsJson = False) -> None:
    """Say whether everything is here that a run needs, and what to do if not."""
    from datetime import date

    from hwb_analysis.reports import doctor

    checks = doctor.examine(folder(out), date.today())
    if as_json:
        print_json(doctor.as_dict(checks))
    else:
        print_lines(line for check in checks for line in check.lines())
    raise typer.Exit(doctor.exit_code(checks))


app.add_typer(more)


def _assessed() -> tuple[Context, Sequence[Assessment]]:
    from hwb_analysis.assessment import assess_all, make_context
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    context = make_context(load_strategy(), current_snapshot())
    return context, assess_all(context)


def _print_status(state: dict[str, Any]) -> None:
    grades = ", ".join(f"{grade} {n}" for grade, n in state["by_grade"].items())
    kinds = ", ".join(f"{kind} {n}" for kind, n in state["by_type"].items())
    newest = state["newest_period_by_measure"]
    ages = sorted(entry["age_months"] for entry in newest.values())
    typer.echo(f"{state['measures_total']} measures; evidence: {grades}; type: {kinds}")
    if ages:
        typer.echo(
            f"{len(ages)} have a figure; newest {ages[0]}, median {ages[len(ages) // 2]}, "
            f"oldest {ages[-1]} months old"
        )
    run = state["run"]
    last = f"run {run['run_id']}, {len(run['failed'])} failed" if run else "no run yet"
    typer.echo(f"snapshot {state['snapshot']}; {last}")
    if state["unserved_measures"]:
        typer.echo(f"\n{len(state['unserved_measures'])} measures without a figure:")
        print_columns(("measure", "reason"), state["unserved_measures"].items())
    if state["unused_series"]:
        typer.echo(f"\n{len(state['unused_series'])} series that no indicator names:")
        print_columns(("series", "reason"), state["unused_series"].items())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    if arguments is None and sys.getfilesystemencoding() != "utf-8":
        _start_in_utf8_mode()
    for stream in (sys.stdout, sys.stderr):
        if not is_utf8(stream) and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_code(sys.argv[1:] if arguments is None else list(arguments)))


def _start_in_utf8_mode() -> None:
    """Put this process again, in UTF-8 mode, in its own place.

    In a locale such as C, names with other letters reach Python garbled, and so would
    end in manifests and notebooks; the mode can only be chosen when Python starts.
    """
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _code(arguments: Sequence[str]) -> int:
    try:
        # Not standalone, so that every error ends here with our own code and words.
        ended = typer.main.get_command(app).main(
            list(arguments), prog_name="hwb", standalone_mode=False
        )
        sys.stdout.flush()
    except HwbError as error:
        typer.echo(f"error: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Interrupted as error:
        typer.echo(f"interrupted: {error}", err=True)
        return error.exit_code
    except Exception as error:
        return _other(error)
    if ended == INTERRUPTED:
        # The option parser has turned Ctrl-C into this code and said nothing.
        typer.echo("interrupted", err=True)
    return ended if isinstance(ended, int) else 0


def _other(error: Exception) -> int:
    show = getattr(error, "show", None)
    if show is not None:
        # An error of the option parser says itself what was wrong with the words typed.
        show()
        return int(getattr(error, "exit_code", UNEXPECTED))
    name = type(error).__name__
    typer.echo(f"unexpected error: {name}: {error}\n  details: {_log(error)}", err=True)
    return UNEXPECTED


def _log(error: Exception) -> str:
    import traceback

    text = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile(
        "w", prefix="hwb-error-", suffix=".log", delete=False, encoding="utf-8"
    ) as handle:
        handle.write(text)
    return handle.name
