"""``hwb.report``: one report from Python, published as a run publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from hwb_analysis.errors import NotebookError
from hwb_analysis.paths import reports_dir
from hwb_analysis.reports import runner
from hwb_analysis.reports.manifest import PageState, RunRecord, RunStatus
from hwb_analysis.reports.publish import PAGE_NAME
from hwb_analysis.reports.runs import LOGS, RUNS

NOTES = {
    PageState.NEW: "made now",
    PageState.REUSED: "taken over, since nothing has changed",
}


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """A report that stands in its run's folder.

    ``page`` is the web page, ``files`` are all files below ``folder``, and ``run`` is the
    record of the whole run, which also stands in its manifest.
    """

    slug: str
    title: str
    folder: Path
    files: tuple[Path, ...]
    how: str
    run: RunRecord

    @property
    def page(self) -> Path:
        """The web page."""
        return self.folder / PAGE_NAME

    def file(self, ending: str) -> Path:
        """Return the document of a format, such as ``"pdf"``.

        Raises
        ------
        FileNotFoundError
            When the report was not asked for in that format.
        """
        found = [p for p in self.files if p.parent == self.folder and p.suffix == f".{ending}"]
        if not found:
            raise FileNotFoundError(f"{self.slug} was not made as {ending}: add it to formats")
        return found[0]

    def __repr__(self) -> str:
        """Return one line: which report, how it came, where it stands."""
        return f"Report({self.slug}: {self.how}, {self.page})"

    def _repr_html_(self) -> str:
        """Return a link to the page and the names of the documents beside it."""
        beside = [p for p in self.files if p.parent == self.folder and p != self.page]
        names = ", ".join(escape(path.name) for path in beside)
        link = f'<a href="{escape(self.page.as_uri())}">{escape(self.title)}</a>'
        return f"<p>{link}: {escape(self.how)}. Beside it: {names}.</p>"


def report(
    priority: str,
    *,
    formats: Sequence[str] = ("html",),
    out: Path | str | None = None,
    notebook: Path | str | None = None,
    jobs: int | None = None,
    force: bool = False,
    **parameters: str,
) -> Report:
    """Make the report of one priority and publish it; the other pages stay as they are.

    It is what ``hwb run --priority`` does: the notebook runs through papermill in a process
    of its own, is checked, and takes its place beside the Board page in one step.

    Parameters
    ----------
    priority
        Slug or code of a priority, or the slug of a further report (``"residents"``).
    formats
        ``html``, ``pdf``, ``docx``, ``xlsx``; the web page is always made.
    out
        Output folder; the folder of all reports when not given.
    notebook
        A notebook of your own in place of the template.
    jobs
        Processes at once: the Board page and the report itself.
    force
        Make it anew also where nothing has changed.
    **parameters
        Parameters of the notebook: ``area``, ``comparator``, ``data_cut``, ``audience``,
        ``suppression``.

    Returns
    -------
    Report
        Where it stands, its files, and the record of the run.

    Raises
    ------
    NotebookError
        The report could not be made; the last good one is kept with a notice.
    UsageError, ParameterError, DataContractError, DisclosureError
        As :func:`hwb_analysis.reports.runner.run`; nothing is published then.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> made = report("end-of-life", out=mkdtemp(), jobs=1)
    >>> made.page.name, made.how
    ('report.html', 'made now')
    """
    place = Path(out) if out is not None else reports_dir()
    record = runner.run(
        [priority],
        out=place,
        formats=formats,
        notebook=Path(notebook) if notebook is not None else None,
        jobs=jobs,
        force=force,
        parameters=parameters,
    )
    made = next(r for r in record.reports if r.status is not RunStatus.NOT_ASKED)
    folder = place / RUNS / record.run_id / made.slug
    if made.failed:
        raise NotebookError(
            f"the report was not made: {made.error}",
            where=made.slug,
            remedy=f"read {place / LOGS / record.run_id / made.slug}.log",
        )
    files = tuple(folder / name for name in sorted(made.outputs))
    return Report(made.slug, made.title, folder, files, NOTES[made.page], record)
