"""Map service, Nomis, deprivation files and dropped downloads: whole answers or clear refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from fake_arcgis import layer, route
from fake_server import Answer, Fake, rewrite

from hwb_analysis.errors import SourceError, UsageError
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.live.arcgis import ArcGis
from hwb_analysis.sources.live.cache import Cache
from hwb_analysis.sources.live.client import Policy
from hwb_analysis.sources.live.downloads import Downloads
from hwb_analysis.sources.live.fetch import Fetcher
from hwb_analysis.sources.live.iod import Iod
from hwb_analysis.sources.live.nomis import Nomis
from hwb_analysis.sources.live.services import service
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

FAST = Policy(read=1.0, total=5.0, attempts=2, wait_initial=0.01, wait_max=0.02, wait_jitter=0.0)


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    with Fake(route) as server:
        for name in ("HWB_ARCGIS_URL", "HWB_NOMIS_URL"):
            monkeypatch.setenv(name, server.base)
        yield server


@pytest.fixture
def fetch(tmp_path: Path) -> Iterator[Callable[[str], Fetcher]]:
    made: list[Fetcher] = []

    def make(name: str) -> Fetcher:
        made.append(Fetcher(service(name), Cache(tmp_path / "cache"), policy=FAST))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_layer_comes_whole_over_several_pages(
    portal: Fake, fetch: Callable[[str], Fetcher]
) -> None:
    source: Source = ArcGis(fetch("arcgis"))
    frame = source.get(["lsoa11-lsoa21"])
    assert len(frame) == len(layer()) > 400
    assert len(portal.questions("resultOffset")) == 3
    assert set(frame["LSOA21CD"]) == {row["LSOA21CD"] for row in layer()}
    assert len(frame.attrs["inputs"]) == 3


@pytest.mark.parametrize("lost", ["features", "page"])
def test_rows_lost_between_pages_are_noticed(
    portal: Fake, fetch: Callable[[str], Fetcher], lost: str
) -> None:
    def shorter(body: bytes) -> bytes:
        told = json.loads(body)
        if lost == "features":
            told["features"] = told["features"][:-1]
        if lost == "page":
            told["exceededTransferLimit"] = False
        return json.dumps(told).encode()

    last = "resultOffset=300" if lost == "features" else "resultOffset=0"
    portal.break_with("change", last, change=shorter)
    with pytest.raises(SourceError, match="different rows were expected"):
        ArcGis(fetch("arcgis")).get(["lsoa11-lsoa21"])


def test_an_error_inside_a_good_answer(portal: Fake, fetch: Callable[[str], Fetcher]) -> None:
    with pytest.raises(SourceError, match="the service refuses: Invalid URL") as caught:
        ArcGis(fetch("arcgis")).get(["lsoa21-rural-urban"])
    assert "mend layers.yaml" in str(caught.value.remedy)


def test_a_renamed_field(portal: Fake, fetch: Callable[[str], Fetcher]) -> None:
    portal.break_with(
        "change", "resultOffset", change=lambda body: body.replace(b"CHGIND", b"CHGIND2")
    )
    with pytest.raises(SourceError, match="the columns CHGIND was expected"):
        ArcGis(fetch("arcgis")).get(["lsoa11-lsoa21"])


def test_one_layer_at_a_time(fetch: Callable[[str], Fetcher]) -> None:
    source = ArcGis(fetch("arcgis"))
    for names in ([], ["lsoa11-lsoa12"], list(source.list())):
        with pytest.raises(UsageError, match="one layer was expected"):
            source.get(names)


def test_census_and_population(portal: Fake, fetch: Callable[[str], Fetcher]) -> None:
    source = Nomis(fetch("nomis"), load_strategy(), page=7)
    frame = source.get(["nomis:good-health", "nomis:population"])
    health = frame.loc[frame["series_id"] == "nomis:good-health"]
    assert len(health) == 10
    assert health[["count", "denominator", "value"]].drop_duplicates().values.tolist() == [
        [80.0, 100.0, 80.0]
    ]
    assert set(health["period"]) == {"21 Mar 2021"}
    people = frame.loc[frame["series_id"] == "nomis:population"]
    assert set(people["period"]) == {"30 Jun 2022", "30 Jun 2023"}
    assert set(people["value"]) == {1000.0}
    assert len(portal.questions("recordoffset")) == 5 + 3


def test_lost_rows_of_a_table(portal: Fake, fetch: Callable[[str], Fetcher]) -> None:
    portal.break_with("change", "dataset", change=rewrite(lambda rows: [*rows, rows[-1]]))
    with pytest.raises(SourceError, match="1 of them twice"):
        Nomis(fetch("nomis"), load_strategy()).get(["nomis:good-health"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [r[:4] for r in rows], "the columns OBS_VALUE, RECORD_COUNT"),
        (lambda rows: rows[:1], "the heading only"),
        (
            lambda rows: [[*r[:5], "27"] for r in rows if r[1] != "E92000001"],
            "rows for E92000001 were expected",
        ),
        (
            lambda rows: [rows[0], *([*r[:3], "9", *r[4:]] for r in rows[1:] if r[3] == "0")],
            "different rows were expected",
        ),
    ],
)
def test_a_table_that_changed(
    portal: Fake,
    fetch: Callable[[str], Fetcher],
    change: Callable[[list[list[str]]], list[list[str]]],
    said: str,
) -> None:
    def changed(rows: list[list[str]]) -> list[list[str]]:
        out = change(rows)
        if said.startswith("rows for"):
            out[0][5] = "RECORD_COUNT"
        return out

    portal.break_with("change", "dataset", change=rewrite(changed))
    with pytest.raises(SourceError, match=said):
        Nomis(fetch("nomis"), load_strategy()).get(["nomis:good-health"])


def test_an_unknown_table(fetch: Callable[[str], Fetcher]) -> None:
    with pytest.raises(UsageError, match="no series 'nomis:wealth'"):
        Nomis(fetch("nomis"), load_strategy()).get(["nomis:wealth"])


def deprivation(*, short: bool = False) -> str:
    """Return the publisher's file with the snapshot's figures for a few small areas."""
    frame = current_snapshot().frame(["iod2025-lsoa:imd-score", "iod2025-lsoa:imd-rank"])
    wide = frame.pivot(index="area_code", columns="unit", values="value").head(30)
    district = load_strategy().area.districts[0].code
    rank = "Rank" if short else "Rank (where 1 is most deprived)"
    lines = [
        "LSOA code (2021),LSOA name (2021),Local Authority District code (2024),"
        f"Index of Multiple Deprivation (IMD) Score,Index of Multiple Deprivation (IMD) {rank}"
    ]
    lines += [f'{c},{c},{district},{r["score"]},"{int(r["rank"]):,}"' for c, r in wide.iterrows()]
    lines.append("E01000001,Elsewhere 001A,E09000001,6.2,29199")
    return "\ufeff" + "\n".join(lines) + "\n"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    def serve(path: str, query: object) -> Answer | None:
        return Answer(deprivation().encode(), "text/csv") if "IoD2025" in path else None

    with Fake(serve) as server:
        monkeypatch.setenv("HWB_IOD_URL", server.base)
        yield server


def test_deprivation_of_small_areas(files: Fake, fetch: Callable[[str], Fetcher]) -> None:
    source = Iod(fetch("iod"), load_strategy())
    ids = ["iod2025-lsoa:imd-rank", "iod2025-lsoa:imd-score"]
    frame = source.get(ids)
    assert len(frame) == 60
    old = current_snapshot().frame(ids)
    both = frame.merge(old, on=["series_id", "area_code"], suffixes=("_new", "_old"))
    assert (both["value_new"] == both["value_old"]).all()
    assert (both["period_end_new"] == both["period_end_old"]).all()
    assert len(files.asked) == 1, "one file serves both"


def test_a_deprivation_file_that_moved(files: Fake, fetch: Callable[[str], Fetcher]) -> None:
    with pytest.raises(SourceError, match="404") as caught:
        Iod(fetch("iod"), load_strategy()).get(["iod2019-lsoa:imd-rank"])
    assert "mend iod.yaml" in str(caught.value.remedy)


def test_a_deprivation_file_of_another_layout(files: Fake, fetch: Callable[[str], Fetcher]) -> None:
    files.break_with("change", change=lambda _: deprivation(short=True).encode())
    with pytest.raises(SourceError, match=r"'Index of Multiple Deprivation \(IMD\) Rank"):
        Iod(fetch("iod"), load_strategy()).get(["iod2025-lsoa:imd-rank"])
    with pytest.raises(UsageError, match="of the indices of deprivation"):
        Iod(fetch("iod"), load_strategy()).get(["iod2025-lsoa:luck"])


EYFSP = """time_period,geographic_level,new_la_code,la_name,gld_percentage,gld_number,\
number_of_children
202324,National,E92000001,England,67.7,400000,590000
202324,Local authority,E10000018,Demo,68.5,5000,7299
202324,Local authority,E06000017,Other,c,c,c
202223,Local authority,E10000018,Demo,67.1,4900,7302
"""


def test_a_dropped_csv(tmp_path: Path) -> None:
    (tmp_path / "eyfsp_la_2024.csv").write_text(EYFSP)
    source: Source = Downloads(tmp_path)
    frame = source.get(["dfe:gld"]).set_index(["area_code", "period"])
    assert frame.loc[("E10000018", "2023/24"), "value"] == 68.5
    assert frame.loc[("E10000018", "2023/24"), "denominator"] == 7299
    assert frame.loc[("E10000018", "2022/23"), "period_start"].isoformat()[:10] == "2022-09-01"
    assert frame.loc[("E06000017", "2023/24"), "status"] == "suppressed"
    assert frame["value"].notna().sum() == 2


HEADING = [
    "area_code", "area_name", "financial_year", "age", "vaccine", "eligible", "percent", "number",
]  # fmt: skip


def test_a_dropped_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [
        HEADING,
        ["E06000001", "Hartlepool", "2024/25", "5 years", "MMR2", 1000, 90.1, 901],
        ["E06000002", "Middlesbrough", "2024/25", "5 years", "MMR2", 1800, "[x]", "[x]"],
        ["E06000001", "Hartlepool", "2024/25", "2 years", "PCV", 900, 95.0, 855],
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "cover-annual-2025.xlsx")
    frame = Downloads(tmp_path).get(["cover-download:mmr2-5y"])
    assert frame["value"].tolist()[0] == 90.1
    assert frame["status"].tolist() == ["ok", "missing"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EYFSP.replace("gld_number", "gld_count"), "heading 'gld_number' was expected"),
        (EYFSP.replace("68.5", "low"), "numbers or c, x, z, u, : were expected"),
        (EYFSP.replace("Local authority", "LA"), "no row has"),
        (EYFSP.replace("202324", "summer"), "period label 'summer'"),
        ("<html><title>Gone</title></html>", "laid out otherwise"),
    ],
)
def test_a_download_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "eyfsp.csv").write_text(text)
    with pytest.raises(SourceError, match=said):
        Downloads(tmp_path).get(["dfe:gld"])


def test_no_file_or_two(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"one file 'eyfsp\*\.csv' .* none came"):
        Downloads(tmp_path).get(["dfe:gld"])
    for name in ("eyfsp_a.csv", "eyfsp_b.csv"):
        (tmp_path / name).write_text(EYFSP)
    with pytest.raises(SourceError, match=r"eyfsp_a\.csv, eyfsp_b\.csv came"):
        Downloads(tmp_path).get(["dfe:gld"])
    with pytest.raises(UsageError, match="no download describes"):
        Downloads(tmp_path).get(["dfe:luck"])


def test_a_description_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "downloads.yaml"
    own.write_text("mine: {file: ../x.csv, colour: red}")
    with pytest.raises(UsageError, match="mine: 'colour' is unknown") as caught:
        Downloads(tmp_path).list()
    assert "must be a name in the folder" in str(caught.value)
    own.write_text("- a list")
    with pytest.raises(UsageError, match="breaks its rules"):
        Downloads(tmp_path).list()
