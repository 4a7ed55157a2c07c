"""What a snapshot refuses: every fault with its message, whether read in Python or by a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from hwb_analysis import cli
from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import conform
from hwb_analysis.reports import runner
from hwb_analysis.reports.job import Outcome
from hwb_analysis.reports.manifest import RunStatus, checksums
from hwb_analysis.sources.snapshot import Snapshot, snapshot_at
from hwb_analysis.stats.verbs import trend

# The series that the small registry of the tests names first.
SERIES = "survey:decay"
REGISTRY = Path(__file__).resolve().parents[1] / "unit" / "registry_files" / "northshire.yaml"
ORIGIN = {
    "origin_id": "demo",
    "publisher": "Office for Demonstrations",
    "title": "Shares",
    "release": "2026",
    "licence": "Open Government Licence v3.0",
    "attribution": "Source: Office for Demonstrations",
    "accessed": "2026-01-31",
    "obtained_via": "by hand",
    "input_sha256": {"shares.csv": "0" * 64},
    "file": "demo.parquet",
    "rows_in": 6,
    "rows_out": 6,
}
INFO = {
    "title": "Share of something",
    "unit": "%",
    "value_type": "proportion",
    "multiplier": 100,
    "basis": "register",
    "year_kind": "calendar",
    "origin_id": "demo",
    "file": "demo.parquet",
}


def rows(vintage: str = "2026", value: float = 50.0) -> pd.DataFrame:
    """Return six years of one area, as the contract wants them."""
    years = pd.Series(range(2019, 2025))
    return conform(
        pd.DataFrame(
            {
                "series_id": SERIES,
                "vintage": vintage,
                "area_code": "E10000099",
                "area": "Northshire",
                "area_type": "County",
                "period": years.astype(str),
                "period_start": pd.to_datetime(years.astype(str) + "-01-01"),
                "period_end": pd.to_datetime(years.astype(str) + "-12-31"),
                "period_kind": "calendar",
                "count": value,
                "denominator": 100.0,
                "value": value,
                "unit": "%",
                "basis": "register",
                "grade": "A",
                "status": "ok",
                "origin_id": "demo",
            }
        )
    )


def change(column: str, value: object, row: int = 2) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[row, column] = value
        return frame

    return changed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a sound snapshot."""
    path = tmp_path / "data" / "snapshot" / "2026-01"
    path.mkdir(parents=True)
    write(path, rows())
    return path


def write(folder: Path, frame: pd.DataFrame) -> None:
    """Write a snapshot whose checksum is right, whatever its rows say."""
    frame.to_parquet(folder / "demo.parquet", index=False)
    state(folder)


def state(folder: Path) -> None:
    """State the checksum of the file as it is."""
    sha256 = hashlib.sha256((folder / "demo.parquet").read_bytes()).hexdigest()
    origins, series = {"demo": {**ORIGIN, "sha256": sha256}}, {SERIES: INFO}
    (folder / "origins.yaml").write_text(yaml.safe_dump(origins), encoding="utf-8")
    (folder / "series.yaml").write_text(yaml.safe_dump(series), encoding="utf-8")


def refused(folder: Path) -> DataContractError:
    """Return what reading and checking say; both must say the same."""
    with pytest.raises(DataContractError) as read:
        Snapshot(folder).frame([SERIES])
    with pytest.raises(DataContractError) as checked:
        Snapshot(folder).check([SERIES])
    assert str(read.value) == str(checked.value)
    assert read.value.exit_code == 11
    assert read.value.remedy
    return read.value


def test_a_sound_snapshot_is_read(folder):
    Snapshot(folder).check([SERIES, "survey:not-there"])
    assert Snapshot(folder).frame([SERIES])["value"].tolist() == [50.0] * 6


def test_a_missing_file(folder):
    (folder / "demo.parquet").unlink()
    error = refused(folder)
    assert error.message == "the file demo.parquet of the snapshot 2026-01 is missing"
    assert error.where == str(folder / "demo.parquet")
    assert "compile the snapshot anew" in error.remedy


def test_a_changed_byte(folder):
    path = folder / "demo.parquet"
    content = bytearray(path.read_bytes())
    before = hashlib.sha256(content).hexdigest()
    content[100] ^= 1
    path.write_bytes(content)
    after = hashlib.sha256(content).hexdigest()
    assert refused(folder).message == (
        f"the checksum of demo.parquet was expected to be {before[:12]}..., is {after[:12]}..."
    )


