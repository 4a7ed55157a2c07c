"""What partners returned stands on every page, once and alike; what is hidden on none."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from python_calamine import CalamineWorkbook

from hwb_analysis.assessment import as_rows, assess_all, judge, make_context, verdict_table
from hwb_analysis.reports import highlight, speaking
from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.guard import Guard, LeakError, search_report, secrets_of_run
from hwb_analysis.reports.priority_report import open_report
from hwb_analysis.reports.report_parts import compact_table
from hwb_analysis.reports.runner import exit_code, run
from hwb_analysis.reports.verdict_parts import Verdicts
from hwb_analysis.sources.returns import evidence, read_returns
from hwb_analysis.sources.returns.forms import MEASURES, WANTED
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import Verdict

STRATEGY = load_strategy()
REPORTS = ("end-of-life", "mental-health")
YEAR = {"Period start": "2024-04-01", "Period end": "2025-03-31", "Date of return": "2025-05-05"}
BEFORE = {"Period start": "2023-04-01", "Period end": "2024-03-31", "Date of return": "2024-05-06"}
TOLD = {"Date of return": "2025-05-05"}
ROUNDED, SMALL, PERIODS, NONE = "DYW-EOL-01", "DYW-EOL-02", "DYW-EOL-03", "DYW-EOL-04"
STATUS, BESIDE, AWARD = "XCC-IMH-02", "XCC-IMH-03", "SHW-EHC-08"
PUBLIC, PROVISIONAL, UNCOUNTED, ONCE = "LSW-UPS-03", "LSW-FCC-11", "LSW-FCC-02", "LSW-FCC-10"
ROWS: tuple[tuple[str, dict[str, object]], ...] = (
    (ROUNDED, {**YEAR, "Count": 13, "Denominator": 41, "Unit": "%", "Status": "final"}),
    (SMALL, {**YEAR, "Count": 3, "Denominator": 1777, "Unit": "%", "Status": "final"}),
    (PERIODS, {**BEFORE, "Count": 120, "Denominator": 400, "Unit": "%", "Status": "final"}),
    (PERIODS, {**YEAR, "Count": 160, "Denominator": 400, "Unit": "%", "Status": "final"}),
    (STATUS, {**TOLD, "Status": "under way", "Note": "Talks with residents have begun"}),
    (BESIDE, {**YEAR, "Value": 23, "Unit": "count", "Status": "final"}),
    (AWARD, {**TOLD, "Status": "done"}),
    (PUBLIC, {**YEAR, "Value": 45.3, "Unit": "%", "Published": "yes", "Status": "final"}),
    (PROVISIONAL, {**YEAR, "Value": 1253, "Unit": "count", "Status": "provisional"}),
    (UNCOUNTED, {**YEAR, "Value": 7.7, "Unit": "per 1,000", "Status": "final"}),
    (ONCE, {**BEFORE, "Count": 4, "Denominator": 50, "Unit": "%", "Status": "final"}),
    (ONCE, {**YEAR, "Count": 20, "Denominator": 50, "Unit": "%", "Status": "final"}),
)
CONTROLLED, WITHHELD = "after disclosure control", "withheld to protect small numbers"
NOT_COUNTED = "not shown: no count came with it to check for small numbers"
# What a page says of each, besides its team and day.
FACTS: dict[str, tuple[str, ...]] = {
    ROUNDED: ("37.5 %", "worked out from the counts", "2024/25", "final", CONTROLLED),
    SMALL: (WITHHELD, "2024/25", "final"),
    PERIODS: ("40.0 %", "2024/25", "final", CONTROLLED),
    STATUS: ("under way",),
    BESIDE: ("25 (count)", "2024/25", "final", CONTROLLED),
    AWARD: ("done",),
    PUBLIC: ("45.3 %", "2024/25", "final", "published already"),
    PROVISIONAL: ("1,255 (count)", "2024/25", "provisional", CONTROLLED),
    UNCOUNTED: (NOT_COUNTED, "2024/25", "final"),
    ONCE: ("40.0 %", "2024/25", "final", CONTROLLED),
}
WHO, DUE = "Team for tests, 5 May 2025", 26
# Digits that nothing else writes; the small ones are looked for row by row.
HIDDEN = ("1777", "1,777", "1253", "1,253", "31.7", "0.17", "0.168")


def slug_of(own: str) -> str:
    return STRATEGY.priority_of(STRATEGY.measure(own)).slug


def _fill(folder: Path, rows: Any = ROWS) -> Path:
    place = folder / "returns" / "measures.csv"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, MEASURES.headings)
        writer.writeheader()
        for own, answers in rows:
            measure = STRATEGY.measure(own)
            given = (own, measure.title, WANTED[measure.direction])
            named = dict(zip(MEASURES.given, given, strict=True))
            writer.writerow({**named, "Who": "Team for tests", **answers})
    return folder


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = _fill(tmp_path_factory.mktemp("returned") / "local")
        patch.setenv("HWB_LOCAL_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def made(local: Path, tmp_path_factory) -> Path:
    """Make two reports on priorities, the Board's two pages and that of residents."""
    out = tmp_path_factory.mktemp("made")
    slugs = (*REPORTS, "board-annual", "residents")
    record = run(slugs, out=out, jobs=2, formats=["html", "xlsx"])
    assert exit_code(record) == 0, (record.failures, record.board_error)
    return out / "runs" / record.run_id


