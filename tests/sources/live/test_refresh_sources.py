"""A refresh of every source: what each gives, what a fault of one costs, what is kept."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fake_data import small_folder
from fake_files import eyfsp
from fake_server import Fake, rewrite
from fake_services import point_at, route

from hwb_analysis.errors import SourceError, UsageError
from hwb_analysis.paths import data_dir
from hwb_analysis.sources.live.cache import Cache
from hwb_analysis.sources.live.client import Policy
from hwb_analysis.sources.live.fetch import Fetcher
from hwb_analysis.sources.live.services import service
from hwb_analysis.sources.refresh import refresh
from hwb_analysis.sources.refresh_store import Refreshed
from hwb_analysis.sources.refresh_ways import ways_lines, ways_of
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import find_registry, load_strategy

HURRIED = Policy(read=30, total=60, attempts=2, wait_initial=0.01, wait_max=0.02, wait_jitter=0)
IMPATIENT = Policy(read=0.5, total=0.6, attempts=1)
TODAY = date(2026, 12, 1)
HEALTH, IMD, LIFE = "census2021:good-health", "iod2025-lsoa:imd-rank", "fingertips:90366"
SERIES = (HEALTH, "ons-mye:population", IMD, "lait:gld", LIFE)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    with Fake(route) as server:
        point_at(server, monkeypatch)
        yield server


@pytest.fixture
def run(services: Fake, tmp_path: Path) -> Iterator[Callable[..., Refreshed]]:
    """Return a refresh of one series of each service, unless told otherwise."""
    data = small_folder(tmp_path / "data", SERIES)
    opened: list[Fetcher] = []

    def go(policy: Policy = HURRIED, **options: Any) -> Refreshed:
        def fetch(name: str) -> Fetcher:
            cache = Cache(tmp_path / "cache")
            opened.append(Fetcher(service(name), cache, max_age=timedelta(0), policy=policy))
            return opened[-1]

        usual = {"indicators": (HEALTH, IMD, LIFE), "fetch": fetch, "data": data, "today": TODAY}
        return refresh(**(usual | options))

    yield go
    for one in opened:
        one.close()


def made(done: Refreshed) -> Snapshot:
    return Snapshot(done.folder / "snapshot" / done.name)


def test_each_source_gives_its_series(run: Callable[..., Refreshed], tmp_path: Path) -> None:
    dropped = tmp_path / "dropped"
    dropped.mkdir()
    (dropped / "eyfsp.csv").write_text(eyfsp())
    done = run(indicators=(HEALTH, IMD, LIFE, "dfe:gld"), downloads=dropped)
    assert sorted(done.read) == sorted((HEALTH, IMD, LIFE, "lait:gld"))
    head = done.text.splitlines()[1]
    assert head == "4 of 4 read: fingertips 1 of 1; nomis 1 of 1; iod 1 of 1; downloads 1 of 1."
    for source, series_id in (("nomis", HEALTH), ("iod", IMD), ("downloads", "lait:gld")):
        assert next(x for x in done.lines if x.series_id == series_id).source == source
    new = made(done)
    publishers = {s: new.origins[s.replace(":", "-")].publisher for s in (HEALTH, IMD)}
    assert publishers[HEALTH] == "Office for National Statistics"
    assert publishers[IMD].startswith("Ministry of Housing")
    for series_id in (HEALTH, IMD):
        origin = new.origins[series_id.replace(":", "-")]
        assert origin.rows_in - sum(origin.rows_dropped.values()) == origin.rows_out
        assert all(len(sha) == 64 for sha in origin.input_sha256.values())


@pytest.mark.parametrize("series_id", [HEALTH, IMD, "ons-mye:population"])
def test_figures_that_did_not_change_come_back_alike(
    run: Callable[..., Refreshed], series_id: str
) -> None:
    done = run(indicators=(series_id,))
    assert [line.kind for line in done.lines] == ["same"]
    key = ["area_code", "period_start", "sex"]
    new, old = (s.frame([series_id]).set_index(key) for s in (made(done), current_snapshot()))
    for name in ("value", "count", "denominator", "unit", "age", "grade", "period", "area_type"):
        pd.testing.assert_series_equal(new.sort_index()[name], old.sort_index()[name])
    info, before = made(done).series[series_id], current_snapshot().series[series_id]
    assert (info.title, info.multiplier) == (before.title, before.multiplier)


def test_by_default_all_that_the_snapshot_holds_is_read(
    run: Callable[..., Refreshed], services: Fake
) -> None:
    done = run(indicators=(), sources=("nomis", "iod"))
    live = {w.series_id for w in ways_of(current_snapshot(), load_strategy()) if w.how == "live"}
    held = set(made(done).series)
    others = {s for s in live & held if not s.startswith("fingertips:")}
    assert set(done.read) == others
    assert not services.questions("fingertips/")
    assert not services.questions("arcgis/")


FAULTS = [
    ("status", {"status": 404}, "the answer 200 was expected, 404"),
    ("status", {"status": 429}, "429"),
    ("status", {"status": 503}, "503"),
    ("html", {}, "a web page came: 'We'll be back soon'"),
    ("html as csv", {}, "a web page came"),
    ("blank", {}, "an empty answer came"),
    ("cut off", {}, "the connection ended before it"),
    ("change", {"change": lambda body: body[: len(body) * 2 // 3]}, "columns were expected in"),
    ("change", {"change": rewrite(lambda rows: rows[:1])}, "expected"),
]


@pytest.mark.parametrize(("kind", "more", "said"), FAULTS)
@pytest.mark.parametrize(("name", "series_id"), [("nomis", HEALTH), ("iod", IMD)])
def test_a_fault_of_one_service_costs_its_series_only(
    services: Fake,
    run: Callable[..., Refreshed],
    name: str,
    series_id: str,
    kind: str,
    more: dict[str, Any],
    said: str,
) -> None:
    services.break_with(kind, f"^/{name}/", **more)
    done = run()
    assert done.kept == (series_id,)
    assert len(done.read) == 2
    assert done.exit_code == 12
    line = next(x for x in done.lines if x.series_id == series_id)
    assert (line.kind, line.source) == ("kept as it was", name)
    assert said in line.text
    assert "what to do: " in line.text
    assert f"partial refresh: not read in full: {name}. What was not read" in done.text
    old, new = current_snapshot().frame([series_id]), made(done).frame([series_id])
    pd.testing.assert_frame_equal(new, old)


@pytest.mark.parametrize(("kind", "said"), [("drip", "had dripped in"), ("silence", "fell silent")])
@pytest.mark.parametrize("name", ["nomis", "iod"])
def test_a_slow_service(
    services: Fake, run: Callable[..., Refreshed], name: str, kind: str, said: str
) -> None:
    services.break_with(kind, f"^/{name}/")
    with pytest.raises(SourceError, match=said) as caught:
        run(IMPATIENT, indicators=(HEALTH if name == "nomis" else IMD,))
    assert "none could be read; the snapshot stays as it is" in str(caught.value)


def _column(old: str, new: str) -> Callable[[list[list[str]]], list[list[str]]]:
    return lambda rows: [[name.replace(old, new) for name in rows[0]], *rows[1:]]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("nomis", _column("OBS_VALUE", "VALUE"), "the columns OBS_VALUE were expected"),
        ("nomis", lambda rows: [*rows, rows[-1]], "1 of them twice"),
        (
            "nomis",
            lambda rows: [rows[0], *([*r[:4], "n/a", r[5]] for r in rows[1:])],
            "numbers were expected in OBS_VALUE, 'n/a' came",
        ),
        ("iod", _column("LSOA code", "Area code"), "the columns LSOA code (2021) were expected"),
        ("iod", _column("(IMD) Rank", "(IMD) Place"), "one column 'Index of Multiple"),
        ("iod", lambda rows: [*rows, rows[1]], "one row a small area was expected and not two"),
        ("iod", lambda rows: [*rows[:9], *rows[10:]], "1 are missing, first E01"),
        (
            "iod",
            lambda rows: [rows[0], *([*r[:3], *["n/a"] * (len(r) - 3)] for r in rows[1:])],
            "numbers were expected in",
        ),
    ],
)
def test_a_table_that_changed(
    services: Fake,
    run: Callable[..., Refreshed],
    name: str,
    change: Callable[[list[list[str]]], list[list[str]]],
    said: str,
) -> None:
    services.break_with("change", f"^/{name}/", change=rewrite(change))
    done = run()
    line = next(x for x in done.lines if x.kind == "kept as it was")
    assert said in line.text
    assert line.source == name


def test_another_table_under_the_same_number_is_not_taken_for_it(
    services: Fake, run: Callable[..., Refreshed]
) -> None:
    def halved(rows: list[list[str]]) -> list[list[str]]:
        return [rows[0], *([*r[:4], str(int(r[4]) // 2), r[5]] if r[3] == "1" else r
                           for r in rows[1:])]  # fmt: skip

    services.break_with("change", "^/nomis/", change=rewrite(halved))
    done = run(indicators=(HEALTH,))
    assert done.read == ("nomis:good-health",)
    text = next(x.text for x in done.lines if x.kind == "remark")
    assert text.startswith(f"stands beside {HEALTH}, which keeps its figures")
    assert "figures of the same areas and periods lie 50 % apart" in text
    old = current_snapshot().frame([HEALTH])
    pd.testing.assert_frame_equal(made(done).frame([HEALTH]), old)


def test_a_file_with_the_same_name_and_other_figures(
    services: Fake, run: Callable[..., Refreshed]
) -> None:
    def other(rows: list[list[str]]) -> list[list[str]]:
        return [rows[0], *([*r[:3], *["7"] * (len(r) - 3)] for r in rows[1:])]

    services.break_with("change", "^/iod/", change=rewrite(other))
    assert run(indicators=(IMD,)).read == ("iod2025-lsoa-live:imd-rank",)


def test_one_file_that_is_gone_is_asked_for_once(
    services: Fake, run: Callable[..., Refreshed]
) -> None:
    services.break_with("status", "IoD2025", status=404)
    done = run(indicators=(IMD, "iod2025-lsoa:imd-decile", "iod2025-lsoa:crime-rank", LIFE))
    assert len(services.questions("IoD2025")) == 1
    said = [x for x in done.text.splitlines() if x.startswith("  [iod]")]
    assert len(said) == 1, "the same fault is told once"
    assert "iod2025-lsoa: imd-rank imd-decile crime-rank" in said[0]


def test_look_ups_are_compared_and_stay(
    services: Fake, run: Callable[..., Refreshed], tmp_path: Path
) -> None:
    from hwb_analysis import paths

    for name in ("lookups", "boundaries"):
        (tmp_path / "data" / name).symlink_to(paths.data_dir() / name)
    options = {"sources": ("iod", "arcgis"), "indicators": (IMD,)}
    done = run(**options)
    same = {x.series_id for x in done.lines if x.source == "arcgis" and x.kind == "same"}
    assert same == {"lookup-lsoa11-lsoa21", "lookup-lsoa21", "lookup-rural-urban"}

    def recoded(body: bytes) -> bytes:
        return body.replace(b"E01025613", b"E01999999")

    services.break_with("change", "LSOA21_WD24", change=recoded)
    services.break_with("status", "LSOA21_RUC21", status=503)
    done = run(**options)
    changed = next(x for x in done.lines if x.kind == "look-up changed")
    assert "1 rows new, first E01999999; 1 rows gone, first E01025613" in changed.text
    assert done.kept == ("lookup-rural-urban",)
    assert "arcgis 2 of 3" in done.text
    assert "reported only, the old ones stay" in done.text


def test_corrections_mend_every_source(run: Callable[..., Refreshed], tmp_path: Path) -> None:
    area = load_strategy().area.districts[0].code
    (tmp_path / "data" / "corrections.yaml").write_text(
        f"corrections:\n  - series: {HEALTH}\n    match: {{area_code: {area}}}\n"
        "    field: value\n    value: 50.0\n    reason: a slip\n    date: 2026-11-02\n"
        "    source: help desk\n"
    )
    done = run(indicators=(HEALTH,))
    assert "value is 50.0; a slip (2026-11-02); 1 row corrected" in " ".join(done.text.split())
    new = made(done).frame([HEALTH]).set_index("area_code")
    assert new.loc[area, "value"] == 50.0
    assert any("a slip" in note for note in made(done).origins[HEALTH.replace(":", "-")].notes)


def test_names_that_are_unknown(run: Callable[..., Refreshed]) -> None:
    with pytest.raises(UsageError, match="no live source 'nomi'"):
        run(sources=("nomi",))
    with pytest.raises(UsageError, match="has a series 'census2021:luck'"):
        run(indicators=("census2021:luck",))
    with pytest.raises(UsageError, match=r"\(nomis\) has a series 'fingertips:92443'"):
        run(sources=("nomis",), indicators=("92443",))


def test_every_series_has_its_way() -> None:
    ways = ways_of(current_snapshot(), load_strategy())
    assert [w.series_id for w in ways] == list(current_snapshot().list())
    assert not [w for w in ways if w.why.startswith("no service is read")], "each has its reason"
    assert {w.how for w in ways} == {"live", "dropped file", "by hand", "closed"}
    text = "\n".join(ways_lines(ways))
    for way in ways:
        assert way.series_id.partition(":")[2] in text


def test_the_page_counts_as_the_list_does(root: Path) -> None:
    ways = ways_of(current_snapshot(), load_strategy())
    page = (root / "docs" / "live-data.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z, `]+) \| (\d+)", page.split("## What a refresh does")[0], re.M)
    told = {how.replace("`", ""): int(number) for how, number in rows}
    found = Counter(f"live, {w.source}" if w.how == "live" else w.how for w in ways)
    assert told == dict(found)


def test_the_command_lists_the_ways_and_ends_with_12_after_a_partial_refresh(
    services: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from hwb_analysis.cli import app

    data = small_folder(tmp_path / "own", SERIES)
    (data / "strategy").symlink_to(find_registry().parent)
    (data / "lookups").symlink_to(data_dir() / "lookups")
    monkeypatch.setenv("HWB_DATA_DIR", str(data))
    listed = json.loads(CliRunner().invoke(app, ["refresh", "--list", "--json"]).stdout)
    assert {"series_id": IMD, "how": "live", "source": "iod"}.items() <= next(
        way for way in listed if way["series_id"] == IMD
    ).items()
    services.break_with("status", "^/iod/", status=404)
    words = ["refresh", "--indicator", IMD, "--indicator", HEALTH]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 12
    assert "1 of 2 read: nomis 1 of 1; iod 0 of 1." in done.stdout