def test_a_truncated_file(folder):
    cut(folder)
    assert "checksum of demo.parquet" in refused(folder).message


def test_a_file_that_is_no_table_though_its_checksum_holds(folder):
    cut(folder)
    state(folder)
    error = refused(folder)
    assert error.message.startswith("the file demo.parquet cannot be read as a table of figures")
    assert error.where == str(folder / "demo.parquet")


@pytest.mark.parametrize("name", ["origins.yaml", "series.yaml"])
@pytest.mark.parametrize("text", ["a: [", "- a\n- b\n", "\ufffe: \x00"])
def test_a_list_that_cannot_be_read(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    assert refused(folder).message.startswith(f"the list {name} cannot be read")


def test_a_list_that_is_missing(folder):
    (folder / "series.yaml").unlink()
    assert refused(folder).message == "the list series.yaml is missing"


def cut(folder: Path) -> None:
    path = folder / "demo.parquet"
    path.write_bytes(path.read_bytes()[:-200])


BROKEN = {
    "column missing": (lambda f: f.drop(columns="denominator"), "columns missing: denominator"),
    "column renamed": (
        lambda f: f.rename(columns={"value": "valeu"}),
        "columns missing: value\n- columns unknown: valeu",
    ),
    "text for numbers": (
        lambda f: f.assign(value=f["value"].astype(str)),
        "column value must be numbers, is str",
    ),
    "text for dates": (
        lambda f: f.assign(period_start=f["period_start"].astype(str)),
        "column period_start must be dates, is str",
    ),
    "key twice": (
        lambda f: pd.concat([f, f.tail(1)]),
        "the key is not unique: 2 rows, first survey:decay E10000099 2024",
    ),
    "count above denominator": (
        change("count", 101.0),
        "count is above its denominator in a percentage: 1 row, first survey:decay E10000099 2021",
    ),
    "period backwards": (
        change("period_end", pd.Timestamp("2020-12-31")),
        "the period ends before it starts: 1 row, first survey:decay E10000099 2021",
    ),
    "value lost": (change("value", None), "value is missing without a status: 1 row"),
    "unknown word": (change("status", "guessed"), "status must be one of ok,"),
}


@pytest.mark.parametrize(("mend", "told"), BROKEN.values(), ids=BROKEN)
def test_rows_that_break_the_contract(folder, mend, told):
    write(folder, mend(rows()))
    error = refused(folder)
    assert told in error.message
    assert error.where == "snapshot 2026-01, demo.parquet"


def test_a_file_without_the_column_of_series(folder):
    write(folder, rows().drop(columns="series_id"))
    assert "cannot be read as a table of figures" in refused(folder).message


def test_every_fault_is_told_at_once(folder):
    data = folder.parent.parent
    (data / "lookups").mkdir()
    lookup = {"areas": {**ORIGIN, "origin_id": "areas", "file": "areas.csv", "sha256": "1" * 64}}
    (data / "lookups" / "origins.yaml").write_text(yaml.safe_dump(lookup), encoding="utf-8")
    write(folder, change("count", 101.0)(change("period_end", pd.Timestamp("2020-12-31"))(rows())))
    with pytest.raises(DataContractError) as caught:
        Snapshot(folder).check([SERIES])
    message = caught.value.message
    assert message.startswith("2 files of the snapshot 2026-01 cannot be used")
    for told in ("areas.csv", "count is above", "period ends before", "demo.parquet"):
        assert told in message


def test_two_vintages_of_a_series_are_never_joined(folder):
    write(folder, pd.concat([rows("2024", 40.0), rows("2026", 50.0)]))
    newest = Snapshot(folder).frame([SERIES])
    assert set(newest["vintage"]) == {"2026"}
    assert newest["value"].tolist() == [50.0] * 6
    assert newest.attrs["vintages_left_out"] == ((SERIES, "2024"),)
    both = trend(Snapshot(folder).frame([SERIES], vintage="all"), rule="national", better="high")
    assert len(both) == 2, "one result a vintage"


def test_two_vintages_under_one_label_break_the_key(folder):
    write(folder, pd.concat([rows("2026", 40.0), rows("2026", 50.0)]))
    assert "the key is not unique: 12 rows" in refused(folder).message


def test_a_data_cut_names_a_snapshot_or_a_day(folder, monkeypatch):
    monkeypatch.setenv("HWB_DATA_DIR", str(folder.parent.parent))
    older = folder.parent / "2025-06"
    older.mkdir()
    (older / "origins.yaml").write_text("{}", encoding="utf-8")
    assert snapshot_at()[0].name == "2026-01"
    assert snapshot_at("2025-06")[0].name == "2025-06"
    snapshot, day = snapshot_at("2025-06-30")
    assert (snapshot.name, str(day)) == ("2026-01", "2025-06-30")
    with pytest.raises(DataContractError, match=r"no origins\.yaml"):
        snapshot_at("2024-01")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an output folder in which a sound run stands; its notebooks are stood in for."""
    base = tmp_path_factory.mktemp("published")
    data = base / "data" / "snapshot" / "2026-01"
    data.mkdir(parents=True)
    write(data, rows())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HWB_STRATEGY", str(REGISTRY))
        patch.setenv("HWB_DATA_DIR", str(base / "data"))
        stand_in(patch)
        assert command("run", base / "out") == 0
        yield base / "out"


def stand_in(patch: pytest.MonkeyPatch) -> None:
    """Let no notebook run: the engine with kernels gives its jobs to ``made``."""
    patch.setenv("HWB_ENGINE", "spawn")
    patch.setattr(runner, "run_all", made)


def made(jobs, limit, started, finished):
    for job in jobs:
        job.staged.mkdir(parents=True)
        (job.staged / "report.html").write_text("a good report", encoding="utf-8")
        finished(job, Outcome(RunStatus.OK, 1.0))


def for_readers(out: Path) -> dict[str, str]:
    """Return the checksums of an output folder, but for what a run that refused says there."""
    return checksums(out, but={"logs/run.json", "logs/summary.txt"})


def command(word: str, out: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([word, "--out", str(out)])
    return int(ended.value.code or 0)


AT_A_RUN = {
    "missing": (lambda f: (f / "demo.parquet").unlink(), "demo.parquet of the snapshot 2026-01"),
    "changed": (
        lambda f: (f / "demo.parquet").write_bytes(b"changed"),
        "the checksum of demo.parquet",
    ),
    "truncated": (cut, "the checksum of demo.parquet"),
    **{
        name: (lambda f, mend=mend: write(f, mend(rows())), told)
        for name, (mend, told) in BROKEN.items()
    },
}


@pytest.mark.parametrize(("spoil", "told"), AT_A_RUN.values(), ids=AT_A_RUN)
def test_a_run_refuses_and_leaves_the_last_good_reports(
    folder, published, monkeypatch, capsys, spoil, told
):
    before = for_readers(published)
    latest = (published / "latest").readlink()
    spoil(folder)
    monkeypatch.setenv("HWB_DATA_DIR", str(folder.parent.parent))
    assert command("run", published) == 11
    errors = capsys.readouterr().err
    assert told in errors
    assert "what to do: " in errors
    assert "Traceback" not in errors
    assert for_readers(published) == before
    assert (published / "latest").readlink() == latest


def test_without_a_snapshot_a_run_says_so(published, monkeypatch, tmp_path, capsys):
    before = for_readers(published)
    monkeypatch.setenv("HWB_DATA_DIR", str(tmp_path))
    assert command("run", published) == 11
    assert "no snapshot was found" in capsys.readouterr().err
    assert for_readers(published) == before


def test_the_board_page_shows_the_snapshot_of_its_run(folder, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HWB_STRATEGY", str(REGISTRY))
    monkeypatch.setenv("HWB_DATA_DIR", str(folder.parent.parent))
    stand_in(monkeypatch)
    newer = folder.parent / "2026-07"
    newer.mkdir()
    write(newer, rows(value=99.0))
    found = {}
    for given in ("2026-01", "2026-07", "2021-06-30"):
        out = tmp_path / f"out {given}"
        with pytest.raises(SystemExit) as ended:
            cli.main(["run", "--out", str(out), "--data-cut", given])
        assert not ended.value.code
        figures = json.loads((out / "latest" / "board.json").read_text(encoding="utf-8"))
        page = (out / "latest" / "index.html").read_text(encoding="utf-8")
        (row,) = [r for r in figures["figures"] if r["series_id"] == SERIES]
        found[given] = (float(row["value"]), row["period"])
        assert f"snapshot {given if given != '2021-06-30' else '2026-07'}" in page
    assert found == {
        "2026-01": (50.0, "2024"),
        "2026-07": (99.0, "2024"),
        "2021-06-30": (99.0, "2020"),
    }