def _page(folder: Path, *parts: str) -> BeautifulSoup:
    text = folder.joinpath(*parts).read_text(encoding="utf-8")
    assert page_faults(text) == []
    return BeautifulSoup(text, "html.parser")


def _words(*tags: Tag | None) -> str:
    return " ".join(" ".join(tag.get_text(" ").split()) for tag in tags if tag is not None)


def _row(page: BeautifulSoup, own: str) -> str:
    """Return all that the rows of a measure say in the table of measures."""
    found = [page.select_one(f"tr#{own.lower()}")]
    assert found[0] is not None, own
    for row in found[0].find_next_siblings("tr"):
        if row.get("data-measure"):
            break
        found.append(row)
    return _words(*found)


def _assert_told(own: str, text: str) -> None:
    low = text.lower()
    assert [f for f in (*FACTS[own], WHO) if f.lower() not in low] == [], text
    assert "not tested" in low
    assert not set(HIDDEN) & set(re.findall(r"[\d.,]*\d", text))


@pytest.mark.parametrize("own", FACTS)
def test_the_board_page_tells_each_return(made: Path, own: str) -> None:
    text = _row(_page(made, "index.html"), own)
    _assert_told(own, text)
    assert "local evidence due" not in text
    assert "no return" not in text.lower()
    verdict = Verdict.ACHIEVED if own == AWARD else Verdict.TOO_EARLY
    assert verdict.value in text


def test_a_return_beside_a_published_figure_has_a_row_of_its_own(made: Path) -> None:
    page = _page(made, "index.html")
    row = page.select_one(f"tr#{BESIDE.lower()}")
    assert row is not None
    assert "25 (count)" not in _words(row)
    (apart,) = [r for r in row.find_next_siblings("tr", limit=2) if "returned" in r["class"]]
    assert f"({BESIDE})" in _words(apart)
    assert len(page.select("tr.returned")) == 1


@pytest.mark.parametrize("own", [o for o in FACTS if slug_of(o) in REPORTS])
def test_a_report_on_a_priority_tells_each_return(made: Path, own: str) -> None:
    slug = slug_of(own)
    page = _page(made, slug, "report.html")
    _assert_told(own, _row(page, own))
    (table,) = [t for t in page.select("table") if _words(t.caption).startswith("Local evidence")]
    (line,) = [r for r in table.select("tbody tr") if f"({own})" in _words(r)]
    _assert_told(own, f"{_words(line)} not tested")


def test_the_report_counts_returns_tells_the_rule_and_who_has_not_returned(made: Path) -> None:
    text = _words(_page(made, "end-of-life", "report.html").main)
    assert "3 measures have a return from the partners, not tested" in text
    assert "3 of 4 measures have a return." in text
    assert "1 to 7 withheld, all others rounded to 5" in text
    assert "no return received" in text
    assert "1 measure that only local records can answer: evidence is due" in text


def test_older_returns_are_a_small_table(made: Path) -> None:
    page = _page(made, "end-of-life", "report.html")
    (table,) = [t for t in page.select("table") if _words(t.caption).startswith("Earlier local")]
    (line,) = table.select("tbody tr")
    for fact in (f"({PERIODS})", "30.0 %", "2023/24", "final", CONTROLLED, "6 May 2024"):
        assert fact in _words(line)
    assert "Earlier: returned figure, not tested: 30.0 % in 2023/24 (final)" in _row(page, PERIODS)
    folded = _row(_page(made, "index.html"), ONCE)
    assert f"Earlier: a figure was returned for 2023/24 (final), {WITHHELD}" in folded


