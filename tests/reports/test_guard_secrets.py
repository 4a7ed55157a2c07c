"""What a run must not show, gathered from returns, plans and local files of every kind."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import typst

from hwb_analysis.errors import HwbError
from hwb_analysis.reports.guard import Guard, LeakError, search_report, secrets_of_run
from hwb_analysis.reports.report_parts import commitments_table
from hwb_analysis.reports.returns_block import local_measures_table
from hwb_analysis.reports.views import plan_table
from hwb_analysis.sources.plans import read_plan
from hwb_analysis.sources.returns import read_returns
from hwb_analysis.sources.returns.forms import MEASURES
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.tables import html_table

STRATEGY = load_strategy()
OWN = "DYW-EOL-01"
TITLE = STRATEGY.measure(OWN).title
BASE = {
    "Measure id": OWN,
    "Measure": TITLE,
    "Wanted direction": "increase",
    "Period start": "2024-04-01",
    "Period end": "2025-03-31",
    "Unit": "%",
    "Status": "final",
    "Who": "Team",
    "Date of return": "2025-05-05",
    "Published": "no",
}


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "local"
    (folder / "returns").mkdir(parents=True)
    (folder / "plans").mkdir()
    monkeypatch.setenv("HWB_LOCAL_DIR", str(folder))
    return folder


def give(local: Path, *rows: dict[str, object]) -> None:
    with (local / "returns" / "measures.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, MEASURES.headings)
        writer.writeheader()
        writer.writerows({**BASE, **row} for row in rows)


def gathered():
    return secrets_of_run(STRATEGY, current_snapshot())


def written() -> set[str]:
    return set().union(*(secret.written for secret in gathered()))


def test_without_local_files_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("something was read")

    for folder in (tmp_path / "none", tmp_path / "empty"):
        monkeypatch.setenv("HWB_LOCAL_DIR", str(folder))
        monkeypatch.setattr("hwb_analysis.reports.guard_secrets.gather", never)
        assert secrets_of_run(STRATEGY, current_snapshot()) == ()
        (tmp_path / "empty" / "returns").mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr("hwb_analysis.disclosure.leaks.find_leaks", never)
    search_report("a", tmp_path, ())
    guard = Guard()
    assert guard.old_page("a", tmp_path)
    guard.words("a", "an error", [])
    guard.own_files(tmp_path, [], tmp_path)


@pytest.mark.parametrize(
    ("row", "hidden", "shown"),
    [
        ({"Count": 3, "Denominator": 1777}, {"3", "1777", "0.17"}, set()),
        ({"Count": 13, "Denominator": 41}, {"13", "41", "31.7"}, {"37.5", "15", "40"}),
        ({"Value": 45.3}, {"45.3"}, set()),
        ({"Value": 45.3, "Published": "yes"}, set(), {"45.3"}),
        ({"Value": 45.3, "Count": 453, "Denominator": 1000, "Published": "yes"}, set(), {"453"}),
        ({"Value": 5, "Unit": "count"}, {"5"}, set()),
        ({"Value": 23, "Unit": "count"}, {"23"}, {"25"}),
        ({"Value": 25, "Unit": "count"}, set(), {"25"}),
        ({"Count": 15, "Denominator": 40}, set(), {"37.5"}),
    ],
    ids=lambda x: str(x) if isinstance(x, dict) else "",
)
def test_what_a_return_hides(
    local: Path, row: dict[str, object], hidden: set[str], shown: set[str]
) -> None:
    give(local, row)
    assert hidden <= written()
    assert bool(hidden) == bool(gathered())
    assert not shown & written()


def test_actuals_that_are_not_cleared_are_hidden_and_so_is_what_gives_them_away(
    local: Path,
) -> None:
    (local / "plans" / "better-care-fund.csv").write_text(
        "Measure id,Period start,Period end,Planned,Actual,Unit,Published\n"
        "LSW-FCC-02,2025-04-01,2025-06-30,60,53.3,%,no\n"
        "LSW-FCC-02,2025-07-01,2025-09-30,60,54.4,%,yes\n",
        encoding="utf-8",
    )
    assert {"53.3", "-6.7"} <= written()
    assert not written() & {"54.4", "-5.6", "60"}


MAP = """
schema_version: 1
file: training.csv
series:
  id: local:training
  title: Staff trained to talk about health
  unit: '%'
  value_type: proportion
  basis: register
  publisher: Training team
  licence: not for publication before disclosure control
  release: 2026-10
  received: 2026-10-31
  year_kind: financial
  disclosure: {rule}
