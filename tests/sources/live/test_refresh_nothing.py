"""A refresh that brings no series says so, with every reason; an outdated one is not accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_data import BASE, small_folder
from fake_server import Fake
from fake_services import point_at, route

from hwb_analysis import paths
from hwb_analysis.errors import SourceError
from hwb_analysis.reports.verify import verify
from hwb_analysis.sources.live.cache import Cache
from hwb_analysis.sources.live.client import Policy
from hwb_analysis.sources.live.fetch import Fetcher
from hwb_analysis.sources.live.services import service
from hwb_analysis.sources.refresh import Refreshed, refresh
from hwb_analysis.sources.snapshot import current_snapshot

HURRIED = Policy(read=30, total=60, attempts=1, wait_initial=0.01, wait_max=0.02, wait_jitter=0)
LIFE, HEALTH = "fingertips:90366", "census2021:good-health"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = small_folder(tmp_path / "data", (LIFE, HEALTH))
    for name in ("lookups", "boundaries"):
        (made / name).symlink_to(paths.data_dir() / name)
    return made


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    with Fake(route) as server:
        point_at(server, monkeypatch)
        yield server


@pytest.fixture
def run(services: Fake, data: Path, tmp_path: Path) -> Iterator[Callable[..., Refreshed]]:
    opened: list[Fetcher] = []

    def go(*, offline: bool = False, **options: Any) -> Refreshed:
        def fetch(name: str) -> Fetcher:
            cache = Cache(tmp_path / "cache")
            opened.append(Fetcher(service(name), cache, offline, timedelta(0), HURRIED))
            return opened[-1]

        return refresh(**({"fetch": fetch, "data": data, "today": date(2026, 12, 1)} | options))

    yield go
    for one in opened:
        one.close()


def test_look_ups_alone_are_compared_and_build_nothing(
    run: Callable[..., Refreshed], data: Path
) -> None:
    done = run(sources=["arcgis"], accept=True)
    assert (done.exit_code, done.read, done.accepted) == (0, (), False)
    assert "3 of 3" in done.text
    assert done.closing() == f"snapshot {BASE} is current; there is nothing to accept"
    assert not (data / "refresh" / "pending").exists()


def test_one_look_up_that_failed_is_told_with_its_reason(
    services: Fake, run: Callable[..., Refreshed]
) -> None:
    services.break_with("status", "LSOA21_RUC21", status=404)
    said: list[str] = []
    done = run(sources=["arcgis"], progress=said.append)
    assert (done.exit_code, done.kept) == (12, ("lookup-rural-urban",))
    assert any(line.startswith("arcgis, lookup-rural-urban: failed: ") for line in said)
    assert "what to do" in done.text


def test_when_no_look_up_answers_the_reason_is_told(run: Callable[..., Refreshed]) -> None:
    with pytest.raises(SourceError, match=r"\(arcgis 0 of 3\)") as caught:
        run(sources=["arcgis"], offline=True)
    assert "3 times: an answer in the cache was expected (--offline)" in str(caught.value)
    assert "run once with a network" in str(caught.value)


def test_faults_of_several_kinds_are_each_told(
    services: Fake, run: Callable[..., Refreshed]
) -> None:
    services.break_with("status", "^/nomis/", status=404)
    services.break_with("status", "^/fingertips/", status=500)
    with pytest.raises(SourceError) as caught:
        run(sources=["fingertips", "nomis", "arcgis"], indicators=(LIFE, HEALTH))
    told = str(caught.value)
    assert "fingertips 0 of 1; nomis 0 of 1" in told
    assert told.count("1 times: ") == 2
    assert ": none" not in told


@pytest.mark.parametrize(("files", "said"), [((), "what to do"), (("x.csv",), "fits x.csv")])
def test_a_folder_that_holds_nothing_known(
    run: Callable[..., Refreshed], tmp_path: Path, files: tuple[str, ...], said: str
) -> None:
    folder = tmp_path / "dropped"
    folder.mkdir()
    for name in files:
        (folder / name).write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match="under their own names") as caught:
        run(sources=["downloads"], downloads=folder)
    assert said in str(caught.value)


def test_what_waited_on_another_snapshot_is_built_anew_and_waits_again(
    run: Callable[..., Refreshed], data: Path
) -> None:
    first = run(indicators=(LIFE,), sources=["fingertips"])
    review = first.folder / "review.json"
    told = json.loads(review.read_text())
    review.write_text(json.dumps({**told, "base": "2026-10"}))
    second = run(indicators=(LIFE,), sources=["fingertips"], accept=True)
    assert not second.accepted
    assert "built on another one" in second.text
    assert current_snapshot(data).name == BASE
    third = run(accept=True)
    assert third.accepted
    assert current_snapshot(data).name == third.name == second.name


def test_an_accepted_snapshot_is_as_it_was_built(
    run: Callable[..., Refreshed], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its review lies beside it, and is no stray file."""
    done = run(indicators=(LIFE,), sources=["fingertips"], accept=True)
    assert (done.folder / "review.txt").is_file()
    monkeypatch.setenv("HWB_DATA_DIR", str(data))
    found = verify(tmp_path / "no-runs").differences
    assert [one for one in found if done.name in one.path] == []
    (done.folder / "stray.csv").write_text("a\n")
    found = verify(tmp_path / "no-runs").differences
    assert [(one.kind, one.path) for one in found if done.name in one.path] == [
        ("extra", f"data/snapshot/{done.name}/stray.csv")
    ]
