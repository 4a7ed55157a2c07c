"""Separated text as offices send it: loaded right, or refused with row, column and remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hwb_analysis.sources.local import LocalFileError, load_check
from hwb_analysis.sources.local.load import read_truth

HEAD = "District,Year,Trained,Staff,Per cent\n"
GOOD = HEAD + "Blaby,2023/24,12,120,10\nMelton,2023/24,30,120,25\n"
NOTED = {"columns.note": {"column": "Note"}}


@dataclass(frozen=True)
class Case:
    """One file: what it says when refused, else the values that it holds."""

    name: str
    content: str | bytes
    says: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    map: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode()


def _row(*cells: str) -> str:
    return HEAD + ",".join(cells) + "\n"


def _value(cell: str) -> str:
    return _row("Blaby", "2023/24", "", "", cell)


LOADED = [
    Case("plain", GOOD, values=(10, 25)),
    Case("byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), values=(10, 25)),
    Case("UTF-16 of a spreadsheet", GOOD.encode("utf-16"), values=(10, 25)),
    Case("UTF-16, large end first", b"\xfe\xff" + GOOD.encode("utf-16-be"), values=(10, 25)),
    Case("UTF-16 without a mark", GOOD.encode("utf-16-le"), values=(10, 25)),
    Case(
        "Windows-1252",
        HEAD.replace("\n", ",Note\n").encode() + "Blaby,2023/24,12,120,10,café\n".encode("cp1252"),
        values=(10,),
        map=NOTED,
    ),
    Case("semicolons", GOOD.replace(",", ";"), values=(10, 25)),
    Case("tabs", GOOD.replace(",", "\t"), values=(10, 25)),
    Case("bars", GOOD.replace(",", "|"), values=(10, 25)),
    Case("separator line", "sep=;\r\n" + GOOD.replace(",", ";"), values=(10, 25)),
    Case("Windows line ends", GOOD.replace("\n", "\r\n"), values=(10, 25)),
    Case("old Macintosh line ends", GOOD.replace("\n", "\r"), values=(10, 25)),
    Case("no last line end", GOOD.rstrip("\n"), values=(10, 25)),
    Case("end mark of DOS", GOOD + "\x1a", values=(10, 25)),
    Case(
        "thousands separated",
        _row("Blaby", "2023/24", '"1,200"', '"12,000"', "10"),
        values=(10,),
    ),
    Case(
        "thousands by hard spaces",
        _row("Blaby", "2023/24", "1\u00a0200", "12\u202f000", "10"),
        values=(10,),
    ),
    Case(
        "decimal commas",
        HEAD.replace(",", ";") + "Blaby;2023/24;1.200;12.000;10,5\n",
        values=(10.5,),
        map={"decimal": ","},
    ),
    Case("percent signs", _value("10.5%") + "Melton,2023/24,,,25 %\n", values=(10.5, 25)),
    Case("blank rows", GOOD.replace("Melton", ",,,,\n\n  ,,,,\nMelton"), values=(10, 25)),
    Case("empty columns to the right", GOOD.replace("\n", ",,\n"), values=(10, 25)),
    Case(
        "other columns and order",
        "X,Per cent,Staff,Trained,Year,District\n?,10,120,12,2023/24,Blaby\n",
        values=(10,),
    ),
    Case("headings in capitals", GOOD.replace("Per cent", " PER  CENT "), values=(10, 25)),
    Case(
        "rows above the headings",
        "Training 2026,,,,\n,,,,\n" + GOOD,
        values=(10, 25),
        map={"header_row": 3},
    ),
    Case(
        "a line end in a text",
        GOOD.replace("Blaby", '"Bla\nby"').replace("Bla\nby", "Blaby\n"),
        values=(10, 25),
    ),
    Case("codes of areas", GOOD.replace("Blaby", "e07000129"), values=(10, 25)),
    Case("year with a hyphen", GOOD.replace("2023/24", "2023-24"), values=(10, 25)),
    Case(
        "left out total",
        GOOD + "Total,2023/24,42,240,17.5\n",
        values=(10, 25),
        map={"leave_out": [{"column": "District", "values": ["total"]}]},
    ),
    Case(
        "own spelling",
        GOOD.replace("Blaby", "Blaby DC"),
        values=(10, 25),
        map={"columns.area.words": {"Blaby DC": "E07000129"}},
    ),
    Case(
        "day numbers announced",
        GOOD.replace("2023/24", "45017"),
        values=(10, 25),
        map={"columns.period.format": "spreadsheet", "columns.period.length": "P1Y"},
    ),
    Case("worked out", GOOD, values=(10, 25), map={"columns.value": None}),
    Case(
        "fractions announced",
        _value("0.105"),
        values=(10.5,),
        map={"columns.value.scale": "fraction"},
    ),
    Case("a sign before a number", _value("+10.5"), values=(10.5,)),
]
REFUSED = [
    Case("empty", "", says=("an empty file came",)),
    Case("headings only", HEAD, says=("rows below the headings", "none came")),
    Case("blank first row", "\n" + GOOD, says=("column A, row 1", "header_row: 2")),
    Case("title above", "Training,,,,\n" + GOOD, says=("row 2", "header_row: 2")),
    Case(
        "heading missing",
        GOOD.replace("Per cent", "Percent"),
        says=("column E, row 1", "'Per cent'", "did you mean 'Percent'"),
    ),
    Case(
        "heading twice",
        GOOD.replace("Staff", "Trained"),
        says=("column D 'Trained', row 1", "in columns C and D"),
    ),
    Case(
        "byte of no encoding",
        GOOD.encode().replace(b"Melton", b"Mel\x81ton"),
        says=("column A, row 3", "byte 0x81"),
    ),
    Case(
        "not the stated encoding",
        GOOD.encode().replace(b"Melton", b"M\xe9lton"),
        says=("column A, row 3", "byte 0xE9", "UTF-8"),
        map={"encoding": "utf-8"},
    ),
    Case("encoding that is none", GOOD, says=("no encoding 'utf-99'",), map={"encoding": "utf-99"}),
    Case("null character", GOOD.replace("30", "3\x000"), says=("column C, row 3", "U+0000")),
    Case(
        "replacement character", GOOD.replace("30", "3\ufffd"), says=("column C, row 3", "U+FFFD")
    ),
    Case("open quote", GOOD.replace("Melton", '"Melton'), says=("column A, row 3", "never closed")),
    Case(
        "quote inside",
        GOOD.replace("Melton", '"Mel"ton'),
        says=("column A, row 3", "does not end where its cell ends"),
    ),
    Case(
        "row cut short",
        GOOD + "Harborough,2023/24,5\n",
        says=("column D, row 4", "5 cells were expected, 3 came"),
    ),
    Case(
        "thousands not in quotes",
        GOOD + "Harborough,2023/24,1,200,12000,10\n",
        says=("column F, row 4", "to the right"),
    ),
    Case("word for a number", _value("ten"), says=("column E 'Per cent', row 2", "'ten' came")),
    Case(
        "decimal comma unannounced",
        _value('"10,5"'),
        says=("column E 'Per cent', row 2", "decimal: ','"),
    ),
    Case(
        "decimal point against the map",
        HEAD.replace(",", ";") + "Blaby;2023/24;;;10.5\n",
        says=("column E 'Per cent', row 2", "write a comma"),
        map={"decimal": ","},
    ),
    Case(
        "groups of two digits",
        _row("Blaby", "2023/24", '"1,20"', "9000", "1"),
        says=("column C 'Trained', row 2", "'1,20' came"),
    ),
    Case(
        "scientific",
        _row("Blaby", "2023/24", "1.2E+03", "9000", "13"),
        says=("column C 'Trained', row 2", "all its digits"),
    ),
    Case(
        "percent of a count",
        _row("Blaby", "2023/24", "12%", "120", "10"),
        says=("column C 'Trained', row 2", "without a percent sign"),
    ),
    Case(
        "error of a spreadsheet",
        _value("#DIV/0!"),
        says=("column E 'Per cent', row 2", "mend the formula"),
    ),
    Case(
        "below a threshold",
        _row("Blaby", "2023/24", "<5", "120", "1"),
        says=("column C 'Trained', row 2", "add '<5'"),
    ),
    Case("infinity", _value("inf"), says=("column E 'Per cent', row 2", "'inf' came")),
    Case("no number", _value("nan"), says=("column E 'Per cent', row 2", "'nan' came")),
    Case("other digits", _value("\u0661\u0662"), says=("column E 'Per cent', row 2", "came")),
    Case("currency", _value("£10"), says=("column E 'Per cent', row 2", "'£10' came")),
    Case("accountants' minus", _value("(10)"), says=("column E 'Per cent', row 2", "'(10)' came")),
    Case("formula", _value("=C2/D2"), says=("column E 'Per cent', row 2", "is not run")),
    Case("formula by a plus", _value("+C2"), says=("column E 'Per cent', row 2", "is not run")),
    Case(
        "injection in a text",
        HEAD.replace("\n", ",Note\n") + 'Blaby,2023/24,12,120,10,"=HYPERLINK(""http://x"")"\n',
        says=("column F 'Note', row 2", "starts like a formula"),
        map=NOTED,
    ),
    Case(
        "injection by a command",
        HEAD.replace("\n", ",Note\n") + "Blaby,2023/24,12,120,10, -cmd|' /C calc'!A0\n",
        says=("column F 'Note', row 2", "starts like a formula"),
        map=NOTED,
    ),
    Case(
        "injection by an at",
        HEAD.replace("\n", ",Note\n") + "Blaby,2023/24,12,120,10,@SUM(1)\n",
        says=("column F 'Note', row 2", "starts like a formula"),
        map=NOTED,
    ),
    Case(
        "unknown area",
        GOOD.replace("Melton", "Meltn"),
        says=("column A 'District', row 3", "did you mean 'Melton'"),
    ),
    Case(
        "no area",
        GOOD.replace("Melton", ""),
        says=("column A 'District', row 3", "an area was expected"),
    ),
    Case(
        "name where codes are",
        GOOD.replace("Blaby", "E07000129"),
        says=("column A 'District', row 3", "the code of an area"),
        map={"columns.area.by": "code"},
    ),
    Case(
        "small area of another year",
        GOOD.replace("Melton", "E01999999"),
        says=("column A 'District', row 3", "E01999999"),
    ),
    Case(
        "period of no form",
        GOOD.replace("Melton,2023/24", "Melton,last year"),
        says=("column B 'Year', row 3", "'last year'"),
    ),
    Case(
        "year that skips one",
        GOOD.replace("Melton,2023/24", "Melton,2023/25"),
        says=("column B 'Year', row 3", "write 2023/24"),
    ),
    Case(
        "no period",
        GOOD.replace("Melton,2023/24", "Melton,"),
        says=("column B 'Year', row 3", "a period was expected"),
    ),
    Case(
        "day that does not exist",
        GOOD.replace("Melton,2023/24", "Melton,2023-02-30"),
        says=("column B 'Year', row 3", "2023-02-30"),
    ),
    Case(
        "day number unannounced",
        GOOD.replace("2023/24", "45017"),
        says=("column B 'Year', rows 2 and 3", "2023-04-01", "format: spreadsheet"),
        map={"columns.period.format": "%d/%m/%Y"},
    ),
    Case(
        "American day",
        GOOD.replace("2023/24", "04/31/2023"),
        says=("column B 'Year', rows 2 and 3", "in the form %d/%m/%Y"),
        map={"columns.period.format": "%d/%m/%Y"},
    ),
    Case(
        "half a person",
        _row("Blaby", "2023/24", "12.5", "120", "10"),
        says=("column C 'Trained', row 2", "whole count"),
    ),
    Case(
        "negative count",
        _row("Blaby", "2023/24", "-12", "120", "10"),
        says=("column C 'Trained', row 2", "0 or more"),
    ),
    Case(
        "nobody to count among",
        _row("Blaby", "2023/24", "0", "0", "0"),
        says=("column D 'Staff', row 2", "above 0"),
    ),
    Case(
        "more than all",
        _row("Blaby", "2023/24", "130", "120", "100"),
        says=("column C 'Trained', row 2", "at most its denominator"),
    ),
    Case("above a hundred", _value("101"), says=("column E 'Per cent', row 2", "0 to 100")),
    Case(
        "fraction unannounced",
        _value("0.105"),
        says=("column E 'Per cent', row 2", "scale: fraction"),
    ),
    Case(
        "not plausible",
        GOOD,
        says=("column E 'Per cent', row 3", "from 0 to 20"),
        map={"plausible": [0, 20]},
    ),
    Case(
        "key twice",
        GOOD + "Blaby,2023/24,12,120,10\n",
        says=("column A 'District', rows 2 and 4", "one row for each"),
    ),
    Case(
        "limits that miss the value",
        GOOD,
        says=("column C 'Trained', rows 2 and 3", "at or below the value"),
        map={"columns.lower_95": {"column": "Trained"}, "columns.upper_95": {"column": "Staff"}},
    ),
    Case(
        "sex of no word",
        HEAD.replace("\n", ",Sex\n") + "Blaby,2023/24,12,120,10,x\n",
        says=("column F 'Sex', row 2", "Male, Female or Persons"),
        map={"columns.sex": {"column": "Sex"}},
    ),
    Case(
        "last day first",
        HEAD.replace("Year", "From,To") + "Blaby,2024-03-31,2023-04-01,12,120,10\n",
        says=("column C 'To', row 2", "exchange"),
        map={"columns.period": {"start": "From", "end": "To"}},
    ),
]


@pytest.mark.parametrize("case", LOADED, ids=lambda c: c.name)
def test_loaded_right(case: Case, tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_bytes(case.data)
    data = read_truth(write_map(case.map), path)
    assert data.frame["value"].tolist() == pytest.approx(list(case.values))
    assert set(data.frame["area_code"]) <= {"E07000129", "E07000133"}
    assert set(data.frame["period"]) == {"2023/24"}


@pytest.mark.parametrize("case", REFUSED, ids=lambda c: c.name)
def test_refused_with_its_place(case: Case, tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_bytes(case.data)
    report = load_check(path, write_map(case.map))
    lines = [str(fault) for fault in report.faults]
    assert any(all(part in line for part in case.says) for line in lines), lines
    assert "cannot be loaded" in str(report)


def test_every_fault_in_one_message(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_text(HEAD + "Blby,2023/24,12,120,ten\nMelton,2023/25,1.5,120,=A1\n")
    with pytest.raises(LocalFileError, match=r"5 faults in the file training\.csv") as caught:
        read_truth(write_map(), path)
    places = [(fault.column and fault.column.letter, fault.rows) for fault in caught.value.faults]
    assert sorted(places) == [("A", (2,)), ("B", (3,)), ("C", (3,)), ("E", (2,)), ("E", (3,))]
    assert caught.value.exit_code == 11
    assert str(path) in str(caught.value)


def test_thousands_of_faults_stay_readable(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_text(HEAD + "".join(f"Area {i},2023/24,12,120,x{i}\n" for i in range(5000)))
    report = load_check(path, write_map())
    assert len(report.faults) < 20
    assert any("4,995 more different cells" in str(fault) for fault in report.faults)


def test_one_word_in_many_rows_is_one_fault(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_text(HEAD + "".join(f"Blaby,{1900 + i},12,120,n/k\n" for i in range(99)))
    (fault,) = load_check(path, write_map()).faults
    assert "rows 2, 3, 4, 5, 6 and 94 more" in str(fault)


def test_suppressed_and_missing_marks(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    cells = ("*,120,*", ",120,", "[c],120,9", "-,120,..", "z,120,z")
    rows = [f"Blaby,{2000 + i},{cell}\n" for i, cell in enumerate(cells)]
    path.write_text(HEAD + "".join(rows))
    frame = read_truth(write_map({"missing": {"Z": "suppressed"}}), path).frame
    words = ["suppressed", "missing", "suppressed", "missing", "suppressed"]
    assert frame["status"].tolist() == words
    assert frame["value"].isna().all()


def test_one_suppressed_cell_hides_what_it_could_be_worked_out_from(
    tmp_path: Path, write_map: Callable[..., Path]
) -> None:
    path = tmp_path / "training.csv"
    head = HEAD.replace("\n", ",Low,High\n")
    path.write_text(head + "Blaby,2023/24,9,120,*,3,11\nMelton,2023/24,*,120,7.5,3,11\n")
    limits = {"columns.lower_95": {"column": "Low"}, "columns.upper_95": {"column": "High"}}
    frame = read_truth(write_map(limits), path).frame
    assert frame["status"].tolist() == ["suppressed", "suppressed"]
    assert frame[["value", "count", "lower_95", "upper_95"]].isna().all(axis=None)


def test_a_preview_hides_what_the_rule_set_hides(
    tmp_path: Path, write_map: Callable[..., Path]
) -> None:
    path = tmp_path / "training.csv"
    path.write_text(HEAD + "Blaby,2023/24,3,1777,0.17\nMelton,2023/24,30,120,25\n")
    report = load_check(path, write_map({"columns.value.scale": "as written"}))
    assert report.well
    assert report.hidden == 1
    assert (report.lowest, report.highest) == (25, 25)
    assert "1777" not in str(report)
    assert "0.17" not in str(report)
    shown = load_check(
        path, write_map({"series.disclosure": "published", "columns.value.scale": "as written"})
    )
    assert shown.hidden == 0
    assert "1777" in str(shown)


def test_origin_accounts_for_every_row(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_text(GOOD + "\nTotal,2023/24,42,240,17.5\n")
    left_out = [{"column": "District", "values": ["Total"]}]
    data = read_truth(write_map({"leave_out": left_out}), path)
    origin = data.origin
    assert origin.rows_in - sum(origin.rows_dropped.values()) == origin.rows_out == 2
    assert origin.accessed == "2026-10-31"
    assert set(origin.input_sha256) == {"training.csv", "map.yaml"}
    assert data.disclosure == "suppress-1-7-round-5"


@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_very_long_file(rows: int, tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    with path.open("w", encoding="utf-8") as handle:
        handle.write(HEAD.replace("Year", "Year,Age"))
        for number in range(rows):
            handle.write(f"Blaby,{1000 + number // 2000},{number % 2000},12,120,10\n")
    data = read_truth(write_map({"columns.age": {"column": "Age"}}), path)
    assert len(data.frame) == rows
    assert data.frame["value"].sum() == 10 * rows


def test_remarks_name_rows_to_look_at(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    path = tmp_path / "training.csv"
    path.write_text(HEAD + "Blaby,2023/24,12,120,10\nMelton,2023/24,30,120,75\nOadby,2023/24,,,9\n")
    words = {"columns.area.words": {"Oadby": "E07000135"}}
    report = load_check(path, write_map(words))
    assert report.well
    assert report.remarks == (
        "the value is not count over denominator in 1 rows, first 3",
        "no count is there to check for small numbers in 1 rows, first 4",
    )
