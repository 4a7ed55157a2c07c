"""Write the two forms, each as CSV and as a workbook that guides the hand."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from hwb_analysis.errors import OutputError
from hwb_analysis.sources.local.folder import local_folder
from hwb_analysis.sources.returns.forms import COMMITMENTS, MEASURES, Form, given_rows
from hwb_analysis.sources.returns.workbook import write_xlsx
from hwb_analysis.strategy.model import Strategy


def write_templates(
    strategy: Strategy, folder: Path | str | None = None, *, overwrite: bool = False
) -> tuple[Path, ...]:
    """Write the forms for measures and commitments, as CSV and XLSX.

    Parameters
    ----------
    strategy
        Whose local and qualitative measures, and whose commitments, are asked for.
    folder
        Where to; by default ``data/local/returns``.
    overwrite
        Whether a form that is there may be replaced; it may have been filled.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OutputError
        When a form is there already, or the folder cannot be written.
    """
    place = Path(folder) if folder is not None else local_folder() / "returns"
    forms = (MEASURES, COMMITMENTS)
    paths = [place / f"{form.name}.{kind}" for form in forms for kind in ("csv", "xlsx")]
    held = [path.name for path in paths if path.exists()]
    if held and not overwrite:
        raise OutputError(
            f"no forms were expected in the folder, it holds {', '.join(held)}",
            where=str(place),
            remedy="name an empty folder, or replace them with --replace",
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
        for form in forms:
            rows = given_rows(strategy, form)
            _write_csv(place / f"{form.name}.csv", form, rows)
            write_xlsx(place / f"{form.name}.xlsx", form, rows, strategy)
    except OSError as error:
        raise OutputError(
            f"the forms cannot be written: {error.strerror or error}",
            where=str(place),
            remedy="free space or choose another folder",
        ) from error
    return tuple(paths)


def _write_csv(path: Path, form: Form, rows: Sequence[tuple[str, ...]]) -> None:
    blank = ("",) * len(form.answers)
    half = path.with_suffix(".part")
    # The mark at the head lets a spreadsheet read the file as UTF-8.
    with half.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(form.headings)
        writer.writerows((*row, *blank) for row in rows)
    os.replace(half, path)
