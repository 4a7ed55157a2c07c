"""Figures of many areas, one file a series: what is read, what is refused."""

from __future__ import annotations

import itertools
import json

import pandas as pd
import pytest
from pyarrow import parquet

from hwb_analysis.errors import DataContractError, UsageError
from hwb_analysis.sources.partitioned import Partitioned, write_series
from hwb_analysis.sources.snapshot import current_snapshot

SERIES = ("cover:mmr2-5y", "iod2025-lsoa:imd-rank")


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    snapshot = current_snapshot()
    return {name: snapshot.frame([name]) for name in SERIES}


@pytest.fixture
def store(tmp_path, frames) -> Partitioned:
    return write_series(tmp_path / "nation", frames.values())


def same(one: pd.DataFrame, two: pd.DataFrame) -> None:
    order = ["series_id", "area_code", "period_start", "sex", "age", "category"]
    pd.testing.assert_frame_equal(
        one.sort_values(order).reset_index(drop=True),
        two.sort_values(order).reset_index(drop=True),
        check_like=True,
    )


def test_what_was_written_is_read(store, frames):
    assert store.list() == tuple(sorted(SERIES))
    assert store.rows == sum(map(len, frames.values()))
    for name in SERIES:
        same(store.get([name]), frames[name])
    assert store.get([]).empty


def test_some_areas_are_read_alone(store, frames):
    frame = frames["iod2025-lsoa:imd-rank"]
    codes = sorted(frame["area_code"].unique())[10:13]
    found = store.get(["iod2025-lsoa:imd-rank"], areas=codes)
    same(found, frame[frame["area_code"].isin(codes)])
    assert store.get(["cover:mmr2-5y"], areas=["E99999999"]).empty
    assert found.attrs["origins"] == tuple(sorted(set(found["origin_id"])))


def test_groups_of_rows_know_their_areas(tmp_path):
    """Else a reader would have to open all of them."""
    base = current_snapshot().frame(["cover:mmr2-5y"]).head(1)
    many = pd.concat([base.assign(area_code=f"E{n:08d}") for n in range(5_000)])
    write_series(tmp_path / "nation", [many])
    (path,) = (tmp_path / "nation" / "figures").iterdir()
    about = parquet.ParquetFile(path).metadata
    assert about.num_row_groups == 3
    place = parquet.ParquetFile(path).schema_arrow.get_field_index("area_code")
    ends = [about.row_group(n).column(place).statistics for n in range(3)]
    assert all(a.max < b.min for a, b in itertools.pairwise(ends))


def test_an_unknown_series_is_told(store):
    with pytest.raises(UsageError, match="no series 'cover:mmr3-5y'") as caught:
        store.get(["cover:mmr3-5y"])
    assert "cover:mmr2-5y" in str(caught.value)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_file_that_is_not_the_one_written_is_refused(store, damage):
    path = next(p for p in (store.folder / "figures").iterdir() if "mmr2" in p.name)
    path.unlink() if damage == "gone" else path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataContractError, match=r"checksum of cover%3Ammr2-5y\.parquet"):
        Partitioned(store.folder).get(["cover:mmr2-5y"])
    assert len(Partitioned(store.folder).get(["iod2025-lsoa:imd-rank"]))


def test_a_file_with_the_right_checksum_that_is_no_parquet_is_refused(store):
    path = next(p for p in (store.folder / "figures").iterdir() if "mmr2" in p.name)
    path.write_bytes(b"nonsense")
    from hwb_analysis.sources.snapshot import file_sha256

    index = json.loads((store.folder / "index.json").read_text("utf-8"))
    index["cover:mmr2-5y"]["sha256"] = file_sha256(path)
    (store.folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(DataContractError, match="figures cannot be read"):
        Partitioned(store.folder).get(["cover:mmr2-5y"])


def test_what_is_no_store_is_told(tmp_path):
    with pytest.raises(DataContractError, match="index of the figures cannot be read"):
        Partitioned(tmp_path)


def test_one_frame_a_series_is_asked_for(tmp_path, frames):
    both = pd.concat(frames.values())
    with pytest.raises(DataContractError, match="one frame a series"):
        write_series(tmp_path / "a", [both])
    one = frames["cover:mmr2-5y"]
    with pytest.raises(DataContractError, match="one frame a series"):
        write_series(tmp_path / "b", [one, one])
    with pytest.raises(DataContractError):
        write_series(tmp_path / "c", [one.assign(area="")])