@pytest.mark.parametrize("own", FACTS)
def test_the_annual_report_tells_each_return_twice(made: Path, own: str) -> None:
    page = _page(made, "board-annual", "report.html")
    lines = [r for r in page.select("tbody tr") if re.search(rf"{own}\b", _words(r))]
    compact = [line for line in lines if "not tested" in _words(line)]
    annex = [line for line in lines if line not in compact]
    _assert_told(own, _words(compact[0]))
    _assert_told(own, f"{_words(annex[0])} not tested")


def test_residents_are_told_what_staff_sent(made: Path) -> None:
    text = _words(_page(made, "residents", "report.html").main)
    for own, told in (
        (ROUNDED, "local staff say 38 in 100 (2024/25)."),
        (SMALL, "local staff sent a figure. We do not show it"),
        (STATUS, "local staff say it is under way."),
        (PROVISIONAL, "local staff say 1,255 (2024/25)."),
    ):
        assert f"{STRATEGY.measure(own).title}: {told}" in text
    assert "We have not tested what local staff sent." in text


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _tidy(rows: list[list[Any]]) -> dict[str, dict[str, Any]]:
    (at,) = [n for n, row in enumerate(rows) if "Measure id" in row]
    return {
        r[rows[at].index("Measure id")]: dict(zip(rows[at], r, strict=True)) for r in rows[at + 1 :]
    }


def test_the_spreadsheet_holds_each_return(made: Path) -> None:
    sheets = _sheets(made / "end-of-life" / "report.xlsx")
    (first,) = [rows for rows in sheets.values() if any("Returned value" in row for row in rows)]
    found = _tidy(first)
    expected = ("Returned value", "Returned unit", "Returned period", "Returned by", "Returned on")
    assert [found[ROUNDED][name] for name in expected] == [
        37.5,
        "%",
        "2024/25",
        "Team for tests",
        "2025-05-05",
    ]
    assert found[ROUNDED]["Returned rule"] == "suppress-1-7-round-5"
    assert found[SMALL]["Returned not shown"] == WITHHELD
    assert found[SMALL]["Returned value"] == "[x]"
    assert found[ROUNDED]["Verdict reasons"] == "returned figure, not tested (final, 2024/25)"
    for own, row in found.items():
        words = " ".join(str(cell) for cell in row.values())
        assert ("no return has been received" in words) == (own == NONE)
        assert ("Local evidence due" in words) == (own == NONE)
    every = " ".join(str(cell) for rows in sheets.values() for row in rows for cell in row)
    assert "Earlier local evidence" in every
    assert "1 to 7 withheld, all others rounded to 5" in every


def test_the_count_of_what_is_due_is_one_number_everywhere(made: Path) -> None:
    due = DUE - len(FACTS)
    facts = json.loads((made / "board.json").read_text(encoding="utf-8"))
    assert facts["by_verdict"][Verdict.LOCAL_DUE.value] == due
    board, annual = _page(made, "index.html"), _page(made, "board-annual", "report.html")
    assert len(board.select(f"ol.squares .is-{Verdict.LOCAL_DUE.value.replace(' ', '-')}")) == due
    assert f"{due} wait for local evidence" in _words(annual.main)
    unseen = re.findall(
        r"(\d+) measures? that (?:only local records|are milestones|is a milestone)",
        _words(board.select_one(".opening")),
    )
    assert sum(int(n) for n in unseen) == due
    told = _words(_page(made, "residents", "report.html").main)
    waits = re.findall(r"For (\w+) goals? only local staff can say", told)
    assert sum(1 if n == "one" else int(n) for n in waits) == due
    assert list(verdict_table()["verdict"]).count(Verdict.LOCAL_DUE.value) == due


def test_the_files_of_the_board_hold_the_same_facts(made: Path) -> None:
    facts = json.loads((made / "board.json").read_text(encoding="utf-8"))
    held = {row["measure_id"]: row for row in facts["verdicts"]}
    assert (held[ROUNDED]["returned"], held[ROUNDED]["returned_value"]) == ("final", 37.5)
    assert held[SMALL]["returned_value"] is None
    assert held[PUBLIC]["returned_rule"] == "published"
    assert held[STATUS]["returned_note"] == "Talks with residents have begun"
    assert held[NONE]["returned"] == held[NONE]["returned_by"] == ""
    (earlier,) = facts["earlier_returns"][PERIODS]
    assert (earlier["returned_value"], earlier["returned_period"]) == (30.0, "2023/24")
    assert facts["earlier_returns"][ONCE][0]["returned_not_shown"] == WITHHELD
    with (made / "board.csv").open(encoding="utf-8", newline="") as handle:
        rows = {row["measure_id"]: row for row in csv.DictReader(handle)}
    for own in FACTS:
        told = "" if held[own]["returned_value"] is None else str(held[own]["returned_value"])
        assert rows[own]["returned_value"] == told


