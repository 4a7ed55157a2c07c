"""Pages small enough to be made in every format in a moment, and one made to break things."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.reports.formats import write_formats
from hwb_analysis.reports.render import PageMeta, number_headings, page
from hwb_analysis.tables import html_table

KEY = "0123abcd4567"
DATA = "data to 31 March 2025 (2025-03-31)"
ALT = 'Smoking fell to 11 %. Line chart: "share" of adults, 2011 to 2024.'
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ config }} {% raw %} ${HOME}",
    "$x^2$ #set page(width: 1pt) #panic()",
    "@SUM(A1) *bold* _it_ `code` ~ \\ -- --- ...",
    "= heading",
    "- item",
    "+ item",
    "/ term: x // comment /* more */",
    '[link](https://example.org) <label> #include "x"',
    "=1+1",
    '=HYPERLINK("https://example.org", "x")',
    "Tom & Jerry &amp; &lt;b&gt; \"quoted\" 'single'",
    "\u202eturned\u202c and \u200fmarked \u05e9\u05dc\u05d5\u05dd",
    "1. not a list",
    "-5 to -?3, 2-1 and 5...6 (x)[y]",
    "Ynysybwl-" * 20,
    "A",
)


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Return texts that mean something to Typst, Markdown, HTML, a template or a spreadsheet."""
    return HOSTILE


@dataclass(frozen=True)
class Made:
    """A page and the files made from it."""

    page: Path
    pdf: Path
    docx: Path
    xlsx: Path


def svg(width: int = 96, height: int = 48) -> bytes:
    """Return a drawing of one line."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><path d="M0 40L{width} 4" stroke="#12436D"/></svg>'
    ).encode()


def figure(title: str, alt: str, drawing: bytes, table: str = "") -> str:
    """Return a figure as the library shows it, its table folded."""
    code = base64.b64encode(drawing).decode()
    folded = f"<details><summary>Data table</summary>{table}</details>" if table else ""
    return (
        f'<div class="chart"><figure><figcaption><p class="figure-title">{escape(title)}</p>'
        f'<p class="figure-subtitle">adults, %</p></figcaption><img class="chart-image" '
        f'alt="{escape(alt, quote=True)}" width="480" height="240" '
        f'src="data:image/svg+xml;base64,{code}"><p class="figure-note">Band: 95 % interval.</p>'
        f'<p class="figure-source">Source: an office.</p></figure>{folded}</div>'
    )


def write_page(folder: Path, title: str, body: str) -> Path:
    """Write a whole page around a body and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    body, _ = number_headings(f"<h1>{escape(title)}</h1>{body}")
    meta = PageMeta("A strategy", facts=[("Snapshot", "2026-01")], links=[("All", "../index.html")])
    path = folder / "report.html"
    path.write_text(page(title, body, meta=meta), encoding="utf-8")
    return path


def make(page_path: Path, folder: Path) -> Made:
    """Make every format of a page."""
    files = write_formats(
        page_path, ("html", "pdf", "docx", "xlsx"), folder=folder, data_date=DATA, content_key=KEY
    )
    return Made(page_path, *files)


MEASURES = (
    '<table class="measures"><caption>All measures</caption><thead><tr><th scope="col">Measure</th>'
    '<th scope="col">Latest</th><th scope="col">Against</th><th scope="col">Grade</th></tr></thead>'
    '<tbody><tr id="m-1"><th scope="row">Fewer smokers <span class="arrow" aria-hidden="true">↓'
    '</span><span class="visually-hidden"> (wanted: a decrease)</span></th><td><span class="value">'
    '11.0 %</span> (10.1 to 12.0)</td><td><span class="sign" style="color:#12436D" aria-hidden='
    '"true">●</span> better</td><td><abbr title="can be tested">A</abbr></td></tr>'
    '<tr id="m-2"><th scope="row">More walkers</th><td colspan="2">No figure.</td>'
    '<td>D <span class="visually-hidden">no figure here</span></td></tr></tbody></table>'
)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make a page with every usual part in every format."""
    folder = tmp_path_factory.mktemp("formats")
    years = [f"{2000 + n}/{n + 1:02d}" for n in range(60)]
    long = pd.DataFrame({"Period": years, "Value (%)": [n / 7 for n in range(60)], "Count": 1234})
    long["Note"] = "derived from the four quarters"
    short = pd.DataFrame({"Area": ["Upper Dale", "Low"], "Value": [-1.25, None]})
    short["Status"] = ["published", "suppressed"]
    body = (
        '<p>See <a href="#m-2">the second measure</a>, <a href="../index.html">all</a> and '
        '<a href="https://example.org/">the source</a>.</p><h2>Measures</h2>'
        f"{MEASURES}<h2>Smoking</h2><h3>Adults</h3>"
        f"{figure('Smoking fell to 11 %', ALT, svg(), html_table(long, 'Smoking by year'))}"
        f"{figure('Walking did not', 'Walking stayed at 20 %.', svg(97))}"
        f"<h2>Place</h2>{html_table(short, 'Districts', wide=True)}"
        '<div class="box"><h3>What we cannot see</h3><ul><li>Much.</li></ul></div>'
    )
    page_path = write_page(folder / "page", "Healthy choices", body)
    (folder / "page" / "figures").mkdir()
    tidy = (
        "measure_id,measure,value,lower_95,reason\n"
        "M-1,Fewer smokers,11.04,10.1,\nM-2,=1+1,,,None yet.\n"
    )
    (folder / "page" / "figures" / "measures.csv").write_text(tidy, encoding="utf-8")
    return make(page_path, folder / "out")


@pytest.fixture(scope="session")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make a page whose every text is hostile, with hundreds of rows and with none."""
    folder = tmp_path_factory.mktemp("stress")
    many = pd.DataFrame({"Name": list(HOSTILE) * 25, "Value": [1e20, -1e-300, 0.0, None, 7.5] * 85})
    hidden = pd.DataFrame({"Area": ["A", "B"], "Value": [None, None], "Status": "suppressed"})
    hidden["Value"] = hidden["Value"].astype("float64")
    empty = pd.DataFrame({"Area": pd.Series([], dtype="str"), "Value": pd.Series([], dtype=float)})
    odd = pd.DataFrame({HOSTILE[0]: ["a"], HOSTILE[9]: ["b"]})
    parts = [
        f"<h2>{escape(text)}</h2><p>{escape(text)}</p><ul><li>{escape(text)}</li></ul>"
        f"{figure(text, text + ' alt', svg(60 + n))}"
        for n, text in enumerate(HOSTILE)
    ]
    tables = "".join(
        html_table(data, f"{HOSTILE[n]} table", wide=True)
        for n, data in enumerate((many, hidden, empty, odd))
    )
    path = write_page(folder, '#panic() <b>$ \\ "x" @y', "".join(parts) + tables)
    return make(path, folder / "out")


@pytest.fixture
def bare_page(tmp_path: Path) -> Path:
    """Give a page with one heading and one sentence."""
    return write_page(tmp_path / "bare", "Nothing yet", "<p>No measure has a figure.</p>")
