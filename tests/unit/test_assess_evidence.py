"""The tests of an assessment on small frames whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from hwb_analysis.assessment import gap_between, part_rows, touches_pandemic
from hwb_analysis.assessment.evidence import comparison, marker, since_last_break
from hwb_analysis.errors import DataContractError
from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from hwb_analysis.stats.verbs import with_limits
from hwb_analysis.strategy.model import Break, Indicator, SeriesLink
from hwb_analysis.strategy.parts import Part
from hwb_analysis.vocabulary import Comparison, Direction, Polarity, SeriesUse, TrendMarker

AREAS = {"E06000001": "Northshire", "E92000001": "England"}


def rows(area: str, years: list[int], counts: list[float], people: float = 1000) -> pd.DataFrame:
    """Return yearly percentages of one area as a tidy frame with limits."""
    periods = [parse_period(str(y)) for y in years]
    frame = pd.DataFrame(
        {
            "series_id": "demo:share",
            "vintage": "1",
            "area_code": area,
            "area": AREAS[area],
            "area_type": "Unitary authority" if area != "E92000001" else "England",
            "period": [p.label for p in periods],
            "period_start": [p.start for p in periods],
            "period_end": [p.end for p in periods],
            "period_kind": "calendar",
            "sex": "Persons",
            "unit": "%",
            "count": counts,
            "denominator": people,
            "value": [100 * c / people for c in counts],
            "basis": "complete_count",
            "grade": "A",
            "status": "ok",
            "origin_id": "demo",
        }
    )
    return with_limits(conform(frame))


def part(polarity: Polarity = Polarity.HIGH, breaks: tuple[Break, ...] = (), sex: str = "") -> Part:
    """Return a part that speaks of the demonstration series."""
    link = SeriesLink(id="demo:share", use=SeriesUse.PRIMARY, breaks=breaks)
    indicator = Indicator(
        key="share",
        name="A share",
        sex=("Persons",),
        age="all",
        value_type="proportion",
        polarity=polarity,
        unit="%",
        provider="nobody",
        benchmark_method="interval-95",
        period="calendar",
        series=(link,),
    )
    return Part(
        measure_id="X-1",
        indicator=indicator,
        series=link,
        label="",
        sex=sex,
        age="",
        category_type="",
        category="",
        use=SeriesUse.PRIMARY,
        polarity=polarity,
        wanted=Direction.INCREASE,
        sentence="",
    )


FALLING = [900, 850, 800, 750, 700]


def test_marker_reads_the_polarity() -> None:
    """The same fall is worse where high is good and better where low is good."""
    own = rows("E06000001", list(range(2018, 2023)), FALLING)
    assert marker(own, part(Polarity.HIGH)).word is TrendMarker.DECREASING_WORSE
    assert marker(own, part(Polarity.LOW)).word is TrendMarker.DECREASING_BETTER
    assert marker(own, part(Polarity.NONE)).word is TrendMarker.DECREASING


def test_marker_never_joins_two_segments() -> None:
    """A break leaves too few points, and the reason says how many there are."""
    own = rows("E06000001", list(range(2018, 2023)), FALLING)
    cut = Break(after=date(2019, 12, 31), reason="a new definition", source="a note")
    found = marker(own, part(breaks=(cut,)))
    assert found.word is TrendMarker.NOT_CALCULATED
    assert "3" in found.reason
    assert since_last_break(own, part(breaks=(cut,)))["period"].tolist() == ["2020", "2021", "2022"]


def test_marker_with_no_figure_after_the_break() -> None:
    """A break after the newest figure leaves nothing to test."""
    own = rows("E06000001", [2018, 2019], [900, 800])
    cut = Break(after=date(2024, 1, 1), reason="a new definition", source="a note")
    assert "since the last break" in marker(own, part(breaks=(cut,))).reason


@pytest.mark.parametrize(
    ("county", "nation", "polarity", "word"),
    [
        (900, 800, Polarity.HIGH, Comparison.BETTER),
        (900, 800, Polarity.LOW, Comparison.WORSE),
        (900, 800, Polarity.NONE, Comparison.HIGHER),
        (800, 801, Polarity.HIGH, Comparison.SIMILAR),
    ],
)
def test_comparison_by_interval(
    county: float, nation: float, polarity: Polarity, word: Comparison
) -> None:
    """The comparator's value is read against the area's interval."""
    both = pd.concat(
        [rows("E06000001", [2022], [county]), rows("E92000001", [2022], [nation * 100], 100_000)]
    ).reset_index(drop=True)
    found, _, reason = comparison(both, both.iloc[0], "E92000001", polarity)
    assert found is word
    assert reason == ""


def test_no_comparison_across_periods() -> None:
    """A comparator of another year is no comparator."""
    both = pd.concat(
        [rows("E06000001", [2022], [900]), rows("E92000001", [2021], [80_000], 100_000)]
    ).reset_index(drop=True)
    found, firm, reason = comparison(both, both.iloc[0], "E92000001", Polarity.HIGH)
    assert found is firm is Comparison.NOT_COMPARED
    assert "this period" in reason


def test_an_area_is_not_its_own_comparator() -> None:
    """The nation's own row is not compared with itself."""
    own = rows("E92000001", [2022], [80_000], 100_000)
    found, _, reason = comparison(own, own.iloc[0], "E92000001", Polarity.HIGH)
    assert found is Comparison.NOT_COMPARED
    assert "own comparator" in reason


