"""The spreadsheet: the Analysis Function's rules, numbers as numbers, texts as texts."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pytest

from hwb_analysis.reports.formats import write_formats
from hwb_analysis.reports.formats.grid import Cell, Grid, cell, widths
from hwb_analysis.reports.formats.xlsx import LONGEST, clipped, shorthand, unlike


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(made.xlsx)


def test_cover_contents_notes_then_one_table_a_sheet(book):
    names = ["Cover", "Contents", "Notes", "Table_1", "Table_2", "Table_3"]
    assert book.sheetnames == names
    assert [len(book[name].tables) for name in names] == [0, 1, 1, 1, 1, 1]
    assert book["Cover"]["A1"].value == "Healthy choices"
    cover = [row[0].value for row in book["Cover"].iter_rows()]
    assert "A strategy" in cover
    assert "Content key: 0123abcd4567" in cover
    assert any(text.startswith("Not official statistics.") for text in cover)
    assert book.properties.title == "Healthy choices"


def test_contents_lead_to_every_sheet(book):
    sheet = book["Contents"]
    listed = [(row[0].value, row[0].hyperlink.location) for row in sheet.iter_rows(min_row=4)]
    assert listed == [(n, f"'{n}'!A1") for n in ("Notes", "Table_1", "Table_2", "Table_3")]
    assert [row[1].value for row in sheet.iter_rows(min_row=4)][1:] == [
        "All measures",
        "Smoking by year",
        "Districts",
    ]


def test_no_merged_hidden_frozen_filtered_or_empty_part(book):
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert sheet.freeze_panes is None
        assert sheet.auto_filter.ref is None
        assert not any(d.hidden for d in sheet.row_dimensions.values())
        for table in sheet.tables.values():
            cells = [c for row in sheet[table.ref] for c in row]
            assert all(c.value not in (None, "") for c in cells)
            assert table.autoFilter is None
        rows = [[c.value for c in row] for row in sheet.iter_rows()]
        assert all(any(v is not None for v in row) for row in rows), sheet.title


def test_numbers_are_numbers_and_what_is_missing_says_why(book):
    sheet = book["Table_3"]
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert rows["Upper Dale"][1].value == -1.3
    assert rows["Upper Dale"][1].number_format == "#,##0.0"
    assert rows["Low"][1].value == "[c]"
    told = [v for v in (row[0].value for row in sheet.iter_rows()) if str(v).startswith("Short")]
    assert told == ["Shorthand: [c] confidential: suppressed by the publisher."]
    year = book["Table_2"]
    counts = [row[2].value for row in year.iter_rows(min_row=6)]
    assert set(counts) == {1234}


def test_remarks_stand_once_in_the_notes(book):
    notes = {row[0].value: row[1].value for row in book["Notes"].iter_rows(min_row=4)}
    assert notes["Note 1"] == "Band: 95 % interval."
    assert book["Table_2"]["A1"].value == "Table 2: Smoking by year [note 1]"
    assert "Source: an office." in [row[0].value for row in book["Table_2"].iter_rows()]


def test_measures_come_tidily_from_the_file_beside_the_page(book):
    sheet = book["Table_1"]
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    assert rows[-3:] == [
        ["Measure id", "Measure", "Value", "Lower 95", "Reason"],
        ["M-1", "Fewer smokers", 11.04, 10.1, "[z]"],
        ["M-2", "=1+1", "[x]", "[x]", "None yet."],
    ]


def test_without_that_file_the_page_is_taken(stressed, tmp_path, made):
    page = tmp_path / "report.html"
    page.write_bytes(made.page.read_bytes())
    (xlsx,) = write_formats(page, ("xlsx",), folder=tmp_path)
    rows = list(openpyxl.load_workbook(xlsx)["Table_1"].iter_rows(values_only=True))
    assert rows[-1] == ("More walkers", "No figure.", "[z]", "D no figure here")


def test_no_cell_is_a_formula_or_an_outside_link(made, stressed):
    for path in (made.xlsx, stressed.xlsx):
        with zipfile.ZipFile(path) as archive:
            sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
            xml = "".join(archive.read(n).decode() for n in sheets)
            links = [n for n in archive.namelist() if "_rels/sheet" in n]
            outside = "".join(archive.read(n).decode() for n in links)
        assert not re.search(r"<f[ >]", xml)
        assert "External" not in outside


def test_hostile_texts_come_out_as_they_went_in(stressed, hostile):
    book = openpyxl.load_workbook(stressed.xlsx)
    names = [row[0].value for row in book["Table_1"].iter_rows()][-425:]
    assert names == [" ".join(text.split()) for text in hostile] * 25
    assert book["Table_3"].tables["table_3"].ref.endswith("B5")
    values = {row[1].value for row in book["Table_2"].iter_rows(min_row=5)}
    assert values == {"[c]"}


def test_equal_bytes_on_repetition(made, tmp_path):
    (again,) = write_formats(
        made.page,
        ("xlsx",),
        folder=tmp_path,
        data_date="data to 31 March 2025 (2025-03-31)",
        content_key="0123abcd4567",
    )
    assert again.read_bytes() == made.xlsx.read_bytes()


def test_a_page_without_tables_still_has_a_workbook(bare_page, tmp_path):
    (xlsx,) = write_formats(bare_page, ("xlsx",), folder=tmp_path)
    assert openpyxl.load_workbook(xlsx).sheetnames == ["Cover", "Contents", "Notes"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.5", 1234.5), ("−0.3", -0.3), ("-7", -7.0), ("[x]", None), ("9 %", None), ("", None)],
)
def test_a_number_is_read_only_where_nothing_else_is_shown(text, number):
    assert cell(text, numeric=True).number == number
    assert cell(text).number is None


def test_shorthand_is_explained_only_where_used():
    assert shorthand(Grid("c", ("a",), ((Cell("1", 1.0),),))) == ""


def test_long_texts_and_like_headings():
    assert len(clipped("x" * (LONGEST + 5))) == LONGEST
    assert unlike(["A", "a", "A", ""]) == ["A", "a (2)", "A (3)", "Column 4"]


def test_widths_are_shares_and_longer_texts_get_more():
    rows = tuple((Cell("A"), Cell("a long remark on what stands beside it")) for _ in range(4))
    shares = widths(Grid("c", ("Area", "Note"), rows))
    assert sum(shares) == pytest.approx(1)
    assert shares[1] > 3 * shares[0]
    assert widths(Grid("c", (), ())) == []
