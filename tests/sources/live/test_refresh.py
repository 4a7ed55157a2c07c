"""A refresh from end to end against the fake: what is built, reviewed, accepted and kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fake_data import BASE, small_folder, whole_folder
from fake_fingertips import ONLY_OLD, route
from fake_server import Fake

from hwb_analysis.errors import LockedError, SourceError, UsageError
from hwb_analysis.sources.live.cache import Cache
from hwb_analysis.sources.live.client import Policy
from hwb_analysis.sources.live.definitions import numbers_of
from hwb_analysis.sources.live.disk import locked
from hwb_analysis.sources.live.fetch import Fetcher
from hwb_analysis.sources.live.services import service
from hwb_analysis.sources.refresh import Refreshed, next_name, refresh
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy

HURRIED = Policy(read=30, total=60, attempts=2, wait_initial=0.01, wait_max=0.02, wait_jitter=0)
TODAY = date(2026, 12, 1)
FEW = (90366, 92443, 93227)
KEPT_SERIES = ("fingertips:90366", "fingertips:92443", "cover:mmr2-5y")


def _as(source: Fetcher) -> Callable[[str], Fetcher]:
    """Return an opener of services that knows one only."""
    return lambda _: source


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return small_folder(tmp_path / "data", KEPT_SERIES)


@pytest.fixture
def again(data: Path, ask: Callable[..., Fetcher]) -> Callable[..., Refreshed]:
    """Return a refresh of a few indicators that never trusts the cache's age."""

    def run(**options: Any) -> Refreshed:
        options = {"indicators": FEW, "fetch": _as(ask()), "data": data, "today": TODAY} | options
        return refresh(**options)

    return run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Refreshed, Path]]:
    """Refresh every indicator of the registry once."""
    place = tmp_path_factory.mktemp("whole")
    patch = pytest.MonkeyPatch()
    with Fake(route) as server:
        patch.setenv("HWB_FINGERTIPS_URL", server.base)
        source = Fetcher(service("fingertips"), Cache(place / "cache"))
        data = whole_folder(place / "data")
        yield (
            refresh(sources=["fingertips"], fetch=_as(source), data=data, today=TODAY),
            data,
        )
    patch.undo()


def test_every_indicator_with_a_number_is_read(whole: tuple[Refreshed, Path]) -> None:
    done, _ = whole
    named = numbers_of(load_strategy(), current_snapshot())
    assert len(named) > len(numbers_of(load_strategy()))
    assert {s.partition(":")[2] for s in done.read} == {str(n) for n in named}
    assert done.kept == ()
    assert done.exit_code == 0


def test_nothing_is_current_before_it_is_accepted(whole: tuple[Refreshed, Path]) -> None:
    done, data = whole
    assert not done.accepted
    assert current_snapshot(data).name == BASE
    assert done.name == "2026-12"


def test_the_new_snapshot_holds_the_old_series_too(whole: tuple[Refreshed, Path]) -> None:
    done, _ = whole
    made = Snapshot(done.folder / "snapshot" / done.name)
    assert set(made.series) == set(current_snapshot().series) | set(done.read)
    made.check(made.series)
    shrunk = made.origins["fingertips-districts"]
    assert shrunk.rows_out < current_snapshot().origins["fingertips-districts"].rows_out
    assert "series that are now read from the live service" in shrunk.rows_dropped
    for origin in (made.origins[s.replace(":", "-")] for s in done.read):
        assert origin.rows_in - sum(origin.rows_dropped.values()) == origin.rows_out


def test_series_that_were_not_read_are_the_same_to_the_byte(whole: tuple[Refreshed, Path]) -> None:
    done, _ = whole
    made, before = Snapshot(done.folder / "snapshot" / done.name), current_snapshot()
    for series_id in ("cover:mmr2-5y", "iod2025-lsoa:imd-rank"):
        pd.testing.assert_frame_equal(
            made.frame([series_id], "all"), before.frame([series_id], "all")
        )


