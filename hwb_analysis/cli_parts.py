"""What the commands share: common options, the output folder, and how things are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TextIO

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for a machine.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Output folder.", show_default="reports/")
]


def folder(out: Path | None) -> Path:
    """Return the output folder that an option names, or the usual one."""
    from hwb_analysis.paths import reports_dir

    return (out or reports_dir()).absolute()


def print_json(value: object) -> None:
    """Print one JSON object."""
    # Escaped where the reader's encoding is another: the text stays JSON.
    typer.echo(json.dumps(value, indent=1, ensure_ascii=not is_utf8(sys.stdout)))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        typer.echo(line)


def print_columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table with a head, numbers to the right."""
    table = [head, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    numeric = [all(row[i].isdigit() for row in table[1:]) for i in range(len(head))]
    for row in table:
        cells = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ]
        typer.echo("  ".join(cells).rstrip())


def shown(path: Path) -> str:
    """Return a path as seen from the working folder where it lies below it."""
    inside = path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd()) if inside else path)


def is_utf8(stream: TextIO) -> bool:
    """Say whether a stream takes every letter."""
    return (stream.encoding or "").lower().replace("-", "") == "utf8"
