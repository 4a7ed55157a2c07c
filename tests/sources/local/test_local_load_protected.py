"""Local figures come protected: through load, through load_local, as a source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.disclosure import audit, rules
from hwb_analysis.disclosure.rules import stricter
from hwb_analysis.errors import DataContractError, DisclosureError, UsageError
from hwb_analysis.reports.emit import show_table
from hwb_analysis.reports.parameters import suppression_rules
from hwb_analysis.sources.local import LocalFiles, MapError, load_local
from hwb_analysis.sources.local.folder import SHOWN_VARIABLE
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy

SERIES = "local:training"
FIGURES = ["count", "denominator", "value", "lower_95", "upper_95", "lower_998", "upper_998"]


def test_load_gives_a_local_series_protected(local: Path) -> None:
    frame = hwb.load(SERIES).set_index("area")
    gone = frame.loc[frame["status"] == "suppressed"]
    assert "Melton" in gone.index
    # The county minus the others would give it back.
    assert len(gone) == 2
    assert gone[FIGURES].isna().all(axis=None)
    assert gone["note"].str.startswith("withheld to protect small numbers").all()
    assert frame.attrs["origins"] == ("local-training",)
    told = frame.attrs["disclosure"][SERIES]
    assert told.startswith("2 of 8 figures are withheld")
    assert "under 10 withheld" in told


def test_what_load_gives_stands_an_attack(local: Path) -> None:
    shown, truth = hwb.load(SERIES, areas="all"), hwb.load(SERIES, areas="all", protected=False)
    assert audit(shown, "under-10", truth=truth).safe
    careless = shown.set_index("area_code")
    # All but the small number itself: subtraction gives it back.
    cover = careless.index[(careless["status"] == "suppressed") & (careless["area"] != "Melton")]
    careless.loc[cover, FIGURES] = truth.set_index("area_code").loc[cover, FIGURES]
    careless.loc[cover, "status"] = "ok"
    assert not audit(careless.reset_index(), "under-10").safe


def test_a_measure_of_a_local_series_loads_protected(local: Path, local_registry: Path) -> None:
    frame = hwb.load("P1-M", strategy=load_strategy(local_registry))
    assert set(frame["series_id"]) == {SERIES}
    assert (frame["status"] == "suppressed").sum() == 2


def test_published_series_stay_as_they_are(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = hwb.load("cover:mmr2-5y")
    assert "disclosure" not in beside.attrs
    monkeypatch.delenv("HWB_LOCAL_DIR")
    pd.testing.assert_frame_equal(beside, hwb.load("cover:mmr2-5y"))


def test_unprotected_figures_are_marked(local: Path) -> None:
    frame = hwb.load(SERIES, protected=False)
    assert frame.loc[frame["area"] == "Melton", "count"].tolist() == [3]
    assert frame.attrs["unprotected"] == (SERIES,)
    assert "disclosure" not in frame.attrs
    assert LocalFiles(protected=False).get([SERIES]).attrs["unprotected"] == (SERIES,)


def test_a_page_refuses_unprotected_figures(local: Path) -> None:
    with pytest.raises(DisclosureError, match="local:training are not protected"):
        show_table(hwb.load(SERIES, protected=False), "Staff", name="staff")


@pytest.mark.parametrize("held", ["", "somewhere"])
def test_a_report_gets_no_unprotected_figures(
    local: Path, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setenv(SHOWN_VARIABLE, held)
    for asked in (
        lambda: hwb.load(SERIES, protected=False, snapshot=Snapshot(current_snapshot().folder)),
        lambda: load_local(local / "map.yaml", protected=False),
        lambda: LocalFiles(local, protected=False).get([SERIES]),
    ):
        with pytest.raises(DisclosureError, match="not protected") as caught:
            asked()
        assert caught.value.exit_code == 13


def test_load_local_is_safe_unless_told_otherwise(local: Path) -> None:
    safe, raw = load_local(local / "map.yaml"), load_local(local / "map.yaml", protected=False)
    assert (safe.frame["status"] == "suppressed").sum() == 2
    assert safe.sentence == safe.frame.attrs["disclosure"][SERIES]
    assert safe.sentence in safe.series.notes
    assert raw.frame.attrs["unprotected"] == (SERIES,)
    assert raw.sentence.startswith("Not protected")


def test_no_checksum_of_the_file_goes_with_what_is_shown(local: Path) -> None:
    # With all figures but one at hand the checksum would tell that one.
    raw = load_local(local / "map.yaml", protected=False).origin
    shown = load_local(local / "map.yaml").origin
    assert shown.input_sha256 == {}
    assert raw.sha256 not in (shown.sha256, "")
    assert all(o.sha256 == "" for o in LocalFiles(local).origins.values())


def test_the_source_protects(local: Path) -> None:
    frame = hwb.load(SERIES, source=LocalFiles(local))
    assert (frame["status"] == "suppressed").sum() == 2


def test_a_rule_of_the_run_adds_to_that_of_the_map(local: Path) -> None:
    frame = LocalFiles(local, rule="suppress-1-7-round-5").get([SERIES])
    shown = frame.loc[frame["status"] != "suppressed"]
    assert (shown["count"] % 5 == 0).all()
    assert (shown["count"] > 9).all()
    weaker = LocalFiles(local, rule="published").get([SERIES])
    assert (weaker["status"] == "suppressed").sum() == 2


@pytest.mark.parametrize("one", suppression_rules())
@pytest.mark.parametrize("other", suppression_rules())
def test_the_stricter_rule_protects_what_either_protects(one: str, other: str) -> None:
    both, counts = stricter(rules()[one], rules()[other]), list(range(60))
    for name in (one, other):
        rule = rules()[name]
        assert (both.protects(counts) >= rule.protects(counts)).all()
        assert both.round_to % rule.round_to == 0


def test_the_names_of_rules_come_from_the_file_of_rules() -> None:
    assert list(suppression_rules()) == list(rules())


def test_an_unknown_local_series_is_named(local: Path) -> None:
    with pytest.raises(UsageError, match="describes 'local:trainin'") as caught:
        hwb.load("local:trainin")
    assert "local:training" in str(caught.value)


def test_a_broken_map_stops_its_own_series_only(local: Path) -> None:
    (local / "other.yaml").write_text("schema_version: 1\n")
    assert len(hwb.load("cover:mmr2-5y", areas="nation"))
    assert len(hwb.load(SERIES))
    with pytest.raises(MapError):
        hwb.load("local:other")


def test_find_lists_local_series(local: Path) -> None:
    found = hwb.find("staff trained")
    assert found.loc[found["what"] == SERIES, "kind"].tolist() == ["series"]


def test_no_folder_of_local_files_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HWB_LOCAL_DIR", str(tmp_path / "none"))
    assert current_snapshot().local is None


def test_figures_without_counts_are_refused_with_what_to_do(
    local: Path, write_map: Callable[..., Path]
) -> None:
    (local / "training.csv").write_text("District,Year,Per cent\nBlaby,2023/24,10.5\n")
    write_map({"file": "training.csv", "columns.count": None, "columns.denominator": None})
    with pytest.raises(DataContractError, match="neither count nor denominator") as caught:
        hwb.load(SERIES, areas="all")
    assert SERIES in str(caught.value.where)
    assert "column of counts" in str(caught.value.remedy)