def test_gap_of_counts_is_newcombe() -> None:
    """56/70 against 48/80: 20 points, 5.2 to 33.4 (Newcombe 1998, method 10)."""
    both = pd.concat([rows("E06000001", [2022], [56], 70), rows("E92000001", [2022], [48], 80)])
    found = gap_between(both.reset_index(drop=True), "E06000001", "E92000001")
    assert round(found.difference, 1) == 20.0
    assert (round(found.lower_95, 1), round(found.upper_95, 1)) == (5.2, 33.4)
    assert round(found.ratio, 3) == 1.333
    assert "Newcombe" in found.method


def test_gap_without_counts_or_limits_has_a_reason_and_no_interval() -> None:
    """Two bare values give a difference and nothing more."""
    both = pd.concat([rows("E06000001", [2022], [56], 70), rows("E92000001", [2022], [48], 80)])
    bare = both.reset_index(drop=True).assign(
        count=float("nan"), denominator=float("nan"), lower_95=float("nan"),
        upper_95=float("nan"), lower_998=float("nan"), upper_998=float("nan"),
    )  # fmt: skip
    found = gap_between(bare, "E06000001", "E92000001")
    assert round(found.difference, 1) == 20.0
    assert found.lower_95 != found.lower_95
    assert found.reason


def test_part_rows_prefer_the_sum_of_the_sexes() -> None:
    """Where both sexes and their sum are printed, an unsplit part takes the sum."""
    own = rows("E06000001", [2022], [900])
    both = pd.concat([own, own.assign(sex="Male", value=1.0)]).reset_index(drop=True)
    assert part_rows(both, part())["sex"].tolist() == ["Persons"]
    assert part_rows(both, part(sex="Male"))["value"].tolist() == [1.0]


def test_part_rows_refuse_what_is_not_unique() -> None:
    """Several figures for one area and period are an error, never averaged."""
    own = rows("E06000001", [2022], [900])
    both = pd.concat([own.assign(sex="Male"), own.assign(sex="Female")]).reset_index(drop=True)
    with pytest.raises(DataContractError, match="several figures"):
        part_rows(both, part())


@pytest.mark.parametrize(
    ("label", "touches"),
    [("2019/20", True), ("2019", False), ("2021/22", True), ("2022/23", False), ("2022", True)],
)
def test_pandemic_periods(label: str, touches: bool) -> None:
    """March 2020 to March 2022, both ends included."""
    assert touches_pandemic(parse_period(label)) is touches


def test_proxies_go_by_their_own_title() -> None:
    """A proxy's heading names what it measures, not the indicator it stands in for."""
    import hwb_analysis as hwb

    strategy = hwb.load_strategy()
    context = hwb.make_context(strategy, hwb.current_snapshot())
    found = hwb.assess_all(context, [strategy.measure("SHW-EHC-02")])[0]
    assert found.is_proxy
    assert found.series is not None
    assert found.heading == found.series.title
    assert replace(found, series=None).heading == found.part.heading
