"""Names of runs stay in order whatever the clock does; old runs go, the latest never."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hwb_analysis.reports import run_state, runner
from hwb_analysis.reports.manifest import RunRecord, read_manifest
from hwb_analysis.reports.publish import point_latest
from hwb_analysis.reports.runs import clear_leftovers, new_run_id, prune, run_ids

NOON = datetime(2026, 11, 2, 12, 0, 0)


def make(out: Path, run_id: str, finished: str = "2026-11-02T12:01:00Z") -> None:
    folder = out / "runs" / run_id
    folder.mkdir(parents=True)
    RunRecord(run_id, "2026-11-02T12:00:00Z", "2026-11", finished=finished).write(folder)
    (out / "logs" / run_id).mkdir(parents=True)


@pytest.mark.parametrize("hours", [0, -1, -24 * 400])
def test_a_clock_set_back_gives_a_name_that_still_sorts_last(tmp_path, hours):
    named = []
    for number in range(12):
        now = NOON + timedelta(hours=hours if number else 0)
        named.append(new_run_id(tmp_path, now))
        make(tmp_path, named[-1])
    assert named == sorted(named)
    assert len(set(named)) == 12
    assert run_ids(tmp_path) == named
    assert named[0] == "20261102T120000Z"
    assert named[11] == "20261102T120000Z-012"


def test_a_run_after_the_clock_was_set_back_is_the_latest(tmp_path, publish_good, monkeypatch):
    first = publish_good(tmp_path)

    class SetBack(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(run_state, "datetime", SetBack)
    monkeypatch.setattr(runner, "utc_now", lambda: "2001-01-01T00:00:00Z")
    second = publish_good(tmp_path)
    assert run_ids(tmp_path) == [first.name, second.name]
    assert second.name == f"{first.name}-002"
    assert (tmp_path / "latest").resolve() == second
    assert read_manifest(second).started == "2001-01-01T00:00:00Z"


def test_once_the_clock_is_right_again_the_name_is_its_time(tmp_path):
    make(tmp_path, "20261102T120000Z")
    make(tmp_path, new_run_id(tmp_path, NOON - timedelta(days=1)))
    assert new_run_id(tmp_path, NOON + timedelta(seconds=1)) == "20261102T120001Z"


def test_more_than_nine_runs_of_one_second_keep_their_order(tmp_path):
    for name in ("20261102T120000Z", "20261102T120000Z-2", "20261102T120000Z-10"):
        make(tmp_path, name)
    assert run_ids(tmp_path)[-1] == "20261102T120000Z-10"
    assert new_run_id(tmp_path, NOON) == "20261102T120000Z-011"


def days(count: int) -> list[str]:
    return [f"202611{day:02}T120000Z" for day in range(1, count + 1)]


def test_the_newest_complete_runs_stay_with_their_logs(tmp_path):
    for name in days(6):
        make(tmp_path, name)
    point_latest(tmp_path, days(6)[-1])
    assert prune(tmp_path, keep=2) == days(4)[::-1]
    assert run_ids(tmp_path) == days(6)[4:]
    assert sorted(p.name for p in (tmp_path / "logs").iterdir()) == days(6)[4:]
    assert not list((tmp_path / ".staging").iterdir())


def test_the_run_that_latest_points_to_stays_however_old(tmp_path):
    for name in days(5):
        make(tmp_path, name)
    point_latest(tmp_path, days(1)[0])
    prune(tmp_path, keep=1)
    assert run_ids(tmp_path) == [days(5)[0], days(5)[4]]


def test_runs_cut_short_go_with_the_complete_ones_around_them(tmp_path):
    for name in days(6):
        make(tmp_path, name, finished="" if name in (days(6)[1], days(6)[5]) else "x")
    (tmp_path / "runs" / days(6)[3] / "manifest.json").write_text("{", encoding="utf-8")
    point_latest(tmp_path, days(6)[4])
    prune(tmp_path, keep=2)
    assert run_ids(tmp_path) == days(6)[2:], "two complete, and what is newer than the older"


def test_runs_that_are_all_cut_short_are_counted_as_well(tmp_path):
    for name in days(5):
        make(tmp_path, name, finished="")
    prune(tmp_path, keep=2)
    assert run_ids(tmp_path) == days(5)[3:]


def test_what_is_no_run_is_left_alone(tmp_path):
    for name in days(2):
        make(tmp_path, name)
    (tmp_path / "runs" / "kept for the audit").mkdir()
    (tmp_path / "runs" / "20261101T120000Z.zip").write_text("", encoding="utf-8")
    prune(tmp_path, keep=1)
    left = sorted(p.name for p in (tmp_path / "runs").iterdir())
    assert left == ["20261101T120000Z.zip", days(2)[1], "kept for the audit"]


def test_leftovers_of_a_killed_run_go(tmp_path):
    (tmp_path / ".staging" / "x").mkdir(parents=True)
    (tmp_path / ".latest.77").symlink_to("runs/x")
    (tmp_path / ".LATEST.77").write_text("x", encoding="utf-8")
    (tmp_path / "latest").symlink_to("runs/y")
    clear_leftovers(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["latest"]
