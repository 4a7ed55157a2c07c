"""Commands beside the run: what changed, the strategy's statements, local files.

They stand apart from :mod:`hwb_analysis.cli` for length only, and are as thin.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hwb_analysis.cli_parts import AsJson, Out, print_json, print_lines, shown
from hwb_analysis.cli_parts import folder as folder_of

DATA_FAULT = 11

more = typer.Typer(rich_markup_mode=None)


@more.command("claims")
def claims_command(out: Out = None, as_json: AsJson = False) -> None:
    """Derive the strategy's own statements again and write the page of what came out."""
    from hwb_analysis.claims import has_claims
    from hwb_analysis.errors import UsageError
    from hwb_analysis.reports.claims_page import claims_data, claims_lines, run_claims
    from hwb_analysis.reports.local_figures import local_shown
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    strategy = load_strategy()
    if not has_claims(strategy):
        raise UsageError(
            f"no statements of '{strategy.strategy.title}' are held as data",
            remedy="write data/strategy/claims/<name>.yaml; docs/methods/claims.md says how",
        )
    with local_shown({}):
        results, written = run_claims(folder_of(out) / "claims", strategy, current_snapshot())
    if as_json:
        print_json(claims_data(results))
        return
    print_lines([*claims_lines(results), "", f"Page: {shown(written[0])}"])


@more.command("changes")
def changes_command(
    older: Annotated[
        str, typer.Option(metavar="RUN", help="The run before.", show_default="the one before it")
    ] = "",
    newer: Annotated[
        str, typer.Option(metavar="RUN", help="The run after.", show_default="the newest")
    ] = "",
    snapshots: Annotated[
        bool, typer.Option("--snapshots", help="Compare two snapshots instead of two runs.")
    ] = False,
    alert: Annotated[
        bool,
        typer.Option(
            "--alert", help="End with 20 when a verdict or a significant finding changed."
        ),
    ] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two runs, or between two snapshots."""
    from hwb_analysis.reports import changes

    if snapshots:
        _snapshot_changes(older, newer, as_json)
        return
    found = changes.changes_of_runs(folder_of(out), older, newer)
    print_json(found.as_dict()) if as_json else print_lines(found.lines())
    if alert and found.alerts:
        raise typer.Exit(changes.ALERT_EXIT)


@more.command("refresh")
def refresh_command(
    accept: Annotated[
        bool, typer.Option("--accept", help="Make the reviewed snapshot current.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Use the cache only.")] = False,
    max_age: Annotated[
        float, typer.Option(min=0, metavar="DAYS", help="Age up to which cached answers do.")
    ] = 1,
    indicator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Number of a national profile, or a series of any source; repeat for several.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="fingertips, nomis, iod, arcgis or downloads; repeat for several; all if none.",
        ),
    ] = None,
    downloads: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of publishers' files that a person downloaded."),
    ] = None,
    ways: Annotated[
        bool,
        typer.Option("--list", help="Say of every series how it is kept fresh; read nothing."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read fresh figures, build the next snapshot beside the current one, print the review.

    Ends with 12 when a source was not read in full: what was not read keeps its old figures.
    """
    from datetime import timedelta

    from hwb_analysis.sources.refresh import refresh

    if ways:
        _print_ways(as_json)
        return
    done = refresh(
        accept=accept,
        offline=offline,
        max_age=timedelta(days=max_age),
        indicators=indicator or (),
        sources=source or (),
        downloads=downloads,
        progress=lambda line: typer.echo(line, err=True),
    )
    if as_json:
        print_json(done.as_dict())
    else:
        typer.echo(done.text)
        typer.echo(done.closing())
    raise typer.Exit(done.exit_code)


def _print_ways(as_json: bool) -> None:
    from hwb_analysis.sources.refresh_ways import ways_lines, ways_of
    from hwb_analysis.sources.snapshot import current_snapshot
    from hwb_analysis.strategy import load_strategy

    found = ways_of(current_snapshot(), load_strategy())
    print_json([way.as_dict() for way in found]) if as_json else print_lines(ways_lines(found))


@more.command("load-check")
def load_check_command(
    file: Annotated[Path, typer.Argument(help="File of figures.")],
    column_map: Annotated[Path, typer.Option("--map", metavar="YAML", help="Its column map.")],
) -> None:
    """Show what would come of a local file, and every fault in it."""
    from hwb_analysis.sources.local import load_check

    report = load_check(file, column_map)
    typer.echo(str(report))
    if not report.well:
        raise typer.Exit(DATA_FAULT)


local = typer.Typer(
    help="Local evidence: forms for officers, and what they returned.", rich_markup_mode=None
)
more.add_typer(local, name="local")
Returned = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="DIR", help="Where returns lie.", show_default="data/local/returns"
    ),
]