def test_figures_that_the_publisher_did_not_change_come_back_alike(
    whole: tuple[Refreshed, Path],
) -> None:
    done, _ = whole
    made, before = Snapshot(done.folder / "snapshot" / done.name), current_snapshot()
    key = ["area_code", "period_start", "sex", "age"]
    for series_id in ("fingertips:90366", "fingertips:92443", "fingertips:93014"):
        new, old = made.frame([series_id]), before.frame([series_id])
        new, old = (f.loc[(f["category"] == "") & f["value"].notna()] for f in (new, old))
        both = old.merge(new, on=key, suffixes=("_old", "_new"))
        assert len(both) >= len(old.loc[old["area_code"].isin(new["area_code"])]) > 50
        for column in ("value", "lower_95", "upper_95"):
            pd.testing.assert_series_equal(
                both[f"{column}_old"], both[f"{column}_new"], check_names=False
            )
        assert (both["period_old"] == both["period_new"]).all()
        assert (both["period_end_old"] == both["period_end_new"]).all()


def test_made_up_figures_say_so(whole: tuple[Refreshed, Path]) -> None:
    done, _ = whole
    frame = Snapshot(done.folder / "snapshot" / done.name).frame(["fingertips:93227"])
    assert frame["note"].str.contains("synthetic").all()
    assert set(frame["unit"]) == {"per 100,000"}
    assert load_strategy().area.code in set(frame["area_code"])


def test_each_series_names_what_was_asked_and_what_came(whole: tuple[Refreshed, Path]) -> None:
    done, _ = whole
    origin = Snapshot(done.folder / "snapshot" / done.name).origins["fingertips-90366"]
    assert origin.publisher == "Office for Health Improvement and Disparities"
    assert any("child_area_type_id=501" in asked for asked in origin.input_sha256)
    assert all(len(sha) == 64 for sha in origin.input_sha256.values())
    assert "rows printed twice" in origin.rows_dropped


def test_the_review_can_be_read_by_people_and_machines(whole: tuple[Refreshed, Path]) -> None:
    done, _ = whole
    n = len(done.read)
    assert f"{n} of {n} read: fingertips {n} of {n}." in done.text
    assert "New (" in done.text
    told = list(csv.DictReader(io.StringIO((done.folder / "review.csv").read_text())))
    assert {row["kind"] for row in told} >= {"new", "changed"}
    assert len(told) == len(done.lines)
    assert (done.folder / "review.txt").read_text() == done.text


