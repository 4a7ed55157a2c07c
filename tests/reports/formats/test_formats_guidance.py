"""The spreadsheet as the Analysis Function asks for it: wrapping, notes, shorthand, symbols."""

from __future__ import annotations

import re

import openpyxl
import pytest

from hwb_analysis.tables import SHORTHAND

MARK = re.compile(r"\[[a-z]+\]")
SUPERSCRIPTS = "¹²³⁰⁴⁵⁶⁷⁸⁹†‡*"


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(made.xlsx)


def _cells(book):
    for sheet in book:
        for table in sheet.tables.values():
            for row in sheet[table.ref]:
                for found in row:
                    yield sheet.title, found


def test_text_is_wrapped(book):
    texts = [cell for _, cell in _cells(book) if isinstance(cell.value, str)]
    assert len(texts) > 20
    assert [c.coordinate for c in texts if not c.alignment.wrap_text] == []


def test_notes_stand_in_titles_and_never_beside_a_number(book):
    assert "[note 1]" in book["Table_2"]["A1"].value
    marked = [c.value for _, c in _cells(book) if "[note" in str(c.value)]
    assert not [text for text in marked if re.match(r"[\d−-]", str(text))]
    every = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [text for text in every if any(sign in text for sign in SUPERSCRIPTS)]


def test_no_cell_is_made_of_symbols_only(book):
    """Letters, digits or a shorthand in brackets: a dash or a dot alone is read out as nothing."""
    alone = [(where, c.value) for where, c in _cells(book) if not re.search(r"\w", str(c.value))]
    assert alone == []


def test_only_known_shorthand_is_used(book):
    assert set(SHORTHAND) == {"[c]", "[x]", "[z]"}
    used = {m for _, c in _cells(book) for m in MARK.findall(str(c.value))}
    assert used
    assert used <= set(SHORTHAND)
