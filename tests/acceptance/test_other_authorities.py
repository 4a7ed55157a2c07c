"""Other authorities work by a file alone: a county, a unitary authority, a district as the area."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwb_analysis.assessment import assess_all, make_context
from hwb_analysis.paths import data_dir
from hwb_analysis.reports.runner import run
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy
from hwb_analysis.vocabulary import Direction

EXAMPLES = data_dir() / "strategy" / "examples"
NAMES = ("derbyshire", "rutland")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def strategy(name: str) -> Strategy:
    return load_strategy(EXAMPLES / f"{name}.yaml")


def test_every_example_is_tried_here() -> None:
    assert sorted(p.stem for p in EXAMPLES.glob("*.yaml")) == sorted(NAMES)


def test_an_example_has_measures_of_both_polarities_and_targets_of_its_own(
    strategy: Strategy,
) -> None:
    wanted = [m.direction for m in strategy.measures]
    assert len(wanted) >= 6
    assert {Direction.INCREASE, Direction.DECREASE} <= set(wanted)
    targets = [m.target for m in strategy.measures if m.target is not None]
    ours = [m.target for m in load_strategy().measures if m.target is not None]
    assert len(targets) >= 2
    assert any(target not in ours for target in targets)


def test_an_example_says_that_it_is_invented(name: str) -> None:
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    assert "An example" in text.splitlines()[0]
    assert load_strategy(EXAMPLES / f"{name}.yaml").strategy.publisher.startswith("Example")


def test_every_measure_has_a_figure_or_a_reason(strategy: Strategy) -> None:
    context = make_context(strategy, current_snapshot())
    found = assess_all(context, strategy.measures)
    assert {a.measure.id for a in found} == {m.id for m in strategy.measures}
    assert all(a.latest is not None or a.reason for a in found)
    assert sum(a.latest is not None for a in found) >= 6


@pytest.fixture
def pages(name: str, strategy: Strategy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HWB_STRATEGY", str(EXAMPLES / f"{name}.yaml"))
    record = run(out=tmp_path, strategy=strategy)
    assert not record.failures
    return tmp_path / "latest"


def test_the_whole_run_of_an_example(pages: Path, strategy: Strategy) -> None:
    board = (pages / "index.html").read_text(encoding="utf-8")
    assert strategy.strategy.title in board
    assert "Leicestershire" not in board
    for measure in strategy.measures:
        assert measure.id in board
    texts = {
        p.slug: (pages / p.slug / "report.html").read_text(encoding="utf-8")
        for p in strategy.priorities
    }
    together = "".join(texts.values())
    if strategy.area.districts:
        assert list(pages.glob("*/figures/map-*.csv"))
    else:
        assert "<svg" in together or "data:image/svg" in together
        assert "No map:" in together
        assert "No gap between districts can be shown" in together
        assert "No gradient is drawn: the look-up has no small areas" in together


def test_a_district_can_be_the_area(tmp_path: Path) -> None:
    district = load_strategy().area.districts[-2]
    record = run(
        ["school-readiness", "health-inequalities"],
        out=tmp_path,
        parameters={"area": district.code},
    )
    assert not record.failures
    page = (tmp_path / "latest" / "school-readiness" / "report.html").read_text(encoding="utf-8")
    assert district.name in page


def test_a_district_is_read_from_the_series_that_hold_it() -> None:
    strategy = load_strategy()
    district = strategy.area.districts[-2]
    whole = assess_all(make_context(strategy, current_snapshot()))
    own = assess_all(make_context(strategy, current_snapshot(), area=district.code))
    served = {a.measure.id for a in own if a.latest is not None}
    # Overweight children: the county's series holds no districts, another does.
    by_series = {a.measure.id: a.part.series.id for a in own if a.part and a.latest}
    county = {a.measure.id: a.part.series.id for a in whole if a.part and a.latest}
    moved = {m for m in served & set(county) if by_series[m] != county[m]}
    assert "BSL-SRE-04" in moved
    assert len(served) >= 20
    assert all(a.latest is None or a.latest.area_code == district.code for a in own)
