"""Files that a person dropped into a folder: from the file to the series of the new snapshot."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fake_data import small_folder
from fake_files import as_ods, as_xlsx, cover_sheets, eyfsp

from hwb_analysis.errors import SourceError, UsageError
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.live.downloads import Downloads, described
from hwb_analysis.sources.live.reading import LiveSource
from hwb_analysis.sources.refresh import refresh
from hwb_analysis.sources.refresh_store import Refreshed
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot

TODAY = date(2026, 12, 1)
COVER = "cover-anual-data-tables-2024-to-2025"
FIGURES = ["value", "count", "denominator", "status", "grade", "period", "period_end", "area_type"]


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    place = tmp_path / "dropped"
    place.mkdir()
    return place


@pytest.fixture
def run(tmp_path: Path, dropped: Path) -> Callable[..., Refreshed]:
    data = small_folder(tmp_path / "data", ("lait:gld", "cover-official:mmr2-5y"))

    def go(**options: Any) -> Refreshed:
        told = {"sources": ["downloads"], "downloads": dropped, "data": data, "today": TODAY}
        return refresh(**(told | options))

    return go


def made(done: Refreshed) -> Snapshot:
    return Snapshot(done.folder / "snapshot" / done.name)


def alike(new: pd.DataFrame, old: pd.DataFrame) -> None:
    left, right = (
        f.set_index(["area_code", "period_start"]).sort_index()[FIGURES] for f in (new, old)
    )
    pd.testing.assert_frame_equal(left, right)


def test_a_csv_becomes_the_series_it_stands_for(
    dropped: Path, run: Callable[..., Refreshed]
) -> None:
    (dropped / "eyfsp_la_2025.csv").write_text(eyfsp())
    done = run()
    assert done.read == ("lait:gld",)
    assert done.exit_code == 0
    new = made(done)
    held = current_snapshot().frame(["lait:gld"])
    # Here a missing figure is of the lowest grade, there of the grade of its series.
    held["grade"] = held["grade"].mask(held["value"].isna(), "D")
    alike(new.frame(["lait:gld"]), held)
    origin = new.origins["lait-gld"]
    assert origin.publisher == "Department for Education"
    assert origin.input_sha256.keys() == {"eyfsp_la_2025.csv"}
    assert origin.rows_in - sum(origin.rows_dropped.values()) == origin.rows_out
    assert new.series["lait:gld"].title == current_snapshot().series["lait:gld"].title
    assert "lait:ehcp" in new.series, "the rest of its old file stays"
    assert "[downloads] lait: gld" in done.text


@pytest.mark.parametrize(("kind", "write"), [("ods", as_ods), ("xlsx", as_xlsx)])
def test_a_workbook_becomes_all_its_series(
    dropped: Path, run: Callable[..., Refreshed], kind: str, write: Callable[..., bytes]
) -> None:
    (dropped / f"{COVER}.{kind}").write_bytes(write(cover_sheets()))
    done = run()
    ids = [s for s in current_snapshot().series if s.startswith("cover-official:")]
    assert sorted(done.read) == sorted(ids)
    new = made(done)
    for series_id in ids:
        alike(new.frame([series_id]), current_snapshot().frame([series_id]))
        assert new.series[series_id].notes == current_snapshot().series[series_id].notes
    assert "cover-official" not in new.origins, "nothing is left of the old file"
    assert {line.kind for line in done.lines} == {"same"}


def test_a_newer_release_needs_a_person(dropped: Path, run: Callable[..., Refreshed]) -> None:
    name = COVER.replace("2024-to-2025", "2025-to-2026")
    (dropped / f"{name}.ods").write_bytes(as_ods(cover_sheets()))
    done = run(accept=True)
    assert not done.accepted, "the year before would go"
    assert done.closing().startswith("figures that would go wait for a person.")
    line = next(x for x in done.lines if x.series_id == "cover-official:mmr2-5y")
    assert line.kind == "periods gone"
    assert "new periods 2025/26. periods gone 2024/25" in line.text
    assert run(accept=True, sources=(), downloads=None).accepted


def test_an_older_release_is_refused(dropped: Path, run: Callable[..., Refreshed]) -> None:
    name = COVER.replace("2024-to-2025", "2023-to-2024")
    (dropped / f"{name}.xlsx").write_bytes(as_xlsx(cover_sheets()))
    with pytest.raises(SourceError, match="end with 2023/24") as caught:
        run()
    assert "figures up to 2024/25 were expected" in str(caught.value)
    assert "take the newest one" in str(caught.value.remedy)


def test_a_name_without_the_year(dropped: Path, run: Callable[..., Refreshed]) -> None:
    (dropped / "cover-annual-data-tables-new.xlsx").write_bytes(as_xlsx(cover_sheets()))
    with pytest.raises(SourceError, match="in the name of the file") as caught:
        run()
    assert "the name that it has on the publisher's page" in str(caught.value.remedy)


def test_notes_above_the_headings_may_come_and_go(dropped: Path) -> None:
    sheets = {name: [rows[0], *rows[3:]] for name, rows in cover_sheets().items()}
    (dropped / f"{COVER}.ods").write_bytes(as_ods(sheets))
    frame = Downloads(dropped).get(["cover-official:mmr2-5y"])
    assert len(frame) == len(current_snapshot().frame(["cover-official:mmr2-5y"]))


def _without_areas(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "E10000018" not in line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (eyfsp().replace("gld_percentage", "gld_percent"), "heading 'gld_percentage' was expected"),
        (eyfsp().replace("202425", "summer"), "period label 'summer'"),
        (eyfsp().replace(",Local authority,", ",School,"), "areas were expected, 3 are missing"),
        (_without_areas(eyfsp()), "1 are missing, first E10000018"),
        (eyfsp().replace("Academic year,Local", "Academic year,Loc"), "are missing"),
        (eyfsp().replace(",z,z\r\n", ",few,z\r\n", 1), "numbers or c, x, z, u, : were expected"),
        (eyfsp() + eyfsp().splitlines()[1] + "\n", "twice|duplicate|same key|unique"),
        (eyfsp().splitlines()[0] + "\n", "no row has"),
        ("", "an empty file came"),
        ("<html><title>Gone</title></html>", "laid out otherwise"),
    ],
)
def test_a_file_that_cannot_be_used_leaves_everything_as_it_was(
    dropped: Path, run: Callable[..., Refreshed], text: str, said: str, tmp_path: Path
) -> None:
    (dropped / "eyfsp.csv").write_text(text)
    with pytest.raises(SourceError, match=said) as caught:
        run()
    assert "none could be read; the snapshot stays as it is" in str(caught.value)
    assert caught.value.remedy
    assert not (tmp_path / "data" / "refresh" / "pending").exists()


def test_a_bad_file_keeps_no_good_one_back(dropped: Path, run: Callable[..., Refreshed]) -> None:
    (dropped / "eyfsp.csv").write_text("")
    (dropped / f"{COVER}.ods").write_bytes(as_ods(cover_sheets()))
    done = run()
    assert len(done.read) == 14
    assert done.kept == ("lait:gld",)
    assert done.exit_code == 12
    assert "This is a partial refresh: not read in full: downloads." in done.text
    alike(made(done).frame(["lait:gld"]), current_snapshot().frame(["lait:gld"]))


def test_a_packed_file_is_told(dropped: Path, run: Callable[..., Refreshed]) -> None:
    with zipfile.ZipFile(dropped / "eyfsp_2025.zip", "w") as archive:
        archive.writestr("eyfsp.csv", eyfsp())
    with pytest.raises(SourceError, match=r"eyfsp_2025\.zip came") as caught:
        run()
    assert "unpack eyfsp_2025.zip in the folder" in str(caught.value.remedy)
    (dropped / "eyfsp_2025.zip").rename(dropped / "eyfsp_2025.csv")
    with pytest.raises(SourceError, match="the name says CSV, the content is ZIP"):
        run()


def test_no_file_or_two(dropped: Path, run: Callable[..., Refreshed]) -> None:
    with pytest.raises(SourceError, match=r"none could be read.*downloads 0 of 0"):
        run()
    with pytest.raises(SourceError, match=r"one file 'eyfsp\*\.csv' .* none came"):
        Downloads(dropped).get(["dfe:gld"])
    for name in ("eyfsp_a.csv", "eyfsp_b.csv"):
        (dropped / name).write_text(eyfsp())
    with pytest.raises(SourceError, match=r"eyfsp_a\.csv, eyfsp_b\.csv came"):
        run()
    with pytest.raises(UsageError, match="no download describes"):
        Downloads(dropped).get(["dfe:luck"])


def test_a_file_that_nothing_describes_is_told(
    dropped: Path, run: Callable[..., Refreshed]
) -> None:
    (dropped / "eyfsp.csv").write_text(eyfsp())
    (dropped / "carers.csv").write_text("a,b\n1,2\n")
    done = run()
    assert "[downloads] carers.csv: no description fits this file" in done.text


def test_the_folder_must_be_there(dropped: Path, run: Callable[..., Refreshed]) -> None:
    with pytest.raises(UsageError, match="a folder of downloaded files was expected"):
        run(downloads=dropped / "elsewhere")
    with pytest.raises(UsageError, match="none is named"):
        run(downloads=None)


OWN = """
mine:
  file: own*.csv
  page: https://example.org/
  publisher: Department of Examples
  title: Own table
  years: financial
  columns: {period: Year, area_code: Code, area: Council}
  where: {Measure: Satisfied}
  marks: {'[c]': suppressed}
  series:
    mine:satisfied:
      {title: Satisfied, value: Percent, unit: '%', value_type: proportion, basis: survey}
    mine:other:
      {title: Other, value: Percent, unit: 'per 1,000', value_type: rate, basis: survey,
       stands_for: 'cover-official:mmr2-5y'}