# -- the guard -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown", "planted"),
    [
        ("end-of-life/report.html", "Withheld to protect small numbers", "3 (count)"),
        ("end-of-life/report.html", "withheld to protect small numbers</td>", "3</td>"),
        ("end-of-life/report.html", "37.5\u00a0%", "31.7\u00a0%"),
        ("end-of-life/figures/measures.csv", "37.5,", "31.707317,"),
        ("board-annual/report.html", "Withheld to protect small numbers", "3 people"),
        ("residents/report.html", "38 in 100", "31.7 in 100"),
        ("index.html", "Withheld to protect small numbers", "3 (count)"),
        ("index.html", ">25 (count)<", ">23 (count)<"),
        ("board.json", '"returned_value": 37.5', '"returned_value": 13'),
    ],
)
def test_the_guard_finds_what_is_put_in_the_place_of_a_hidden_figure(
    made: Path, tmp_path: Path, name: str, shown: str, planted: str
) -> None:
    secrets = secrets_of_run(STRATEGY, current_snapshot())
    folder = tmp_path / "copy"
    path = folder / Path(name).name
    folder.mkdir()
    shutil.copyfile(made / name, path)
    Guard(secrets).own_files(folder, [], tmp_path / "no-logs")
    text = path.read_text(encoding="utf-8")
    assert shown in text
    path.write_text(text.replace(shown, planted, 1), encoding="utf-8")
    with pytest.raises(LeakError):
        search_report("copy", folder, secrets)


def test_a_note_that_tells_a_hidden_count_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = {**YEAR, "Count": 3, "Denominator": 1777, "Unit": "%", "Status": "final"}
    folder = _fill(tmp_path / "local", [(SMALL, {**note, "Note": "Only 3 people were asked"})])
    monkeypatch.setenv("HWB_LOCAL_DIR", str(folder))
    with pytest.raises(LeakError) as caught:
        run(["end-of-life"], out=tmp_path / "out", engine="spawn")
    assert caught.value.exit_code == 13
    assert f"{SMALL} 2024/25, measures.csv row 2" in str(caught.value)


# -- other kinds of report, and none at all ----------------------------------------------


@pytest.fixture(scope="module")
def judged(local: Path):
    context = make_context(STRATEGY, current_snapshot())
    measures = STRATEGY.priority("end-of-life").measures
    found = assess_all(context, measures)
    returns = read_returns(STRATEGY)
    return context, found, returns, judge(context, found, evidence=evidence(returns))


def test_brief_kinds_of_report_tell_the_same(judged) -> None:
    context, found, returns, judgement = judged
    shown = Verdicts(judgement, context.snapshot, context.area_code, 2022)
    compact = BeautifulSoup(
        compact_table(list(judgement.measures.values()), shown, "Measures"), "html.parser"
    )
    owed = BeautifulSoup(
        highlight.owed_html(STRATEGY.priority("end-of-life"), returns), "html.parser"
    )
    for own in (ROUNDED, SMALL, PERIODS):
        for table in (compact, owed):
            (line,) = [r for r in table.select("tbody tr") if own in _words(r)]
            _assert_told(own, _words(line))
    asked = speaking.questions(STRATEGY.priority("end-of-life"), found, judgement, returns)
    (answer,) = [q.answer for q in asked if q.asked == "What did the partners send?"]
    assert "returned figure, not tested: 37.5 % in 2024/25 (final)." in answer
    assert f"a figure was returned for 2024/25 (final), {WITHHELD}; not tested." in answer


def test_what_came_after_the_cut_is_not_told(local: Path) -> None:
    cut = open_report("end-of-life", data_cut="2024-12-31").chapter.returns
    assert {own: len(items) for own, items in cut.measures.items()} == {PERIODS: 1, ONCE: 1}
    assert len(open_report("end-of-life").chapter.returns) == len(FACTS)


def test_without_returns_rows_and_files_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HWB_LOCAL_DIR", str(tmp_path))
    context = make_context(STRATEGY, current_snapshot())
    found = assess_all(context, STRATEGY.priority("end-of-life").measures)
    plain, none = (as_rows(found, judge(context, found, evidence=e)) for e in (None, {}))
    assert plain == none
    assert [name for name in plain[0] if name.startswith("returned")] == ["returned"]
    report = open_report("end-of-life")
    assert len(report.chapter.returns) == 0
    assert "the partners send" not in str(
        speaking.questions(
            report.chapter.priority, found, judge(context, found), report.chapter.returns
        )
    )
