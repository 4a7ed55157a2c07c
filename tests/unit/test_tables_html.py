"""Tables: caption, scoped headers, no blank cell, nothing unescaped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from hwb_analysis.errors import AccessibilityError, DataContractError
from hwb_analysis.tables import html_table

FRAME = pd.DataFrame(
    {
        "Area": ["A & B", "C"],
        "Value (%)": [1234.56, np.nan],
        "Count": [1000000, 7],
        "Status": ["published", "suppressed"],
    }
)


def _soup(frame: pd.DataFrame, caption: str = "Shares", **options: object) -> BeautifulSoup:
    return BeautifulSoup(html_table(frame, caption, **options), "html5lib")  # type: ignore[arg-type]


def _cells(soup: BeautifulSoup) -> list[list[str]]:
    rows = soup.find("tbody").find_all("tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]


def test_caption_and_headers_are_marked() -> None:
    soup = _soup(FRAME)
    assert soup.caption.get_text() == "Shares"
    assert [th["scope"] for th in soup.thead.find_all("th")] == ["col"] * 4
    assert [tr.th["scope"] for tr in soup.tbody.find_all("tr")] == ["row", "row"]
    assert all(len(tr.find_all("th")) == 1 for tr in soup.tbody.find_all("tr"))


def test_numbers_are_written_for_readers_and_aligned() -> None:
    soup = _soup(FRAME)
    assert _cells(soup)[0] == ["A & B", "1,234.6", "1,000,000", "published"]
    row = soup.tbody.tr.find_all(["th", "td"])
    assert [cell.get("class") for cell in row] == [None, ["number"], ["number"], None]


def test_a_missing_cell_says_why_and_the_mark_is_explained_above() -> None:
    soup = _soup(FRAME)
    assert _cells(soup)[1][1] == "[c]"
    note = soup.find("p", class_="table-note")
    assert "[c] confidential" in note.get_text()
    assert note.find_next("table") is not None
    assert "[x]" not in note.get_text()


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA, pd.NaT, ""])
def test_no_cell_is_ever_blank(gap: object) -> None:
    frame = pd.DataFrame({"Area": ["A"], "Note": pd.Series([gap], dtype="object")})
    assert _cells(_soup(frame)) == [["A", "[x]"]]
    assert _cells(_soup(frame, missing="[z]")) == [["A", "[z]"]]


def test_markup_in_data_is_text() -> None:
    frame = pd.DataFrame({"<b>Area</b>": ["<script>alert(1)</script>"], "n": [1]})
    html = html_table(frame, 'a "caption" <i>', wide=True)
    soup = BeautifulSoup(html, "html5lib")
    assert soup.find(["script", "b", "i"]) is None
    assert soup.caption.get_text() == 'a "caption" <i>'
    assert soup.find("div")["aria-label"] == 'a "caption" <i>'


def test_html_made_here_can_be_let_through() -> None:
    frame = pd.DataFrame({"Area": ["A"], "Link": ['<a href="#x">x</a>']})
    assert _soup(frame, html_columns=["Link"]).find("a")["href"] == "#x"
    assert _soup(frame).find("a") is None


def test_a_wide_table_can_be_reached_and_scrolled() -> None:
    region = _soup(FRAME, wide=True).find("div")
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert region["aria-label"] == "Shares"
    assert region.find("table") is not None


def test_decimals_can_be_set_for_all_or_by_heading() -> None:
    assert _cells(_soup(FRAME, decimals=0))[0][1] == "1,235"
    assert _cells(_soup(FRAME, decimals={"Value (%)": 2}))[0][1:3] == ["1,234.56", "1,000,000"]


def test_another_column_can_head_the_rows() -> None:
    assert _soup(FRAME, header_column=3).tbody.th.get_text() == "published"


def test_dates_are_written_for_readers() -> None:
    frame = pd.DataFrame({"Day": pd.to_datetime(["2024-05-01"]), "n": [1]})
    assert _cells(_soup(frame)) == [["1 May 2024", "1"]]


@pytest.mark.parametrize("caption", ["", "   "])
def test_a_table_without_a_caption_is_refused(caption: str) -> None:
    with pytest.raises(AccessibilityError, match="caption"):
        html_table(FRAME, caption)


def test_a_column_without_a_heading_is_refused() -> None:
    with pytest.raises(AccessibilityError, match="heading"):
        html_table(pd.DataFrame({"": [1]}), "Shares")


def test_a_heading_twice_is_refused() -> None:
    with pytest.raises(DataContractError, match="once"):
        html_table(pd.DataFrame([[1, 2]], columns=["n", "n"]), "Shares")
