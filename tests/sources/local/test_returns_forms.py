"""Forms go out, answers come back: what is filled is what is read, or every fault is told."""

from __future__ import annotations

import csv
import math
import re
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwb_analysis.assessment import assess_all, make_context
from hwb_analysis.assessment.verdicts import judge
from hwb_analysis.errors import OutputError
from hwb_analysis.sources.local import LocalFileError
from hwb_analysis.sources.local.cells import is_formula
from hwb_analysis.sources.returns import (
    MeasureReturn,
    Progress,
    evidence,
    read_returns,
    returned_measures,
    shown_figure,
    write_templates,
)
from hwb_analysis.sources.returns.forms import COMMITMENTS, MEASURES, STATUSES, Form, given_rows
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import Verdict

STRATEGY = load_strategy()
TODAY = date(2026, 6, 1)
IDS = [m.id for m in returned_measures(STRATEGY)]
ID = "BSL-PFL-05"
FIGURE = {
    "Period start": "2025-04-01",
    "Period end": "2026-03-31",
    "Value": "45.5",
    "Unit": "%",
    "Status": "final",
    "Who": "Transitions team",
    "Date of return": "01/05/2026",
}


def _fill(folder: Path, form: Form, own: str, answers: dict[str, Any], name: str = "") -> None:
    """Write a CSV form in which one row is answered."""
    with (folder / (name or f"{form.name}.csv")).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(form.headings)
        for row in given_rows(STRATEGY, form):
            cells = dict(zip(form.headings, row, strict=False))
            if row[0] == own:
                cells |= answers
            writer.writerow([cells.get(heading, "") for heading in form.headings])


def _faults(folder: Path) -> list[str]:
    with pytest.raises(LocalFileError) as caught:
        read_returns(STRATEGY, folder, as_of=TODAY)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    write_templates(STRATEGY, folder)
    return folder


