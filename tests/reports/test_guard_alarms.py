"""What realistic runs showed to raise a false alarm, and the true ones beside it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hwb_analysis.disclosure import protect
from hwb_analysis.disclosure.example import table
from hwb_analysis.disclosure.leaks import Search, find_leaks, secrets_of
from hwb_analysis.disclosure.pieces import Structure
from hwb_analysis.reports.guard import secrets_of_run
from hwb_analysis.sources.plans import write_plan_form
from hwb_analysis.sources.returns.forms import MEASURES
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.stats.frame_limits import with_limits
from hwb_analysis.strategy import load_strategy

STRATEGY = load_strategy()
OWN = "LSW-FCC-02"
TITLE = STRATEGY.measure(OWN).title
SUBJECT = ("local:staff", "Staff who were trained")


def test_a_share_of_rounded_counts_may_read_like_the_true_one() -> None:
    frame = table({"North": [1749], "South": [3]}, sexes=["Persons"], totals=False)
    frame["denominator"], frame["unit"] = [4673.0, 900.0], "%"
    frame["value"] = 100 * frame["count"] / frame["denominator"]
    secrets = secrets_of(
        frame, protect(frame, structure=Structure(parents={})).frame, subject=SUBJECT
    )
    search = Search(secrets)
    # 1,749 of 4,673 are 37.428 %, and 1,750 of 4,675 are 37.433 %.
    assert search.text("page", "Staff who were trained, North, 2024: 37.4 %") == []
    assert search.text("page", "Staff who were trained, North, 2024: 37.43 %") == []
    assert search.text("page", "Staff who were trained, North, 2024: 37.428 %")
    assert search.text("page", "Staff who were trained, North, 2024: 1,749 people")
    # Nothing is shown of the other one, and its share stays secret.
    assert search.text("page", "Staff who were trained, South, 2024: 0.33 %")


def test_a_limit_of_everybody_is_not_the_count_of_men() -> None:
    """The table of all people names no sex, and its lower limit reads like a number of men."""
    frame = table({"North": [37, 118]}, sexes=["Male", "Female"])
    frame["denominator"], frame["unit"] = [90.0, 280.0, 370.0], "%"
    frame["value"] = 100 * frame["count"] / frame["denominator"]
    safe = protect(frame, structure=Structure(parents={})).frame
    found = with_limits(safe).set_index("sex").loc["Persons", "lower_95"]
    assert f"{found:.1f}" == "37.0"
    search = Search(secrets_of(frame, safe, subject=SUBJECT))
    assert search.text("page", "Staff who were trained, North, 2024: 37.0 to 47.0 %") == []
    assert search.text("page", "Staff who were trained, North, 2024: 37 men")


@pytest.mark.parametrize(
    "note",
    [
        "rounded to 5",
        "withheld to protect small numbers (1 to 7 withheld, all others rounded to 5)",
        "withheld to protect small numbers (under 5 withheld)",
        "withheld to protect small numbers (under 5 withheld; highest 7, lowest 1, round_to 5)",
    ],
)
@pytest.mark.parametrize("count", [1, 5, 7])
def test_what_is_said_of_a_rule_is_no_figure(tmp_path: Path, note: str, count: int) -> None:
    frame = table({"North": [count], "South": [40]}, sexes=["Persons"], totals=False)
    secrets = secrets_of(
        frame, protect(frame, structure=Structure(parents={})).frame, subject=SUBJECT
    )
    lines = [
        ["Area", "Period", "Figure", "Note"],
        ["North", "2024", "[c]", note],
        ["Staff who were trained", "", "", ""],
    ]
    with (tmp_path / "staff-who-were-trained.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows(lines)
    page = f"<h2>{SUBJECT[1]}</h2><table><tr><th>Area</th><th>Note</th></tr>{{}}</table>"
    row = "<tr><td>North</td><td>{}</td></tr>"
    (tmp_path / "page.html").write_text(page.format(row.format(note)))
    assert find_leaks(tmp_path, secrets).leaks == ()
    (tmp_path / "page.html").write_text(page.format(row.format(f"{count} people")))
    assert find_leaks(tmp_path, secrets).leaks


def test_a_planned_figure_is_not_the_one_that_was_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan for the winter says 58 %, and so did an unpublished return of another year."""
    local = tmp_path / "local"
    (local / "returns").mkdir(parents=True)
    monkeypatch.setenv("HWB_LOCAL_DIR", str(local))
    given = {
        "Measure id": OWN,
        "Measure": TITLE,
        "Wanted direction": "decrease",
        "Period start": "2022-04-01",
        "Period end": "2023-03-31",
        "Value": 58,
        "Unit": "%",
        "Published": "no",
        "Status": "final",
        "Who": "Team",
        "Date of return": "2023-05-05",
    }
    with (local / "returns" / "measures.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, MEASURES.headings)
        writer.writeheader()
        writer.writerow(given)
    view = next(view for view in STRATEGY.views if OWN in view.measures)
    form = write_plan_form(view.slug, [OWN], local / "plans")
    with form.open("a", newline="") as handle:
        csv.writer(handle).writerow([OWN, "2025-10-01", "2025-12-31", 58, 61, "%", "no"])
    secrets = secrets_of_run(STRATEGY, current_snapshot())
    heads = "<tr><th>Measure</th><th>Period</th><th>{}</th></tr>"
    row = f"<tr><td>{TITLE} ({OWN})</td><td>1 Oct 2025 to 31 Dec 2025</td><td>{{}}</td></tr>"
    page = tmp_path / "out" / "page.html"
    page.parent.mkdir()
    page.write_text(f"<table>{heads.format('Planned')}{row.format('58 %')}</table>")
    assert find_leaks(page.parent, secrets).leaks == ()
    page.write_text(f"<table>{heads.format('Actual')}{row.format('61 %')}</table>")
    assert find_leaks(page.parent, secrets).leaks
    page.write_text(f"<p>{TITLE}: the figure returned for 2022/23 is 58 %.</p>")
    assert find_leaks(page.parent, secrets).leaks