def test_acceptance_takes_what_was_reviewed(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    first = again()
    asked = len(fake.asked)
    fake.break_with("status", status=503)
    done = again(indicators=(), accept=True)
    assert done.accepted
    assert len(fake.asked) == asked, "nothing is read anew"
    assert current_snapshot(data).name == "2026-12"
    assert (data / "snapshot" / BASE).exists(), "the old one stays"
    assert (data / "snapshot" / "2026-12" / "review.txt").read_text() == first.text
    assert not (data / "refresh" / "pending").exists()


def test_one_call_reads_and_accepts(again: Callable[..., Refreshed], data: Path) -> None:
    done = again(accept=True)
    assert done.accepted
    assert done.folder == data / "snapshot" / "2026-12"
    second = again(accept=True)
    assert second.name == "2026-12b"
    assert second.base == "2026-12"
    assert current_snapshot(data).name == "2026-12b"
    assert {line.kind for line in second.lines} <= {"same", "remark"}


def test_new_periods_and_revisions_are_told(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    again(accept=True)

    def revise(body: bytes) -> bytes:
        return body.replace(b",2024/25,", b",2025/26,")

    fake.break_with("change", "all_data", change=revise)
    done = again(fetch=_as(_fresh(data)))
    line = next(
        x for x in done.lines if x.series_id == "fingertips:93227" and x.kind == "periods gone"
    )
    assert "new periods 2025/26" in line.text
    assert "periods gone 2024/25" in line.text


def _fresh(data: Path) -> Fetcher:
    """Return a fetcher that has kept nothing yet."""
    return Fetcher(service("fingertips"), Cache(data.parent / "another cache"), policy=HURRIED)


def test_a_strange_value_waits_for_a_person(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    def slip(body: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(body.decode())))
        for row in rows:
            if row[0] == "92443" and row[4] == "E06000002":
                row[12], row[13], row[14], row[15], row[16] = "912.0", "", "", "", ""
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return out.getvalue().encode()

    fake.break_with("change", "all_data", change=slip)
    done = again(accept=True)
    assert not done.accepted
    assert current_snapshot(data).name == BASE
    assert "Adults who smoke" in done.text
    assert "outside 0 to 100, first" in done.text
    assert "values outside the plausible range" in done.closing()
    second = again(indicators=(), accept=True)
    assert second.accepted, "a second call, after the review"
    assert second.closing() == f"snapshot 2026-12 is current; {BASE} stays beside it"


def test_a_correction_mends_it_and_is_printed(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    (data / "corrections.yaml").write_text(
        "corrections:\n"
        "  - series: fingertips:92443\n"
        "    match: {area_code: E92000001, period: '2024', sex: Persons}\n"
        "    field: value\n    value: null\n"
        "    reason: uploaded twice\n    date: 2026-11-02\n    source: help desk\n"
    )
    done = again()
    assert "value is missing; uploaded twice (2026-11-02); " in " ".join(done.text.split())
    made = Snapshot(done.folder / "snapshot" / done.name)
    assert any("uploaded twice" in n for n in made.origins["fingertips-92443"].notes)


def test_one_bad_indicator_keeps_no_other_back(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    fake.break_with("status", r"indicator_ids=[0-9,]*92443", status=500)
    done = again()
    assert done.read == ("fingertips:90366", "fingertips:93227")
    assert done.kept == ("fingertips:92443",)
    assert done.exit_code == 12
    assert "2 of 3 read: fingertips 2 of 3." in done.text
    assert "This is a partial refresh" in done.text
    made = Snapshot(done.folder / "snapshot" / done.name)
    before = current_snapshot().frame(["fingertips:92443"])
    pd.testing.assert_frame_equal(made.frame(["fingertips:92443"]), before)


def test_a_whole_outage_builds_nothing(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    fake.break_with("status", status=503)
    with pytest.raises(SourceError, match="none could be read; the snapshot stays as it is"):
        again()
    assert not (data / "refresh" / "pending").exists()
    assert current_snapshot(data).name == BASE


def test_an_outage_leaves_the_snapshot_that_waits(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    waiting = again()
    fake.break_with("status", status=503)
    with pytest.raises(SourceError):
        again(fetch=_as(_fresh(data)))
    assert (data / "refresh" / "pending" / "review.txt").read_text() == waiting.text


def test_an_indicator_that_was_withdrawn_is_told(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    def without(body: bytes) -> bytes:
        told = json.loads(body)
        told.pop("92443", None)
        return json.dumps(told).encode()

    fake.break_with("change", "indicator_metadata", change=without)
    done = again()
    line = next(x for x in done.lines if x.series_id == "fingertips:92443")
    assert line.kind == "vanished"
    assert "withdrawn or renumbered" in line.text


def test_older_boundaries_are_used_and_told(
    fake: Fake, again: Callable[..., Refreshed], data: Path
) -> None:
    ONLY_OLD.add(93227)
    done = again()
    assert done.kept == ()
    assert "published on the boundaries of 2022 only (area type 402)" in done.text


def test_offline_uses_the_cache(
    fake: Fake, again: Callable[..., Refreshed], data: Path, ask: Callable[..., Fetcher]
) -> None:
    again()
    asked = len(fake.asked)
    done = again(fetch=_as(ask(offline=True)))
    assert len(done.read) == 3
    assert len(fake.asked) == asked


def test_two_refreshes_do_not_meet(again: Callable[..., Refreshed], data: Path) -> None:
    with locked(data / "refresh" / ".lock"), pytest.raises(LockedError, match="another refresh"):
        again()


def test_an_unknown_indicator_is_refused(again: Callable[..., Refreshed]) -> None:
    with pytest.raises(UsageError, match="has a series 'fingertips:90367'"):
        again(indicators=(90367,))


@pytest.mark.parametrize(
    ("base", "today", "name"),
    [
        ("2026-11", date(2026, 11, 30), "2026-11b"),
        ("2026-11z", date(2026, 11, 30), "2026-11zb"),
        ("2026-12", date(2026, 11, 30), "2026-12b"),
        ("2026-11c", date(2027, 1, 1), "2027-01"),
    ],
)
def test_names_sort_after_the_one_before(base: str, today: date, name: str) -> None:
    assert next_name(base, today) == name
    assert name > base
