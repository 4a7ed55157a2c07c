"""Map service, Nomis, deprivation files and dropped downloads: whole answers or clear refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_arcgis import layer
from fake_server import Answer, Fake, rewrite
from fake_services import point_at, route

from hwb_analysis.errors import SourceError, UsageError
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.live.arcgis import ArcGis
from hwb_analysis.sources.live.cache import Cache
from hwb_analysis.sources.live.client import Policy
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
        point_at(server, monkeypatch)
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
    told = b'{"error": {"code": 400, "message": "Invalid URL", "details": []}}'
    portal.break_with("change", "arcgis", change=lambda _: told)
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
    ids = {"nomis:good-health": "census2021:good-health", "nomis:population": "ons-mye:population"}
    source = Nomis(fetch("nomis"), load_strategy(), page=500)
    frame = source.get(ids)
    assert len(portal.questions("recordoffset")) == 3 + 1
    for own, held in ids.items():
        new = frame.loc[frame["series_id"] == own]
        key = ["area_code", "period", "period_start", "period_end", "sex", "age"]
        both = new.merge(current_snapshot().frame([held]), on=key, suffixes=("", "_held"))
        assert len(both) == len(new) > 100
        for name in ("value", "count", "unit", "area_type", "basis", "grade"):
            assert both[name].equals(both[f"{name}_held"]), name
    health = frame.loc[frame["series_id"] == "nomis:good-health"]
    assert (health["area_type"] == "LSOA").sum() == len(current_snapshot().lsoa_lookup())


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
            lambda rows: [[*r[:5], str(len(rows) - 4)] for r in rows if r[1] != "E92000001"],
            "rows for E92000001 were expected",
        ),
        (
            lambda rows: [
                rows[0],
                *([*r[:3], "9", r[4], str(len(rows) // 3)] for r in rows[1:] if r[3] == "0"),
            ],
            "the codes 1, 2, 0 of C2021_HEALTH_6 were expected",
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