columns:
  area: {{column: Where, by: name}}
  period: {{column: Year}}
  count: {{column: Trained}}
  denominator: {{column: Staff}}
"""
ROWS = "Where,Year,Trained,Staff\nEngland,2024-25,1253,10000\nEngland,2023-24,3,9000\n"


def test_withheld_and_rounded_figures_of_a_local_file_are_hidden(local: Path) -> None:
    (local / "training.yaml").write_text(MAP.format(rule="suppress-1-7-round-5"), encoding="utf-8")
    (local / "training.csv").write_text(ROWS, encoding="utf-8")
    found = gathered()
    assert {"3", "1253", "12.53"} <= written()
    assert all("local:training" in secret.subject for secret in found)
    (local / "training.yaml").write_text(MAP.format(rule="published"), encoding="utf-8")
    assert gathered() == ()


def test_a_map_that_is_still_being_written_stops_nothing(local: Path) -> None:
    (local / "new.yaml").write_text("schema_version: 1\n", encoding="utf-8")
    assert gathered() == ()


def test_a_faulty_form_is_told_before_the_run(local: Path) -> None:
    give(local, {"Value": "many"})
    with pytest.raises(HwbError, match="1 fault"):
        gathered()


def test_no_secret_shows_itself(local: Path) -> None:
    give(local, {"Count": 654321, "Denominator": 700001})
    assert "654321" not in f"{gathered()!r} {gathered()}"


# -- what is no leak -------------------------------------------------------------------


def page(local: Path, body: str) -> Path:
    folder = local.parent / "report"
    folder.mkdir(exist_ok=True)
    (folder / "report.html").write_text(body, encoding="utf-8")
    return folder


def row(*cells: object, heads: tuple[str, ...] = ("Measure", "Figure", "Period", "By")) -> str:
    top = "".join(f"<th>{head}</th>" for head in heads)
    line = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<table><tr>{top}</tr><tr>{line}</tr></table>"


NAMED = f"{TITLE} ({OWN})"
HEADS = ("Measure", "Returned figure", "Period", "By")


@pytest.mark.parametrize(
    ("hidden", "body"),
    [
        (5, row(NAMED, "withheld", "2024/25", "Team, 5 May 2025")),
        (5, row(NAMED, "withheld", "5 Apr 2024 to 5 May 2025", "Team")),
        (5, f"<p>{NAMED} is one of 5 measures without a figure.</p>"),
        (5, f"<p>{NAMED}: the last 5 years are not known.</p>"),
        (1, f"<p>{OWN}: no figure. Table 1 shows the others.</p>"),
        (5, row("Another measure (DYW-EOL-99)", "5", "2024/25", "Team")),
        (2024, row(NAMED, "withheld", "2024", "Team")),
        (2024, f"<p>{NAMED}: nothing was returned in 2024.</p>"),
        (2025, row(NAMED, "withheld", "2024/25", "Team, May 2025")),
    ],
)
def test_what_only_looks_like_a_figure_stops_nothing(local: Path, hidden: int, body: str) -> None:
    give(local, {"Value": hidden, "Unit": "count"})
    secrets = [s for s in gathered() if str(hidden) in s.written] or list(gathered())
    search_report("end-of-life", page(local, body), secrets)


@pytest.mark.parametrize(
    ("hidden", "body"),
    [
        (5, row(NAMED, "5", "2024/25", "Team")),
        (5, row(NAMED, "5 people", "2024/25", "Team")),
        (5, f"<p>In {NAMED} there were 5 people.</p>"),
        (5, row(NAMED, "withheld", "2024/25", "Of them 5 came from one ward")),
        (2023, row(NAMED, "2023", "2024/25", "Team")),
        (2023, f"<p>{NAMED}: 2,023 people.</p>"),
        (12, f'<h3>{TITLE}</h3><img alt="The bar ends at 12 people." src="x.png">'),
        (12, f"<h3>{TITLE}</h3>" + row("All", "12", "2024/25", "Team")),
    ],
)
def test_what_is_the_figure_is_found(local: Path, hidden: int, body: str) -> None:
    give(local, {"Value": hidden, "Unit": "count"})
    with pytest.raises(LeakError) as caught:
        search_report("end-of-life", page(local, body), gathered())
    assert "report.html, " in str(caught.value)
    assert f"{OWN} 2024/25, measures.csv row 2" in str(caught.value)
    assert caught.value.exit_code == 13


def test_a_published_figure_of_the_measure_stops_nothing(local: Path) -> None:
    # The series beside this measure has one, and a return of another period has it too.
    strategy, snapshot = STRATEGY, current_snapshot()
    own = "XCC-IMH-03"
    series = strategy.parts(strategy.measure(own))[0].series.id
    frame = snapshot.frame([series])
    held = frame.loc[frame["area_code"].eq(strategy.area.code) & frame["value"].notna()].iloc[-1]
    value, title = round(float(held["value"]), 1), strategy.measure(own).title
    both = {"Measure id": own, "Measure": title, "Wanted direction": "decrease"}
    give(local, {**both, "Value": value, "Unit": "per 100,000"})
    assert gathered()
    body = row(f"{title} ({own})", value, held["period"], "publisher")
    search_report("mental-health", page(local, body), gathered())
    told = row(
        f"{title} ({own})", value, "2024/25", "Team", heads=("M", "Returned figure", "P", "B")
    )
    with pytest.raises(LeakError):
        search_report("mental-health", page(local, told), gathered())


def test_the_tables_of_returns_and_plans_show_nothing_that_is_hidden(local: Path) -> None:
    names = [m for m in STRATEGY.priority("end-of-life").measures if m.type.value.endswith("local")]
    rows: list[dict[str, object]] = [
        {"Count": 3, "Denominator": 1777, "Note": "One of 3 teams has sent nothing"},
        {"Count": 13, "Denominator": 41},
        {"Value": 45.3},
        {"Value": 45.3, "Published": "yes"},
    ]
    given = zip(names, rows, strict=False)
    give(local, *({**row, "Measure id": m.id, "Measure": m.title} for m, row in given))
    plan = "Measure id,Period start,Period end,Planned,Actual,Unit,Published\n"
    plan += "LSW-FCC-02,2025-04-01,2025-06-30,60,53.3,%,no\n"
    (local / "plans" / "better-care-fund.csv").write_text(plan, encoding="utf-8")
    returns = read_returns(STRATEGY)
    priority = STRATEGY.priority("end-of-life")
    view = next(v for v in STRATEGY.views if v.slug == "better-care-fund")
    titles = {m.id: m.title for m in STRATEGY.measures}
    body = local_measures_table(STRATEGY, priority, returns)
    body += commitments_table(priority, returns)
    body += html_table(plan_table(read_plan(view.slug, view.measures), titles), "Plan and actual")
    search_report("all", page(local, body), gathered())
    leaky = body.replace("not shown: not marked as cleared for publication", "53.3 %")
    assert leaky != body
    with pytest.raises(LeakError, match="LSW-FCC-02 1 apr 2025"):
        search_report("all", page(local, leaky), gathered())


def test_a_small_figure_in_a_row_of_a_pdf_is_found(local: Path) -> None:
    give(local, {"Count": 3, "Denominator": 1777})
    folder = page(local, "<p>Nothing.</p>")
    cells = f"[Measure], [Figure], [{TITLE}], [3]"
    source = local / "planted.typ"
    for text, leaks in ((cells, True), (cells.replace("[3]", "[withheld]"), False)):
        source.write_text(f"= Title\n#table(columns: 2, {text})", encoding="utf-8")
        typst.compile(source, output=folder / "report.pdf")
        if leaks:
            with pytest.raises(LeakError, match=r"report\.pdf, page 1 row 2"):
                search_report("all", folder, gathered())
        else:
            search_report("all", folder, gathered())