def test_forms_ask_for_every_local_measure_and_commitment(forms: Path) -> None:
    kinds = {str(m.type) for m in STRATEGY.measures if m.id in IDS}
    assert kinds == {"quantitative-local", "qualitative"}
    for form, count in ((MEASURES, 26), (COMMITMENTS, 39)):
        with (forms / f"{form.name}.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        assert tuple(head) == form.headings
        assert len(rows) == count


def test_blank_forms_hold_no_returns(forms: Path) -> None:
    returns = read_returns(STRATEGY, forms, as_of=TODAY)
    assert len(returns) == 0
    assert returns.measure(ID) is None
    assert returns.commitment(STRATEGY.commitments[0].id) is None


def test_filled_forms_are_not_overwritten(forms: Path) -> None:
    with pytest.raises(OutputError, match=r"holds measures\.csv, measures\.xlsx"):
        write_templates(STRATEGY, forms)
    assert len(write_templates(STRATEGY, forms, overwrite=True)) == 4


@pytest.mark.parametrize("form", [MEASURES, COMMITMENTS], ids=["measures", "commitments"])
def test_workbooks_are_accessible(forms: Path, form: Form) -> None:
    book = openpyxl.load_workbook(forms / f"{form.name}.xlsx")
    assert book.sheetnames == ["Instructions", form.sheet, "Lists"]
    assert book.properties.title
    assert book.properties.language == "en-GB"
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.protection.sheet
        assert sheet.freeze_panes is None
    sheet = book[form.sheet]
    (table,) = sheet.tables.values()
    assert [c.name for c in table.tableColumns] == list(form.headings)
    assert [cell.value for cell in sheet[1]] == list(form.headings)
    locked = {cell.column_letter for cell in sheet[2] if cell.protection.locked}
    assert len(locked) == len(form.given)
    guarded = {rule.promptTitle for rule in sheet.data_validations.dataValidation}
    assert {"Status", "Date of return", form.given[0]} <= guarded


def test_a_return_for_a_measure(tmp_path: Path) -> None:
    _fill(tmp_path, MEASURES, ID, {**FIGURE, "Count": "455", "Denominator": "1,000"})
    item = read_returns(STRATEGY, tmp_path, as_of=TODAY, disclosure="under-10").measure(ID)
    assert item is not None
    assert item.period is not None
    assert (item.value, item.unit, item.count, item.denominator) == (45.5, "%", 455, 1000)
    assert (item.period.label, item.status, item.returned) == ("2025/26", "final", date(2026, 5, 1))
    assert (item.disclosure, item.file, item.row) == ("under-10", "measures.csv", 2)


def test_a_value_is_worked_out_from_its_counts(tmp_path: Path) -> None:
    answers = {**FIGURE, "Value": "", "Count": "30", "Denominator": "120"}
    _fill(tmp_path, MEASURES, ID, answers)
    item = read_returns(STRATEGY, tmp_path, as_of=TODAY).measure(ID)
    assert item is not None
    assert (item.value, item.derived) == (25.0, True)


def test_progress_without_a_figure(tmp_path: Path) -> None:
    answers = {"Status": "Under way", "Who": "Planning", "Date of return": "2026-05-01"}
    _fill(tmp_path, MEASURES, "SHW-BSF-01", answers)
    item = read_returns(STRATEGY, tmp_path, as_of=TODAY).measure("SHW-BSF-01")
    assert item is not None
    assert (item.status, item.value) == (Progress.UNDER_WAY, None)


def test_the_newest_of_several_counts_and_all_are_kept(tmp_path: Path) -> None:
    _fill(tmp_path, MEASURES, ID, FIGURE, "measures_2.csv")
    older = {**FIGURE, "Period start": "2024-04-01", "Period end": "2025-03-31", "Value": "40"}
    _fill(tmp_path, MEASURES, ID, older, "measures_1.csv")
    returns = read_returns(STRATEGY, tmp_path, as_of=TODAY)
    newest = returns.measure(ID)
    assert newest is not None
    assert newest.value == 45.5
    assert [item.value for item in returns.measures[ID]] == [40, 45.5]


def test_a_return_for_a_commitment(tmp_path: Path) -> None:
    own = STRATEGY.commitments[0].id
    answers = {
        "Measures served": "BSL-FCD-01; BSL-FCD-02",
        "Status": "done",
        "Date of return": "2026-05-01",
        "Who": "Public health",
        "Evidence": "Board minute 12",
    }
    _fill(tmp_path, COMMITMENTS, own, answers)
    item = read_returns(STRATEGY, tmp_path, as_of=TODAY).commitment(own)
    assert item is not None
    assert item.measures == ("BSL-FCD-01", "BSL-FCD-02")
    assert (item.status, item.evidence) == (Progress.DONE, "Board minute 12")


WRONG: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "unknown id": ({"Measure id": "BSL-PFL-5"}, ("column A", "did you mean 'BSL-PFL-05'")),
    "id of an open measure": ({"Measure id": "BSL-FCD-01"}, ("column A", "published figures")),
    "no id": ({"Measure id": ""}, ("column A", "the id of a measure")),
    "title of another": ({"Measure": "Something else"}, ("column B", "belong together")),
    "period in the future": ({"Period end": "2026-06-02"}, ("column E", "ended by 2026-06-01")),
    "period end first": ({"Period start": "2026-04-02"}, ("column E", "exchange the days")),
    "half a period": ({"Period start": ""}, ("column D", "both days")),
    "no period": ({"Period start": "", "Period end": ""}, ("column D", "the period of the figure")),
    "day that is none": ({"Period end": "31/02/2026"}, ("column E", "'31/02/2026' came")),
    "American day": ({"Period end": "03/31/2026"}, ("column E", "'03/31/2026' came")),
    "returned in the future": ({"Date of return": "2026-06-02"}, ("column N", "in the future")),
    "returned before the end": ({"Date of return": "2026-03-01"}, ("column E", "mend one")),
    "no day of return": ({"Date of return": ""}, ("column N", "the day of the return")),
    "nobody": ({"Who": ""}, ("column M", "team or role")),
    "a person's address": ({"Who": "a.person@example.org"}, ("column M", "e-mail")),
    "status of no word": ({"Status": "finl"}, ("column K", "did you mean 'final'")),
    "no status": ({"Status": ""}, ("column K", "a status was expected")),
    "final nothing": ({"Value": ""}, ("column F", "a figure was expected")),
    "unit of no word": ({"Unit": "percent"}, ("column G", "'percent' came")),
    "no unit": ({"Unit": ""}, ("column G", "the unit of the figure")),
    "above a hundred": ({"Value": "101"}, ("column F", "0 to 100")),
    "negative": ({"Value": "-1", "Unit": "days"}, ("column F", "0 or more")),
    "half a person": ({"Value": "1.5", "Unit": "count"}, ("column F", "a whole number")),
    "a word": ({"Value": "many"}, ("column F", "'many' came")),
    "broken count": ({"Count": "1.5", "Denominator": "3"}, ("column H", "a whole number")),
    "nobody to count among": ({"Denominator": "0"}, ("column I", "above 0")),
    "count above all": ({"Count": "9", "Denominator": "8"}, ("column H", "at most")),
    "value against its counts": ({"Count": "1", "Denominator": "8"}, ("column F", "agrees")),
    "count alone": ({"Value": "", "Count": "9"}, ("column I", "alone makes no figure")),
    "formula": ({"Note": "=1+1"}, ("column L", "starts like a formula")),
    "published perhaps": ({"Published": "maybe"}, ("column J", "yes, no was expected")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_named(name: str, tmp_path: Path) -> None:
    changes, says = WRONG[name]
    _fill(tmp_path, MEASURES, ID, {**FIGURE, **changes})
    lines = _faults(tmp_path)
    assert any(all(part in line for part in (*says, "row 2", "measures.csv")) for line in lines), (
        lines
    )


def test_the_unit_of_a_target_is_kept(tmp_path: Path) -> None:
    _fill(tmp_path, MEASURES, "LSW-FCC-06", {**FIGURE, "Unit": "count", "Value": "9"})
    assert any("the unit % of the strategy's target" in line for line in _faults(tmp_path))


def test_one_period_twice(tmp_path: Path) -> None:
    _fill(tmp_path, MEASURES, ID, FIGURE, "measures_a.csv")
    _fill(tmp_path, MEASURES, ID, {**FIGURE, "Value": "44"}, "measures_b.csv")
    (line,) = _faults(tmp_path)
    assert "twice for one period, first in measures_a.csv row 2" in line
    assert "measures_b.csv" in line


def test_faults_of_all_files_at_once(tmp_path: Path) -> None:
    _fill(tmp_path, MEASURES, ID, {**FIGURE, "Unit": "", "Who": ""})
    _fill(tmp_path, COMMITMENTS, STRATEGY.commitments[0].id, {"Note": "started"})
    lines = _faults(tmp_path)
    assert len(lines) == 5
    assert sum("commitments.csv" in line for line in lines) == 3


def test_messages_never_repeat_a_count(tmp_path: Path) -> None:
    _fill(tmp_path, MEASURES, ID, {**FIGURE, "Count": "7", "Denominator": "5"})
    assert not [line for line in _faults(tmp_path) if " 7" in line or " 5 " in line]


@pytest.mark.parametrize(
    ("unit", "value", "count", "base", "rule", "shown"),
    [
        ("%", 29.3, 12, 41, "suppress-1-7-round-5", 25.0),
        ("%", 7.3, 3, 41, "suppress-1-7-round-5", None),
        ("%", 0.0, 0, 41, "suppress-1-7-round-5", 0.0),
        ("%", 60.0, 3, 5, "published", 60.0),
        ("%", 7.3, None, 41, "suppress-1-7-round-5", None),
        ("%", 50.0, None, None, "suppress-1-7-round-5", None),
        ("%", 90.0, 9, 10, "under-10", None),
        ("%", 90.0, 9, 10, "under-5", 90.0),
        ("count", 6, None, None, "suppress-1-7-round-5", None),
        ("count", 12, None, None, "suppress-1-7-round-5", 10),
        ("count", 3, 30, None, "suppress-1-7-round-5", None),
        ("count", 30, 3, None, "suppress-1-7-round-5", None),
        # Out of how many people is known to everybody: the exact rate would tell 22.
        ("per 100,000", 3.3, 22, None, "suppress-1-7-round-5", 3.0),
        ("per 100,000", 3.3, 22, None, "under-5", 3.3),
        ("days", 4.5, None, None, "published", 4.5),
    ],
)
def test_shown_or_withheld(
    unit: str, value: float, count: float, base: float, rule: str, shown: float | None
) -> None:
    item = MeasureReturn(
        ID, Progress.UNDER_WAY, TODAY, "Team", None, value, unit, count, base, disclosure=rule
    )
    figure = shown_figure(item)
    assert figure.value == (None if shown is None else pytest.approx(shown))
    assert bool(figure.reason) == (shown is None)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")),
    min_size=1,
    max_size=40,
).filter(lambda t: t.strip() and not is_formula(t) and "@" not in t)
DAY = st.dates(date(2000, 1, 1), TODAY)


@st.composite
def filled(draw: st.DrawFn) -> dict[str, Any]:
    """Return answers that an officer might give for one measure."""
    end = draw(DAY)
    start = end - timedelta(days=draw(st.integers(0, 1200)))
    return {
        "Measure id": draw(st.sampled_from([i for i in IDS if not STRATEGY.measure(i).target])),
        "Period start": start,
        "Period end": end,
        "Value": draw(st.integers(0, 1000)) / 10,
        "Unit": "%",
        "Status": draw(st.sampled_from(STATUSES)),
        "Note": draw(st.just("") | WORDS),
        "Who": draw(WORDS),
        "Date of return": draw(st.dates(end, TODAY)),
    }


def _as_csv(folder: Path, answers: dict[str, Any]) -> None:
    _fill(folder, MEASURES, answers["Measure id"], {k: str(v) for k, v in answers.items()})


def _as_workbook(folder: Path, answers: dict[str, Any]) -> None:
    write_templates(STRATEGY, folder)
    book = openpyxl.load_workbook(folder / "measures.xlsx")
    sheet = book["Measures"]
    row = next(r for r in range(2, 40) if sheet.cell(r, 1).value == answers["Measure id"])
    for place, heading in enumerate(MEASURES.headings, start=1):
        if heading in answers and heading != "Measure id":
            cell = sheet.cell(row, place, answers[heading])
            if isinstance(answers[heading], str):
                cell.data_type = "s"
    book.save(folder / "measures.xlsx")


def _same(answers: dict[str, Any], fill: Callable[[Path, dict[str, Any]], None]) -> None:
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), answers)
        returns = read_returns(STRATEGY, name, as_of=TODAY)
    item = returns.measure(answers["Measure id"])
    assert item is not None
    assert len(returns) == 1
    assert item.period is not None
    assert item.value is not None
    assert math.isclose(item.value, answers["Value"], abs_tol=1e-12)
    assert (item.period.start, item.period.end) == (answers["Period start"], answers["Period end"])
    assert item.who == " ".join(answers["Who"].split())
    assert item.note == " ".join(answers["Note"].split())
    assert (item.status, item.returned) == (answers["Status"], answers["Date of return"])


