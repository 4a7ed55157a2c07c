"""The list of jumps that a person looks at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.frame import conform
from tools.compile_snapshot.jumps import KEY, WRITTEN, judged, listing, main, unjudged


def series(values: list[float], first: int = 2010) -> pd.DataFrame:
    """Return a series of calendar years with the given values."""
    years = range(first, first + len(values))
    return conform(
        pd.DataFrame(
            {
                "series_id": "demo:a",
                "area_code": "E06000001",
                "area": "Northshire",
                "period": [str(y) for y in years],
                "period_start": [f"{y}-01-01" for y in years],
                "period_end": [f"{y}-12-31" for y in years],
                "value": values,
            }
        )
    )


def test_a_step_far_outside_the_usual_ones_is_listed_with_both_values() -> None:
    found = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0, 14.3]))
    assert found[["before", "period", "from", "to", "pandemic"]].to_numpy().tolist() == [
        ["2014", "2015", 10.2, 14.0, "no"]
    ]


def test_a_step_into_the_pandemic_is_marked() -> None:
    found = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0], first=2016))
    assert list(found["pandemic"]) == ["yes"]


@pytest.mark.parametrize("values", [[1.0, 2.0, 9.0], [1.0, 1.2, 0.9, 1.1, 1.3, 1.0], [5.0] * 8])
def test_short_usual_and_flat_series_give_no_jump(values: list[float]) -> None:
    assert listing(series(values)).empty


def test_making_the_list_again_keeps_what_was_written_and_leaves_new_steps_empty() -> None:
    earlier = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0, 14.3]))
    earlier = earlier.assign(kind="rounding", judgement="Read by eye.")[[*KEY, *WRITTEN]]
    later = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0, 14.3, 14.1, 14.4, 30.0]))
    found = judged(later, earlier)
    assert found[["period", *WRITTEN]].to_numpy().tolist() == [
        ["2015", "rounding", "Read by eye."],
        ["2019", "", ""],
    ]
    assert list(unjudged(found)["period"]) == ["2019"]


@pytest.mark.parametrize(
    ("kind", "judgement"),
    [("", "A sentence."), ("pandemic", ""), ("pandemic", "  "), ("weather", "A sentence.")],
)
def test_a_row_without_a_sentence_or_of_an_unknown_kind_needs_a_person(
    kind: str, judgement: str
) -> None:
    found = listing(series([10.0, 10.3, 10.1, 10.5, 10.2, 14.0]))
    assert len(unjudged(found.assign(kind=kind, judgement=judgement))) == 1


def test_a_first_list_is_written_without_judgements_and_says_how_many_are_due(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "jumps.csv")]) == 0
    found = pd.read_csv(tmp_path / "jumps.csv", dtype=str, keep_default_na=False)
    assert set(found["kind"]) == {""}
    assert f"{len(found)} need a person's judgement" in capsys.readouterr().out


def test_every_step_in_the_committed_list_is_judged_in_one_sentence(root: Path) -> None:
    found = pd.read_csv(root / "docs/qa/jumps.csv", dtype=str, keep_default_na=False)
    assert unjudged(found).empty, unjudged(found)[KEY].to_string()
    assert not found.duplicated(KEY).any()
    assert found["judgement"].str.fullmatch(r"[A-Z0-9].*\.").all()


def test_a_judgement_names_no_cause(root: Path) -> None:
    found = pd.read_csv(root / "docs/qa/jumps.csv", dtype=str, keep_default_na=False)
    causal = r"\b(?:because of|caused?|due to|thanks to|led to|driven by|as a result)\b"
    assert not found["judgement"].str.contains(causal, case=False).any()


def test_the_committed_list_is_the_one_the_snapshot_gives(root: Path, tmp_path: Path) -> None:
    committed = root / "docs/qa/jumps.csv"
    again = Path(shutil.copy(committed, tmp_path))
    main([str(again)])
    told = "run python -m tools.compile_snapshot.jumps and judge what changed"
    assert again.read_text("utf-8").splitlines() == committed.read_text("utf-8").splitlines(), told
