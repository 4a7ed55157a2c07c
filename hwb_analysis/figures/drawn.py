"""A finished figure: pictures, words for those who do not see them, and the numbers."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from hwb_analysis.errors import AccessibilityError, DataContractError, OutputError
from hwb_analysis.figures.shown_axes import shown_axes
from hwb_analysis.style import PNG_DPI, stylesheet
from hwb_analysis.tables import html_table, without_repeats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = '<p class="figure-title">'
IN_A_NOTEBOOK = "font-weight: bold; font-size: 1.15em; margin-bottom: 0"
CSS_PIXELS_PER_INCH = 96
_PATH = re.compile(r' d="[^"]*"')
_STEP = re.compile(r"\s*\n([A-Za-z])\s?")
_LONG = re.compile(r"\d+\.\d{3,}")
_PLACE = re.compile(r"translate\([^)]*\)")
_INDENT = re.compile(r"\n\s+")
# The name of the typeface stands before the number of every letter.
_GLYPH = re.compile(r"(?<=[\"#])DejaVuSans(-Bold)?-")
_NAME = re.compile(r"^[a-z0-9][a-z0-9._-]*$")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about a figure.

    ``title`` states the finding; ``subtitle`` says measure, unit, area and period;
    ``caption`` explains the marks; ``alt`` is for those who do not see the picture.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    caption: str
    source: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure as SVG and PNG, with its words and its data.

    ``data`` holds every plotted row and becomes the CSV file; ``table`` is a shorter
    one to show on the page where the data are too long for it. With ``beside`` the table
    stands open next to the picture, as that of a map does. ``axes`` are matplotlib's, to
    be changed by hand; that changes neither ``svg`` nor ``png``.

    Raises
    ------
    AccessibilityError
        When the alt text, the title or the source is empty.
    DataContractError
        When the name cannot be a file name or no data stand behind the picture.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    caption: str
    source: str
    data: pd.DataFrame
    svg: str
    png: bytes
    size: tuple[float, float]
    decimals: Mapping[str, int] = field(default_factory=dict)
    table: pd.DataFrame | None = None
    beside: bool = False
    # What was drawn, for those who want to change it; the pictures above stay as they are.
    axes: Axes | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        empty = [n for n in ("alt", "title", "source") if not getattr(self, n).strip()]
        if empty:
            raise AccessibilityError(
                f"a figure needs its {', '.join(empty)}",
                where=self.name,
                remedy="say the finding in the title, then what the chart is in the alt text",
            )
        if not _NAME.match(self.name):
            raise DataContractError(
                f"'{self.name}' was given as the name of a figure; lower-case letters, "
                "digits, hyphens and points were expected",
                remedy="it becomes the name of its files: write for instance 'trend-mmr2'",
            )
        if self.data.empty:
            raise DataContractError("no data stand behind the figure", where=self.name)

    def __repr__(self) -> str:
        return f"Drawn({self.name}: {self.title}; {len(self.data)} rows)"

    def to_html(self) -> str:
        """Return ``<figure>`` with image, title and source, then the folded data table."""
        return (
            f'<div class="{"chart beside" if self.beside else "chart"}">\n<figure>\n'
            f"<figcaption>{TITLE}{_together(self.title)}</p>"
            f'<p class="figure-subtitle">{_together(self.subtitle)}</p></figcaption>\n'
            f"{self._image()}\n{self._notes()}</figure>\n{self._details()}</div>"
        )

    def _image(self) -> str:
        width, height = (round(side * CSS_PIXELS_PER_INCH) for side in self.size)
        code = base64.b64encode(self.svg.encode()).decode()
        return (
            f'<img class="chart-image" alt="{escape(self.alt, quote=True)}" width="{width}" '
            f'height="{height}" src="data:image/svg+xml;base64,{code}">'
        )

    def _notes(self) -> str:
        note = f'<p class="figure-note">{escape(self.caption)}</p>\n' if self.caption else ""
        return f'{note}<p class="figure-source">Source: {escape(self.source)}</p>\n'

    def _details(self) -> str:
        rows = self.data if self.table is None else self.table
        rows, note = without_repeats(rows)
        caption = self.subtitle or self.title
        table = html_table(rows, caption, decimals=self.decimals, wide=True, note=note)
        summary = f'Data table<span class="visually-hidden">: {escape(self.title)}</span>'
        state = " open" if self.beside else ""
        return f"<details{state}><summary>{summary}</summary>\n{table}\n</details>\n"

    def _repr_html_(self) -> str:
        # A notebook has no style sheet of ours: the title must still look like one.
        return self.to_html().replace(TITLE, f'{TITLE[:-1]} style="{IN_A_NOTEBOOK}">', 1)

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write ``<name>.svg``, ``.png`` and ``.csv`` into a folder and return the paths."""
        csv = self.data.to_csv(index=False, lineterminator="\n")
        contents = {".svg": self.svg.encode(), ".png": self.png, ".csv": csv.encode()}
        paths = tuple(folder / f"{self.name}{suffix}" for suffix in contents)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path, content in zip(paths, contents.values(), strict=True):
                path.write_bytes(content)
        except OSError as error:
            raise OutputError(
                f"the figure could not be written: {error.strerror}",
                where=str(folder),
                remedy="give a folder that can be written",
            ) from error
        return paths


def finish(
    figure: Figure,
    words: Words,
    data: pd.DataFrame,
    decimals: Mapping[str, int] | None = None,
    table: pd.DataFrame | None = None,
    beside: bool = False,
) -> Drawn:
    """Turn a matplotlib figure into a :class:`Drawn`, byte for byte the same each time.

    The ids inside the SVG are salted with its words and numbers: two different figures
    on one page never share an id, and the same figure always has the same ones.
    """
    import matplotlib as mpl

    svg, png = io.StringIO(), io.BytesIO()
    with stylesheet(), mpl.rc_context({"svg.hashsalt": _salt(words, data)}):
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", dpi=PNG_DPI, metadata={"Software": None})
    width, height = figure.get_size_inches()
    return Drawn(
        name=words.name,
        title=words.title,
        subtitle=words.subtitle,
        alt=words.alt,
        caption=words.caption,
        source=words.source,
        data=data.reset_index(drop=True),
        svg=_lighter(svg.getvalue()),
        png=png.getvalue(),
        size=(float(width), float(height)),
        decimals=dict(decimals or {}),
        table=table,
        beside=beside,
        axes=shown_axes(figure, words.alt),
    )


def _together(text: str) -> str:
    """Return a text for a page, each per cent sign on the line of its number."""
    return escape(text).replace(" %", "\u00a0%")


def _salt(words: Words, data: pd.DataFrame) -> str:
    content = "\n".join((words.name, words.title, words.subtitle, data.to_csv(index=False)))
    return hashlib.sha256(content.encode()).hexdigest()


def _lighter(svg: str) -> str:
    """Return the SVG to a hundredth of a point, without indents and long names of letters."""
    light = _PATH.sub(lambda path: _STEP.sub(r"\1", _LONG.sub(_short, path[0])), svg)
    light = _PLACE.sub(lambda place: _LONG.sub(_short, place[0]), light)
    light = _INDENT.sub("\n", light)
    return _GLYPH.sub(lambda glyph: "b" if glyph[1] else "g", light)


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