@local.command("templates")
def templates_command(
    folder: Returned = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite forms that are there.")
    ] = False,
) -> None:
    """Write the forms for local measures and for commitments."""
    from hwb_analysis.sources.returns import write_templates
    from hwb_analysis.strategy import load_strategy

    for path in write_templates(load_strategy(), folder, overwrite=replace):
        typer.echo(shown(path))


@local.command("check")
def check_command(folder: Returned = None) -> None:
    """Read the returns and every mapped local file, and tell every fault."""
    from hwb_analysis.sources.local import LocalFiles, load_check
    from hwb_analysis.sources.returns import read_returns
    from hwb_analysis.strategy import load_strategy

    reports = [load_check(None, found) for found in LocalFiles().maps.values()]
    for report in reports:
        typer.echo(f"{report}\n")
    found = read_returns(load_strategy(), folder)
    typer.echo(
        f"returns: {len(found.measures)} for measures, {len(found.commitments)} for commitments"
    )
    if not all(report.well for report in reports):
        raise typer.Exit(DATA_FAULT)


@more.command("lab")
def lab_command(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder to open.", show_default="the worked notebooks"),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only say where.")
    ] = True,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="N", help="First port to try.")
    ] = None,
) -> None:
    """Open JupyterLab on the start page of the worked notebooks."""
    from hwb_analysis.workbench import lab

    lab(folder, browser=browser, port=port)


@more.command("new")
def new_command(
    folder: Annotated[Path, typer.Argument(help="Folder to write; new or empty.")],
    like: Annotated[
        str,
        typer.Option(
            metavar="SLUG", help="Priority to copy as the example.", show_default="the first"
        ),
    ] = "",
) -> None:
    """Write a small working project: a registry, a notebook, a table of counts with its map."""
    from hwb_analysis.workbench import new_project

    print_lines(shown(path) for path in new_project(folder.absolute(), like=like))
    typer.echo(f"\nnext: read {shown(folder.absolute() / 'README.md')}")


texts = typer.Typer(
    help="Sections of reports that people write: new files, and a check.", rich_markup_mode=None
)
more.add_typer(texts, name="text")
Texts = Annotated[
    Path | None,
    typer.Option("--text", metavar="DIR", help="Where they lie.", show_default="reports/text"),
]


@texts.command("slots")
def text_slots_command(folder: Texts = None) -> None:
    """Write a file with guidance for every section that has none; none is written over."""
    from hwb_analysis.reports.human import write_slots
    from hwb_analysis.strategy import load_strategy

    made = write_slots(load_strategy(), folder)
    print_lines([*map(shown, made), f"{len(made)} files written"])


@texts.command("check")
def text_check_command(folder: Texts = None) -> None:
    """Read every section, tell every fault, and say how many are written."""
    from hwb_analysis.reports.human import check_texts
    from hwb_analysis.strategy import load_strategy

    written = check_texts(load_strategy(), folder)
    print_lines(f"{number:>3}  {owner}" for owner, number in written.items())


@local.command("plan")
def plan_command(
    view: Annotated[str, typer.Argument(help="Slug of a view, such as better-care-fund.")],
) -> None:
    """Write an empty form for plan and actual of a view."""
    from hwb_analysis.sources.plans import write_plan_form
    from hwb_analysis.strategy import load_strategy
    from hwb_analysis.strategy.views import find_view

    chosen = find_view(load_strategy(), view)
    typer.echo(shown(write_plan_form(chosen.slug, chosen.measures)))


def _snapshot_changes(older: str, newer: str, as_json: bool) -> None:
    from hwb_analysis.errors import UsageError
    from hwb_analysis.reports.parameters import snapshot_names
    from hwb_analysis.sources.differences import snapshot_differences
    from hwb_analysis.sources.snapshot import Snapshot, snapshot_at

    names = sorted(snapshot_names())
    new = newer or names[-1]
    before = [name for name in names if name < new]
    old = older or (before[-1] if before else "")
    if not old:
        raise UsageError(
            f"there is no snapshot before {new} to compare with",
            remedy="name one with --older, or make one with `hwb refresh`",
        )
    # Local figures stand beside either and are no part of it.
    plain = [Snapshot(snapshot_at(name)[0].folder) for name in (old, new)]
    found = list(snapshot_differences(*plain))
    if as_json:
        print_json({"older": old, "newer": new, "series": [f.as_dict() for f in found]})
        return
    head = f"from {old} to {new}: {len(found) or 'no'} series differ"
    print_lines([head, *(f"  {f.line()}" for f in found)])