"""
TABLE = """Year,Code,Council,Measure,Percent
2024/25,E06000001,Hartlepool,Satisfied,61.5
2024/25,E06000002,Middlesbrough,Satisfied,[c]
2024/25,E06000002,Middlesbrough,Lonely,12.0
2024/25,X1,Nowhere,Satisfied,1
"""


def test_a_description_of_ones_own(dropped: Path, run: Callable[..., Refreshed]) -> None:
    (dropped / "downloads.yaml").write_text(OWN)
    (dropped / "own.csv").write_text(TABLE)
    done = run()
    new = made(done).frame(["mine:satisfied"]).set_index("area_code")
    assert new["value"].dropna().to_dict() == {"E06000001": 61.5}
    assert new.loc["E06000002", "status"] == "suppressed"
    assert made(done).origins["mine-satisfied"].rows_dropped == {"rows of other places": 1}
    assert "(its indicator): - {id: 'mine:satisfied', use: alternative}" in done.text


def test_another_definition_becomes_a_series_of_its_own(
    dropped: Path, run: Callable[..., Refreshed]
) -> None:
    (dropped / "downloads.yaml").write_text(OWN)
    (dropped / "own.csv").write_text(TABLE)
    done = run()
    assert "mine:other" in done.read
    held = "cover-official:mmr2-5y"
    pd.testing.assert_frame_equal(made(done).frame([held]), current_snapshot().frame([held]))
    line = next(x for x in done.lines if x.series_id == "mine:other" and x.kind == "remark")
    assert line.text.startswith(f"stands beside {held}, which keeps its figures")
    assert "unit '%' before, 'per 1,000' now" in line.text
    assert "basis 'register' before, 'survey' now" in line.text


def test_a_description_that_breaks_its_rules(dropped: Path) -> None:
    own = dropped / "downloads.yaml"
    own.write_text("mine: {file: ../x.csv, colour: red}")
    with pytest.raises(UsageError, match="mine: 'colour' is unknown") as caught:
        Downloads(dropped).list()
    assert "must be a name in the folder" in str(caught.value)
    own.write_text("- a list")
    with pytest.raises(UsageError, match="breaks its rules"):
        Downloads(dropped).list()


def test_it_is_a_source_and_says_what_it_stands_for(dropped: Path) -> None:
    source: Source = Downloads(dropped)
    live: LiveSource = Downloads(dropped)
    assert len(source.list()) == 15
    assert live.targets() == {}, "no file, nothing to read"
    (dropped / "eyfsp.csv").write_text(eyfsp())
    assert live.targets() == {"dfe:gld": "lait:gld"}


def test_every_series_that_is_described_stands_for_one_of_the_snapshot() -> None:
    for told in described().values():
        for series_id, about in told["series"].items():
            assert about.get("stands_for", series_id) in current_snapshot().series
