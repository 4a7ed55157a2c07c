"""Reading a snapshot: what is returned, what is refused, and how the refusal reads."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from hwb_analysis.errors import DataContractError, UsageError
from hwb_analysis.frame import conform
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot, file_sha256

ROW = {
    "series_id": "demo:a",
    "area_code": "E06000001",
    "area": "Northshire",
    "area_type": "Unitary authority",
    "period": "2023",
    "period_start": "2023-01-01",
    "period_end": "2023-12-31",
    "period_kind": "calendar",
    "sex": "Persons",
    "age": "All ages",
    "value": 12.5,
    "unit": "%",
    "basis": "survey",
    "grade": "C",
    "status": "ok",
    "vintage": "2024-01",
    "origin_id": "demo",
}
SERIES = {
    "title": "A demonstration",
    "unit": "%",
    "value_type": "proportion",
    "multiplier": 100,
    "basis": "survey",
    "year_kind": "calendar",
    "origin_id": "demo",
    "file": "demo.parquet",
}


def build(folder: Path, rows: list[dict[str, object]], series: dict[str, object]) -> Snapshot:
    """Write a snapshot of one file and return it."""
    folder.mkdir(parents=True)
    table = pa.Table.from_pandas(conform(pd.DataFrame(rows)), preserve_index=False)
    pq.write_table(table, folder / "demo.parquet")
    origin = {
        "origin_id": "demo",
        "publisher": "A publisher",
        "title": "Demonstration figures",
        "release": "one",
        "licence": "Open Government Licence v3.0",
        "attribution": "Source: a publisher",
        "accessed": "2026-01-01",
        "obtained_via": "typed",
        "input_sha256": {"a.csv": "0" * 64},
        "file": "demo.parquet",
        "sha256": file_sha256(folder / "demo.parquet"),
        "rows_in": len(rows),
        "rows_out": len(rows),
    }
    (folder / "origins.yaml").write_text(yaml.safe_dump({"demo": origin}), "utf-8")
    (folder / "series.yaml").write_text(yaml.safe_dump(series), "utf-8")
    return Snapshot(folder)


@pytest.fixture
def demo(tmp_path: Path) -> Snapshot:
    rows: list[dict[str, object]] = [
        ROW,
        {**ROW, "vintage": "2025-01", "value": 13.0},
        {**ROW, "series_id": "demo:b"},
    ]
    return build(tmp_path / "snapshot/2026-01", rows, {"demo:a": SERIES, "demo:b": SERIES})


def test_only_the_newest_vintage_is_returned_and_the_other_is_named(demo: Snapshot) -> None:
    frame = demo.get(["demo:a"])
    assert list(frame["value"]) == [13.0]
    assert frame.attrs["vintages_left_out"] == (("demo:a", "2024-01"),)
    assert frame.attrs["origins"] == ("demo",)
    assert frame.attrs["snapshot"] == "2026-01"


def test_both_vintages_or_one_by_name(demo: Snapshot) -> None:
    assert len(demo.frame(["demo:a"], vintage="all")) == 2
    assert list(demo.frame(["demo:a"], vintage="2024-01")["value"]) == [12.5]
    with pytest.raises(UsageError, match="none of the series has a vintage '2024-10'") as caught:
        demo.frame(["demo:a"], vintage="2024-10")
    assert "2024-01" in str(caught.value)


def test_newest_is_decided_series_by_series(demo: Snapshot) -> None:
    frame = demo.frame()
    assert dict(zip(frame["series_id"], frame["vintage"], strict=True)) == {
        "demo:a": "2025-01",
        "demo:b": "2024-01",
    }


def test_an_unknown_series_is_refused_with_the_nearest(demo: Snapshot) -> None:
    with pytest.raises(UsageError, match="has no series 'demo:aa'") as caught:
        demo.get(["demo:aa"])
    assert "did you mean 'demo:a'?" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_was_touched_is_not_read(demo: Snapshot) -> None:
    path = demo.folder / "demo.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataContractError, match=r"checksum of demo\.parquet") as caught:
        demo.get(["demo:a"])
    text = str(caught.value)
    assert str(path) in text
    assert "restore the file from the repository" in text
    assert caught.value.exit_code == 11


def test_the_checksum_is_looked_at_again_when_the_file_changes(demo: Snapshot) -> None:
    demo.get(["demo:a"])
    path = demo.folder / "demo.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataContractError, match="checksum"):
        demo.get(["demo:a"])


def test_a_series_with_missing_and_unknown_keys_is_described_once(tmp_path: Path) -> None:
    bad = {**{k: v for k, v in SERIES.items() if k != "title"}, "colour": "red", "basis": "guess"}
    snapshot = build(tmp_path / "snapshot/2026-01", [dict(ROW)], {"demo:a": bad})
    with pytest.raises(DataContractError) as caught:
        snapshot.get(["demo:a"])
    message = caught.value.message
    for fault in ("lacks title", "unknown key colour", "basis must be one of complete_count"):
        assert fault in message


def test_a_folder_without_origins_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"no origins\.yaml"):
        Snapshot(tmp_path)
    with pytest.raises(DataContractError, match="no snapshot was found"):
        current_snapshot(tmp_path)


def test_the_newest_folder_is_the_current_snapshot(tmp_path: Path) -> None:
    for name in ("2025-09", "2026-01"):
        build(tmp_path / "snapshot" / name, [dict(ROW)], {"demo:a": SERIES})
    assert current_snapshot(tmp_path).name == "2026-01"


def test_the_snapshot_is_a_source(demo: Snapshot) -> None:
    source: Source = demo
    assert source.list() == ("demo:a", "demo:b")
    assert repr(demo) == "Snapshot(2026-01: 2 series in 1 files)"


def test_boundaries_have_two_levels_only(demo: Snapshot) -> None:
    with pytest.raises(UsageError, match="no boundaries of 'wards'"):
        demo.boundaries("wards")


def test_series_of_several_sources_are_read_and_checked_in_half_a_second() -> None:
    names = ["cover:mmr2-5y", "lait:gld", "els:employment-rate", "census2021:unpaid-care"]
    # CPU seconds of this process: how busy the machine is does not count.
    began = time.process_time()
    frame = current_snapshot().get(names)
    assert time.process_time() - began < 0.5
    assert set(frame["series_id"]) == set(names)
