"""A snapshot in parts: the same rows as the plain one, read where needed, and what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pyarrow import parquet

from hwb_analysis.errors import DataContractError, UsageError
from hwb_analysis.frame import KEY
from hwb_analysis.sources import partitioned
from hwb_analysis.sources.files import file_sha256
from hwb_analysis.sources.load import load, series_of
from hwb_analysis.sources.partition import partition_snapshot, write_partitioned
from hwb_analysis.sources.partitioned import INDEX, write_parts
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.sources.snapshot_build import build_snapshot
from hwb_analysis.strategy import load_strategy

MMR, RANKS = "cover:mmr2-5y", "iod2025-lsoa:imd-rank"
PART = "cover%3Ammr2-5y.parquet"


ORIGIN = "cover-annual"


def beside(plain: Snapshot, data: Path) -> Path:
    """Put look-ups and boundaries into a data folder and return where its snapshots lie."""
    for name in ("lookups", "boundaries"):
        (data / name).symlink_to(plain.folder.parents[1] / name, target_is_directory=True)
    (data / "snapshot").mkdir()
    return data / "snapshot"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return the part of the product's own snapshot that the tests below read."""
    whole = current_snapshot()
    read = [MMR, RANKS, *series_of("school-readiness", load_strategy(), whole)]
    kept = {whole.series[one].origin_id for one in read}
    folder = beside(whole, tmp_path_factory.mktemp("plain")) / whole.name
    folder.mkdir()
    for name in ("origins.yaml", "series.yaml"):
        listed = yaml.load((whole.folder / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
        some = {k: v for k, v in listed.items() if v["origin_id"] in kept}
        (folder / name).write_text(yaml.safe_dump(some), encoding="utf-8")
    for key in kept:
        shutil.copy(whole.files[key], folder)
    return Snapshot(folder)


@pytest.fixture(scope="module")
def whole(plain: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return the same figures in parts."""
    snapshots = beside(plain, tmp_path_factory.mktemp("nation"))
    return partition_snapshot(plain, snapshots / plain.name)


@pytest.fixture
def parts(whole: Snapshot, tmp_path: Path) -> Snapshot:
    """Return a copy of one origin in parts, to be damaged."""
    folder = tmp_path / "data" / "snapshot" / "2026-11"
    shutil.copytree(whole.folder / ORIGIN, folder / ORIGIN)
    for name in ("origins.yaml", "series.yaml"):
        listed = json.loads((whole.folder / name).read_text("utf-8"))
        kept = {k: v for k, v in listed.items() if v["origin_id"] == ORIGIN}
        (folder / name).write_text(json.dumps(kept), encoding="utf-8")
    return Snapshot(folder)


def restate(snapshot: Snapshot, change: Callable[[dict[str, dict[str, object]]], None]) -> None:
    """Change the list of parts, and state the checksum that it has then."""
    index = snapshot.folder / ORIGIN / INDEX
    listed = json.loads(index.read_text("utf-8"))
    change(listed)
    index.write_text(json.dumps(listed), encoding="utf-8")
    path = snapshot.folder / "origins.yaml"
    origins = json.loads(path.read_text("utf-8"))
    origins[ORIGIN]["sha256"] = file_sha256(index)
    path.write_text(json.dumps(origins), encoding="utf-8")


def refused(snapshot: Snapshot) -> DataContractError:
    """Return what reading and checking say; both must say the same."""
    with pytest.raises(DataContractError) as read:
        Snapshot(snapshot.folder).frame([MMR])
    with pytest.raises(DataContractError) as checked:
        Snapshot(snapshot.folder).check([MMR])
    assert str(read.value) == str(checked.value)
    assert read.value.exit_code == 11
    assert read.value.remedy
    return read.value


def same(plain: Snapshot, whole: Snapshot) -> None:
    assert whole.list() == plain.list()
    for key in sorted({info.origin_id for info in plain.series.values()}):
        ids = [s for s, info in plain.series.items() if info.origin_id == key]
        one, two = plain.frame(ids, vintage="all"), whole.frame(ids, vintage="all")
        pd.testing.assert_frame_equal(one, two)
        assert one.attrs == two.attrs


def test_every_series_is_row_by_row_that_of_the_plain_snapshot(plain, whole):
    same(plain, whole)


def test_local_figures_are_no_part_of_what_is_written(plain, tmp_path):
    """They are unpublished: a snapshot that is passed on must not hold them."""
    known = dataclasses.replace(plain.series[MMR], origin_id="local-own", id="local:own")
    beside = Snapshot(plain.folder)
    beside.__dict__["series"] = {**plain.series, "local:own": known}
    written = partition_snapshot(beside, tmp_path / plain.name)
    assert written.list() == plain.list()
    assert not list(written.folder.rglob("*local*"))


@pytest.mark.slow
def test_all_figures_of_the_product_are_the_same_in_parts(tmp_path):
    same(current_snapshot(), partition_snapshot(current_snapshot(), tmp_path / "2026-11"))


def test_parts_are_written_anew_from_parts(whole, tmp_path):
    again = partition_snapshot(whole, tmp_path / whole.name)
    sums = [
        {p.relative_to(one.folder): file_sha256(p) for p in one.folder.rglob("*") if p.is_file()}
        for one in (whole, again)
    ]
    assert sums[0] == sums[1]


def test_the_lists_say_the_same_but_for_the_files(plain, whole):
    for series_id, info in plain.series.items():
        other = whole.series[series_id]
        assert other.file == f"{info.origin_id}/{INDEX}"
        assert (info.title, info.unit, info.notes) == (other.title, other.unit, other.notes)
    for key, origin in plain.origins.items():
        assert whole.origins[key].attribution == origin.attribution
        assert whole.origins[key].rows_out == origin.rows_out
    assert len(whole.lsoa_lookup()) == len(plain.lsoa_lookup())


@pytest.mark.parametrize(
    ("what", "areas"),
    [
        ("school-readiness", "home"),
        ("school-readiness", ["nation", "east midlands"]),
        (["school-readiness", RANKS], "all"),
        (MMR, "nation"),
        (MMR, "E92000001"),
        (RANKS, "lsoa"),
    ],
)
def test_load_returns_the_same_from_both(plain, whole, what, areas):
    one, two = load(what, areas, snapshot=plain), load(what, areas, snapshot=whole)
    pd.testing.assert_frame_equal(one, two)
    assert one.attrs == two.attrs


def test_areas_may_be_given_by_name_or_code(plain, whole):
    rows = plain.frame([RANKS])
    names, codes = rows["area"].unique()[[3, 7]].tolist(), rows["area_code"].unique()[[3, 7]]
    by_name = load(RANKS, [names[0].upper(), names[1]], snapshot=whole)
    pd.testing.assert_frame_equal(by_name, load(RANKS, codes, snapshot=plain))


def test_load_reads_only_the_wanted_rows(whole, monkeypatch):
    seen = []
    read = partitioned.read_parts
    monkeypatch.setattr(
        "hwb_analysis.sources.snapshot.read_parts",
        lambda *given: seen.append(found := read(*given)) or found,
    )
    frame = load(MMR, "nation", periods=("2020-04-01", "2023-03-31"), snapshot=whole)
    assert frame["period"].tolist() == ["2020/21", "2021/22", "2022/23"]
    assert [len(rows) for rows, _ in seen] == [3]


def test_only_files_that_are_read_are_compared(parts):
    other = next(p for p in (parts.folder / ORIGIN).glob("*.parquet") if p.name != PART)
    other.write_bytes(b"nonsense")
    assert len(parts.frame([MMR]))
    with pytest.raises(DataContractError, match="checksum of"):
        parts.frame()


def test_an_unknown_area_is_told_with_those_that_there_are(whole):
    with pytest.raises(UsageError, match="these series hold no area 'Narnia'") as caught:
        load(MMR, "Narnia", snapshot=whole)
    assert "England" in str(caught.value)
    with pytest.raises(UsageError, match="no area 'E99999999'"):
        load(MMR, ["nation", "E99999999"], snapshot=whole)


def test_an_area_without_a_figure_in_the_periods_is_no_unknown_area(plain, whole):
    for snapshot in (plain, whole):
        with pytest.raises(UsageError, match="no figure for England between 1900-01-01 and"):
            load(MMR, "England", periods=("1900-01-01", "1900-12-31"), snapshot=snapshot)


@pytest.mark.parametrize(
    "periods", [("2020-01-01",), ("a", "b"), (1, 2), ("2021-01-01", "2020-01-01"), None]
)
def test_days_that_cannot_be_meant(plain, periods):
    if periods is None:
        assert len(plain.frame([MMR], periods=None))
        return
    with pytest.raises(UsageError, match="day"):
        plain.frame([MMR], periods=periods)


def two_releases(folder: Path) -> Snapshot:
    """Write a series whose newer release lacks an area, in parts."""
    plain = current_snapshot()
    new = plain.frame([MMR])
    old = new.assign(vintage="2001-01")
    gone = new["area_code"].iloc[0]
    frame = pd.concat([old, new[new["area_code"] != gone]])
    origin = plain.origins[ORIGIN]
    told = {name: getattr(origin, name) for name in origin.__slots__} | {"rows_out": len(frame)}
    info = plain.series[MMR]
    entry = {name: getattr(info, name) for name in info.__slots__ if name != "id"}
    return write_partitioned(folder, lambda key: [frame], {MMR: entry}, {ORIGIN: told})


def test_the_newest_release_is_that_of_the_whole_series(tmp_path):
    """An area that the newest release lacks gets no rows of an older one."""
    snapshot = two_releases(tmp_path / "2026-11")
    gone = current_snapshot().frame([MMR])["area_code"].iloc[0]
    newest = snapshot.frame([MMR], areas=[gone])
    assert newest.empty
    assert newest.attrs["vintages_left_out"] == ((MMR, "2001-01"),)
    assert set(snapshot.frame([MMR], vintage="all", areas=[gone])["vintage"]) == {"2001-01"}
    assert len(snapshot.frame([MMR], vintage="2001-01", areas=[gone]))


def test_groups_of_rows_know_their_areas(tmp_path, plain):
    """Else a reader would have to open all of them."""
    base = plain.frame([MMR]).head(1)
    many = pd.concat([base] * 5_000).assign(area_code=[f"E{n:08d}" for n in range(5_000)])
    index = write_parts(tmp_path / ORIGIN, [many.sample(frac=1, random_state=1)])
    about = parquet.ParquetFile(index.parent / PART).metadata
    assert about.num_row_groups == 3
    place = about.schema.to_arrow_schema().get_field_index("area_code")
    ends = [about.row_group(n).column(place).statistics for n in range(3)]
    assert all(a.max < b.min for a, b in itertools.pairwise(ends))


def test_a_missing_part(parts):
    (parts.folder / ORIGIN / PART).unlink()
    assert refused(parts).message == f"the file {PART} of the snapshot 2026-11 is missing"


def test_a_changed_part(parts):
    path = parts.folder / ORIGIN / PART
    path.write_bytes(path.read_bytes() + b"x")
    error = refused(parts)
    assert f"checksum of {PART}" in error.message
    assert error.where == str(path)


def test_a_part_of_another_series_in_its_place(parts):
    folder = parts.folder / ORIGIN
    shutil.copyfile(folder / "cover%3Adtap-1y.parquet", folder / PART)
    assert f"checksum of {PART}" in refused(parts).message
    restate(parts, lambda listed: listed.update({MMR: listed["cover:dtap-1y"]}))
    assert "it holds rows of another series" in refused(parts).message


def test_a_changed_list_of_parts(parts):
    index = parts.folder / ORIGIN / INDEX
    index.write_text(index.read_text("utf-8").replace("rows", "rows "), encoding="utf-8")
    assert f"checksum of {INDEX}" in refused(parts).message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda listed: listed.pop(MMR), "cover-annual/parts.json lists no part for cover:mmr2-5y"),
        (lambda listed: listed[MMR].pop("sha256"), "rows, sha256 and vintages"),
        (lambda listed: listed.update({MMR: "all"}), "rows, sha256 and vintages"),
        (lambda listed: listed[MMR].update(rows=7), "7 rows were expected, it holds"),
    ],
)
def test_a_list_of_parts_that_is_wrong_though_its_checksum_holds(parts, change, told):
    restate(parts, change)
    assert told in refused(parts).message


@pytest.mark.parametrize(
    ("mend", "told"),
    [
        (lambda f: f.drop(columns="denominator"), "column denominator is missing"),
        (lambda f: f.assign(colour="red"), "column colour is unknown"),
        (lambda f: f.assign(value=f["value"].astype(str)), "column value must be double"),
        (lambda f: f.assign(period_end=f["period_end"].astype(str)), "must be timestamp"),
    ],
)
def test_a_part_with_another_schema(parts, mend, told):
    path = parts.folder / ORIGIN / PART
    mend(pd.read_parquet(path)).to_parquet(path, index=False)
    restate(parts, lambda listed: listed[MMR].update(sha256=file_sha256(path)))
    error = refused(parts)
    assert told in error.message
    assert error.where == str(path)


def test_a_part_that_is_no_parquet_and_one_that_breaks_the_contract(parts):
    path = parts.folder / ORIGIN / PART
    sound = pd.read_parquet(path)
    path.write_bytes(b"nonsense")
    restate(parts, lambda listed: listed[MMR].update(sha256=file_sha256(path)))
    assert "cannot be read as the figures of 'cover:mmr2-5y'" in refused(parts).message
    sound.assign(denominator=-1.0).to_parquet(path, index=False)
    restate(parts, lambda listed: listed[MMR].update(sha256=file_sha256(path)))
    error = refused(parts)
    assert "denominator is not positive" in error.message
    assert error.where == "snapshot 2026-11, cover-annual"


@pytest.mark.parametrize(
    "name",
    ["../cover/parts.json", "cover/../../parts.json", "/etc/passwd", "C:\\x", " ", "a//b", "./a"],
)
def test_no_list_leads_out_of_the_folder(parts, name):
    path = parts.folder / "origins.yaml"
    origins = json.loads(path.read_text("utf-8"))
    origins[ORIGIN]["file"] = name
    path.write_text(json.dumps(origins), encoding="utf-8")
    told = refused(parts).message
    assert "a file inside the folder was expected" in told


@pytest.mark.parametrize("series_id", ["../../up", "/abs", "a\\b", "..", "con:x?*"])
def test_no_name_of_a_series_leads_out_of_the_folder(tmp_path, plain, series_id):
    frame = plain.frame([MMR]).assign(series_id=series_id)
    index = write_parts(tmp_path / "origin", [frame])
    assert sorted(p.parent for p in tmp_path.rglob("*.*")) == [index.parent] * 2


def test_one_frame_a_series_is_asked_for(tmp_path, plain):
    one = plain.frame([MMR])
    for frames in (
        [plain.frame([MMR, "cover:dtap-1y"])],
        [one, one],
        [one, one.assign(series_id=MMR.upper())],
    ):
        with pytest.raises(DataContractError, match="one frame a series"):
            write_parts(tmp_path / "cover", frames)
    with pytest.raises(DataContractError, match="area_code is empty"):
        write_parts(tmp_path / "cover", [one.assign(area_code="")])


def test_a_snapshot_in_parts_is_there_whole_or_not_at_all(tmp_path, plain):
    with pytest.raises(UsageError, match="a new folder was expected"):
        partition_snapshot(plain, tmp_path)
    info = plain.series[MMR]
    entry = {name: getattr(info, name) for name in info.__slots__ if name != "id"}
    origin = plain.origins[ORIGIN]
    told = {name: getattr(origin, name) for name in origin.__slots__}
    with pytest.raises(DataContractError, match="rows, its series hold"):
        write_partitioned(
            tmp_path / "half", lambda key: [plain.frame([MMR])], {MMR: entry}, {ORIGIN: told}
        )
    assert list(tmp_path.iterdir()) == []


def test_rows_are_written_in_the_order_of_their_key(parts):
    frame = pd.read_parquet(parts.folder / ORIGIN / PART)
    assert frame.equals(frame.sort_values(list(KEY), ignore_index=True))


def test_a_refresh_says_that_it_builds_upon_plain_snapshots_only(parts, tmp_path):
    with pytest.raises(DataContractError, match="lies in parts"):
        build_snapshot(parts, [], tmp_path / "2026-12")


def test_verify_compares_every_part(parts, tmp_path, monkeypatch):
    from hwb_analysis.reports.verify import verify

    monkeypatch.setenv("HWB_DATA_DIR", str(parts.folder.parents[1]))
    assert verify(tmp_path / "out").differences == ()
    (parts.folder / ORIGIN / PART).write_bytes(b"x")
    (parts.folder / ORIGIN / "more.txt").write_bytes(b"x")
    told = {(one.kind, one.path) for one in verify(tmp_path / "out").differences}
    assert told == {
        ("changed", f"data/snapshot/2026-11/{ORIGIN}/{PART}"),
        ("extra", f"data/snapshot/2026-11/{ORIGIN}/more.txt"),
    }
