"""Pandoc, called so that the same page gives the same bytes."""

from __future__ import annotations

import html
import subprocess
from collections.abc import Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hwb_analysis.reports.formats.document import Document

# Pandoc writes the time into its documents unless it is told another.
EPOCH = "1640995200"
WITHOUT = "install the extra 'reports', which holds pandoc and typst: uv pip install '.[reports]'"


@contextmanager
def asset(name: str) -> Iterator[Path]:
    """Give a file of the reports' assets as a path."""
    with as_file(files("hwb_analysis.reports") / "assets" / name) as path:
        yield path


def convert(document: Document, to: str, lua: str, options: Sequence[str] = ()) -> bytes:
    """Return the body of a document in another markup or format.

    Parameters
    ----------
    document
        From :func:`~hwb_analysis.reports.formats.document.prepare`.
    to
        Pandoc's name of the format.
    lua
        Name of the filter among the assets.
    options
        Further options of pandoc.

    Raises
    ------
    OutputError
        When pandoc is not installed or refuses the page.
    """
    source = document.folder / "body.html"
    source.write_text(_whole(document), encoding="utf-8")
    made = document.folder / f"body.{to.partition('+')[0]}"
    with asset(lua) as filter_path:
        done = subprocess.run(
            [
                _pandoc(),
                "--from=html-auto_identifiers",
                f"--to={to}",
                f"--lua-filter={filter_path}",
                "--wrap=none",
                f"--output={made.name}",
                *options,
                source.name,
            ],
            cwd=document.folder,
            env={"SOURCE_DATE_EPOCH": EPOCH, "LANG": "C.UTF-8", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise OutputError(
            f"pandoc could not turn the page into {to}: {done.stderr.strip()[-500:]}",
            where=str(document.page),
        )
    return made.read_bytes()


def _whole(document: Document) -> str:
    # As an element of the page a title is text whatever it holds; as an option it is not.
    title, product = html.escape(document.title), html.escape(document.product)
    subtitle = f'<meta name="subtitle" content="{product}">' if product != title else ""
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        f"{subtitle}</head><body>{document.html}</body></html>"
    )


def _pandoc() -> str:
    try:
        import pypandoc

        return str(Path(pypandoc.get_pandoc_path()).resolve())
    except (ImportError, OSError) as error:
        raise OutputError(f"pandoc was not found: {error}", remedy=WITHOUT) from error