@given(filled())
def test_round_trip_of_a_csv_form(answers: dict[str, Any]) -> None:
    _same(answers, _as_csv)


@given(filled())
@settings(max_examples=8)
def test_round_trip_of_a_workbook(answers: dict[str, Any]) -> None:
    _same(answers, _as_workbook)


def test_a_verdict_hears_a_return_but_no_hidden_figure(tmp_path: Path) -> None:
    award = next(m for m in STRATEGY.measures if m.target and m.target.kind == "award")
    answers = {"Status": "done", "Who": "Food partnership", "Date of return": "2026-05-01"}
    _fill(tmp_path, MEASURES, award.id, answers, "measures_award.csv")
    hidden = {**FIGURE, "Value": "7.3", "Count": "3", "Denominator": "41"}
    _fill(tmp_path, MEASURES, ID, hidden, "measures_small.csv")
    told = evidence(read_returns(STRATEGY, tmp_path, as_of=TODAY))
    assert (told[ID].status, told[ID].value) == ("final", None)
    assert not {"7.3", "41"} & set(re.findall(r"[\d.]+", str(told[ID])))
    context = make_context(STRATEGY, current_snapshot())
    measures = [award, STRATEGY.measure(ID)]
    found = judge(context, assess_all(context, measures), evidence=told).measures
    assert found[award.id].verdict is Verdict.ACHIEVED
    assert found[ID].verdict is Verdict.TOO_EARLY
    assert "7.3" not in str(found[ID].reasons)
