"""Measures that rest on places, deaths and models: served, and no more said than is known."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import hwb_analysis as hwb
from hwb_analysis.vocabulary import Comparison, Grade, SeriesUse, TrendMarker


@pytest.fixture(scope="module")
def assessed():
    context = hwb.make_context(
        hwb.load_strategy(), hwb.current_snapshot(), as_of=date(2026, 11, 22)
    )
    found = hwb.assess_all(context)

    def of(measure_id: str):
        mine = [a for a in found if a.measure.id == measure_id and a.part]
        return {(a.part.indicator.key, a.part.label): a for a in mine}

    return of


@pytest.mark.parametrize(
    ("measure_id", "part", "period", "value"),
    [
        ("SHW-BSF-10", ("fuel-poverty", ""), "2022", 12.45),
        (
            "SHW-BSF-07",
            ("pm25", "County"),
            "2018",
            9.1337,
        ),
        (
            "LSW-UPS-05",
            ("hip-fracture-65", "County"),
            "2018/19",
            718.56,
        ),
        (
            "XCC-IMH-06",
            ("self-harm-all", "County"),
            "2018/19",
            113.28,
        ),
        (
            "SHW-EHC-05",
            ("alcohol-admissions-narrow", "County"),
            "2018/19",
            587.76,
        ),
        ("XCC-RHI-02", ("le-birth", "Males"), "2016 - 18", 80.71352),
    ],
)
def test_the_county_has_a_figure_that_is_shown_and_not_compared(
    assessed, measure_id, part, period, value
) -> None:
    found = assessed(measure_id)[part]
    assert (found.latest.period.label, found.latest.value) == (period, pytest.approx(value))
    assert found.grade is Grade.C
    assert found.comparison is Comparison.NOT_COMPARED
    assert found.marker.word is TrendMarker.NOT_CALCULATED


def test_a_modelled_share_has_no_gap_with_limits(assessed) -> None:
    (found,) = assessed("SHW-BSF-10").values()
    assert found.gap.difference == pytest.approx(14.08 - 11.474, abs=0.01)
    assert pd.isna(found.gap.lower_95)
    assert found.gap.reason


def test_deaths_from_particles_name_the_districts_when_the_county_has_no_figure(assessed) -> None:
    found = assessed("SHW-BSF-07")[("pm-mortality", "")]
    assert found.grade is Grade.D
    assert found.latest is None
    assert "districts" in found.reason


def test_life_expectancy_is_a_proxy_and_says_what_it_is_not(assessed) -> None:
    parts = [a.part for a in assessed("XCC-RHI-02").values()]
    assert {p.use for p in parts} == {SeriesUse.PROXY}
    assert all("not whether the most deprived" in p.sentence for p in parts)


def test_old_definitions_stand_beside_and_never_in_the_measure() -> None:
    strategy = hwb.load_strategy()
    for measure_id, series in (
        ("SHW-BSF-10", "desnz:fuel-poverty-lihc"),
        ("SHW-BSF-07", "ons-sdg:pm-mortality-old"),
        ("SHW-EHC-09", "health-index-beta:five-a-day"),
    ):
        measure = strategy.measure(measure_id)
        assert series not in {p.series.id for p in strategy.parts(measure)}
        assert series in {p.series.id for p in strategy.context_parts(measure)}
